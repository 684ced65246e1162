// Where designs are found: in the program, and in a folder beside it.
#include "qrgen/design/design.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "assets/embedded.h"
#include "common/file.h"
#include "common/fold.h"

#define PREFIX "plates/"
#define SUFFIX ".ini"

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory while looking for designs");
}

// "board-a5.ini" -> "board-a5" in the arena; *ret_name is NULL when the file is no design.
static bool design_name(struct arena *a, const char *file, const char **ret_name)
{
    size_t len = strlen(file);
    *ret_name = NULL;
    if (len <= strlen(SUFFIX) || strcmp(file + len - strlen(SUFFIX), SUFFIX) != 0)
        return true;
    const char *name = arena_strndup(a, file, len - strlen(SUFFIX));
    if (name && fold_is_slug(name))
        *ret_name = name;
    return name;
}

// --- all of them

struct names {
    struct arena arena;
    const char **items;
    size_t count;
};

static void names_free(struct names *n)
{
    arena_clear(&n->arena);
    free(n->items);
}

#define cleanup_names CLEANUP(names_free)

static enum err add_name(struct names *n, const char *file, struct problem *p)
{
    const char *name;
    if (!design_name(&n->arena, file, &name))
        return out_of_memory(p);
    for (size_t i = 0; name && i < n->count; i++)
        if (strcmp(n->items[i], name) == 0)
            return ERR_NONE;
    const char **items = name ? reallocarray(n->items, n->count + 1, sizeof *items) : n->items;
    if (!items && name)
        return out_of_memory(p);
    n->items = items;
    if (name)
        n->items[n->count++] = name;
    return ERR_NONE;
}

static enum err add_folder(struct names *n, const char *folder, struct problem *p)
{
    cleanup_closedir DIR *d = opendir(folder);
    if (!d)
        return problem_errno(p, "--designs", "cannot read the folder of designs %s", folder);
    enum err e = ERR_NONE;
    for (struct dirent *entry = readdir(d); entry && !e; entry = readdir(d))
        e = add_name(n, entry->d_name, p);
    return e;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err find_names(const char *folder, struct names *n, struct problem *p)
{
    enum err e = folder ? add_folder(n, folder, p) : ERR_NONE;
    for (size_t i = 0; i < embedded_count && !e; i++)
        e = add_name(n, embedded_files[i].name + strlen(PREFIX), p);
    if (!e && n->count > 0)
        qsort(n->items, n->count, sizeof *n->items, by_bytes);
    return e;
}

enum err design_each(const char *folder, enum err (*each)(void *arg, const char *name, struct problem *p),
                     void *arg, struct problem *p)
{
    cleanup_names struct names names = {.arena = ARENA_INIT};
    enum err e = find_names(folder, &names, p);
    for (size_t i = 0; i < names.count && !e; i++)
        e = each(arg, names.items[i], p);
    return e;
}

// --- one of them

static enum err add_to_list(void *arg, const char *name, struct problem *p)
{
    (void)p;
    struct buf *list = arg;
    buf_printf(list, ", %s", name);
    return ERR_NONE;
}

static enum err say_unknown(const char *folder, const char *name, struct problem *p)
{
    cleanup_buf struct buf list = BUF_INIT;
    enum err e = design_each(folder, add_to_list, &list, p);
    return e ? e
             : problem_set(p, ERR_NOT_FOUND, "--design",
                           "there is no plate design \"%.60s\" (there are: bare%s)", name, list.data);
}

// The file's name before what is wrong with it.
static enum err name_file(enum err e, const char *path, struct problem *p)
{
    if (e != ERR_INVALID || !p)
        return e;
    struct problem about = *p;
    return problem_at(p, about.code, about.line, 0, about.field, "%.160s, %s", path, about.text);
}

static enum err load_file(const char *path, const char *name, struct design *ret, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    enum err e = file_read(path, DESIGN_FILE_MAX, &text, p);
    if (!e)
        e = name_file(design_parse(name, text.data, text.len, ret, p), path, p);
    return e;
}

static enum err load_embedded(const char *folder, const char *name, struct design *ret, struct problem *p)
{
    char file[sizeof PREFIX + FOLD_SLUG_SIZE + sizeof SUFFIX];
    snprintf(file, sizeof file, PREFIX "%s" SUFFIX, name);
    for (size_t i = 0; i < embedded_count; i++) {
        const struct embedded_file *found = &embedded_files[i];
        if (strcmp(found->name, file) == 0)
            return name_file(
                design_parse(name, (const char *)embedded_blob + found->offset, found->len, ret, p), file, p);
    }
    return say_unknown(folder, name, p);
}

enum err design_load(const char *folder, const char *name, struct design *ret, struct problem *p)
{
    if (!fold_is_slug(name)) // nothing else is made a part of a path
        return say_unknown(folder, name, p);
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = folder ? arena_printf(&a, "%s/%s" SUFFIX, folder, name) : NULL;
    if (folder && !path)
        return out_of_memory(p);
    if (path && access(path, F_OK) == 0)
        return load_file(path, name, ret, p);
    if (folder && access(folder, R_OK | X_OK) < 0)
        return problem_errno(p, "--designs", "cannot read the folder of designs %s", folder);
    return load_embedded(folder, name, ret, p);
}
