// From state to state: each step is one UPDATE that names the states from which it may be taken.
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "content/history.h"
#include "content/print/batch.h"
#include "content/print/batch_move.h"
#include "content/store/query.h"

enum err batch_move(struct connection *writer, int64_t id, const char *to, const char *from,
                    const struct actor *actor, struct problem *p)
{
    int64_t now = clock_now();
    struct query *q = query_start(writer, SQL_INSERT_BATCH_EVENTS);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, now);
    if (actor->account_id)
        query_bind_int(q, 3, actor->account_id);
    query_bind_text(q, 4, to);
    query_bind_text(q, 5, from);
    enum err e = query_run(q, p);
    if (e)
        return e;
    q = query_start(writer, SQL_MOVE_BATCH_PLATES);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, now);
    query_bind_text(q, 4, to);
    query_bind_text(q, 5, from);
    return query_run(q, p);
}

enum err batch_audit(struct connection *writer, int64_t id, const char *action, const struct actor *actor,
                     const json_t *detail, struct problem *p)
{
    char subject[32];
    snprintf(subject, sizeof subject, "batch:%lld", (long long)id);
    return history_audit(writer, actor, action, subject, detail, p);
}

// Runs an UPDATE of one batch whose ?1 and ?2 are its id and an instant. ERR_CONFLICT when it changed
// nothing.
static enum err change(struct connection *writer, enum statement statement, int64_t id, int64_t now,
                       struct problem *p)
{
    struct query *q = query_start(writer, statement);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, now);
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, ERR_CONFLICT, "state", "the batch is in another state by now");
    return e;
}

// --- people

enum err batch_stop(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct batch batch;
    enum err e = batch_load(writer, &a, id, &batch, p);
    if (!e)
        e = change(writer, SQL_STOP_BATCH, id, clock_now(), p);
    if (!e)
        e = batch_load(writer, &a, id, &batch, p);
    if (!e && strcmp(batch.state, "stopped") == 0)
        e = batch_move(writer, id, NULL, "in-batch", actor, p);
    return e ? e : batch_audit(writer, id, "batch.stop", actor, NULL, p);
}

static enum err check_free(struct connection *writer, int64_t id, struct problem *p)
{
    char words[CODE_WORDS_SIZE];
    cleanup_query struct query *q = query_start(writer, SQL_BATCH_HELD_ELSEWHERE);
    query_bind_int(q, 1, id);
    bool row;
    enum err e = query_step(q, &row, p);
    if (e || !row)
        return e;
    code_words(query_text(q, 0), words);
    if (strcmp(query_text_or_empty(q, 1), "retired") == 0)
        return problem_set(p, ERR_CONFLICT, "plates", "the plate %s has been retired", words);
    return problem_set(p, ERR_CONFLICT, "plates", "the plate %s is in another batch now", words);
}

// A batch that was given up has let go of its plates.
static enum err take_again(struct connection *writer, int64_t id, const struct actor *actor,
                           struct problem *p)
{
    enum err e = check_free(writer, id, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_SET_BATCH_PLATES_BEFORE);
    query_bind_int(q, 1, id);
    e = query_run(q, p);
    return e ? e : batch_move(writer, id, "in-batch", NULL, actor, p);
}

enum err batch_again(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct batch batch;
    enum err e = batch_load(writer, &a, id, &batch, p);
    if (!e && strcmp(batch.state, "stopped") == 0)
        e = take_again(writer, id, actor, p);
    if (!e)
        e = change(writer, SQL_QUEUE_BATCH, id, clock_now(), p);
    return e ? e : batch_audit(writer, id, "batch.again", actor, NULL, p);
}

enum err batch_print(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p)
{
    enum err e = change(writer, SQL_PRINT_BATCH, id, clock_now(), p);
    if (!e)
        e = batch_move(writer, id, "printed", "in-batch", actor, p);
    return e ? e : batch_audit(writer, id, "batch.print", actor, NULL, p);
}

// --- the runner

static const struct actor runner = {.name = "stele-qrgen"};

enum err batch_waiting(struct connection *c, int64_t *ret_id, struct problem *p)
{
    return query_number(query_start(c, SQL_BATCH_WAITING), 0, ret_id, p);
}

enum err batch_begin(struct connection *writer, int64_t id, int64_t now, struct problem *p)
{
    return change(writer, SQL_BEGIN_BATCH, id, now, p);
}

enum err batch_put_back(struct connection *writer, int64_t id, struct problem *p)
{
    struct query *q = query_start(writer, SQL_PUT_BACK_BATCH);
    query_bind_int(q, 1, id);
    return query_run(q, p);
}

enum err batch_recover(struct connection *writer, int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_FAIL_WORN_BATCHES);
    query_bind_int(q, 1, BATCH_TRIES_MAX);
    query_bind_int(q, 2, now);
    query_bind_text(q, 3, "the server ended each time while the batch was being made, and it did not finish");
    enum err e = query_run(q, p);
    return e ? e : query_run(query_start(writer, SQL_RECOVER_BATCHES), p);
}

enum err batch_made(struct connection *writer, int64_t id, const struct batch_result *result, int64_t now,
                    struct problem *p)
{
    struct query *q = query_start(writer, SQL_FINISH_BATCH);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, now);
    query_bind_int(q, 3, result->files);
    query_bind_int(q, 4, result->bytes);
    query_bind_text(q, 5, result->sha256);
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, ERR_CONFLICT, "state", "the batch was stopped meanwhile");
    json_t *detail = json_pack("{s:s}", "sha256", result->sha256);
    if (!e)
        e = batch_audit(writer, id, "batch.made", &runner, detail, p);
    json_decref(detail);
    return e;
}

enum err batch_failed(struct connection *writer, int64_t id, const char *failure, const char *message,
                      int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_FAIL_BATCH);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, now);
    query_bind_text(q, 3, failure);
    query_bind_text(q, 4, message);
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, ERR_CONFLICT, "state", "the batch was stopped meanwhile");
    json_t *detail = json_pack("{s:s}", "reason", message);
    if (!e)
        e = batch_audit(writer, id, "batch.failed", &runner, detail, p);
    json_decref(detail);
    return e;
}
