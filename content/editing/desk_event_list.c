// The desk's list of what was done (desk_list.h).
#include <string.h>

#include "common/fold.h"
#include "content/code/code.h"
#include "content/editing/desk_list_parts.h"
#include "content/rows.h"

static bool read_event(struct query *q, struct arena *a, void *item)
{
    struct desk_event *event = item;
    *event = (struct desk_event){
        .id = query_int(q, 0),
        .at = query_int(q, 1),
        .actor = query_dup(q, 2, a),
        .action = query_dup(q, 3, a),
        .subject = query_dup(q, 4, a),
        .detail = query_dup(q, 5, a),
        .account = query_dup(q, 6, a),
    };
    return event->actor && event->action && event->subject && event->detail;
}

// What is bound lives until the query ends.
struct event_words {
    struct buf action, folded, expression, pattern;
};

static void free_event_words(struct event_words *words)
{
    buf_free(&words->action);
    buf_free(&words->folded);
    buf_free(&words->expression);
    buf_free(&words->pattern);
}
#define cleanup_event_words CLEANUP(free_event_words)

static void bind_event_query(struct query *q, const char *query, struct event_words *words)
{
    if (!query || !query[0])
        return;
    if (fold_search(query, strlen(query), &words->folded, NULL) || !words->folded.len) {
        query_bind_text(q, 9, query); // desk_list_nothing that could be found
        query_bind_text(q, 10, desk_list_nothing);
        return;
    }
    query_bind_text(q, 9, words->folded.data);
    query_bind_text(q, 10, desk_list_expression(query, &words->expression));
    query_bind_text(q, 11, desk_list_code_pattern(query, &words->pattern));
}

static void bind_event_filter(struct query *q, const struct desk_event_filter *filter,
                              struct event_words *words)
{
    if (filter->action && filter->action[0] &&
        strspn(filter->action, "abcdefghijklmnopqrstuvwxyz.-") == strlen(filter->action))
        buf_printf(&words->action, "%s%%", filter->action);
    if (filter->of_account)
        query_bind_known(q, 1, filter->account_id);
    query_bind_text_or_null(q, 2, words->action.data);
    query_bind_text_or_null(q, 3, filter->subject);
    query_bind_int(q, 4, filter->since);
    query_bind_int(q, 5, filter->until);
    bind_event_query(q, filter->query, words);
}

enum err desk_event_list(struct connection *c, struct arena *a, const struct desk_event_filter *filter,
                         int64_t before, int limit, struct desk_events *ret, struct problem *p)
{
    cleanup_event_words struct event_words words = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    struct query *q = query_start(c, filter->of_account ? SQL_DESK_EVENTS_OF : SQL_DESK_EVENTS);
    bind_event_filter(q, filter, &words);
    query_bind_int(q, 6, before);
    query_bind_int(q, 7, limit);
    query_bind_int(q, 8, filter->offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct desk_event), read_event, &items, &count, p);
    if (!e)
        *ret = (struct desk_events){.items = items, .count = count};
    return e;
}

enum err desk_event_count(struct connection *c, const struct desk_event_filter *filter, int64_t *ret,
                          struct problem *p)
{
    cleanup_event_words struct event_words words = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    struct query *q = query_start(c, filter->of_account ? SQL_DESK_EVENT_COUNT_OF : SQL_DESK_EVENT_COUNT);
    bind_event_filter(q, filter, &words);
    return query_number(q, 0, ret, p);
}
