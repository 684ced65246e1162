#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "content/exchange/sink.h"

static const char *path_of(struct sink *sink, struct arena *a, const char *rel)
{
    const struct sink_folder *folder = (const struct sink_folder *)(const void *)sink;
    return arena_printf(a, "%s/%s", folder->path, rel);
}

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static enum err make_folder(struct sink *sink, const char *rel, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = path_of(sink, &a, rel);
    if (!path)
        return no_memory(p);
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return problem_errno(p, rel, "cannot create the folder %s", path);
    return ERR_NONE;
}

static enum err create(const char *path, const char *rel, int *ret, struct problem *p)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return problem_errno(p, rel, "cannot create %s", path);
    *ret = fd;
    return ERR_NONE;
}

// Nothing is flushed here: the whole file system is, once, before the folder gets its name.
static enum err write_text(struct sink *sink, const char *rel, const char *data, size_t len,
                           struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_close int fd = -1;
    const char *path = path_of(sink, &a, rel);
    enum err e = path ? create(path, rel, &fd, p) : no_memory(p);
    return e ? e : file_write_all(fd, data, len, path, p);
}

static enum err copy(struct sink *sink, const char *rel, int in, uint64_t size, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_close int out = -1;
    const char *path = path_of(sink, &a, rel);
    char chunk[64 * 1024];
    (void)size;
    enum err e = path ? create(path, rel, &out, p) : no_memory(p);
    while (!e) {
        ssize_t n = read(in, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, rel, "cannot read the media file for %s", rel);
        if (n == 0)
            return ERR_NONE;
        e = file_write_all(out, chunk, (size_t)n, path, p);
    }
    return e;
}

struct sink_folder sink_folder_make(const char *path)
{
    return (struct sink_folder){.sink = {.folder = make_folder, .text = write_text, .copy = copy},
                                .path = path};
}
