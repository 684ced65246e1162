#include "qrgen/parcel/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "common/arena.h"
#include "common/file.h"

enum { TURN_TRIES = 50, TURN_PAUSE_NS = 20000000 }; // nobody holds it longer than a moment

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, "--out", "out of memory");
}

enum err place_say(const struct place *place, enum err e, struct problem *p)
{
    if (e == ERR_FULL)
        problem_set(
            p, ERR_FULL, "--out",
            "there is no space left for the batch in %s: make room, or give another --out; nothing of "
            "it was kept",
            place->target);
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

void place_give_up(const struct place *place)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = place->existing ? file_folder_of(&a, place->target) : NULL;
    while (path && strcmp(path, place->existing) != 0 && rmdir(path) == 0)
        path = file_folder_of(&a, path);
}

static enum err make_parents(struct place *place, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *existing = deepest_existing(&a, place->target), *parent = file_folder_of(&a, place->target);
    place->existing = existing ? strdup(existing) : NULL;
    if (!place->existing || !parent)
        return out_of_memory(p);
    enum err e = file_make_folder(parent, p);
    if (e && p)
        snprintf(p->field, sizeof p->field, "--out");
    return e;
}

static enum err set_target(struct place *place, const char *target, struct problem *p)
{
    if (!target[0])
        return problem_set(p, ERR_INVALID, "--out", "give the folder for the batch with --out");
    struct stat st;
    place->was_there = lstat(target, &st) == 0;
    place->target = place->was_there ? realpath(target, NULL) : strdup(target);
    if (!place->target)
        return problem_errno(p, "--out", "cannot use %s", target);
    size_t len = strlen(place->target);
    while (len > 1 && place->target[len - 1] == '/')
        place->target[--len] = '\0';
    return ERR_NONE;
}

enum err place_begin(const char *target, struct place *ret, struct problem *p)
{
    cleanup_place struct place place = PLACE_INIT;
    enum err e = set_target(&place, target, p);
    if (!e && !place.was_there)
        e = make_parents(&place, p);
    if (e) {
        if (place.target)
            place_say(&place, e, p);
        place_give_up(&place);
        return e; // NOLINT(clang-analyzer-unix.Malloc): it does not see that cleanup_place frees
    }
    *ret = place;
    place = PLACE_INIT;
    return ERR_NONE;
}

// --- what was left

int place_turn(const struct place *place)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *parent = file_folder_of(&a, place->target);
    int fd = parent ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    for (int i = 0; fd >= 0 && i < TURN_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        nanosleep(&(struct timespec){.tv_nsec = TURN_PAUSE_NS}, NULL);
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

void place_hold(int fd)
{
    flock(fd, LOCK_EX | LOCK_NB); // a disk without locks gives none to who sweeps either
}

static void sweep_one(int dir, const char *parent, const char *name)
{
    struct stat st;
    cleanup_close int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return;
    if (!S_ISDIR(st.st_mode)) {
        unlinkat(dir, name, 0);
        return;
    }
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = arena_printf(&a, "%s/%s", parent, name);
    if (path)
        file_remove_tree(path, NULL);
}

void place_sweep(const struct place *place)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *slash = strrchr(place->target, '/');
    const char *parent = file_folder_of(&a, place->target);
    const char *start = arena_printf(&a, "%s" PLACE_UNFINISHED, slash ? slash + 1 : place->target);
    cleanup_closedir DIR *dir = parent && start ? opendir(parent) : NULL;
    size_t len = start ? strlen(start) : 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (strncmp(entry->d_name, start, len) == 0 && strlen(entry->d_name) == len + 6)
            sweep_one(dirfd(dir), parent, entry->d_name);
}

void place_clear(struct place *place)
{
    free(place->target);
    free(place->existing);
    *place = PLACE_INIT;
}
