#include "content/term_merge.h"

#include <string.h>

#include "content/rows.h"
#include "content/site.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum err term_uses(struct connection *c, int64_t id, struct term_uses *ret, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_TERM_USES);
    query_bind_int(q, 1, id);
    bool row;
    enum err e = query_step(q, &row, p);
    if (!e)
        *ret = (struct term_uses){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    return e;
}

static enum err find(struct connection *c, const char *scheme, const char *key, int64_t *ret_id,
                     struct problem *p)
{
    int64_t id = 0;
    enum err e = term_find(c, scheme, key, &id, p);
    if (!e && id == 0)
        e = problem_set(p, ERR_NOT_FOUND, "into", "there is no %s \"%s\"", scheme, key);
    if (!e)
        *ret_id = id;
    return e;
}

static void replace(struct site_term *term, const char *from, const char *into)
{
    if (term->key && strcmp(term->key, from) == 0)
        term->key = into;
}

static enum err move_site(struct connection *writer, int64_t id, const char *scheme, const char *from,
                          const char *into, const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct site site;
    enum err e = site_load(writer, &a, id, &site, p);
    if (e)
        return e;
    struct site_term *const terms[] = {&site.kind, &site.category, &site.rank, &site.area};
    for (int i = 0; term_schemes[i]; i++)
        if (strcmp(term_schemes[i], scheme) == 0)
            replace(terms[i], from, into);
    e = site_save(writer, &site, actor, NULL, p);
    site_clear(&site);
    return e;
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

static enum err move_sites(struct connection *writer, int64_t from_id, const char *scheme, const char *from,
                           const char *into, const struct actor *actor, int64_t *ret_sites, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    void *items = NULL;
    size_t count = 0;
    struct query *q = query_start(writer, SQL_TERM_SITES);
    query_bind_int(q, 1, from_id);
    enum err e = rows_collect(q, &a, sizeof(int64_t), read_id, &items, &count, p);
    for (size_t i = 0; !e && i < count; i++)
        e = move_site(writer, ((int64_t *)items)[i], scheme, from, into, actor, p);
    *ret_sites = (int64_t)count;
    return e;
}

static enum err run(struct connection *writer, enum statement id, int64_t from, int64_t into,
                    struct problem *p)
{
    struct query *q = query_start(writer, id);
    query_bind_int(q, 1, from);
    if (into)
        query_bind_int(q, 2, into);
    return query_run(q, p);
}

// Following parents from `key`; a vocabulary has no circle.
static enum err check_outside(struct connection *c, const char *scheme, const char *from, const char *into,
                              struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct terms terms;
    enum err e = term_list(c, &a, scheme, &terms, p);
    const char *key = into;
    for (size_t depth = 0; !e && key && depth <= terms.count; depth++) {
        if (strcmp(key, from) == 0)
            return problem_set(p, ERR_INVALID, "into",
                               "\"%s\" cannot be merged into \"%s\", which is inside it", from, into);
        const char *parent = NULL;
        for (size_t i = 0; i < terms.count; i++)
            if (strcmp(terms.items[i].key, key) == 0)
                parent = terms.items[i].parent;
        key = parent;
    }
    return e;
}

enum err term_merge(struct connection *writer, const char *scheme, const char *from, const char *into,
                    const struct actor *actor, int64_t *ret_sites, struct problem *p)
{
    int64_t from_id = 0, into_id = 0, sites = 0;
    enum err e = find(writer, scheme, from, &from_id, p);
    if (!e)
        e = find(writer, scheme, into, &into_id, p);
    if (!e)
        e = check_outside(writer, scheme, from, into, p);
    if (!e)
        e = move_sites(writer, from_id, scheme, from, into, actor, &sites, p);
    if (!e)
        e = run(writer, SQL_MOVE_TERM_CHILDREN, from_id, into_id, p);
    if (!e)
        e = run(writer, SQL_MOVE_TERM_ACCOUNTS, from_id, into_id, p);
    if (!e)
        e = run(writer, SQL_DELETE_TERM_ACCOUNTS, from_id, 0, p);
    if (!e)
        e = run(writer, SQL_DELETE_TERM, from_id, 0, p);
    if (!e)
        e = store_touch_content(writer, p);
    if (!e && ret_sites)
        *ret_sites = sites;
    return e;
}

enum err term_delete(struct connection *writer, const char *scheme, const char *key, struct problem *p)
{
    int64_t id = 0;
    struct term_uses uses;
    enum err e = find(writer, scheme, key, &id, p);
    if (!e)
        e = term_uses(writer, id, &uses, p);
    if (!e && uses.sites + uses.inside + uses.accounts > 0)
        e = problem_set(p, ERR_CONFLICT, "key", "\"%s\" is in use: merge it into another", key);
    if (!e)
        e = run(writer, SQL_DELETE_TERM, id, 0, p);
    return e ? e : store_touch_content(writer, p);
}
