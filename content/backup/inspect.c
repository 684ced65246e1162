#include "content/backup/inspect.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/hash.h"
#include "content/backup/backup.h"
#include "content/store/query.h"
#include "content/store/store.h"

struct named {
    char sha256[HASH_HEX_SIZE];
    int64_t bytes;
};

struct names {
    struct named *items; // in byte order of sha256
    size_t count;
    size_t capacity;
};

static void names_clear(struct names *n)
{
    free(n->items);
}

static enum err names_add(struct names *n, const char *sha256, int64_t bytes, struct problem *p)
{
    if (n->count == n->capacity) {
        size_t capacity = n->capacity ? n->capacity * 2 : 64;
        struct named *items = reallocarray(n->items, capacity, sizeof *items);
        if (!items)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
        n->items = items;
        n->capacity = capacity;
    }
    struct named *item = &n->items[n->count++];
    snprintf(item->sha256, sizeof item->sha256, "%s", sha256);
    item->bytes = bytes;
    return ERR_NONE;
}

static enum err names_load(struct connection *c, struct names *n, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_MEDIA_ALL);
    for (;;) {
        bool row = false;
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        const char *sha256 = query_text_or_empty(q, 0);
        if (!hash_is_hex(sha256))
            return problem_set(p, ERR_CORRUPT, NULL,
                               "the database names a media file \"%.80s\", which is no hash", sha256);
        e = names_add(n, sha256, query_int(q, 1), p);
        if (e)
            return e;
    }
}

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->sha256, ((const struct named *)b)->sha256);
}

static bool names_have(const struct names *n, const char *name)
{
    struct named key = {.bytes = 0};
    if (strlen(name) != HASH_HEX_SIZE - 1)
        return false;
    memcpy(key.sha256, name, HASH_HEX_SIZE);
    return n->count && bsearch(&key, n->items, n->count, sizeof key, compare_named);
}

static void report(struct problem_list *list, const char *path, const char *what)
{
    struct problem p = PROBLEM_INIT;
    problem_set(&p, ERR_CORRUPT, path, "%s", what);
    problem_list_add(list, &p);
}

static enum err inspect_file(const char *folder, const struct named *named, struct problem_list *list)
{
    cleanup_arena struct arena a = ARENA_INIT;
    char *name = arena_printf(&a, "%s/%.2s/%s", BACKUP_MEDIA, named->sha256, named->sha256);
    char *path = arena_printf(&a, "%s/%s", folder, name);
    if (!path)
        return ERR_MEMORY;
    struct stat st;
    char sha256[HASH_HEX_SIZE];
    struct problem p = PROBLEM_INIT;
    if (stat(path, &st) < 0)
        report(list, name, "the file is missing: bring it back from a backup, or take it off its site");
    else if (!S_ISREG(st.st_mode))
        report(list, name, "this is no regular file");
    else if (st.st_size != named->bytes)
        report(list, name, "the file has another size than when it was kept: bring it back from a backup");
    else if (hash_file(path, sha256, &p))
        report(list, name, p.text);
    else if (strcmp(sha256, named->sha256) != 0)
        report(list, name, "the file's bytes have changed since it was kept: bring it back from a backup");
    return ERR_NONE;
}

static void look_at_unused(int dirfd, const char *name, bool sweep, struct inspect_result *result)
{
    struct stat st;
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    result->unused++;
    if (sweep && S_ISREG(st.st_mode) && st.st_mtime < clock_now() - INSPECT_SWEEP_AGE &&
        unlinkat(dirfd, name, 0) == 0)
        result->removed++;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void find_unused_in(int mediafd, const char *part, const struct names *n, bool sweep,
                           struct inspect_result *result)
{
    int fd = openat(mediafd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        look_at_unused(mediafd, part, sweep, result); // a file where only folders are
        return;
    }
    cleanup_closedir DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        bool known = strncmp(entry->d_name, part, 2) == 0 && names_have(n, entry->d_name);
        if (!is_dots(entry->d_name) && !known)
            look_at_unused(dirfd(dir), entry->d_name, sweep, result);
    }
}

static void find_unused(const char *folder, const struct names *n, bool sweep, struct inspect_result *result)
{
    cleanup_arena struct arena a = ARENA_INIT;
    char *path = arena_printf(&a, "%s/%s", folder, BACKUP_MEDIA);
    cleanup_closedir DIR *dir = path ? opendir(path) : NULL;
    if (!dir)
        return; // no media folder: nothing was ever kept
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!is_dots(entry->d_name))
            find_unused_in(dirfd(dir), entry->d_name, n, sweep, result);
    }
}

enum err inspect_media(struct store *store, bool sweep, struct problem_list *list, struct inspect_result *ret,
                       struct problem *p)
{
    struct connection *c = NULL;
    enum err e = store_reader(store, &c, p);
    if (e)
        return e;
    CLEANUP(names_clear) struct names names = {.items = NULL};
    e = names_load(c, &names, p);
    if (e)
        return e;
    size_t before = list->count + list->dropped;
    for (size_t i = 0; i < names.count && !e; i++)
        e = inspect_file(store_folder(store), &names.items[i], list);
    if (e)
        return problem_set(p, e, NULL, "out of memory");
    struct inspect_result result = {.files = (int64_t)names.count};
    find_unused(store_folder(store), &names, sweep, &result);
    *ret = result;
    if (list->count + list->dropped > before)
        return problem_set(p, ERR_CORRUPT, NULL, "%zu media files are missing or damaged",
                           list->count + list->dropped - before);
    return ERR_NONE;
}
