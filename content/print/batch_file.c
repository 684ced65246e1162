#include "content/print/batch_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/hash.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

char *batch_file_folder(const struct store *store, struct arena *a)
{
    return arena_printf(a, "%s/" BATCH_FOLDER, store_folder(store));
}

char *batch_file_name(struct arena *a, int64_t id)
{
    return arena_printf(a, "%lld.zip", (long long)id);
}

char *batch_file_saved_as(struct arena *a, int64_t id)
{
    return arena_printf(a, "stele-batch-%lld.zip", (long long)id);
}

char *batch_file_picture(struct arena *a, int64_t id, int64_t number)
{
    return arena_printf(a, "%lld.%lld.png", (long long)id, (long long)number);
}

int64_t batch_file_picture_number(const char *text)
{
    return strlen(text) == 1 && *text >= '1' && *text <= '0' + BATCH_PICTURES ? *text - '0' : 0;
}

bool batch_file_is_there(const struct store *store, const char *name)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = name ? batch_file_folder(store, &a) : NULL;
    const char *path = folder ? arena_printf(&a, "%s/%s", folder, name) : NULL;
    return path && access(path, R_OK) == 0;
}

void batch_file_remove(const struct store *store, int64_t id)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = batch_file_folder(store, &a);
    for (int i = 0; folder && i <= BATCH_PICTURES; i++) {
        const char *name = i ? batch_file_picture(&a, id, i) : batch_file_name(&a, id);
        const char *path = name ? arena_printf(&a, "%s/%s", folder, name) : NULL;
        if (path)
            unlink(path);
    }
}

struct parcel {
    int64_t id, bytes;
    const char *sha256;
};
struct parcels {
    struct parcel *items;
    size_t count;
};

static bool read_parcel(struct query *q, struct arena *a, void *item)
{
    struct parcel *parcel = item;
    *parcel = (struct parcel){.id = query_int(q, 0), .sha256 = query_dup(q, 1, a), .bytes = query_int(q, 2)};
    return parcel->sha256;
}

static enum err list_parcels(struct store *store, struct arena *a, struct parcels *ret, struct problem *p)
{
    struct connection *reader;
    void *items;
    size_t count;
    enum err e = store_reader(store, &reader, p);
    if (!e)
        e = rows_collect(query_start(reader, SQL_BATCH_PARCELS), a, sizeof(struct parcel), read_parcel,
                         &items, &count, p);
    if (!e)
        *ret = (struct parcels){.items = items, .count = count};
    return e;
}

// "12.zip" and "12.3.png" belong to batch 12.
static bool is_of_parcel(const struct parcels *parcels, const char *name)
{
    char *end;
    long long id = strtoll(name, &end, 10);
    bool known = strcmp(end, ".zip") == 0 || (strlen(end) == 6 && end[0] == '.' && end[1] >= '1' &&
                                              end[1] <= '9' && strcmp(end + 2, ".png") == 0);
    for (size_t i = 0; known && i < parcels->count; i++)
        if (parcels->items[i].id == id)
            return true;
    return false;
}

enum err batch_file_sweep(struct store *store, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct parcels parcels;
    const char *folder = batch_file_folder(store, &a);
    enum err e = list_parcels(store, &a, &parcels, p);
    cleanup_closedir DIR *dir = e || !folder ? NULL : opendir(folder);
    if (e || !dir)
        return e;
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lock") == 0 ||
            is_of_parcel(&parcels, name))
            continue;
        unlinkat(dirfd(dir), name, 0); // best effort: what cannot be removed is in nobody's way
    }
    return ERR_NONE;
}

static void report(struct problem_list *list, const char *name, const char *what)
{
    struct problem p = PROBLEM_INIT;
    problem_set(&p, ERR_CORRUPT, name, "%s", what);
    problem_list_add(list, &p);
}

static enum err check_one(const char *folder, const struct parcel *parcel, struct problem_list *list,
                          size_t *missing)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct stat st;
    char sha256[HASH_HEX_SIZE];
    struct problem p = PROBLEM_INIT;
    const char *name = arena_printf(&a, BATCH_FOLDER "/%lld.zip", (long long)parcel->id);
    const char *path = folder && name ? arena_printf(&a, "%s/%lld.zip", folder, (long long)parcel->id) : NULL;
    if (!path)
        return ERR_MEMORY;
    if (stat(path, &st) < 0 && errno == ENOENT)
        ++*missing;
    else if (hash_file(path, sha256, &p))
        report(list, name, p.text);
    else if (strcmp(sha256, parcel->sha256) != 0)
        report(list, name,
               "the parcel's bytes have changed since it was made: make the batch again at the desk");
    return ERR_NONE;
}

enum err batch_file_check(struct store *store, struct problem_list *list, size_t *ret_files,
                          size_t *ret_missing, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct parcels parcels = {.count = 0};
    size_t missing = 0, before = list->count + list->dropped;
    const char *folder = batch_file_folder(store, &a);
    enum err e = list_parcels(store, &a, &parcels, p);
    for (size_t i = 0; !e && i < parcels.count; i++)
        e = check_one(folder, &parcels.items[i], list, &missing);
    if (e)
        return e;
    *ret_files = parcels.count;
    *ret_missing = missing;
    size_t changed = list->count + list->dropped - before;
    return changed ? problem_set(p, ERR_CORRUPT, NULL, "%zu parcels of batches have changed", changed)
                   : ERR_NONE;
}
