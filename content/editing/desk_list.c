#include "content/editing/desk_list.h"

#include <string.h>

#include "common/buf.h"
#include "common/fold.h"
#include "content/code/code.h"
#include "content/rows.h"
#include "content/search.h"
#include "content/store/query.h"

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

// An expression that finds nothing: words were typed, but none that can be searched for.
static const char *const nothing = "\"\"";

static const char *expression_of(const char *query, struct buf *out)
{
    if (!query || !query[0])
        return NULL;
    return search_expression(query, out) ? out->data : nothing;
}

static void bind_account(struct query *q, int index, int64_t account_id)
{
    if (account_id)
        query_bind_int(q, index, account_id);
}

static void bind_site_filter(struct query *q, const struct desk_site_filter *filter, const char *expression)
{
    query_bind_text_or_null(q, 1, filter->state);
    query_bind_text_or_null(q, 2, filter->kind);
    query_bind_text_or_null(q, 3, filter->area);
    query_bind_text_or_null(q, 4, filter->missing);
    query_bind_text(q, 5, expression);
    bind_account(q, 6, filter->account_id);
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

// --- pages

struct range {
    bool from_end;
    int64_t limit, offset;
};

// What a statement has to pass over is at most half of what was counted.
static struct range range_of(const struct desk_counted *counted, int limit, int64_t offset)
{
    struct range range = {.limit = limit, .offset = offset};
    if (!counted->known || offset <= counted->total / 2)
        return range;
    int64_t left = counted->total > offset ? counted->total - offset : 0;
    range.limit = left < limit ? left : limit;
    range.offset = left - range.limit;
    range.from_end = true;
    return range;
}

static bool is_empty(const struct desk_counted *counted, int64_t offset)
{
    return counted->known && offset >= counted->total;
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
    const struct range range = range_of(&filter->counted, limit, offset);
    if (is_empty(&filter->counted, offset)) {
        *ret = (struct desk_sites){.count = 0};
        return ERR_NONE;
    }
    struct query *q = query_start(c, orders[order][range.from_end]);
    bind_site_filter(q, filter, expression_of(filter->query, &expression));
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
    bind_site_filter(q, filter, expression_of(filter->query, &expression));
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
    const char *words = expression_of(filter->query, &expression);
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
    bind_account(q, 1, account_id);
    query_bind_int(q, 2, DESK_WAITING_MAX + 1);
    enum err e = query_step(q, &row, p);
    if (!e && row)
        *ret = (struct desk_waiting){.stale = query_int(q, 0),
                                     .damaged = query_int(q, 1),
                                     .printed = query_int(q, 2),
                                     .failed_batches = query_int(q, 3)};
    return e;
}

static enum err count_states(struct query *counting, const char *const *states, int64_t *ret_counts,
                             size_t count, struct problem *p)
{
    cleanup_query struct query *q = counting;
    bool row;
    enum err e;
    memset(ret_counts, 0, count * sizeof *ret_counts);
    while (!(e = query_step(q, &row, p)) && row)
        for (size_t i = 0; i < count; i++)
            if (strcmp(query_text_or_empty(q, 0), states[i]) == 0)
                ret_counts[i] = query_int(q, 1);
    return e;
}

enum err desk_site_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_SITE_STATES],
                          struct problem *p)
{
    static const char *const states[DESK_SITE_STATES] = {"draft", "in-review", "published", "withdrawn",
                                                         "binned"};
    struct query *q = query_start(c, account_id ? SQL_DESK_SITE_STATES_WITHIN : SQL_DESK_SITE_STATES);
    bind_account(q, 1, account_id);
    return count_states(q, states, ret_counts, DESK_SITE_STATES, p);
}

enum err desk_plate_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_PLATE_STATES],
                           struct problem *p)
{
    static const char *const states[DESK_PLATE_STATES] = {"planned", "printed", "installed", "damaged"};
    struct query *q = query_start(c, SQL_DESK_PLATE_STATES);
    bind_account(q, 1, account_id);
    return count_states(q, states, ret_counts, DESK_PLATE_STATES, p);
}

static bool read_plate(struct query *q, struct arena *a, void *item)
{
    struct desk_plate *plate = item;
    *plate = (struct desk_plate){
        .code = query_dup(q, 0, a),
        .state = query_dup(q, 1, a),
        .place = query_dup(q, 2, a),
        .target_slug = query_dup(q, 3, a),
        .target_title = query_dup(q, 4, a),
        .is_tour = query_int(q, 5) != 0,
        .updated_at = query_int(q, 6),
        .scans = query_int(q, 7),
    };
    return plate->code && plate->state && plate->place && plate->target_slug;
}

// What was typed may be a code, whole or its beginning, however it is written; only its symbols go into the
// pattern.
static const char *code_pattern(const char *query, struct buf *out)
{
    char code[CODE_SIZE];
    if (!query || !query[0])
        return NULL;
    if (code_read(query, code) != CODE_READ_NOT_CODE) {
        buf_append_str(out, code);
        return out->failed ? NULL : out->data;
    }
    for (const char *at = query; *at && out->len < CODE_LENGTH; at++) {
        bool symbol = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (!symbol && *at != '-' && *at != ' ')
            return NULL;
        if (symbol)
            buf_append_char(out, *at);
    }
    buf_append_char(out, '%');
    return out->failed || out->len < 3 ? NULL : out->data;
}

// Words as what hangs on a wall may spell them, for LIKE: a letter that may carry a mark, and what is not
// ASCII, is any letter. "cong chinh" -> "%c_ng%ch_nh%".
static void note_pattern(const char *folded, struct buf *out)
{
    buf_append_char(out, '%');
    for (const char *at = folded; *at; at++) {
        bool plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z' && !strchr("adeiouy", *at));
        bool tail = ((unsigned char)*at & 0xC0) == 0x80;
        if (plain)
            buf_append_char(out, *at);
        else if (!tail)
            buf_append_char(out, *at == ' ' ? '%' : '_');
    }
    buf_append_char(out, '%');
}

// What was typed, as the parts of a statement about plates ask for it.
struct plate_words {
    struct buf code, site, title, note, folded;
};
#define PLATE_WORDS_INIT                                                                                     \
    {                                                                                                        \
        BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT                                                     \
    }

static void plate_words_free(struct plate_words *w)
{
    buf_free(&w->code);
    buf_free(&w->site);
    buf_free(&w->title);
    buf_free(&w->note);
    buf_free(&w->folded);
}

static void bind_words(struct query *q, const char *query, struct plate_words *w)
{
    const char *expression = expression_of(query, &w->site);
    if (!expression)
        return;
    buf_printf(&w->title, "{title names} : (%s)", expression);
    query_bind_text(q, 3, code_pattern(query, &w->code));
    query_bind_text(q, 4, expression);
    if (fold_search(query, strlen(query), &w->folded, NULL) || !w->folded.len)
        return;
    note_pattern(w->folded.data, &w->note);
    query_bind_text(q, 11, w->note.data);
    query_bind_text(q, 12, w->folded.data);
}

static void bind_plate_filter(struct query *q, const struct desk_plate_filter *filter, struct plate_words *w)
{
    query_bind_text_or_null(q, 1, filter->state);
    query_bind_text_or_null(q, 2, filter->area);
    bind_words(q, filter->query, w);
    bind_account(q, 5, filter->account_id);
    if (filter->tour_id)
        query_bind_int(q, 8, filter->tour_id);
    if (filter->printable)
        query_bind_int(q, 9, 1);
}

// --- plates that words found: one part after the other, so that the first page need not look at the last
// part

enum { PLATE_PARTS = 4 };

static void bind_part(struct query *q, const struct desk_plate_filter *filter, struct plate_words *w,
                      int part)
{
    bind_plate_filter(q, filter, w);
    if (w->title.len)
        query_bind_text(q, 10, w->title.data);
    query_bind_int(q, 13, part);
}

static enum err list_part(struct connection *c, struct arena *a, const struct desk_plate_filter *filter,
                          int part, int limit, int64_t offset, struct desk_plates *ret, struct problem *p)
{
    CLEANUP(plate_words_free) struct plate_words words = PLATE_WORDS_INIT;
    struct query *q = query_start(c, part == 0 ? SQL_DESK_PLATES_CODED : SQL_DESK_PLATES_FOUND);
    bind_part(q, filter, &words, part);
    query_bind_int(q, 6, limit);
    query_bind_int(q, 7, offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct desk_plate), read_plate, &items, &count, p);
    if (!e)
        *ret = (struct desk_plates){.items = items, .count = count};
    return e;
}

static enum err count_part(struct connection *c, const struct desk_plate_filter *filter, int part,
                           int64_t *ret, struct problem *p)
{
    CLEANUP(plate_words_free) struct plate_words words = PLATE_WORDS_INIT;
    struct query *q = query_start(c, SQL_DESK_PLATES_FOUND_COUNT);
    bind_part(q, filter, &words, part);
    return query_number(q, 0, ret, p);
}

static enum err list_found(struct connection *c, struct arena *a, const struct desk_plate_filter *filter,
                           int limit, int64_t offset, struct desk_plates *ret, struct problem *p)
{
    struct desk_plates all = {.items = arena_array(a, (size_t)limit, sizeof *all.items)};
    enum err e = all.items ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (int part = 0; !e && part < PLATE_PARTS && all.count < (size_t)limit; part++) {
        struct desk_plates some;
        int64_t passed = 0;
        e = list_part(c, a, filter, part, limit - (int)all.count, offset, &some, p);
        if (e)
            return e;
        if (some.count)
            memcpy(all.items + all.count, some.items, some.count * sizeof *some.items);
        all.count += some.count;
        if (!some.count && offset)
            e = count_part(c, filter, part, &passed, p);
        offset = some.count ? 0 : offset - passed;
    }
    if (!e)
        *ret = all;
    return e;
}

static enum err list_all(struct connection *c, struct arena *a, const struct desk_plate_filter *filter,
                         int limit, int64_t offset, struct desk_plates *ret, struct problem *p)
{
    CLEANUP(plate_words_free) struct plate_words words = PLATE_WORDS_INIT;
    const struct range range = range_of(&filter->counted, limit, offset);
    struct query *q = query_start(c, range.from_end ? SQL_DESK_PLATES_END : SQL_DESK_PLATES);
    bind_plate_filter(q, filter, &words);
    query_bind_int(q, 6, range.limit);
    query_bind_int(q, 7, range.offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct desk_plate), read_plate, &items, &count, p);
    if (!e)
        *ret = (struct desk_plates){.items = items, .count = count};
    return e;
}

enum err desk_plate_list(struct connection *c, struct arena *a, const struct desk_plate_filter *filter,
                         int limit, int64_t offset, struct desk_plates *ret, struct problem *p)
{
    if (is_empty(&filter->counted, offset)) {
        *ret = (struct desk_plates){.count = 0};
        return ERR_NONE;
    }
    bool found = filter->query && filter->query[0];
    return found ? list_found(c, a, filter, limit, offset, ret, p)
                 : list_all(c, a, filter, limit, offset, ret, p);
}

enum err desk_plate_count(struct connection *c, const struct desk_plate_filter *filter, int64_t *ret,
                          struct problem *p)
{
    CLEANUP(plate_words_free) struct plate_words words = PLATE_WORDS_INIT;
    struct query *q = query_start(c, SQL_DESK_PLATE_COUNT);
    bind_plate_filter(q, filter, &words);
    return query_number(q, 0, ret, p);
}

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
        query_bind_text(q, 9, query); // nothing that could be found
        query_bind_text(q, 10, nothing);
        return;
    }
    query_bind_text(q, 9, words->folded.data);
    query_bind_text(q, 10, expression_of(query, &words->expression));
    query_bind_text(q, 11, code_pattern(query, &words->pattern));
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
