#include "content/media.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/file.h"
#include "content/probe/probe.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum { HEAD_SIZE = 64 * 1024 };

static bool read_media(struct query *q, struct arena *a, void *item)
{
    struct media *m = item;
    m->media_class = query_dup(q, 0, a);
    m->mime = query_dup(q, 1, a);
    m->bytes = query_int(q, 2);
    m->width = query_int(q, 3);
    m->height = query_int(q, 4);
    m->duration_ms = query_int(q, 5);
    m->original_name = query_dup(q, 6, a);
    m->created_at = query_int(q, 7);
    m->shown = query_int(q, 8) != 0;
    m->looked = query_int(q, 9) != 0;
    return m->media_class && m->mime && m->original_name;
}

enum err media_load(struct connection *c, struct arena *a, const char *sha256, struct media *ret,
                    struct problem *p)
{
    struct media media = {0};
    if (!hash_is_hex(sha256))
        return problem_set(p, ERR_NOT_FOUND, NULL, "that is no name of a media file");
    memcpy(media.sha256, sha256, HASH_HEX_SIZE);
    struct query *q = query_start(c, SQL_MEDIA);
    query_bind_text(q, 1, sha256);
    enum err e = rows_one(q, a, read_media, &media, "there is no such media file", p);
    if (!e)
        *ret = media;
    return e;
}

enum err media_add(struct connection *writer, const struct media *m, struct problem *p)
{
    struct query *q = query_start(writer, SQL_INSERT_MEDIA);
    query_bind_text(q, 1, m->sha256);
    query_bind_text(q, 2, m->media_class);
    query_bind_text(q, 3, m->mime);
    query_bind_int(q, 4, m->bytes);
    query_bind_known(q, 5, m->width);
    query_bind_known(q, 6, m->height);
    query_bind_known(q, 7, m->duration_ms);
    query_bind_text(q, 8, m->original_name ? m->original_name : "");
    query_bind_int(q, 9, clock_now());
    return query_run(q, p);
}

char *media_path(const struct store *store, struct arena *a, const char *sha256)
{
    return arena_printf(a, "%s/media/%.2s/%s", store_folder(store), sha256, sha256);
}

static enum err open_source(const char *path, int *ret_fd, int64_t *ret_bytes, struct problem *p)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return problem_errno(p, path, "cannot open %s", path);
    if (!S_ISREG(st.st_mode))
        return problem_set(p, ERR_INVALID, path, MESSAGE("file.link_named") "%s is not a regular file", path);
    if (st.st_size > MEDIA_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, path, MESSAGE("media.large_named") "%s is larger than 200 MB",
                           path);
    *ret_fd = steal_fd(&fd);
    *ret_bytes = st.st_size;
    return ERR_NONE;
}

static enum err read_head(int fd, const char *path, struct media *m, struct problem *p)
{
    cleanup_free unsigned char *head = malloc(HEAD_SIZE);
    if (!head)
        return problem_set(p, ERR_MEMORY, path, "out of memory");
    ssize_t n = pread(fd, head, HEAD_SIZE, 0);
    if (n < 0)
        return problem_errno(p, path, "cannot read %s", path);
    m->mime = probe_kind(head, (size_t)n, &m->media_class);
    if (!m->mime)
        return problem_set(p, ERR_UNSUPPORTED, path,
                           MESSAGE("media.kind_named") "%s is no photo (JPEG, PNG, WebP, HEIC), sound (MP3, "
                                                       "M4A, Ogg) or film (MP4, WebM)",
                           path);
    probe_size(m->mime, head, (size_t)n, &m->width, &m->height);
    return ERR_NONE;
}

// Copies and hashes in one pass; what is hashed is what is written.
static enum err copy(int from, int to, const char *path, struct media *m, struct problem *p)
{
    cleanup_free char *chunk = malloc(HEAD_SIZE);
    if (!chunk)
        return problem_set(p, ERR_MEMORY, path, "out of memory");
    struct hash hash;
    hash_start(&hash);
    m->bytes = 0;
    for (;;) {
        ssize_t n = read(from, chunk, HEAD_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, path, "cannot read %s", path);
        if (n == 0)
            break;
        m->bytes += n;
        if (m->bytes > MEDIA_BYTES_MAX)
            return problem_set(p, ERR_TOO_LARGE, path,
                               MESSAGE("media.large_named") "%s is larger than 200 MB", path);
        hash_add(&hash, chunk, (size_t)n);
        enum err e = file_write_all(to, chunk, (size_t)n, path, p);
        if (e)
            return e;
    }
    hash_end(&hash, m->sha256);
    return fsync(to) == 0 ? ERR_NONE : problem_errno(p, path, "cannot write the copy of %s", path);
}

// Gives the temporary file its final name; the file is on the disk before the name is.
static enum err settle(struct store *store, struct arena *a, const char *temporary, const struct media *m,
                       struct problem *p)
{
    char *folder = arena_printf(a, "%s/media/%.2s", store_folder(store), m->sha256);
    char *path = media_path(store, a, m->sha256);
    if (!folder || !path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size == m->bytes) {
        unlink(temporary);
        return ERR_NONE;
    }
    enum err e = file_make_folder(folder, p);
    if (!e && rename(temporary, path) < 0)
        e = problem_errno(p, path, "cannot write %s", path);
    return e ? e : file_sync_folder(folder, p);
}

static enum err keep(struct store *store, int from, const char *path, struct arena *a, struct media *m,
                     struct problem *p)
{
    char *folder = arena_printf(a, "%s/media", store_folder(store));
    char *temporary =
        arena_printf(a, "%s/media/.%ld-%p.tmp", store_folder(store), (long)getpid(), (const void *)m);
    if (!folder || !temporary)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_make_folder(folder, p);
    if (e)
        return e;
    cleanup_close int to = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (to < 0)
        return problem_errno(p, temporary, "cannot create %s", temporary);
    e = copy(from, to, path, m, p);
    if (!e)
        e = settle(store, a, temporary, m, p);
    if (e)
        unlink(temporary);
    return e;
}

enum err media_keep(struct store *store, const char *path, struct arena *a, struct media *ret,
                    struct problem *p)
{
    cleanup_close int from = -1;
    const char *slash = strrchr(path, '/');
    struct media media = {.original_name = arena_strdup(a, slash ? slash + 1 : path),
                          .created_at = clock_now()};
    enum err e = open_source(path, &from, &media.bytes, p);
    if (!e)
        e = read_head(from, path, &media, p);
    if (!e)
        e = keep(store, from, path, a, &media, p);
    if (!e)
        *ret = media;
    return e;
}
