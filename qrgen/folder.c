#include "qrgen/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "qrgen/job.h"

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, "--out", "out of memory");
}

// A full disk deserves more than the system's few words.
static enum err said(const struct folder *f, enum err e, struct problem *p)
{
    if (e == ERR_FULL)
        problem_set(
            p, ERR_FULL, "--out",
            "there is no space left for the batch in %s: make room, or give another --out; nothing of "
            "it was kept",
            f->target);
    return e;
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

// The deepest existing folder above a missing target.
static char *deepest_existing(const char *target)
{
    char *path = parent_of(target);
    while (path && access(path, F_OK) < 0 && strcmp(path, ".") != 0 && strcmp(path, "/") != 0) {
        char *up = parent_of(path);
        free(path);
        path = up;
    }
    return path;
}

// Removes the parents that were made for the target and are empty.
static void remove_parents(const struct folder *f)
{
    cleanup_free char *path = f->existing ? parent_of(f->target) : NULL;
    while (path && strcmp(path, f->existing) != 0 && rmdir(path) == 0) {
        char *up = parent_of(path);
        free(path);
        path = up;
    }
}

static enum err check_existing(const char *target, bool replace, struct problem *p)
{
    struct stat st;
    if (stat(target, &st) < 0)
        return problem_errno(p, "--out", "cannot use %s", target);
    if (!S_ISDIR(st.st_mode))
        return problem_set(p, ERR_EXISTS, "--out", "%s is a file: give the name of a folder", target);
    if (access(target, R_OK | W_OK | X_OK) < 0)
        return problem_errno(p, "--out", "cannot write into %s", target);
    if (!replace && !file_folder_is_empty(target))
        return problem_set(p, ERR_EXISTS, "--out",
                           "%s is not empty: give another folder, or --force to replace the batch in it",
                           target);
    return ERR_NONE;
}

static enum err prepare_missing(struct folder *f, struct problem *p)
{
    f->existing = deepest_existing(f->target);
    cleanup_free char *parent = parent_of(f->target);
    if (!f->existing || !parent)
        return out_of_memory(p);
    enum err e = file_make_folder(parent, p);
    if (e && p)
        snprintf(p->field, sizeof p->field, "--out");
    return e;
}

static enum err make_staging(struct folder *f, struct problem *p)
{
    cleanup_free char *path = NULL;
    if (asprintf(&path, "%s%c" FOLDER_UNFINISHED "XXXXXX", f->target, f->inside ? '/' : '.') < 0) {
        path = NULL;
        return out_of_memory(p);
    }
    if (!mkdtemp(path))
        return problem_errno(p, "--out", "cannot write the batch to %s", f->target);
    f->staging = steal_pointer(&path);
    mode_t mask = umask(0);
    umask(mask);
    f->fd = open(f->staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0 || fchmod(f->fd, 0777 & ~mask) < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->staging);
    return ERR_NONE;
}

// The target without slashes at its end, and with symbolic links resolved where it exists.
static enum err set_target(struct folder *f, const char *target, struct problem *p)
{
    if (!target[0])
        return problem_set(p, ERR_INVALID, "--out", "give the folder for the batch with --out");
    struct stat st;
    f->inside = lstat(target, &st) == 0;
    f->target = f->inside ? realpath(target, NULL) : strdup(target);
    if (!f->target)
        return problem_errno(p, "--out", "cannot use %s", target);
    size_t len = strlen(f->target);
    while (len > 1 && f->target[len - 1] == '/')
        f->target[--len] = '\0';
    return ERR_NONE;
}

enum err folder_begin(const char *target, bool replace, struct folder *ret, struct problem *p)
{
    cleanup_folder struct folder f = FOLDER_INIT;
    enum err e = set_target(&f, target, p);
    if (e || !f.target)
        return e;
    e = f.inside ? check_existing(f.target, replace, p) : prepare_missing(&f, p);
    if (!e)
        e = make_staging(&f, p);
    if (e)
        return said(&f, e, p);
    *ret = f;
    f = FOLDER_INIT;
    return ERR_NONE;
}

enum err folder_create(const struct folder *f, const char *name, int *ret_fd, struct problem *p)
{
    int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return said(f, problem_errno(p, "--out", "cannot write %s/%s", f->target, name), p);
    *ret_fd = fd;
    return ERR_NONE;
}

enum err folder_append(const struct folder *f, int fd, const char *name, const void *data, size_t len,
                       struct problem *p)
{
    return said(f, file_write_all(fd, data, len, name, p), p);
}

enum err folder_write(const struct folder *f, const char *name, const void *data, size_t len,
                      struct problem *p)
{
    cleanup_close int fd = -1;
    enum err e = folder_create(f, name, &fd, p);
    if (!e)
        e = folder_append(f, fd, name, data, len, p);
    if (!e && close(steal_fd(&fd)) < 0)
        e = said(f, problem_errno(p, "--out", "cannot write %s/%s", f->target, name), p);
    return e;
}

enum err folder_read(const struct folder *f, const char *name, size_t limit, struct buf *ret,
                     struct problem *p)
{
    cleanup_free char *path = NULL;
    if (asprintf(&path, "%s/%s", f->staging, name) < 0) {
        path = NULL;
        return out_of_memory(p);
    }
    return file_read(path, limit, ret, p);
}

// Removes what belongs to a batch from the target: the manifest first, then the pictures, known by the form
// of their names and the check symbol in them.
static void remove_batch(const struct folder *f)
{
    cleanup_closedir DIR *d = opendir(f->target);
    if (!d)
        return;
    unlinkat(dirfd(d), FOLDER_LAST, 0);
    for (struct dirent *entry = readdir(d); entry; entry = readdir(d))
        if (job_is_file_name(entry->d_name))
            unlinkat(dirfd(d), entry->d_name, 0);
}

static enum err move_one(const struct folder *f, int target_fd, const char *name, struct problem *p)
{
    if (renameat(f->fd, name, target_fd, name) == 0)
        return ERR_NONE;
    return problem_errno(p, "--out", "cannot write %s/%s", f->target, name);
}

static enum err move_files(const struct folder *f, struct problem *p)
{
    cleanup_close int target_fd = open(f->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_closedir DIR *d = opendir(f->staging);
    if (target_fd < 0 || !d)
        return problem_errno(p, "--out", "cannot write into %s", f->target);
    enum err e = ERR_NONE;
    for (struct dirent *entry = readdir(d); entry && !e; entry = readdir(d))
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, FOLDER_LAST) != 0)
            e = move_one(f, target_fd, entry->d_name, p);
    return e ? e : move_one(f, target_fd, FOLDER_LAST, p);
}

static enum err finish_inside(const struct folder *f, struct problem *p)
{
    remove_batch(f);
    enum err e = move_files(f, p);
    if (e) {
        remove_batch(f);
        return e;
    }
    rmdir(f->staging);
    return file_sync_folder(f->target, p);
}

static enum err finish_missing(const struct folder *f, struct problem *p)
{
    if (rename(f->staging, f->target) < 0)
        return problem_errno(p, "--out", "cannot make the folder %s", f->target);
    // From here on the batch is whole: a failure below only means that a power cut could still undo it.
    cleanup_free char *parent = parent_of(f->target);
    return parent ? file_sync_folder(parent, p) : out_of_memory(p);
}

enum err folder_finish(struct folder *f, struct problem *p)
{
    if (syncfs(f->fd) < 0)
        return said(f, problem_errno(p, "--out", "cannot write the batch to the disk of %s", f->target), p);
    enum err e = f->inside ? finish_inside(f, p) : finish_missing(f, p);
    if (!e || access(f->staging, F_OK) < 0) {
        free(f->staging);
        f->staging = NULL;
    }
    return said(f, e, p);
}

void folder_close(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->staging)
        file_remove_tree(f->staging, NULL);
    if (f->staging || f->fd < 0)
        remove_parents(f);
    free(f->target);
    free(f->staging);
    free(f->existing);
    *f = FOLDER_INIT;
}
