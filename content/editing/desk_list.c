// The desk's list of sites, and what waits (desk_list.h).
#include <string.h>

#include "content/editing/desk_list_parts.h"
#include "content/rows.h"

static bool read_site(struct query *q, struct arena *a, void *item)
{
    struct desk_site *s = item;
    *s = (struct desk_site){
        .id = query_int(q, 0),
        .slug = query_dup(q, 1, a),
        .state = query_dup(q, 2, a),
        .title = query_dup(q, 3, a),
        .kind_labels = query_dup(q, 4, a),
        .area_labels = query_dup(q, 5, a),
        .version = query_int(q, 6),
        .updated_at = query_int(q, 7),
        .publish_at = query_int(q, 8),
        .languages = query_dup(q, 9, a),
        .plates = query_int(q, 10),
    };
    return s->slug && s->state && s->title;
}

static void bind_site_filter(struct query *q, const struct desk_site_filter *filter, const char *expression)
{
    query_bind_text_or_null(q, 1, filter->state);
    query_bind_text_or_null(q, 2, filter->kind);
    query_bind_text_or_null(q, 3, filter->area);
    query_bind_text_or_null(q, 4, filter->missing);
    query_bind_text(q, 5, expression);
    desk_list_bind_account(q, 6, filter->account_id);
    if (filter->unplated)
        query_bind_int(q, 9, 1);
    if (filter->stale)
        query_bind_int(q, 10, 1);
}

static bool asks_words_alone(const struct desk_site_filter *f)
{
    return f->query && f->query[0] && !f->state && !f->kind && !f->area && !f->missing && !f->account_id &&
           !f->unplated && !f->stale;
}

enum err desk_site_list(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                        enum desk_site_order order, int limit, int64_t offset, struct desk_sites *ret,
                        struct problem *p)
{
    static const enum statement orders[][2] = {
        [DESK_SITE_BY_NAME] = {SQL_DESK_SITES_BY_NAME, SQL_DESK_SITES_BY_NAME_END},
        [DESK_SITE_BY_CHANGE] = {SQL_DESK_SITES_BY_CHANGE, SQL_DESK_SITES_BY_CHANGE_END},
    };
    cleanup_buf struct buf expression = BUF_INIT;
    const struct desk_list_range range = desk_list_range(&filter->counted, limit, offset);
    if (desk_list_is_empty(&filter->counted, offset)) {
        *ret = (struct desk_sites){.count = 0};
        return ERR_NONE;
    }
    struct query *q = query_start(c, orders[order][range.from_end]);
    bind_site_filter(q, filter, desk_list_expression(filter->query, &expression));
    query_bind_int(q, 7, range.limit);
    query_bind_int(q, 8, range.offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct desk_site), read_site, &items, &count, p);
    if (!e)
        *ret = (struct desk_sites){.items = items, .count = count};
    return e;
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

enum err desk_site_ids(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                       int64_t **ret_ids, size_t *ret_count, struct problem *p)
{
    cleanup_buf struct buf expression = BUF_INIT;
    struct query *q = query_start(c, SQL_DESK_SITE_IDS);
    bind_site_filter(q, filter, desk_list_expression(filter->query, &expression));
    void *ids;
    enum err e = rows_collect(q, a, sizeof(int64_t), read_id, &ids, ret_count, p);
    if (!e)
        *ret_ids = ids;
    return e;
}

enum err desk_site_count(struct connection *c, const struct desk_site_filter *filter, int64_t *ret,
                         struct problem *p)
{
    cleanup_buf struct buf expression = BUF_INIT;
    const char *words = desk_list_expression(filter->query, &expression);
    struct query *q = query_start(c, asks_words_alone(filter) ? SQL_DESK_FOUND_COUNT : SQL_DESK_SITE_COUNT);
    if (asks_words_alone(filter))
        query_bind_text(q, 5, words);
    else
        bind_site_filter(q, filter, words);
    return query_number(q, 0, ret, p);
}

enum err desk_waiting(struct connection *c, int64_t account_id, struct desk_waiting *ret, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_DESK_WAITING);
    bool row = false;
    desk_list_bind_account(q, 1, account_id);
    query_bind_int(q, 2, DESK_WAITING_MAX + 1);
    enum err e = query_step(q, &row, p);
    if (!e && row)
        *ret = (struct desk_waiting){.stale = query_int(q, 0),
                                     .damaged = query_int(q, 1),
                                     .printed = query_int(q, 2),
                                     .failed_batches = query_int(q, 3)};
    return e;
}

enum err desk_site_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_SITE_STATES],
                          struct problem *p)
{
    static const char *const states[DESK_SITE_STATES] = {"draft", "in-review", "published", "withdrawn",
                                                         "binned"};
    struct query *q = query_start(c, account_id ? SQL_DESK_SITE_STATES_WITHIN : SQL_DESK_SITE_STATES);
    desk_list_bind_account(q, 1, account_id);
    return desk_list_count_states(q, states, ret_counts, DESK_SITE_STATES, p);
}
