#include "content/print/batch.h"

#include <string.h>

#include "common/fold.h"
#include "content/rows.h"
#include "content/store/query.h"

static const char *const states[] = {"waiting", "running", "made", "failed", "stopped", "printed", NULL};

bool batch_state_is_valid(const char *state)
{
    for (const char *const *known = states; *known; known++)
        if (state && strcmp(state, *known) == 0)
            return true;
    return false;
}

bool batch_is_open(const struct batch *batch)
{
    return strcmp(batch->state, "stopped") != 0 && strcmp(batch->state, "printed") != 0 && !batch->printed_at;
}

bool batch_has_parcel(const struct batch *batch)
{
    static const char *const ready[] = {"made", "printed", "failed"};
    for (size_t i = 0; batch->sha256 && i < sizeof ready / sizeof ready[0]; i++)
        if (strcmp(batch->state, ready[i]) == 0)
            return true;
    return false;
}

static bool read_batch(struct query *q, struct arena *a, void *item)
{
    struct batch *b = item;
    *b = (struct batch){
        .id = query_int(q, 0),
        .name = query_dup(q, 1, a),
        .state = query_dup(q, 2, a),
        .account = query_dup(q, 3, a),
        .plates = query_int(q, 4),
        .created_at = query_int(q, 5),
        .started_at = query_int(q, 6),
        .finished_at = query_int(q, 7),
        .printed_at = query_int(q, 8),
        .tries = query_int(q, 9),
        .makings = query_int(q, 10),
        .files = query_int(q, 11),
        .bytes = query_int(q, 12),
        .sha256 = query_dup(q, 13, a),
        .first_sha256 = query_dup(q, 14, a),
        .failure = query_dup(q, 15, a),
        .message = query_dup(q, 16, a),
        .reprint_of = query_int(q, 17),
    };
    json_t *options = json_loads(query_text_or_empty(q, 18), 0, NULL);
    bool good = batch_options_read(options, a, &b->options);
    json_decref(options);
    return good && b->name && b->state && b->failure && b->message;
}

enum err batch_load(struct connection *c, struct arena *a, int64_t id, struct batch *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_BATCH);
    query_bind_int(q, 1, id);
    return rows_one(q, a, read_batch, ret, "there is no such batch", p);
}

// A code is looked for as one; anything else is part of a name.
static enum err bind_filter(struct query *q, const struct batch_filter *filter, struct buf *folded,
                            char code[CODE_SIZE], struct problem *p)
{
    enum err e = ERR_NONE;
    query_bind_text_or_null(q, 1, filter->state);
    if (!filter->query || !filter->query[0])
        return ERR_NONE;
    if (code_read(filter->query, code) == CODE_READ_OK)
        query_bind_text(q, 3, code);
    e = fold_search(filter->query, strlen(filter->query), folded, p);
    for (size_t i = 0; !e && i < folded->len; i++)
        if (folded->data[i] == '%' || folded->data[i] == '_')
            folded->data[i] = ' '; // no wildcards of a person's making
    query_bind_text(q, 2, folded->data);
    return e;
}

enum err batch_list(struct connection *c, struct arena *a, const struct batch_filter *filter, int limit,
                    int64_t offset, struct batches *ret, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    char code[CODE_SIZE];
    void *items;
    size_t count;
    struct query *q = query_start(c, SQL_BATCHES);
    enum err e = bind_filter(q, filter, &folded, code, p);
    query_bind_int(q, 4, limit);
    query_bind_int(q, 5, offset);
    if (e) {
        query_end(q);
        return e;
    }
    e = rows_collect(q, a, sizeof(struct batch), read_batch, &items, &count, p);
    if (!e)
        *ret = (struct batches){.items = items, .count = count};
    return e;
}

enum err batch_count(struct connection *c, const struct batch_filter *filter, int64_t *ret, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    char code[CODE_SIZE];
    struct query *q = query_start(c, SQL_BATCH_COUNT);
    enum err e = bind_filter(q, filter, &folded, code, p);
    if (!e)
        return query_number(q, 0, ret, p);
    query_end(q);
    return e;
}

enum err batch_next_id(struct connection *c, int64_t *ret, struct problem *p)
{
    return query_number(query_start(c, SQL_BATCH_NEXT_ID), 1, ret, p);
}

static bool read_plate(struct query *q, struct arena *a, void *item)
{
    struct batch_plate *plate = item;
    *plate = (struct batch_plate){
        .sequence = query_int(q, 0),
        .code = query_dup(q, 1, a),
        .copies = query_int(q, 2),
        .state = query_dup(q, 3, a),
        .document = query_dup(q, 4, a),
    };
    return plate->code && plate->state && plate->document;
}

enum err batch_plate_list(struct connection *c, struct arena *a, int64_t id, int limit, int64_t offset,
                          struct batch_plates *ret, struct problem *p)
{
    void *items;
    size_t count;
    struct query *q = query_start(c, SQL_BATCH_PLATES);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, limit);
    query_bind_int(q, 3, offset);
    enum err e = rows_collect(q, a, sizeof(struct batch_plate), read_plate, &items, &count, p);
    if (!e)
        *ret = (struct batch_plates){.items = items, .count = count};
    return e;
}

static bool read_of_plate(struct query *q, struct arena *a, void *item)
{
    struct batch_of_plate *of = item;
    *of = (struct batch_of_plate){
        .id = query_int(q, 0), .name = query_dup(q, 1, a), .state = query_dup(q, 2, a)};
    return of->name && of->state;
}

enum err batch_list_of_plate(struct connection *c, struct arena *a, const char *code,
                             struct batches_of_plate *ret, struct problem *p)
{
    void *items;
    size_t count;
    struct query *q = query_start(c, SQL_BATCHES_OF_PLATE);
    query_bind_text(q, 1, code);
    enum err e = rows_collect(q, a, sizeof(struct batch_of_plate), read_of_plate, &items, &count, p);
    if (!e)
        *ret = (struct batches_of_plate){.items = items, .count = count};
    return e;
}
