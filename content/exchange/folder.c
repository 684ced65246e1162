#include "content/exchange/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ENTRIES_MAX = 1000000 };

enum err folder_open(const char *path, struct folder *ret, struct problem *p)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return problem_errno(p, path, "cannot open the folder %s", path);
    *ret = (struct folder){.fd = fd, .path = path};
    return ERR_NONE;
}

void folder_close(struct folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

static enum err cannot_open(const char *rel, int errnum, struct problem *p)
{
    if (errnum == ELOOP || errnum == ENOTDIR)
        return problem_set(p, ERR_INVALID, rel,
                           MESSAGE("file.link") "it is, or lies behind, a symbolic link or no plain file: a "
                                                "bundle holds plain files "
                                                "and folders alone");
    errno = errnum;
    return problem_errno(p, rel, MESSAGE("file.unreadable") "it cannot be opened");
}

// Opens one component below `at`; closes `at` unless it is the folder itself.
static int step(const struct folder *folder, int at, const char *name, int flags)
{
    int fd = -1;
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        errno = ENOTDIR;
    else
        fd = openat(at, name, flags | O_NOFOLLOW | O_CLOEXEC);
    if (at != folder->fd) {
        int errnum = errno;
        close(at);
        errno = errnum;
    }
    return fd;
}

static enum err open_below(const struct folder *folder, const char *rel, int flags, int *ret_fd,
                           struct problem *p)
{
    int at = folder->fd;
    while (at >= 0 && strchr(rel, '/')) {
        char name[256];
        size_t len = strcspn(rel, "/");
        if (len >= sizeof name)
            return problem_set(p, ERR_INVALID, rel, MESSAGE("file.name_long") "its name is too long");
        memcpy(name, rel, len);
        name[len] = '\0';
        at = step(folder, at, name, O_RDONLY | O_DIRECTORY);
        rel += len + 1;
    }
    if (at >= 0)
        at = rel[0] ? step(folder, at, rel, flags) : openat(folder->fd, ".", flags | O_CLOEXEC);
    if (at < 0)
        return cannot_open(rel, errno, p);
    *ret_fd = at;
    return ERR_NONE;
}

static enum folder_type type_of(int fd, const struct dirent *entry)
{
    static const struct {
        unsigned char given;
        mode_t mode;
        enum folder_type type;
    } types[] = {
        {DT_REG, S_IFREG, FOLDER_FILE}, {DT_DIR, S_IFDIR, FOLDER_FOLDER}, {DT_LNK, S_IFLNK, FOLDER_LINK}};
    struct stat st = {0};
    bool unknown = entry->d_type == DT_UNKNOWN && fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (unknown ? (st.st_mode & S_IFMT) == types[i].mode : entry->d_type == types[i].given)
            return types[i].type;
    return FOLDER_OTHER;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct folder_entry *)a)->name, ((const struct folder_entry *)b)->name);
}

static enum err collect(DIR *dir, const char *rel, struct arena *a, struct buf *items, struct problem *p)
{
    size_t count = 0;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0) {
        if (entry->d_name[0] == '.')
            continue;
        if (++count > ENTRIES_MAX)
            return problem_set(p, ERR_TOO_LARGE, rel, MESSAGE("file.entries") "it has more than %d entries",
                               ENTRIES_MAX);
        struct folder_entry item = {arena_strdup(a, entry->d_name), type_of(dirfd(dir), entry)};
        buf_append(items, &item, sizeof item);
        if (!item.name || items->failed)
            return problem_set(p, ERR_MEMORY, rel, "out of memory");
    }
    return errno ? problem_errno(p, rel, MESSAGE("file.unreadable") "it cannot be read") : ERR_NONE;
}

enum err folder_list(const struct folder *folder, const char *rel, struct arena *a, struct folder_list *ret,
                     struct problem *p)
{
    int fd;
    enum err e = open_below(folder, rel, O_RDONLY | O_DIRECTORY, &fd, p);
    if (e)
        return e;
    cleanup_closedir DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return problem_set(p, ERR_MEMORY, rel, "out of memory");
    }
    cleanup_buf struct buf items = BUF_INIT;
    e = collect(dir, rel, a, &items, p);
    if (e)
        return e;
    size_t count = items.len / sizeof(struct folder_entry);
    struct folder_entry *sorted = arena_array(a, count, sizeof *sorted);
    if (!sorted)
        return problem_set(p, ERR_MEMORY, rel, "out of memory");
    memcpy(sorted, items.data, items.len);
    qsort(sorted, count, sizeof *sorted, by_name);
    *ret = (struct folder_list){.items = sorted, .count = count};
    return ERR_NONE;
}

enum err folder_file(const struct folder *folder, const char *rel, int *ret_fd, size_t *ret_size,
                     struct problem *p)
{
    cleanup_close int fd = -1;
    enum err e = open_below(folder, rel, O_RDONLY | O_NONBLOCK, &fd, p);
    if (e)
        return e;
    struct stat st;
    if (fstat(fd, &st) < 0)
        return problem_errno(p, rel, MESSAGE("file.unreadable") "it cannot be read");
    if (!S_ISREG(st.st_mode))
        return cannot_open(rel, ELOOP, p);
    if (ret_size)
        *ret_size = (size_t)st.st_size;
    *ret_fd = steal_fd(&fd);
    return ERR_NONE;
}

static enum err read_all(int fd, const char *rel, size_t limit, struct buf *b, struct problem *p)
{
    for (;;) {
        char *at = buf_reserve(b, 16 * 1024);
        if (!at)
            return problem_set(p, ERR_MEMORY, rel, "out of memory");
        ssize_t n = read(fd, at, 16 * 1024);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, rel, MESSAGE("file.unreadable") "it cannot be read");
        if (n == 0)
            return ERR_NONE;
        buf_grew(b, (size_t)n);
        if (b->len > limit)
            return problem_set(p, ERR_TOO_LARGE, rel,
                               MESSAGE("file.large") "it is larger than the limit of %zu KB", limit >> 10);
    }
}

enum err folder_read(const struct folder *folder, const char *rel, size_t limit, struct buf *ret,
                     struct problem *p)
{
    cleanup_close int fd = -1;
    size_t size = 0;
    enum err e = folder_file(folder, rel, &fd, &size, p);
    if (!e && size > limit)
        e = problem_set(p, ERR_TOO_LARGE, rel, MESSAGE("file.large") "it is larger than the limit of %zu KB",
                        limit >> 10);
    cleanup_buf struct buf b = BUF_INIT;
    if (!e)
        e = read_all(fd, rel, limit, &b, p);
    if (e)
        return e;
    buf_free(ret);
    *ret = b;
    b = BUF_INIT;
    return ERR_NONE;
}
