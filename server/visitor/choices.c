#include "server/visitor/choices.h"

#include <string.h>

#include "server/visitor/address.h"

#define LEVELS_MAX 16 // of areas within each other; deeper ones count as the level that far up

static const struct term *find(const struct terms *terms, const char *key)
{
    for (size_t i = 0; key && i < terms->count; i++)
        if (strcmp(terms->items[i].key, key) == 0)
            return &terms->items[i];
    return NULL;
}

// How many wider areas hold this one.
static int depth_of(const struct terms *all, const struct term *term)
{
    int depth = 0;
    while (depth < LEVELS_MAX && (term = find(all, term->parent)))
        depth++;
    return depth;
}

// The area itself, or the one at `depth` that holds it.
static const struct term *at_depth(const struct terms *all, const struct term *term, int depth)
{
    for (int own = depth_of(all, term); own > depth; own--)
        term = find(all, term->parent);
    return term;
}

static size_t gather(const struct terms *all, const struct terms *counted, int depth, struct terms *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->items[i].count = 0;
    for (size_t i = 0; i < counted->count; i++) {
        const struct term *own = find(all, counted->items[i].key);
        const struct term *wide = own ? at_depth(all, own, depth) : NULL;
        if (wide)
            out->items[wide - all->items].count += counted->items[i].count;
    }
    size_t used = 0;
    for (size_t i = 0; i < out->count; i++)
        used += out->items[i].count > 0;
    return used;
}

bool choices_roll(struct arena *a, const struct terms *all, const struct terms *counted, size_t limit,
                  struct terms *ret)
{
    struct terms out = {.items = arena_array(a, all->count, sizeof(struct term)), .count = all->count};
    if (!out.items)
        return false;
    if (counted->count <= limit) {
        *ret = *counted;
        return true;
    }
    memcpy(out.items, all->items, all->count * sizeof(struct term));
    int depth = LEVELS_MAX;
    while (gather(all, counted, depth, &out) > limit && depth > 0)
        depth--;
    size_t used = 0;
    for (size_t i = 0; i < out.count; i++)
        if (out.items[i].count > 0)
            out.items[used++] = out.items[i];
    out.count = used;
    *ret = out;
    return true;
}

static void put_terms(struct page *page, const char *key, const struct terms *terms, const char *chosen)
{
    struct context *c = &page->context;
    if (terms->count == 0)
        return;
    bool is_kind = strcmp(key, "kinds") == 0;
    json_t *list = context_list(c, c->root, key);
    for (size_t i = 0; i < terms->count; i++) {
        const struct term *term = &terms->items[i];
        json_t *item = context_item(c, list);
        const char *address =
            address_sites(page->arena, is_kind ? term->key : NULL, is_kind ? NULL : term->key, 1);
        context_text(c, item, "key", term->key);
        context_text(c, item, "label", page_words(page, term->labels, NULL));
        context_number(c, item, "count", term->count);
        context_text(c, item, "href", page_link(page, address));
        context_flag(c, item, "selected", chosen && strcmp(chosen, term->key) == 0);
    }
}

// Puts the label of a chosen term under `key`; when the list of choices lacks the term, it joins the list.
static enum err put_chosen(struct page *page, const char *scheme, const char *key, const char *chosen,
                           struct terms *shown, struct problem *problem)
{
    struct terms all;
    if (!chosen)
        return ERR_NONE;
    enum err e = term_list(page->db, page->arena, scheme, &all, problem);
    if (e != ERR_NONE)
        return e;
    const struct term *term = find(&all, chosen);
    if (!term)
        return ERR_NOT_FOUND;
    context_text(&page->context, page->context.root, key, page_words(page, term->labels, NULL));
    if (find(shown, chosen))
        return ERR_NONE;
    struct term *items = arena_array(page->arena, shown->count + 1, sizeof(struct term));
    if (!items)
        return ERR_MEMORY;
    memcpy(items, shown->items, shown->count * sizeof(struct term));
    items[shown->count] = *term;
    *shown = (struct terms){.items = items, .count = shown->count + 1};
    return ERR_NONE;
}

static enum err list_areas(struct page *page, struct terms *ret, struct problem *problem)
{
    struct terms all, counted;
    enum err e = term_counts(page->db, page->arena, "area", &counted, problem);
    if (e == ERR_NONE)
        e = term_list(page->db, page->arena, "area", &all, problem);
    if (e != ERR_NONE)
        return e;
    return choices_roll(page->arena, &all, &counted, CHOICES_AREAS_MAX, ret) ? ERR_NONE : ERR_MEMORY;
}

enum err choices_put(struct page *page, const char *kind, const char *area, struct problem *problem)
{
    struct terms kinds, areas;
    enum err e = term_counts(page->db, page->arena, "kind", &kinds, problem);
    if (e == ERR_NONE)
        e = list_areas(page, &areas, problem);
    if (e == ERR_NONE)
        e = put_chosen(page, "kind", "chosen_kind", kind, &kinds, problem);
    if (e == ERR_NONE)
        e = put_chosen(page, "area", "chosen_area", area, &areas, problem);
    if (e != ERR_NONE)
        return e;
    put_terms(page, "kinds", &kinds, kind);
    put_terms(page, "areas", &areas, area);
    context_flag(&page->context, page->context.root, "has_choices", kinds.count > 0);
    return ERR_NONE;
}
