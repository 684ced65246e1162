#include "content/editing/undo_term.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "content/history.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/term.h"
#include "content/term_merge.h"

#define OTHER "other" // the kind of sites that have no kind of their own

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static bool is_among(const json_t *keys, const char *key)
{
    size_t i;
    json_t *value;
    json_array_foreach((json_t *)keys, i, value) if (json_is_string(value) &&
                                                     strcmp(json_string_value(value), key) == 0) return true;
    return false;
}

static enum err take_scheme(struct connection *c, struct arena *a, const char *scheme, const json_t *keys,
                            struct undo_terms *ret, struct problem *p)
{
    struct terms terms;
    enum err e = json_array_size(keys) ? term_list(c, a, scheme, &terms, p) : ERR_NONE;
    if (e || !json_array_size(keys))
        return e;
    struct undo_term *items = arena_array(a, ret->count + terms.count + 1, sizeof *items);
    if (!items)
        return no_memory(p);
    if (ret->count)
        memcpy(items, ret->items, ret->count * sizeof *items);
    ret->items = items;
    for (size_t i = 0; i < terms.count; i++) {
        const struct term *term = &terms.items[i];
        if (is_among(keys, term->key))
            items[ret->count++] =
                (struct undo_term){scheme, term->key, term->labels, term->parent, term->id, false};
    }
    return ERR_NONE;
}

// --- which of them go

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

// Whether every site that has the term is leaving; *ret_any: there is one.
static enum err all_leave(struct connection *c, const struct undo_term *term, const int64_t *leaving,
                          size_t count, bool *ret, bool *ret_any, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    void *items = NULL;
    size_t found = 0;
    struct query *q = query_start(c, SQL_TERM_SITES);
    query_bind_int(q, 1, term->id);
    enum err e = rows_collect(q, &a, sizeof(int64_t), read_id, &items, &found, p);
    bool all = true;
    for (size_t i = 0; !e && all && i < found; i++)
        all = count && bsearch((int64_t *)items + i, leaving, count, sizeof *leaving, by_value);
    if (!e) {
        *ret = all;
        *ret_any = found > 0;
    }
    return e;
}

static enum err judge(struct connection *c, struct undo_term *term, const int64_t *leaving, size_t count,
                      bool has_other, struct problem *p)
{
    struct term_uses uses;
    bool all = false, any = false;
    enum err e = term_uses(c, term->id, &uses, p);
    if (!e)
        e = all_leave(c, term, leaving, count, &all, &any, p);
    if (e)
        return e;
    bool kind = strcmp(term->scheme, "kind") == 0;
    term->goes = all && uses.accounts == 0 && (!kind || !any || (has_other && strcmp(term->key, OTHER) != 0));
    return ERR_NONE;
}

// A term with others inside it goes only when all of them do.
static enum err keep_parents(struct connection *c, struct undo_terms *terms, struct problem *p)
{
    bool moved = true;
    enum err e = ERR_NONE;
    while (!e && moved) {
        moved = false;
        for (size_t i = 0; !e && i < terms->count; i++) {
            struct undo_term *term = &terms->items[i];
            struct term_uses uses = {0};
            int64_t going = 0;
            e = term->goes ? term_uses(c, term->id, &uses, p) : ERR_NONE;
            for (size_t k = 0; k < terms->count; k++) {
                const struct undo_term *child = &terms->items[k];
                going += child->goes && child->parent && strcmp(child->scheme, term->scheme) == 0 &&
                         strcmp(child->parent, term->key) == 0;
            }
            if (term->goes && uses.inside > going) {
                term->goes = false;
                moved = true;
            }
        }
    }
    return e;
}

enum err undo_terms_find(struct connection *c, struct arena *a, int64_t import_id, const int64_t *leaving,
                         size_t leaving_count, struct undo_terms *ret, struct problem *p)
{
    json_t *detail = NULL; // "terms": {"kind": ["dinh-lang"], "area": […]}
    struct undo_terms terms = {0};
    int64_t other = 0;
    enum err e = history_import_detail(c, import_id, "import.land", &detail, p);
    const json_t *added = json_object_get(detail, "terms");
    for (const char *const *scheme = term_schemes; !e && *scheme; scheme++)
        e = take_scheme(c, a, *scheme, json_object_get(added, *scheme), &terms, p);
    json_decref(detail);
    if (!e)
        e = term_find(c, "kind", OTHER, &other, p);
    for (size_t i = 0; !e && i < terms.count; i++)
        e = judge(c, &terms.items[i], leaving, leaving_count, other != 0, p);
    if (!e)
        e = keep_parents(c, &terms, p);
    if (!e)
        *ret = terms;
    return e;
}

// --- taking them away

static bool is_going(const struct undo_terms *terms, const char *scheme, const char *key)
{
    for (size_t i = 0; key && i < terms->count; i++)
        if (terms->items[i].goes && strcmp(terms->items[i].scheme, scheme) == 0 &&
            strcmp(terms->items[i].key, key) == 0)
            return true;
    return false;
}

void undo_terms_strip(const struct undo_terms *terms, struct site *site)
{
    struct site_term *const of_site[] = {&site->kind, &site->category, &site->rank, &site->area};
    for (size_t i = 0; term_schemes[i]; i++)
        if (is_going(terms, term_schemes[i], of_site[i]->key))
            of_site[i]->key = i == 0 ? OTHER : NULL;
}

static enum err delete_one(struct connection *writer, struct arena *a, const struct undo_term *term,
                           const struct actor *actor, struct problem *p)
{
    const char *subject = arena_printf(a, "term:%s/%s", term->scheme, term->key);
    json_t *labels = json_loads(term->labels, 0, NULL);
    const char *label = json_string_value(json_object_iter_value(json_object_iter(labels)));
    json_t *detail = json_pack("{s:s}", "what", label ? label : term->key);
    json_decref(labels);
    enum err e = subject && detail ? term_delete(writer, term->scheme, term->key, p) : no_memory(p);
    if (!e)
        e = history_audit(writer, actor, "term.delete", subject, detail, p);
    json_decref(detail);
    return e;
}

static bool has_inside(const struct undo_terms *terms, const bool *gone, const struct undo_term *term)
{
    for (size_t i = 0; i < terms->count; i++)
        if (terms->items[i].goes && !gone[i] && terms->items[i].parent &&
            strcmp(terms->items[i].scheme, term->scheme) == 0 &&
            strcmp(terms->items[i].parent, term->key) == 0)
            return true;
    return false;
}

// From the inside out: a vocabulary has no circle, so every round has one that nothing lies in.
enum err undo_terms_delete(struct connection *writer, struct arena *a, const struct undo_terms *terms,
                           const struct actor *actor, struct undo_report *report, struct problem *p)
{
    bool *gone = arena_array(a, terms->count + 1, sizeof *gone), moved = true;
    if (!gone)
        return no_memory(p);
    memset(gone, 0, (terms->count + 1) * sizeof *gone);
    enum err e = ERR_NONE;
    while (!e && moved) {
        moved = false;
        for (size_t i = 0; !e && i < terms->count; i++) {
            if (gone[i] || !terms->items[i].goes || has_inside(terms, gone, &terms->items[i]))
                continue;
            e = delete_one(writer, a, &terms->items[i], actor, p);
            gone[i] = moved = true;
            report->terms_removed++;
        }
    }
    for (size_t i = 0; !e && i < terms->count; i++)
        report->terms_kept += !terms->items[i].goes;
    return e;
}
