#include "server/view/view_private.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "templates/"
#define SUFFIX ".mustache"

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
}

static enum err add_template(struct view_set *set, const char *name, struct mustache *mustache)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity ? set->capacity * 2 : 64;
        struct view_template *templates = realloc(set->templates, capacity * sizeof *templates);
        if (!templates)
            return ERR_MEMORY;
        set->templates = templates;
        set->capacity = capacity;
    }
    size_t len = strlen(name) - strlen(FOLDER) - strlen(SUFFIX);
    char *short_name = arena_strndup(&set->memory, name + strlen(FOLDER), len);
    if (!short_name)
        return ERR_MEMORY;
    set->templates[set->count++] = (struct view_template){short_name, mustache};
    return ERR_NONE;
}

static enum err read_template(void *arg, const char *name, struct problem *p)
{
    struct view_set *set = arg;
    cleanup_asset const struct asset *asset = NULL;
    cleanup_mustache struct mustache *mustache = NULL;
    cleanup_buf struct buf path = BUF_INIT;
    size_t len = strlen(name), suffix = strlen(SUFFIX);
    if (len <= strlen(FOLDER) + suffix || strcmp(name + len - suffix, SUFFIX) != 0)
        return ERR_NONE;
    enum err e = assets_get(set->assets, name, &asset, p);
    if (e != ERR_NONE)
        return e;
    buf_printf(&path, "assets/%s", name);
    if (path.failed)
        return out_of_memory(p);
    e = mustache_compile(path.data, asset->data, asset->len, &mustache, p);
    if (e != ERR_NONE)
        return e;
    if (add_template(set, name, mustache) != ERR_NONE)
        return out_of_memory(p);
    mustache = NULL; // the set has it
    return ERR_NONE;
}

static int compare_templates(const void *a, const void *b)
{
    return strcmp(((const struct view_template *)a)->name, ((const struct view_template *)b)->name);
}

static int compare_name(const void *name, const void *template)
{
    return strcmp(name, ((const struct view_template *)template)->name);
}

const struct mustache *view_set_find(const struct view_set *set, const char *name)
{
    const struct view_template *found =
        set->count ? bsearch(name, set->templates, set->count, sizeof *set->templates, compare_name) : NULL;
    return found ? found->mustache : NULL;
}

// ---- checking

struct check {
    const struct view_set *set;
    const char *template;
    struct problem *p;
    enum err result; // the first thing found
};

static bool ends_in_html(const char *name)
{
    size_t len = strlen(name);
    return len >= 5 && strcmp(name + len - 5, "_html") == 0;
}

static const char *check_prefixed(const struct check *c, const char *name)
{
    char prefix[16];
    const char *colon = strchr(name, ':');
    cleanup_buf struct buf scratch = BUF_INIT;
    if ((size_t)(colon - name) >= sizeof prefix)
        return "this prefix is not known";
    memcpy(prefix, name, (size_t)(colon - name));
    prefix[colon - name] = '\0';
    if (!view_hook_knows(prefix))
        return "this prefix is not known";
    if (strcmp(prefix, "t") == 0 &&
        !locale_text(locales_get(c->set->locales, NULL), colon + 1, NULL, &scratch))
        return "the default language has no such message";
    if (strcmp(prefix, "asset") == 0 && assets_address(c->set->assets, colon + 1, &scratch) != ERR_NONE)
        return "there is no such asset";
    return NULL;
}

static const char *check_one(const struct check *c, char kind, const char *name)
{
    bool written = kind == 'v' || kind == '{' || kind == '&';
    if (kind == '>')
        return strcmp(name, VIEW_PAGE_PARTIAL) == 0 || view_set_find(c->set, name)
                   ? NULL
                   : "there is no such template";
    if (written && ends_in_html(name) != (kind != 'v'))
        return kind == 'v' ? "HTML is written with three braces"
                           : "three braces are for names that end in \"_html\"";
    if (!strchr(name, ':'))
        return NULL;
    return written ? check_prefixed(c, name) : "a name with a prefix opens no section";
}

static void check_tag(void *arg, char kind, const char *name, unsigned long line)
{
    struct check *c = arg;
    const char *wrong = c->result == ERR_NONE ? check_one(c, kind, name) : NULL;
    if (!wrong)
        return;
    cleanup_buf struct buf file = BUF_INIT;
    buf_printf(&file, "assets/" FOLDER "%s" SUFFIX, c->template);
    c->result = problem_at(c->p, ERR_INVALID, line, 0, file.data, "%s, line %lu: \"%.100s\": %s.", file.data,
                           line, name, wrong);
}

static enum err check_templates(const struct view_set *set, struct problem *p)
{
    struct check c = {.set = set, .p = p};
    for (size_t i = 0; c.result == ERR_NONE && i < set->count; i++) {
        c.template = set->templates[i].name;
        mustache_tags(set->templates[i].mustache, check_tag, &c);
    }
    return c.result;
}

static void cleanup_set(struct view_set **set)
{
    view_set_release(*set);
}

enum err view_set_read(struct assets *assets, const char *default_lang, struct view_set **ret,
                       struct problem *p)
{
    CLEANUP(cleanup_set) struct view_set *set = calloc(1, sizeof *set);
    if (!set)
        return out_of_memory(p);
    atomic_init(&set->references, 1);
    set->assets = assets;
    enum err e = locales_open(assets, default_lang, &set->locales, p);
    if (e == ERR_NONE)
        e = assets_each(assets, FOLDER, read_template, set, p);
    if (e != ERR_NONE)
        return e;
    if (set->count)
        qsort(set->templates, set->count, sizeof *set->templates, compare_templates);
    e = check_templates(set, p);
    if (e == ERR_NONE)
        *ret = steal_pointer(&set);
    return e;
}

void view_set_release(struct view_set *set)
{
    if (!set || atomic_fetch_sub(&set->references, 1) != 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        mustache_free(set->templates[i].mustache);
    free(set->templates);
    locales_close(set->locales);
    arena_clear(&set->memory);
    free(set);
}
