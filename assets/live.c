#include "assets/live.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "assets/assets.h"
#include "common/cleanup.h"

#define LIVE_DEPTH_MAX 4

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool live_same(const struct live_identity *a, const struct live_identity *b)
{
    return same_time(a->modified, b->modified) && same_time(a->changed, b->changed) && a->size == b->size &&
           a->inode == b->inode;
}

bool live_stat(const char *folder, const char *name, struct live_identity *ret)
{
    char path[4096];
    struct stat st;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return false;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    *ret = (struct live_identity){st.st_mtim, st.st_ctim, st.st_size, st.st_ino};
    return true;
}

bool live_name_is_clean(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    static const char later[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    const char *at = name;
    while (*at && strchr(first, *at)) {
        at += strspn(at, later);
        if (!*at)
            return (size_t)(at - name) <= ASSET_NAME_MAX;
        if (*at++ != '/')
            return false;
    }
    return false;
}

struct walk {
    const char *folder;
    const char *prefix;
    enum err (*each)(void *arg, const char *name, const struct live_identity *identity);
    void *arg;
};

// A folder is entered when it can hold names that begin with the prefix.
static bool may_match(const char *name, const char *prefix)
{
    size_t a = strlen(name), b = strlen(prefix);
    return strncmp(name, prefix, a < b ? a : b) == 0;
}

static enum err walk_folder(const struct walk *w, const char *below, int depth)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", w->folder, below) >= sizeof path)
        return ERR_NONE;
    cleanup_closedir DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char name[ASSET_NAME_MAX + 2];
        struct live_identity identity = {.size = 0};
        int len = snprintf(name, sizeof name, "%s%s", below, entry->d_name);
        if ((size_t)len >= sizeof name || !live_name_is_clean(name) || !may_match(name, w->prefix))
            continue;
        enum err e = ERR_NONE;
        if (live_stat(w->folder, name, &identity)) {
            if (strncmp(name, w->prefix, strlen(w->prefix)) == 0)
                e = w->each(w->arg, name, &identity);
        } else if (depth < LIVE_DEPTH_MAX && (size_t)len + 1 < sizeof name) {
            memcpy(name + len, "/", 2);
            e = walk_folder(w, name, depth + 1);
        }
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

enum err live_walk(const char *folder, const char *prefix,
                   enum err (*each)(void *arg, const char *name, const struct live_identity *identity),
                   void *arg)
{
    const struct walk w = {folder, prefix, each, arg};
    return walk_folder(&w, "", 0);
}

// One step of FNV-1a, 64 bits (RFC 9923).
static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001b3u;
}

static enum err add_to_stamp(void *arg, const char *name, const struct live_identity *identity)
{
    uint64_t *stamp = arg;
    const int64_t numbers[] = {identity->modified.tv_sec,
                               identity->modified.tv_nsec,
                               identity->changed.tv_sec,
                               identity->changed.tv_nsec,
                               identity->size,
                               (int64_t)identity->inode};
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *c = name; *c; c++)
        hash = mix(hash, (unsigned char)*c);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        hash = mix(hash, (uint64_t)numbers[i]);
    *stamp += hash; // a sum: the order of a folder's entries does not matter
    return ERR_NONE;
}

uint64_t live_stamp(const char *folder, const char *prefix)
{
    uint64_t stamp = 1;
    (void)live_walk(folder, prefix, add_to_stamp, &stamp);
    return stamp;
}
