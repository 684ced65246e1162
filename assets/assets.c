#include "assets/assets.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assets/embedded.h"
#include "assets/live.h"
#include "common/arena.h"
#include "common/file.h"
#include "common/hash.h"

#define ADDRESS_PREFIX "/assets/"

// An asset as it is kept. `pub` comes first, so that what a user holds leads back here.
struct held {
    struct asset pub;
    bool embedded; // lives as long as the struct assets and is not counted
    atomic_uint references;
    struct live_identity identity;
    struct held *next; // in the list of live files
    struct arena memory;
};

struct assets {
    struct held *embedded; // embedded_count of them, in byte order of the names
    char *folder;          // NULL unless live
    pthread_mutex_t lock;  // guards `live`
    struct held *live;     // the newest version of each live file used so far
    struct arena memory;
};

static const struct {
    const char *extension;
    const char *mime;
} mime_types[] = {
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"webp", "image/webp"},
    {"ico", "image/vnd.microsoft.icon"},
    {"webmanifest", "application/manifest+json"},
    {"txt", "text/plain; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"woff2", "font/woff2"},
    {"mustache", "text/plain; charset=utf-8"},
};

static const char *const public_folders[] = {"styles/", "scripts/", "pictures/"};

static const char *mime_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof mime_types / sizeof mime_types[0]; i++)
        if (strcmp(dot + 1, mime_types[i].extension) == 0)
            return mime_types[i].mime;
    return "application/octet-stream";
}

// The last dot of the last segment, or the end when it has none.
static size_t extension_at(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');
    return dot ? (size_t)(dot - name) : strlen(name);
}

static char *make_address(struct arena *memory, const char *name, const char *hash)
{
    size_t at = extension_at(name);
    return arena_printf(memory, ADDRESS_PREFIX "%.*s.%s%s", (int)at, name, hash, name + at);
}

static enum err fill_embedded(struct assets *a)
{
    a->embedded = arena_array(&a->memory, embedded_count + 1, sizeof *a->embedded);
    for (size_t i = 0; a->embedded && i < embedded_count; i++) {
        const struct embedded_file *file = &embedded_files[i];
        struct held *held = &a->embedded[i];
        held->embedded = true;
        held->pub = (struct asset){
            .name = file->name,
            .address = make_address(&a->memory, file->name, file->hash),
            .mime = mime_of(file->name),
            .data = embedded_blob + file->offset,
            .len = file->len,
        };
        memcpy(held->pub.hash, file->hash, ASSET_HASH_DIGITS);
        if (!held->pub.address)
            return ERR_MEMORY;
    }
    return a->embedded ? ERR_NONE : ERR_MEMORY;
}

enum err assets_open(const char *folder, struct assets **ret, struct problem *p)
{
    struct stat st;
    if (folder && (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode)))
        return problem_set(p, ERR_NOT_FOUND, "--assets",
                           "The assets folder %s is not there. Name a folder that is laid out as assets/ is.",
                           folder);
    struct assets *a = calloc(1, sizeof *a);
    if (!a)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    pthread_mutex_init(&a->lock, NULL);
    a->folder = folder ? strdup(folder) : NULL;
    if (fill_embedded(a) != ERR_NONE || (folder && !a->folder)) {
        assets_close(a);
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    }
    *ret = a;
    return ERR_NONE;
}

void assets_close(struct assets *a)
{
    if (!a)
        return;
    while (a->live) {
        struct held *held = a->live;
        a->live = held->next;
        asset_release(&held->pub);
    }
    pthread_mutex_destroy(&a->lock);
    arena_clear(&a->memory);
    free(a->folder);
    free(a);
}

bool assets_is_live(const struct assets *a)
{
    return a->folder != NULL;
}

void asset_release(const struct asset *asset)
{
    struct held *held = (struct held *)asset;
    if (!held || held->embedded || atomic_fetch_sub(&held->references, 1) != 1)
        return;
    arena_clear(&held->memory);
    free(held);
}

static int compare_name(const void *key, const void *member)
{
    return strcmp(key, ((const struct held *)member)->pub.name);
}

static struct held *find_embedded(struct assets *a, const char *name)
{
    return bsearch(name, a->embedded, embedded_count, sizeof *a->embedded, compare_name);
}

// Reads one version of a live file. The identity was taken before, so that a change meanwhile is seen next
// time.
static enum err read_live(const char *folder, const char *name, const struct live_identity *identity,
                          struct held **ret, struct problem *p)
{
    cleanup_buf struct buf path = BUF_INIT, bytes = BUF_INIT;
    buf_printf(&path, "%s/%s", folder, name);
    if (path.failed) {
        problem_set(p, ERR_MEMORY, name, "Memory is out.");
        return ERR_MEMORY;
    }
    enum err e = file_read(path.data, ASSET_SIZE_MAX, &bytes, p);
    if (e != ERR_NONE)
        return e;
    struct held *held = calloc(1, sizeof *held);
    char hex[HASH_HEX_SIZE];
    hash_bytes(bytes.data, bytes.len, hex);
    if (!held) {
        problem_set(p, ERR_MEMORY, name, "Memory is out.");
        return ERR_MEMORY;
    }
    memcpy(held->pub.hash, hex, ASSET_HASH_DIGITS);
    held->pub.name = arena_strdup(&held->memory, name);
    held->pub.address = make_address(&held->memory, name, held->pub.hash);
    held->pub.data = arena_strndup(&held->memory, bytes.data, bytes.len);
    held->pub.len = bytes.len;
    held->pub.mime = mime_of(name);
    held->identity = *identity;
    atomic_init(&held->references, 1);
    if (!held->pub.name || !held->pub.address || !held->pub.data) {
        asset_release(&held->pub);
        problem_set(p, ERR_MEMORY, name, "Memory is out.");
        return ERR_MEMORY;
    }
    *ret = held;
    return ERR_NONE;
}

// The live version of `name`, from memory when the file is still the same. Called with the lock held.
static enum err get_live(struct assets *a, const char *name, const struct live_identity *identity,
                         const struct asset **ret, struct problem *p)
{
    struct held **at = &a->live;
    while (*at && strcmp((*at)->pub.name, name) != 0)
        at = &(*at)->next;
    struct held *held = *at;
    if (!held || !live_same(&held->identity, identity)) {
        enum err e = read_live(a->folder, name, identity, &held, p);
        if (e != ERR_NONE)
            return e;
        struct held *old = *at;
        held->next = old ? old->next : NULL;
        *at = held;
        if (old)
            asset_release(&old->pub);
    }
    atomic_fetch_add(&held->references, 1);
    *ret = &held->pub;
    return ERR_NONE;
}

enum err assets_get(struct assets *a, const char *name, const struct asset **ret, struct problem *p)
{
    struct live_identity identity;
    bool clean = live_name_is_clean(name);
    if (clean && a->folder && live_stat(a->folder, name, &identity)) {
        pthread_mutex_lock(&a->lock);
        enum err e = get_live(a, name, &identity, ret, p);
        pthread_mutex_unlock(&a->lock);
        return e;
    }
    struct held *held = clean ? find_embedded(a, name) : NULL;
    if (!held) {
        problem_set(p, ERR_NOT_FOUND, NULL, "There is no asset \"%s\".", name);
        return ERR_NOT_FOUND;
    }
    *ret = &held->pub;
    return ERR_NONE;
}

static bool is_public(const char *name)
{
    for (size_t i = 0; i < sizeof public_folders / sizeof public_folders[0]; i++)
        if (strncmp(name, public_folders[i], strlen(public_folders[i])) == 0)
            return true;
    return false;
}

// "/assets/styles/visitor.1a2b3c4d5e6f.css" -> "styles/visitor.css" and where the hash stands in the address.
static bool split_address(const char *address, char name[ASSET_NAME_MAX + 1], const char **ret_hash)
{
    size_t prefix = strlen(ADDRESS_PREFIX);
    if (strncmp(address, ADDRESS_PREFIX, prefix) != 0)
        return false;
    const char *path = address + prefix;
    size_t end = extension_at(path), stem = end - (ASSET_HASH_DIGITS + 1);
    if (strlen(path) > ASSET_NAME_MAX + ASSET_HASH_DIGITS + 1 || end <= ASSET_HASH_DIGITS + 1)
        return false;
    if (path[stem] != '.' || strspn(path + stem + 1, "0123456789abcdef") < ASSET_HASH_DIGITS)
        return false;
    memcpy(name, path, stem);
    memcpy(name + stem, path + end, strlen(path + end) + 1); // the address is ASSET_HASH_DIGITS + 1 longer
    *ret_hash = path + stem + 1;
    return true;
}

enum err assets_by_address(struct assets *a, const char *address, const struct asset **ret, bool *ret_exact)
{
    char name[ASSET_NAME_MAX + 1];
    const char *hash;
    if (!split_address(address, name, &hash) || !is_public(name))
        return ERR_NOT_FOUND;
    enum err e = assets_get(a, name, ret, NULL);
    if (e == ERR_NONE && ret_exact)
        *ret_exact = memcmp(hash, (*ret)->hash, ASSET_HASH_DIGITS) == 0;
    return e;
}

enum err assets_address(struct assets *a, const char *name, struct buf *out)
{
    cleanup_asset const struct asset *asset = NULL;
    enum err e = assets_get(a, name, &asset, NULL);
    if (e == ERR_NONE)
        buf_append_str(out, asset->address);
    return e;
}

struct name_list {
    struct arena memory;
    char **names;
    size_t count, capacity;
};

static enum err add_name(struct name_list *list, const char *name)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        char **names = realloc(list->names, capacity * sizeof *names);
        if (!names)
            return ERR_MEMORY;
        list->names = names;
        list->capacity = capacity;
    }
    char *copy = arena_strdup(&list->memory, name);
    if (!copy)
        return ERR_MEMORY;
    list->names[list->count++] = copy;
    return ERR_NONE;
}

static enum err add_live_name(void *arg, const char *name, const struct live_identity *identity)
{
    (void)identity;
    return add_name(arg, name);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err collect_names(struct assets *a, const char *prefix, struct name_list *list)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < embedded_count; i++)
        if (strncmp(embedded_files[i].name, prefix, strlen(prefix)) == 0)
            e = add_name(list, embedded_files[i].name);
    if (e == ERR_NONE && a->folder)
        e = live_walk(a->folder, prefix, add_live_name, list);
    if (e == ERR_NONE && list->count)
        qsort(list->names, list->count, sizeof *list->names, compare_strings);
    return e;
}

enum err assets_each(struct assets *a, const char *prefix,
                     enum err (*each)(void *arg, const char *name, struct problem *p), void *arg,
                     struct problem *p)
{
    struct name_list list = {.memory = ARENA_INIT};
    enum err e = collect_names(a, prefix, &list);
    if (e != ERR_NONE)
        problem_set(p, e, NULL, "Memory is out.");
    for (size_t i = 0; e == ERR_NONE && i < list.count; i++)
        if (i == 0 || strcmp(list.names[i], list.names[i - 1]) != 0)
            e = each(arg, list.names[i], p);
    free(list.names);
    arena_clear(&list.memory);
    return e;
}

uint64_t assets_stamp(struct assets *a, const char *prefix)
{
    return a->folder ? live_stamp(a->folder, prefix) : 0;
}
