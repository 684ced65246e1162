#include "content/backup/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "content/backup/backup.h"
#include "content/store/store.h"

enum { NAME_MAX_BYTES = 80 };

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

const char *kept_folder(const struct store *store, struct arena *a)
{
    return arena_printf(a, "%s/backups", store_folder(store));
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

bool kept_is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(name);
    return len <= NAME_MAX_BYTES && name[0] != '.' && strspn(name, allowed) == len &&
           (ends_with(name, ".tar") || ends_with(name, ".db"));
}

static int newest_first(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? 1 : -1;
    return strcmp(y->name, x->name);
}

static enum err add(struct kept_list *list, size_t *capacity, struct arena *a, const char *name,
                    const struct stat *st, struct problem *p)
{
    if (list->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 16;
        struct kept *bigger = arena_array(a, wanted, sizeof *bigger);
        if (!bigger)
            return no_memory(p);
        if (list->count)
            memcpy(bigger, list->items, list->count * sizeof *bigger);
        list->items = bigger;
        *capacity = wanted;
    }
    const char *copy = arena_strdup(a, name);
    if (!copy)
        return no_memory(p);
    list->items[list->count++] = (struct kept){copy, st->st_size, st->st_mtime, ends_with(name, ".tar")};
    return ERR_NONE;
}

enum err kept_read(const struct store *store, struct arena *a, struct kept_list *ret, struct problem *p)
{
    struct kept_list list = {.count = 0};
    size_t capacity = 0;
    const char *folder = kept_folder(store, a);
    enum err e = ERR_NONE;
    if (!folder)
        return no_memory(p);
    DIR *dir = opendir(folder);
    if (!dir && errno != ENOENT)
        return problem_errno(p, NULL, "the folder %s could not be opened", folder);
    for (struct dirent *entry; !e && dir && (entry = readdir(dir));) {
        struct stat st;
        if (kept_is_name(entry->d_name) &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            e = add(&list, &capacity, a, entry->d_name, &st, p);
    }
    if (dir)
        closedir(dir);
    if (e)
        return e;
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, newest_first);
    *ret = list;
    return ERR_NONE;
}

static const char *new_name(struct arena *a)
{
    char text[32];
    struct tm tm;
    time_t now = (time_t)clock_now();
    if (!gmtime_r(&now, &tm) || strftime(text, sizeof text, "%Y%m%d-%H%M%S", &tm) == 0)
        return NULL;
    return arena_printf(a, "stele-%s.tar", text);
}

enum err kept_make(struct store *store, struct arena *a, const char **ret_name, struct problem *p)
{
    static atomic_flag under_way = ATOMIC_FLAG_INIT;
    struct backup_total total;
    const char *folder = kept_folder(store, a), *name = new_name(a);
    const char *path = folder && name ? arena_printf(a, "%s/%s", folder, name) : NULL;
    if (!path)
        return no_memory(p);
    if (atomic_flag_test_and_set(&under_way))
        return problem_set(p, ERR_BUSY, NULL, "a backup is being made already");
    enum err e = file_make_folder(folder, p);
    if (!e)
        e = backup_write(store, path, &total, p);
    atomic_flag_clear(&under_way);
    if (!e)
        *ret_name = name;
    return e;
}

enum err kept_remove(const struct store *store, const char *name, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = kept_folder(store, &a);
    const char *path = folder ? arena_printf(&a, "%s/%s", folder, name) : NULL;
    if (!path)
        return no_memory(p);
    if (!kept_is_name(name) || (unlink(path) < 0 && errno == ENOENT))
        return problem_set(p, ERR_NOT_FOUND, NULL, "there is no backup of that name");
    if (access(path, F_OK) == 0)
        return problem_errno(p, NULL, "%s could not be removed", path);
    return file_sync_folder(folder, p);
}
