#include "qrgen/parcel/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/file.h"

#define BLOCK (256 << 10) // bytes moved at a time

// Where libarchive writes to.
struct zip_stream {
    int fd;
    int failure; // errno of the first write that failed
    struct hash hash;
    uint64_t bytes;
};

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, "--out", "out of memory");
}

static la_ssize_t on_write(struct archive *a, void *arg, const void *data, size_t len)
{
    struct zip_stream *s = arg;
    (void)a;
    if (s->failure)
        return -1;
    if (file_write_all(s->fd, data, len, "the ZIP file", NULL)) {
        s->failure = errno ? errno : EIO;
        return -1;
    }
    hash_add(&s->hash, data, len);
    s->bytes += len;
    return (la_ssize_t)len;
}

static enum err failed(const struct zip *z, struct problem *p)
{
    errno = z->stream->failure              ? z->stream->failure
            : archive_errno(z->archive) > 0 ? archive_errno(z->archive)
                                            : EIO;
    return place_say(&z->place, problem_errno(p, "--out", "cannot write %s", z->place.target), p);
}

static enum err check_existing(const struct place *place, bool replace, struct problem *p)
{
    struct stat st;
    if (!place->was_there)
        return ERR_NONE;
    if (stat(place->target, &st) < 0)
        return problem_errno(p, "--out", "cannot use %s", place->target);
    if (S_ISDIR(st.st_mode))
        return problem_set(p, ERR_EXISTS, "--out", "%s is a folder: give the name of a ZIP file",
                           place->target);
    if (!replace)
        return problem_set(p, ERR_EXISTS, "--out", "%s is there: give another name, or --force to replace it",
                           place->target);
    return ERR_NONE;
}

static enum err open_staging(struct zip *z, struct problem *p)
{
    z->stream = calloc(1, sizeof *z->stream);
    cleanup_free char *path = NULL;
    cleanup_close int turn = place_turn(&z->place);
    if (turn >= 0)
        place_sweep(&z->place);
    if (!z->stream || asprintf(&path, "%s" PLACE_UNFINISHED "XXXXXX", z->place.target) < 0) {
        path = NULL;
        return out_of_memory(p);
    }
    z->stream->fd = mkostemp(path, O_CLOEXEC);
    if (z->stream->fd < 0)
        return problem_errno(p, "--out", "cannot write %s", z->place.target);
    z->staging = steal_pointer(&path);
    place_hold(z->stream->fd);
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(z->stream->fd, 0666 & ~mask) < 0)
        return problem_errno(p, "--out", "cannot write %s", z->staging);
    hash_start(&z->stream->hash);
    hash_start(&z->entries);
    return ERR_NONE;
}

static enum err open_archive(struct zip *z, struct problem *p)
{
    z->archive = archive_write_new();
    if (!z->archive)
        return out_of_memory(p);
    if (archive_write_set_format_zip(z->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(z->archive, BLOCK) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(z->archive, 1) != ARCHIVE_OK ||
        archive_write_open(z->archive, z->stream, NULL, on_write, NULL) != ARCHIVE_OK)
        return failed(z, p);
    return ERR_NONE;
}

enum err zip_begin(struct place *place, bool replace, struct zip *ret, struct problem *p)
{
    cleanup_zip struct zip z = ZIP_INIT;
    z.place = *place;
    *place = PLACE_INIT;
    enum err e = check_existing(&z.place, replace, p);
    if (!e)
        e = open_staging(&z, p);
    if (!e)
        e = open_archive(&z, p);
    if (e)
        return place_say(&z.place, e, p);
    *ret = z;
    z = ZIP_INIT;
    return ERR_NONE;
}

static bool is_compressed(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".png") == 0 || strcmp(dot, ".pdf") == 0);
}

// No time: libarchive then writes 1980-01-01 00:00, the earliest that a ZIP file can say, in any time zone.
enum err zip_entry(struct zip *z, const char *name, int64_t size, struct problem *p)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return out_of_memory(p);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (size >= 0)
        archive_entry_set_size(entry, size);
    int rc = is_compressed(name) ? archive_write_zip_set_compression_store(z->archive)
                                 : archive_write_zip_set_compression_deflate(z->archive);
    if (rc == ARCHIVE_OK)
        rc = archive_write_header(z->archive, entry);
    archive_entry_free(entry);
    hash_start(&z->entry);
    return rc == ARCHIVE_OK ? ERR_NONE : failed(z, p);
}

enum err zip_append(struct zip *z, const void *data, size_t len, struct problem *p)
{
    hash_add(&z->entry, data, len);
    return archive_write_data(z->archive, data, len) == (la_ssize_t)len ? ERR_NONE : failed(z, p);
}

static void note_entry(struct hash *entries, const char *name, const uint8_t sha256[HASH_SIZE])
{
    hash_add(entries, name, strlen(name) + 1);
    hash_add(entries, sha256, HASH_SIZE);
}

enum err zip_end(struct zip *z, const char *name, uint8_t ret_sha256[HASH_SIZE], struct problem *p)
{
    if (archive_write_finish_entry(z->archive) != ARCHIVE_OK)
        return failed(z, p);
    uint8_t sha256[HASH_SIZE];
    hash_end_raw(&z->entry, sha256);
    note_entry(&z->entries, name, sha256);
    z->files++;
    memcpy(ret_sha256, sha256, HASH_SIZE);
    return ERR_NONE;
}

// --- reading it back

static enum err damaged(const struct zip *z, const char *what, const char *why, struct problem *p)
{
    return problem_set(
        p, ERR_CORRUPT, "--out",
        "%s in %s reads back otherwise than it was written (%s): the disk may be damaged; nothing "
        "of the batch was kept",
        what, z->place.target, why);
}

static enum err read_entry(const struct zip *z, struct archive *a, const char *name, char *block,
                           struct hash *entries, struct problem *p)
{
    struct hash hash;
    hash_start(&hash);
    la_ssize_t got;
    while ((got = archive_read_data(a, block, BLOCK)) > 0)
        hash_add(&hash, block, (size_t)got);
    if (got < 0)
        return damaged(z, name, archive_error_string(a), p);
    uint8_t sha256[HASH_SIZE];
    hash_end_raw(&hash, sha256);
    note_entry(entries, name, sha256);
    return ERR_NONE;
}

static enum err read_entries(const struct zip *z, struct archive *a, const atomic_bool *stop,
                             struct problem *p)
{
    cleanup_buf struct buf room = BUF_INIT;
    char *block = buf_reserve(&room, BLOCK);
    if (!block)
        return out_of_memory(p);
    struct hash entries, before = z->entries;
    hash_start(&entries);
    for (;;) {
        struct archive_entry *entry;
        int rc = archive_read_next_header(a, &entry);
        if (rc == ARCHIVE_EOF)
            break;
        if (rc != ARCHIVE_OK)
            return damaged(z, "the directory of files", archive_error_string(a), p);
        if (stop && atomic_load(stop))
            return problem_set(p, ERR_CANCELLED, NULL,
                               "stopped before the batch was done; nothing of it was kept");
        enum err e = read_entry(z, a, archive_entry_pathname(entry), block, &entries, p);
        if (e)
            return e;
    }
    uint8_t written[HASH_SIZE], found[HASH_SIZE];
    hash_end_raw(&before, written);
    hash_end_raw(&entries, found);
    return memcmp(written, found, HASH_SIZE) == 0 ? ERR_NONE : damaged(z, "a file", "its SHA-256 differs", p);
}

static enum err read_back(const struct zip *z, const atomic_bool *stop, struct problem *p)
{
    struct archive *a = archive_read_new();
    if (!a)
        return out_of_memory(p);
    enum err e;
    if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
        archive_read_open_filename(a, z->staging, BLOCK) != ARCHIVE_OK)
        e = damaged(z, "the ZIP file", archive_error_string(a), p);
    else
        e = read_entries(z, a, stop, p);
    archive_read_free(a);
    return e;
}

static enum err put_in_place(struct zip *z, struct problem *p)
{
    if (rename(z->staging, z->place.target) < 0)
        return problem_errno(p, "--out", "cannot write %s", z->place.target);
    free(z->staging);
    z->staging = NULL;
    // From here on the batch is whole: a failure below only means that a power cut could still undo it.
    cleanup_arena struct arena a = ARENA_INIT;
    const char *parent = file_folder_of(&a, z->place.target);
    return parent ? file_sync_folder(parent, p) : out_of_memory(p);
}

enum err zip_finish(struct zip *z, const atomic_bool *stop, struct zip_facts *ret, struct problem *p)
{
    if (archive_write_close(z->archive) != ARCHIVE_OK)
        return failed(z, p);
    archive_write_free(z->archive);
    z->archive = NULL;
    malloc_trim(
        0); // the directory of 100,000 plates takes room, and reading back needs as much in this thread
    if (fsync(z->stream->fd) < 0)
        return place_say(&z->place, problem_errno(p, "--out", "cannot write %s", z->place.target), p);
    enum err e = read_back(z, stop, p);
    if (!e)
        e = put_in_place(z, p);
    if (e)
        return e;
    ret->files = z->files;
    ret->bytes = z->stream->bytes;
    hash_end(&z->stream->hash, ret->sha256);
    return ERR_NONE;
}

void zip_close(struct zip *z)
{
    if (z->archive) {
        z->stream->failure = ECANCELED; // its end need not be written
        archive_write_free(z->archive);
    }
    if (z->stream && z->stream->fd >= 0)
        close(z->stream->fd);
    if (z->staging)
        unlink(z->staging);
    if (z->staging || !z->stream)
        place_give_up(&z->place);
    free(z->stream);
    free(z->staging);
    place_clear(&z->place);
    *z = ZIP_INIT;
}
