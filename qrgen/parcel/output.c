#include "qrgen/parcel/output.h"

#include <string.h>

#include "common/file.h"

static bool ends_in_zip(const char *target)
{
    size_t len = strlen(target);
    return len > 4 && strcasecmp(target + len - 4, ".zip") == 0;
}

enum err output_begin(const char *target, bool replace, struct output *ret, struct problem *p)
{
    cleanup_place struct place place = PLACE_INIT;
    enum err e = place_begin(target, &place, p);
    if (e)
        return e;
    ret->is_zip = ends_in_zip(target);
    return ret->is_zip ? zip_begin(&place, replace, &ret->zip, p)
                       : folder_begin(&place, replace, &ret->folder, p);
}

static void count(struct output *o, size_t len)
{
    atomic_fetch_add(&o->files, 1);
    atomic_fetch_add(&o->bytes, len);
}

enum err output_write(struct output *o, const char *name, const void *data, size_t len, struct problem *p)
{
    if (!o->is_zip) {
        count(o, len);
        return folder_write(&o->folder, name, data, len, p);
    }
    uint8_t sha256[HASH_SIZE];
    enum err e = zip_entry(&o->zip, name, (int64_t)len, p);
    if (!e)
        e = zip_append(&o->zip, data, len, p);
    return e ? e : zip_end(&o->zip, name, sha256, p);
}

enum err output_create(struct output *o, const char *name, struct problem *p)
{
    if (o->is_zip)
        return zip_entry(&o->zip, name, -1, p);
    hash_start(&o->hash);
    count(o, 0);
    return folder_create(&o->folder, name, &o->fd, p);
}

enum err output_append(struct output *o, const char *name, const void *data, size_t len, struct problem *p)
{
    if (o->is_zip)
        return zip_append(&o->zip, data, len, p);
    hash_add(&o->hash, data, len);
    atomic_fetch_add(&o->bytes, len);
    return place_say(&o->folder.place, file_write_all(o->fd, data, len, name, p), p);
}

enum err output_end(struct output *o, const char *name, uint8_t ret_sha256[HASH_SIZE], struct problem *p)
{
    if (o->is_zip)
        return zip_end(&o->zip, name, ret_sha256, p);
    if (close(steal_fd(&o->fd)) < 0)
        return place_say(&o->folder.place,
                         problem_errno(p, "--out", "cannot write %s/%s", o->folder.place.target, name), p);
    hash_end_raw(&o->hash, ret_sha256);
    return ERR_NONE;
}

enum err output_finish(struct output *o, const atomic_bool *stop, struct output_facts *ret, struct problem *p)
{
    struct zip_facts facts = {.files = o->files, .bytes = o->bytes};
    enum err e = o->is_zip ? zip_finish(&o->zip, stop, &facts, p) : folder_finish(&o->folder, p);
    if (e)
        return e;
    ret->files = facts.files;
    ret->bytes = facts.bytes;
    memcpy(ret->sha256, facts.sha256, sizeof ret->sha256);
    return ERR_NONE;
}

void output_close(struct output *o)
{
    if (o->fd >= 0)
        close(o->fd);
    o->fd = -1;
    folder_close(&o->folder);
    zip_close(&o->zip);
}
