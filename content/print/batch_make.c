// Making a batch: every plate is looked at, kept as it is now, and taken into the batch.
#include <string.h>

#include "common/clock.h"
#include "common/fold.h"
#include "content/history.h"
#include "content/print/batch.h"
#include "content/print/batch_move.h"
#include "content/store/query.h"

static enum err check_name(const char *name, struct problem *p)
{
    size_t symbols = 0;
    for (const char *at = name ? name : ""; *at; at++) {
        if ((unsigned char)*at < ' ')
            return problem_set(p, ERR_INVALID, "name", "a batch's name is one line");
        symbols += ((unsigned char)*at & 0xC0) != 0x80;
    }
    if (symbols < 1 || symbols > BATCH_NAME_MAX)
        return problem_set(p, ERR_INVALID, "name", "a batch's name has 1 to %d characters", BATCH_NAME_MAX);
    return ERR_NONE;
}

static enum err check(const struct batch_new *batch, struct problem *p)
{
    enum err e = check_name(batch->name, p);
    if (!e && batch->count == 0)
        e = problem_set(p, ERR_INVALID, "plates", "the batch has no plates");
    if (!e && batch->count > BATCH_PLATES_MAX)
        e = problem_set(p, ERR_INVALID, "plates", "a batch has %d plates at most, not %zu: make several",
                        BATCH_PLATES_MAX, batch->count);
    for (size_t i = 0; !e && i < batch->count; i++)
        if (batch->items[i].copies < 1 || batch->items[i].copies > BATCH_COPIES_MAX)
            e = problem_set(p, ERR_INVALID, "copies", "of each plate 1 to %d copies are made",
                            BATCH_COPIES_MAX);
    return e ? e : batch_options_check(&batch->options, p);
}

static enum err insert_batch(struct connection *writer, const struct batch_new *batch,
                             const struct actor *actor, int64_t *ret_id, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    json_t *options = batch_options_json(&batch->options);
    cleanup_free char *job = options ? json_dumps(options, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(options);
    if (!job)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = fold_search(batch->name, strlen(batch->name), &folded, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_BATCH);
    query_bind_text(q, 1, batch->name);
    query_bind_text(q, 2, folded.data);
    query_bind_text(q, 3, job);
    if (actor->account_id)
        query_bind_int(q, 4, actor->account_id);
    query_bind_int(q, 5, clock_now());
    query_bind_int(q, 6, (int64_t)batch->count);
    if (batch->reprint_of)
        query_bind_int(q, 7, batch->reprint_of);
    e = query_run(q, p);
    if (!e)
        *ret_id = query_last_id(writer);
    return e;
}

static enum err may_go(int64_t id, const char *code, const struct batch_facts *facts, struct problem *p)
{
    char words[CODE_WORDS_SIZE];
    code_words(code, words);
    if (facts->holder == id)
        return problem_set(p, ERR_EXISTS, "plates", "the plate %s is named twice", words);
    if (strcmp(facts->state, "retired") == 0)
        return problem_set(p, ERR_DENIED, "plates", "the plate %s is retired and cannot be printed", words);
    if (facts->holder)
        return problem_set(p, ERR_CONFLICT, "plates", "the plate %s is in batch %lld already", words,
                           (long long)facts->holder);
    return ERR_NONE;
}

// The plate opens what the words of the document name: under that slug, or it had that one before.
static enum err check_target(struct connection *writer, const char *code, const json_t *then,
                             const json_t *now, struct problem *p)
{
    const char *old = json_string_value(json_object_get(then, "site"));
    const char *slug = json_string_value(json_object_get(now, "site"));
    int64_t was = 0, is = 0;
    char words[CODE_WORDS_SIZE];
    if (old && slug && strcmp(old, slug) == 0)
        return ERR_NONE;
    struct query *q = query_start(writer, SQL_SITE_ID_BY_OLD_SLUG);
    query_bind_text(q, 1, old);
    enum err e = query_number(q, 0, &was, p);
    if (e)
        return e;
    q = query_start(writer, SQL_SITE_ID_BY_SLUG);
    query_bind_text(q, 1, slug);
    e = query_number(q, 0, &is, p);
    if (e || (was && was == is))
        return e;
    code_words(code, words);
    return problem_set(p, ERR_UNSUPPORTED, "plates", "the plate %s opens another page since it was printed",
                       words);
}

// The plate's words as batch `from` holds them, in place of today's.
static enum err take_words(struct connection *writer, int64_t from, const struct batch_item *item,
                           struct batch_facts *facts, struct problem *p)
{
    bool row;
    cleanup_query struct query *q = query_start(writer, SQL_BATCH_DOCUMENT_OF);
    query_bind_int(q, 1, from);
    query_bind_text(q, 2, item->code);
    enum err e = query_step(q, &row, p);
    if (!e && !row)
        e = problem_set(p, ERR_NOT_FOUND, "plates", "the batch holds no plate %s", item->code);
    if (e)
        return e;
    json_t *then = json_loads(query_text_or_empty(q, 0), 0, NULL);
    if (!then)
        return problem_set(p, ERR_CORRUPT, "plates", "the words of the plate %s cannot be read", item->code);
    json_object_set_new(then, "copies", json_integer(item->copies));
    e = check_target(writer, item->code, then, facts->document, p);
    if (e) {
        json_decref(then);
        return e;
    }
    json_decref(facts->document);
    facts->document = then;
    return ERR_NONE;
}

static enum err insert_plate(struct connection *writer, int64_t id, int64_t sequence,
                             const struct batch_new *batch, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const struct batch_item *item = &batch->items[sequence - 1];
    struct batch_facts facts = {.document = NULL};
    enum err e = batch_freeze(writer, &a, item->code, item->copies, &facts, p);
    if (!e)
        e = may_go(id, item->code, &facts, p);
    if (!e && batch->reprint_of)
        e = take_words(writer, batch->reprint_of, item, &facts, p);
    cleanup_free char *text = e ? NULL : json_dumps(facts.document, JSON_COMPACT);
    json_decref(facts.document);
    if (e)
        return e;
    if (!text)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct query *q = query_start(writer, SQL_INSERT_BATCH_PLATE);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, sequence);
    query_bind_text(q, 3, item->code);
    query_bind_int(q, 4, item->copies);
    query_bind_text(q, 5, facts.state);
    query_bind_text(q, 6, text);
    return query_run(q, p);
}

static enum err insert_plates(struct connection *writer, int64_t id, const struct batch_new *batch,
                              struct problem *p)
{
    enum err e = ERR_NONE;
    size_t done = 0;
    while (!e && done < batch->count) {
        done++;
        e = insert_plate(writer, id, (int64_t)done, batch, p);
    }
    if (e && p)
        p->line = done;
    return e;
}

enum err batch_add(struct connection *writer, const struct batch_new *batch, const struct actor *actor,
                   int64_t *ret_id, struct problem *p)
{
    int64_t id = 0;
    enum err e = check(batch, p);
    if (!e)
        e = insert_batch(writer, batch, actor, &id, p);
    if (!e)
        e = insert_plates(writer, id, batch, p);
    if (!e)
        e = batch_move(writer, id, "in-batch", NULL, actor, p);
    json_t *detail = json_pack("{s:I, s:s}", "plates", (json_int_t)batch->count, "what", batch->name);
    if (!e)
        e = batch_audit(writer, id, "batch.make", actor, detail, p);
    json_decref(detail);
    if (!e)
        *ret_id = id;
    return e;
}
