#include "content/editing/review.h"

#include <string.h>

#include "content/rows.h"
#include "content/store/query.h"

static bool read_step(struct query *q, struct arena *a, void *item)
{
    struct review_step *step = item;
    *step = (struct review_step){.action = query_dup(q, 0, a),
                                 .by = query_dup(q, 1, a),
                                 .account_id = query_int(q, 2),
                                 .word = query_dup(q, 3, a),
                                 .at = query_int(q, 4)};
    return step->action && step->by;
}

bool review_is_sent(const struct review_step *step)
{
    return step->account_id && step->action &&
           (strcmp(step->action, "site.submit") == 0 || strcmp(step->action, "site.add") == 0);
}

enum err review_last_step(struct connection *c, struct arena *a, int64_t site_id, struct review_step *ret,
                          struct problem *p)
{
    const char *subject = arena_printf(a, "site:%lld", (long long)site_id);
    if (!subject)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct query *q = query_start(c, SQL_REVIEW_STEP);
    query_bind_text(q, 1, subject);
    return rows_one(q, a, read_step, ret, "no step of the site is known", p);
}

static bool read_own(struct query *q, struct arena *a, void *item)
{
    struct review_own *own = item;
    *own = (struct review_own){.id = query_int(q, 0),
                               .title = query_dup(q, 1, a),
                               .state = query_dup(q, 2, a),
                               .updated_at = query_int(q, 3)};
    return own->title && own->state;
}

enum err review_list_own(struct connection *c, struct arena *a, int64_t account_id, int limit,
                         struct review_owns *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_REVIEW_OWN);
    query_bind_int(q, 1, account_id);
    query_bind_int(q, 2, limit);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct review_own), read_own, &items, &count, p);
    if (e)
        return e;
    *ret = (struct review_owns){.items = items, .count = count};
    for (size_t i = 0; i < count; i++) {
        e = review_last_step(c, a, ret->items[i].id, &ret->items[i].last, p);
        if (e && e != ERR_NOT_FOUND)
            return e;
    }
    return ERR_NONE;
}
