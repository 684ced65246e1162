// The desk's list of plates (desk_list.h).
#include <string.h>

#include "common/fold.h"
#include "content/code/code.h"
#include "content/editing/desk_list_parts.h"
#include "content/rows.h"

enum err desk_plate_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_PLATE_STATES],
                           struct problem *p)
{
    static const char *const states[DESK_PLATE_STATES] = {"planned", "printed", "installed", "damaged"};
    struct query *q = query_start(c, SQL_DESK_PLATE_STATES);
    desk_list_bind_account(q, 1, account_id);
    return desk_list_count_states(q, states, ret_counts, DESK_PLATE_STATES, p);
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
    const char *expression = desk_list_expression(query, &w->site);
    if (!expression)
        return;
    buf_printf(&w->title, "{title names} : (%s)", expression);
    query_bind_text(q, 3, desk_list_code_pattern(query, &w->code));
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
    desk_list_bind_account(q, 5, filter->account_id);
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
    const struct desk_list_range range = desk_list_range(&filter->counted, limit, offset);
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
    if (desk_list_is_empty(&filter->counted, offset)) {
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
