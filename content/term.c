#include "content/term.h"

#include <string.h>

#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

const char *const term_schemes[] = {"kind", "category", "rank", "area", NULL};

static bool read_term(struct query *q, struct arena *a, void *item)
{
    struct term *t = item;
    *t = (struct term){.id = query_int(q, 0),
                       .key = query_dup(q, 1, a),
                       .labels = query_dup(q, 2, a),
                       .picture = query_dup(q, 3, a),
                       .parent = query_dup(q, 4, a)};
    return t->key && t->labels;
}

static bool read_count(struct query *q, struct arena *a, void *item)
{
    struct term *t = item;
    *t = (struct term){.key = query_dup(q, 0, a),
                       .labels = query_dup(q, 1, a),
                       .picture = query_dup(q, 2, a),
                       .count = query_int(q, 3)};
    return t->key && t->labels;
}

static enum err collect(struct query *q, struct arena *a, rows_read *read, struct terms *ret,
                        struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct term), read, &items, &count, p);
    if (!e)
        *ret = (struct terms){.items = items, .count = count};
    return e;
}

enum err term_list(struct connection *c, struct arena *a, const char *scheme, struct terms *ret,
                   struct problem *p)
{
    struct query *q = query_start(c, SQL_TERMS);
    query_bind_text(q, 1, scheme);
    return collect(q, a, read_term, ret, p);
}

enum err term_counts(struct connection *c, struct arena *a, const char *scheme, struct terms *ret,
                     struct problem *p)
{
    // In the order of term_schemes.
    static const enum statement counts[] = {SQL_KIND_COUNTS, SQL_CATEGORY_COUNTS, SQL_RANK_COUNTS,
                                            SQL_AREA_COUNTS};
    for (int i = 0; term_schemes[i]; i++)
        if (strcmp(scheme, term_schemes[i]) == 0)
            return collect(query_start(c, counts[i]), a, read_count, ret, p);
    return problem_set(p, ERR_INVALID, "scheme", "there is no vocabulary \"%s\"", scheme);
}

enum err term_find(struct connection *c, const char *scheme, const char *key, int64_t *ret_id,
                   struct problem *p)
{
    struct query *q = query_start(c, SQL_TERM_ID);
    query_bind_text(q, 1, scheme);
    query_bind_text(q, 2, key);
    return query_number(q, 0, ret_id, p);
}

enum err term_save(struct connection *writer, const char *scheme, const struct term *term, int position,
                   int64_t *ret_id, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_TERM);
    query_bind_text(q, 1, scheme);
    query_bind_text(q, 2, term->key);
    query_bind_text(q, 3, term->labels);
    query_bind_text_or_null(q, 4, term->picture);
    query_bind_int(q, 5, position);
    int64_t id;
    enum err e = query_number(q, 0, &id, p);
    if (!e)
        e = store_touch_content(writer, p);
    if (!e && ret_id)
        *ret_id = id;
    return e;
}

// Whether `key` lies inside `above` (or is it), following parents; a vocabulary has no circle yet when this
// is asked.
static bool lies_inside(const struct terms *terms, const char *key, const char *above)
{
    for (size_t depth = 0; key && depth <= terms->count; depth++) {
        if (strcmp(key, above) == 0)
            return true;
        const char *parent = NULL;
        for (size_t i = 0; i < terms->count; i++)
            if (strcmp(terms->items[i].key, key) == 0)
                parent = terms->items[i].parent;
        key = parent;
    }
    return false;
}

static enum err check_parent(struct connection *c, const char *scheme, const char *key, const char *parent,
                             struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct terms terms;
    int64_t id = 0;
    enum err e = term_find(c, scheme, parent, &id, p);
    if (!e && id == 0)
        e = problem_set(p, ERR_INVALID, parent,
                        MESSAGE("term.no_parent") "there is no %s \"%s\" for \"%s\" to lie in", scheme,
                        parent, key);
    if (!e)
        e = term_list(c, &a, scheme, &terms, p);
    if (!e && lies_inside(&terms, parent, key))
        e = problem_set(p, ERR_INVALID, parent,
                        MESSAGE("term.circle") "the %s \"%s\" cannot lie in \"%s\": that would be a circle",
                        scheme, key, parent);
    return e;
}

enum err term_set_parent(struct connection *writer, const char *scheme, const char *key, const char *parent,
                         struct problem *p)
{
    enum err e = parent ? check_parent(writer, scheme, key, parent, p) : ERR_NONE;
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_SET_TERM_PARENT);
    query_bind_text(q, 1, scheme);
    query_bind_text(q, 2, key);
    query_bind_text(q, 3, parent);
    e = query_run(q, p);
    return e ? e : store_touch_content(writer, p);
}
