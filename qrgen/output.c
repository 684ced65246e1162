#include "qrgen/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/file.h"
#include "qrgen/job.h"

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, "--out", "out of memory");
}

// A full disk deserves more than the system's few words.
static enum err said(const struct output *f, enum err e, struct problem *p)
{
    if (e == ERR_FULL)
        problem_set(
            p, ERR_FULL, "--out",
            "there is no space left for the batch in %s: make room, or give another --out; nothing of "
            "it was kept",
            f->target);
    return e;
}

// The deepest existing folder above a missing target.
static const char *deepest_existing(struct arena *a, const char *target)
{
    const char *path = file_folder_of(a, target);
    while (path && access(path, F_OK) < 0 && strcmp(path, ".") != 0 && strcmp(path, "/") != 0)
        path = file_folder_of(a, path);
    return path;
}

// Removes the parents that were made for the target and are empty.
static void remove_parents(const struct output *f)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = f->existing ? file_folder_of(&a, f->target) : NULL;
    while (path && strcmp(path, f->existing) != 0 && rmdir(path) == 0)
        path = file_folder_of(&a, path);
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

static enum err prepare_missing(struct output *f, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *existing = deepest_existing(&a, f->target), *parent = file_folder_of(&a, f->target);
    f->existing = existing ? strdup(existing) : NULL;
    if (!f->existing || !parent)
        return out_of_memory(p);
    enum err e = file_make_folder(parent, p);
    if (e && p)
        snprintf(p->field, sizeof p->field, "--out");
    return e;
}

static enum err make_staging(struct output *f, struct problem *p)
{
    cleanup_free char *path = NULL;
    if (asprintf(&path, "%s%c" OUTPUT_UNFINISHED "XXXXXX", f->target, f->inside ? '/' : '.') < 0) {
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
static enum err set_target(struct output *f, const char *target, struct problem *p)
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

enum err output_begin(const char *target, bool replace, struct output *ret, struct problem *p)
{
    cleanup_output struct output f = OUTPUT_INIT;
    enum err e = set_target(&f, target, p);
    if (e || !f.target)
        return e;
    e = f.inside ? check_existing(f.target, replace, p) : prepare_missing(&f, p);
    if (!e)
        e = make_staging(&f, p);
    if (e)
        return said(&f, e, p);
    *ret = f;
    f = OUTPUT_INIT;
    return ERR_NONE;
}

enum err output_create(const struct output *f, const char *name, int *ret_fd, struct problem *p)
{
    int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return said(f, problem_errno(p, "--out", "cannot write %s/%s", f->target, name), p);
    *ret_fd = fd;
    return ERR_NONE;
}

enum err output_append(const struct output *f, int fd, const char *name, const void *data, size_t len,
                       struct problem *p)
{
    return said(f, file_write_all(fd, data, len, name, p), p);
}

enum err output_write(const struct output *f, const char *name, const void *data, size_t len,
                      struct problem *p)
{
    cleanup_close int fd = -1;
    enum err e = output_create(f, name, &fd, p);
    if (!e)
        e = output_append(f, fd, name, data, len, p);
    if (!e && close(steal_fd(&fd)) < 0)
        e = said(f, problem_errno(p, "--out", "cannot write %s/%s", f->target, name), p);
    return e;
}

enum err output_read(const struct output *f, const char *name, size_t limit, struct buf *ret,
                     struct problem *p)
{
    cleanup_free char *path = NULL;
    if (asprintf(&path, "%s/%s", f->staging, name) < 0) {
        path = NULL;
        return out_of_memory(p);
    }
    return file_read(path, limit, ret, p);
}

// --- putting a batch into a folder that is there
//
// The earlier batch is first set aside in the staging folder, its manifest before its pictures; then the new
// one moves in, its manifest last. So a manifest always stands with all of its pictures, and what fails on
// the way is undone by moving back.

#define SET_ASIDE "earlier"

static bool is_ours(int fd, const char *name)
{
    struct stat st;
    return job_is_file_name(name) && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static enum err move_one(const struct output *f, int from, int to, const char *name, struct problem *p)
{
    if (renameat(from, name, to, name) == 0)
        return ERR_NONE;
    return problem_errno(p, "--out", "cannot write %s/%s", f->target, name);
}

// The pictures of a batch, known by the form of their names and the check symbol in them.
static enum err move_pictures(const struct output *f, int from, int to, struct problem *p)
{
    int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_closedir DIR *d = again < 0 ? NULL : fdopendir(again);
    if (!d)
        return problem_errno(p, "--out", "cannot read %s", f->target);
    enum err e = ERR_NONE;
    for (struct dirent *entry = readdir(d); entry && !e; entry = readdir(d))
        if (is_ours(from, entry->d_name))
            e = move_one(f, from, to, entry->d_name, p);
    return e;
}

static enum err set_aside(const struct output *f, int target, int aside, struct problem *p)
{
    if (renameat(target, OUTPUT_LAST, aside, OUTPUT_LAST) < 0 && errno != ENOENT)
        return problem_errno(p, "--out", "cannot replace %s/%s", f->target, OUTPUT_LAST);
    return move_pictures(f, target, aside, p);
}

static void put_back(const struct output *f, int target, int aside)
{
    move_pictures(f, target, f->fd, NULL);
    move_pictures(f, aside, target, NULL);
    renameat(aside, OUTPUT_LAST, target, OUTPUT_LAST);
}

static enum err finish_inside(const struct output *f, struct problem *p)
{
    cleanup_close int target = open(f->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target < 0 || mkdirat(f->fd, SET_ASIDE, 0777) < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->target);
    cleanup_close int aside = openat(f->fd, SET_ASIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (aside < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->target);
    enum err e = set_aside(f, target, aside, p);
    if (!e)
        e = move_pictures(f, f->fd, target, p);
    if (!e)
        e = move_one(f, f->fd, target, OUTPUT_LAST, p);
    if (e) {
        put_back(f, target, aside);
        return e;
    }
    e = file_sync_folder(f->target, p);
    file_remove_tree(f->staging, NULL);
    return e;
}

static enum err finish_missing(const struct output *f, struct problem *p)
{
    if (rename(f->staging, f->target) < 0)
        return problem_errno(p, "--out", "cannot make the folder %s", f->target);
    // From here on the batch is whole: a failure below only means that a power cut could still undo it.
    cleanup_arena struct arena a = ARENA_INIT;
    const char *parent = file_folder_of(&a, f->target);
    return parent ? file_sync_folder(parent, p) : out_of_memory(p);
}

enum err output_finish(struct output *f, struct problem *p)
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

void output_close(struct output *f)
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
    *f = OUTPUT_INIT;
}
