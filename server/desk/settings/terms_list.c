// The list of a vocabulary: found by words, in pages.
#include <string.h>

#include "common/fold.h"
#include "content/term_merge.h"
#include "server/desk/frame/list.h"
#include "server/desk/settings/settings_parts.h"
#include "server/view/view.h"

const char *const terms_params[] = {LIST_PARAMS, NULL};

// Whether the term is found by what was typed: in any language, without regard to marks and case.
static bool is_found(const struct term *term, const char *folded)
{
    json_t *labels = json_loads(term->labels, 0, NULL), *text;
    const char *lang;
    bool found = false;
    json_object_foreach(labels, lang, text)
    {
        cleanup_buf struct buf words = BUF_INIT;
        const char *label = json_string_value(text);
        found |= label && !fold_search(label, strlen(label), &words, NULL) && strstr(words.data, folded);
    }
    json_decref(labels);
    return found;
}

// The places in `terms` of those that are found, in their order.
static size_t find_all(const struct terms *terms, const char *search, size_t *places)
{
    cleanup_buf struct buf folded = BUF_INIT;
    size_t count = 0;
    bool known = search && !fold_search(search, strlen(search), &folded, NULL) && folded.len;
    for (size_t i = 0; i < terms->count; i++)
        if (!search || (known && is_found(&terms->items[i], folded.data)))
            places[count++] = i;
    return count;
}

static enum err put_item(struct screen *screen, json_t *items, const struct terms *terms, size_t place,
                         bool movable, struct problem *problem)
{
    struct context *c = &screen->context;
    const struct term *term = &terms->items[place];
    struct term_uses uses = {.sites = 0};
    enum err e = term_uses(screen->db, term->id, &uses, problem);
    json_t *item = context_item(c, items);
    size_t parent = 0;
    bool inside = term->parent && !terms_find(terms, term->parent, &parent, NULL);
    context_text(c, item, "key", term->key);
    context_text(c, item, "label", terms_label(screen, term));
    context_text(c, item, "parent", inside ? terms_label(screen, &terms->items[parent]) : "");
    context_number(c, item, "count", uses.sites);
    context_flag(c, item, "movable", movable);
    return e;
}

// A province has hundreds of communes: they are found and shown in pages like everything else. The order of
// what was looked for is not that of the whole: it is changed in the whole alone.
enum err terms_put_items(struct screen *screen, const char *scheme, const struct terms *terms,
                         struct problem *problem)
{
    struct context *c = &screen->context;
    const struct list list = {
        .path = arena_printf(screen->arena, "/desk/settings/terms/%s", scheme),
        .search = VIEW_KEY("desk.terms.search"),
        .count = VIEW_KEY("desk.terms.count"),
        .empty = VIEW_KEY("desk.terms.empty"),
    };
    struct list_query q;
    size_t *places = arena_array(screen->arena, terms->count + 1, sizeof *places);
    if (!list.path || !places)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    list_read(&list, screen->req, &q);
    size_t found = find_all(terms, q.search, places);
    list_put(screen, &list, &q, (int64_t)found);
    context_text(c, c->root, "back", list_address(screen, &list, &q, q.page));
    json_t *items = context_list(c, c->root, "items");
    enum err e = ERR_NONE;
    for (size_t i = (size_t)q.offset; !e && i < found && i < (size_t)(q.offset + q.limit); i++)
        e = put_item(screen, items, terms, places[i], !q.search && places[i] > 0, problem);
    return e;
}
