// One consistent state of all templates and locales, shared by view.c (rendering) and view_set.c (reading).
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "assets/assets.h"
#include "common/arena.h"
#include "server/view/locale.h"
#include "server/view/mustache.h"

#define VIEW_PAGE_PARTIAL "page" // {{>page}} in a layout: the page's own template

struct view_template {
    const char *name; // "desk/site"
    struct mustache *mustache;
};

// Immutable once read.
struct view_set {
    atomic_uint references;
    struct view_template *templates; // sorted by name
    size_t count;
    size_t capacity;
    struct locales *locales;
    struct assets *assets;
    struct arena memory;
};

// Compiles every template and reads every locale, and checks each template: what it includes exists, its
// messages and assets exist, its prefixes are known, and {{{…}}} and names in `_html` go together.
enum err view_set_read(struct assets *assets, const char *default_lang, struct view_set **ret,
                       struct problem *p);
void view_set_release(struct view_set *set); // NULL is fine

const struct mustache *view_set_find(const struct view_set *set, const char *name);

// What is being rendered, for the hooks.
struct rendering {
    const struct view_set *set;
    const char *lang;
    const struct locale *locale;
    const struct mustache *page;
};

// The hook and the partials of a template's environment; `arg` is a struct rendering.
bool view_hook(void *arg, const char *prefix, const char *rest, const struct mustache_scope *scope,
               struct buf *out);
bool view_hook_knows(const char *prefix);
const struct mustache *view_partial(void *arg, const char *name);
