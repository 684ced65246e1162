#include "qrgen/parcel/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/file.h"
#include "qrgen/parcel/names.h"

#define FOLDER_UNFINISHED "unfinished-" // how the staging folder within one that was there is called

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, "--out", "out of memory");
}

static enum err check_existing(const char *target, bool replace, struct problem *p)
{
    struct stat st;
    if (stat(target, &st) < 0)
        return problem_errno(p, "--out", "cannot use %s", target);
    if (!S_ISDIR(st.st_mode))
        return problem_set(p, ERR_EXISTS, "--out",
                           "%s is a file: give the name of a folder, or one that ends in .zip", target);
    if (access(target, R_OK | W_OK | X_OK) < 0)
        return problem_errno(p, "--out", "cannot write into %s", target);
    if (!replace && !file_folder_is_empty(target))
        return problem_set(p, ERR_EXISTS, "--out",
                           "%s is not empty: give another folder, or --force to replace the batch in it",
                           target);
    return ERR_NONE;
}

static enum err make_staging(struct folder *f, struct problem *p)
{
    cleanup_free char *path = NULL;
    cleanup_close int turn = f->place.was_there ? -1 : place_turn(&f->place);
    if (turn >= 0)
        place_sweep(&f->place);
    if (asprintf(&path, "%s%sXXXXXX", f->place.target,
                 f->place.was_there ? "/" FOLDER_UNFINISHED : PLACE_UNFINISHED) < 0) {
        path = NULL;
        return out_of_memory(p);
    }
    if (!mkdtemp(path))
        return problem_errno(p, "--out", "cannot write the batch to %s", f->place.target);
    f->staging = steal_pointer(&path);
    mode_t mask = umask(0);
    umask(mask);
    f->fd = open(f->staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0 || fchmod(f->fd, 0777 & ~mask) < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->staging);
    place_hold(f->fd);
    return ERR_NONE;
}

enum err folder_begin(struct place *place, bool replace, struct folder *ret, struct problem *p)
{
    cleanup_folder struct folder f = FOLDER_INIT;
    f.place = *place;
    *place = PLACE_INIT;
    enum err e = f.place.was_there ? check_existing(f.place.target, replace, p) : ERR_NONE;
    if (!e)
        e = make_staging(&f, p);
    if (e)
        return place_say(&f.place, e, p);
    *ret = f;
    f = FOLDER_INIT;
    return ERR_NONE;
}

// Makes the folder that `name` stands in; another thread may make it at the same time.
static enum err make_inner(const struct folder *f, const char *name)
{
    const char *slash = strchr(name, '/');
    char inner[16];
    if (!slash)
        return ERR_NONE;
    snprintf(inner, sizeof inner, "%.*s", (int)(slash - name), name);
    return mkdirat(f->fd, inner, 0777) == 0 || errno == EEXIST ? ERR_NONE : err_from_errno(errno);
}

enum err folder_create(const struct folder *f, const char *name, int *ret_fd, struct problem *p)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = openat(f->fd, name, flags, 0666);
    if (fd < 0 && errno == ENOENT && !make_inner(f, name))
        fd = openat(f->fd, name, flags, 0666);
    if (fd < 0)
        return place_say(&f->place, problem_errno(p, "--out", "cannot write %s/%s", f->place.target, name),
                         p);
    *ret_fd = fd;
    return ERR_NONE;
}

enum err folder_write(const struct folder *f, const char *name, const void *data, size_t len,
                      struct problem *p)
{
    cleanup_close int fd = -1;
    enum err e = folder_create(f, name, &fd, p);
    if (!e)
        e = file_write_all(fd, data, len, name, p);
    if (!e && close(steal_fd(&fd)) < 0)
        e = problem_errno(p, "--out", "cannot write %s/%s", f->place.target, name);
    return place_say(&f->place, e, p);
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

// --- putting a batch into a folder that is there
//
// The earlier batch is first set aside in the staging folder, its manifest before its pictures; then the new
// one moves in, its manifest last. So a manifest always stands with all of its pictures, and what fails on
// the way is undone by moving back.

#define SET_ASIDE "earlier"

static bool is_ours(int fd, const char *name)
{
    struct stat st;
    return names_is_ours(name) && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static enum err move_one(const struct folder *f, int from, int to, const char *name, struct problem *p)
{
    if (renameat(from, name, to, name) == 0)
        return ERR_NONE;
    return problem_errno(p, "--out", "cannot write %s/%s", f->place.target, name);
}

// The files of a batch in one folder, known by their names, but for its manifest.
static enum err move_files(const struct folder *f, int from, int to, struct problem *p)
{
    int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_closedir DIR *d = again < 0 ? NULL : fdopendir(again);
    if (!d)
        return problem_errno(p, "--out", "cannot read %s", f->place.target);
    enum err e = ERR_NONE;
    for (struct dirent *entry = readdir(d); entry && !e; entry = readdir(d))
        if (is_ours(from, entry->d_name) && strcmp(entry->d_name, NAMES_MANIFEST_CSV) != 0)
            e = move_one(f, from, to, entry->d_name, p);
    return e;
}

// The folder `name` in `at`, or `at` itself; -1 with errno. Never through a symbolic link.
static int open_inner(int at, const char *name, bool make)
{
    if (name[0] && make && mkdirat(at, name, 0777) < 0 && errno != EEXIST)
        return -1;
    return openat(at, name[0] ? name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static enum err move_folder(const struct folder *f, int from, int to, const char *name, struct problem *p)
{
    cleanup_close int source = open_inner(from, name, false);
    if (source < 0 && errno == ENOENT)
        return ERR_NONE;
    if (source < 0)
        return problem_errno(p, "--out", "cannot read %s/%s", f->place.target, name);
    cleanup_close int sink = open_inner(to, name, true);
    if (sink < 0)
        return problem_errno(p, "--out", "cannot write %s/%s", f->place.target, name);
    enum err e = move_files(f, source, sink, p);
    if (name[0])
        unlinkat(from, name, AT_REMOVEDIR); // stays where something else stands in it
    if (name[0])
        unlinkat(to, name, AT_REMOVEDIR); // goes again where nothing came
    return e;
}

// All that belongs to a batch but its manifest, from one folder to another.
static enum err move_tree(const struct folder *f, int from, int to, struct problem *p)
{
    enum err e = ERR_NONE;
    for (const char *const *name = names_folders; *name && !e; name++)
        e = move_folder(f, from, to, *name, p);
    return e;
}

static enum err set_aside(const struct folder *f, int target, int aside, struct problem *p)
{
    if (renameat(target, NAMES_MANIFEST_CSV, aside, NAMES_MANIFEST_CSV) < 0 && errno != ENOENT)
        return problem_errno(p, "--out", "cannot replace %s/%s", f->place.target, NAMES_MANIFEST_CSV);
    return move_tree(f, target, aside, p);
}

static void put_back(const struct folder *f, int target, int aside)
{
    move_tree(f, target, f->fd, NULL);
    move_tree(f, aside, target, NULL);
    renameat(aside, NAMES_MANIFEST_CSV, target, NAMES_MANIFEST_CSV);
}

static enum err finish_inside(const struct folder *f, struct problem *p)
{
    cleanup_close int target = open(f->place.target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target < 0 || mkdirat(f->fd, SET_ASIDE, 0777) < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->place.target);
    cleanup_close int aside = openat(f->fd, SET_ASIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (aside < 0)
        return problem_errno(p, "--out", "cannot write into %s", f->place.target);
    enum err e = set_aside(f, target, aside, p);
    if (!e)
        e = move_tree(f, f->fd, target, p);
    if (!e)
        e = move_one(f, f->fd, target, NAMES_MANIFEST_CSV, p);
    if (e) {
        put_back(f, target, aside);
        return e;
    }
    e = file_sync_folder(f->place.target, p);
    file_remove_tree(f->staging, NULL);
    return e;
}

static enum err finish_missing(const struct folder *f, struct problem *p)
{
    if (rename(f->staging, f->place.target) < 0)
        return problem_errno(p, "--out", "cannot make the folder %s", f->place.target);
    // From here on the batch is whole: a failure below only means that a power cut could still undo it.
    cleanup_arena struct arena a = ARENA_INIT;
    const char *parent = file_folder_of(&a, f->place.target);
    return parent ? file_sync_folder(parent, p) : out_of_memory(p);
}

enum err folder_finish(struct folder *f, struct problem *p)
{
    if (syncfs(f->fd) < 0)
        return place_say(
            &f->place, problem_errno(p, "--out", "cannot write the batch to the disk of %s", f->place.target),
            p);
    enum err e = f->place.was_there ? finish_inside(f, p) : finish_missing(f, p);
    if (!e || access(f->staging, F_OK) < 0) {
        free(f->staging);
        f->staging = NULL;
    }
    return place_say(&f->place, e, p);
}

void folder_close(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->staging)
        file_remove_tree(f->staging, NULL);
    if (f->staging || f->fd < 0)
        place_give_up(&f->place);
    free(f->staging);
    place_clear(&f->place);
    *f = FOLDER_INIT;
}
