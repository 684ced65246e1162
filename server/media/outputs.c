#include "server/media/outputs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"

static const char *const names[] = {
    "original",  "320.jpg",  "320.webp",  "640.jpg",   "640.webp",   "1280.jpg",
    "1280.webp", "1920.jpg", "1920.webp", "thumb.jpg", "thumb.webp",
};

static enum err make(struct outputs *o, const char *folder, const char *name, struct problem *p)
{
    struct output *item = &o->items[o->count];
    snprintf(item->name, sizeof item->name, "%s", name);
    item->fd = openat(o->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (item->fd < 0)
        return problem_errno(p, "out", "%s/%s cannot be made", folder, name);
    o->count++;
    return ERR_NONE;
}

enum err outputs_open(const char *folder, struct focus focus, struct outputs *ret, struct problem *p)
{
    struct outputs o = OUTPUTS_INIT;
    enum err e = file_make_folder(folder, p);
    if (e)
        return e;
    o.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o.folder < 0)
        return problem_errno(p, "out", "%s cannot be opened", folder);
    for (size_t i = 0; !e && i < sizeof names / sizeof names[0]; i++)
        e = make(&o, folder, names[i], p);
    for (int webp = 0; !e && focus.x >= 0 && webp < 2; webp++) {
        char name[OUTPUT_NAME_SIZE];
        snprintf(name, sizeof name, "thumb-%d-%d.%s", focus.x, focus.y, webp ? "webp" : "jpg");
        e = make(&o, folder, name, p);
    }
    if (e)
        outputs_close(&o, false);
    else
        *ret = o;
    return e;
}

int outputs_find(const struct outputs *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].name, name) == 0)
            return o->items[i].fd;
    return -1;
}

void outputs_close(struct outputs *o, bool keep)
{
    for (size_t i = 0; i < o->count; i++) {
        struct stat st;
        if (!keep || fstat(o->items[i].fd, &st) < 0 || st.st_size == 0)
            unlinkat(o->folder, o->items[i].name, 0);
        close(o->items[i].fd);
    }
    if (o->folder >= 0)
        close(o->folder);
    *o = OUTPUTS_INIT;
}
