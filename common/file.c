#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static enum err read_open(int fd, const char *path, size_t limit, struct buf *b, struct problem *p)
{
    for (;;) {
        char *at = buf_reserve(b, 64 * 1024);
        if (!at)
            return problem_set(p, ERR_MEMORY, path, "out of memory while reading %s", path);
        ssize_t n = read(fd, at, 64 * 1024);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, path, "cannot read %s", path);
        if (n == 0)
            return ERR_NONE;
        buf_grew(b, (size_t)n);
        if (b->len > limit)
            return problem_set(p, ERR_TOO_LARGE, path,
                               MESSAGE("file.large_named") "%s is larger than the limit of %zu KB", path,
                               (limit + 1023) >> 10);
    }
}

enum err file_read(const char *path, size_t limit, struct buf *ret, struct problem *p)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return problem_errno(p, path, "cannot open %s", path);
    struct stat st;
    if (fstat(fd, &st) < 0)
        return problem_errno(p, path, "cannot read %s", path);
    if (!S_ISREG(st.st_mode))
        return problem_set(p, ERR_INVALID, path, "%s is not a regular file", path);
    cleanup_buf struct buf b = BUF_INIT;
    if ((uintmax_t)st.st_size <= limit)
        buf_reserve(&b, (size_t)st.st_size + 1);
    enum err e = read_open(fd, path, limit, &b, p);
    if (e)
        return e;
    buf_free(ret);
    *ret = b;
    b = BUF_INIT;
    return ERR_NONE;
}

enum err file_write_all(int fd, const void *data, size_t len, const char *name, struct problem *p)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, name, "cannot write %s", name);
        at += n;
        len -= (size_t)n;
    }
    return ERR_NONE;
}

char *file_folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? arena_strdup(a, ".") : arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
}

static enum err sync_parent(const char *path, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = file_folder_of(&a, path);
    return folder ? file_sync_folder(folder, p) : problem_set(p, ERR_MEMORY, path, "out of memory");
}

static enum err write_temporary(const char *temporary, const char *path, const void *data, size_t len,
                                struct problem *p)
{
    cleanup_close int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return problem_errno(p, path, "cannot create %s", path);
    enum err e = file_write_all(fd, data, len, path, p);
    if (!e && fsync(fd) < 0)
        e = problem_errno(p, path, "cannot write %s", path);
    if (close(steal_fd(&fd)) < 0 && !e)
        e = problem_errno(p, path, "cannot write %s", path);
    return e;
}

enum err file_write_atomic(const char *path, const void *data, size_t len, struct problem *p)
{
    cleanup_buf struct buf temporary = BUF_INIT;
    buf_printf(&temporary, "%s.%ld.%p.tmp", path, (long)getpid(), (const void *)&temporary);
    if (temporary.failed)
        return problem_set(p, ERR_MEMORY, path, "out of memory");
    enum err e = write_temporary(temporary.data, path, data, len, p);
    if (!e && rename(temporary.data, path) < 0)
        e = problem_errno(p, path, "cannot write %s", path);
    if (e) {
        unlink(temporary.data);
        return e;
    }
    return sync_parent(path, p);
}

static enum err make_one(const char *path, struct problem *p)
{
    struct stat st;
    if (mkdir(path, 0755) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return ERR_NONE;
    if (errno == EEXIST)
        errno = ENOTDIR;
    return problem_errno(p, path, "cannot make the folder %s", path);
}

enum err file_make_folder(const char *path, struct problem *p)
{
    cleanup_buf struct buf name = BUF_INIT;
    buf_append_str(&name, path);
    if (name.failed)
        return problem_set(p, ERR_MEMORY, path, "out of memory");
    char *copy = name.data;
    for (char *slash = strchr(copy + 1, '/'); copy[0] && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        enum err e = make_one(copy, p);
        if (e)
            return e;
        *slash = '/';
    }
    return make_one(copy, p);
}

enum err file_sync_folder(const char *path, struct problem *p)
{
    cleanup_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return problem_errno(p, path, "cannot open the folder %s", path);
    if (fsync(fd) < 0 && errno != EINVAL) // EINVAL: a file system that does not sync folders
        return problem_errno(p, path, "cannot write the folder %s", path);
    return ERR_NONE;
}

enum err file_sync_disk(const char *path, struct problem *p)
{
    cleanup_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) < 0)
        return problem_errno(p, path, "cannot write %s to the disk", path);
    return ERR_NONE;
}

enum err file_rename_new(const char *from, const char *to, struct problem *p)
{
    int rc = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    if (rc < 0 && (errno == EINVAL || errno == ENOSYS)) {
        struct stat st;
        errno = EEXIST;
        if (lstat(to, &st) < 0)
            rc = rename(from, to);
    }
    return rc == 0 ? ERR_NONE : problem_errno(p, to, "cannot write %s", to);
}

bool file_folder_is_empty(const char *path)
{
    cleanup_closedir DIR *d = opendir(path);
    if (!d)
        return false;
    for (struct dirent *entry = readdir(d); entry; entry = readdir(d))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return false;
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

enum err file_remove_tree(const char *path, struct problem *p)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return ERR_NONE;
    return problem_errno(p, path, "cannot remove %s", path);
}
