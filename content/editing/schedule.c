#include "content/editing/schedule.h"

#include <jansson.h>
#include <stdio.h>

#include "content/history.h"
#include "content/rows.h"
#include "content/site.h"
#include "content/store/query.h"

enum err schedule_next(struct connection *c, int64_t *ret, struct problem *p)
{
    return query_number(query_start(c, SQL_NEXT_PUBLISHING), 0, ret, p);
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

static enum err give_up(struct connection *writer, int64_t id, const struct problem *why,
                        const struct actor *actor, struct problem *p)
{
    char subject[40];
    snprintf(subject, sizeof subject, "site:%lld", (long long)id);
    struct query *q = query_start(writer, SQL_FORGET_PUBLISHING);
    query_bind_int(q, 1, id);
    enum err e = query_run(q, p);
    json_t *detail = json_pack("{s:s, s:s}", "field", why->field, "reason", why->text);
    if (!e)
        e = history_audit(writer, actor, "site.not-published", subject, detail, p);
    json_decref(detail);
    return e;
}

static enum err publish(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    struct problem why = PROBLEM_INIT;
    enum err e = site_load(writer, &a, id, &site, p);
    if (e)
        return e;
    site.state = "published";
    site.publish_at = 0;
    // Checked before anything is written: a save that fails half-way cannot be taken back alone.
    if (site_check(&site, &why))
        return give_up(writer, id, &why, actor, p);
    return site_save(writer, &site, actor, NULL, p);
}

enum err schedule_publish(struct connection *writer, int64_t now, const struct actor *actor,
                          int64_t *ret_count, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct query *q = query_start(writer, SQL_DUE_SITES);
    query_bind_int(q, 1, now);
    void *items;
    size_t count;
    enum err e = rows_collect(q, &a, sizeof(int64_t), read_id, &items, &count, p);
    const int64_t *ids = items;
    for (size_t i = 0; !e && i < count; i++)
        e = publish(writer, ids[i], actor, p);
    if (!e)
        *ret_count = (int64_t)count;
    return e;
}
