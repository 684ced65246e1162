// What lies on the disk of a batch, and how far its making is.
#include <stdlib.h>
#include <string.h>

#include "content/history.h"
#include "content/print/batch_file.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/batches/runner.h"
#include "server/desk/batches/batches_parts.h"
#include "server/view/view.h"

static enum err load(struct http_request *req, struct batch *ret, struct problem *p)
{
    const struct app *app = req->app;
    struct connection *reader;
    enum err e = store_reader(app->store, &reader, p);
    return e ? e : batches_load(reader, req, ret, p);
}

static const char *folder_of(const struct http_request *req)
{
    const struct app *app = req->app;
    return batch_file_folder(app->store, req->arena);
}

static enum err write_audit(struct connection *writer, void *arg, struct problem *p)
{
    const struct http_request *req = arg;
    struct actor actor = desk_actor(req);
    const char *subject = arena_printf(req->arena, "batch:%s", request_value(req, "id"));
    return history_audit(writer, &actor, "batch.download", subject ? subject : "batch:", NULL, p);
}

// The later parts of a download that was cut off are no downloads of their own.
enum err batches_zip(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct batch batch;
    enum err e = load(req, &batch, problem);
    if (!e && !batch_has_parcel(&batch))
        e = problem_set(problem, ERR_NOT_FOUND, NULL, "the batch is not made yet");
    if (e)
        return e;
    res->etag = batch.sha256;
    e = response_file_in(res, folder_of(req), batch_file_name(req->arena, batch.id), problem);
    if (!e && req->method == HTTP_GET && !request_header(req, "Range"))
        e = desk_write(req, write_audit, req, problem);
    if (e)
        return e;
    res->content_type = "application/zip";
    return response_attachment(res, batch_file_saved_as(req->arena, batch.id), problem);
}

enum err batches_picture(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct batch batch;
    int64_t number = batch_file_picture_number(request_value(req, "number"));
    enum err e = load(req, &batch, problem);
    if (!e && !number)
        e = problem_set(problem, ERR_NOT_FOUND, NULL, "there is no such picture");
    if (!e)
        e = response_file_in(res, folder_of(req), batch_file_picture(req->arena, batch.id, number), problem);
    res->content_type = "image/png";
    return e;
}

// --- progress, for the script

static const char *stage_key(const char *stage)
{
    static const struct {
        const char *stage, *key;
    } known[] = {
        {"plates", VIEW_KEY("desk.batches.stage.plates")}, {"check", VIEW_KEY("desk.batches.stage.check")},
        {"sheets", VIEW_KEY("desk.batches.stage.sheets")}, {"proof", VIEW_KEY("desk.batches.stage.proof")},
        {"finish", VIEW_KEY("desk.batches.stage.finish")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].stage, stage) == 0)
            return known[i].key;
    return VIEW_KEY("desk.batches.stage.begin");
}

void batches_put_progress(struct screen *screen, json_t *object, const struct batch *batch)
{
    struct context *c = &screen->context;
    struct runner_progress now = {.id = 0};
    bool known = runner_progress(screen->app->runner, &now) && now.id == batch->id;
    const char *stage = known ? now.stage : "";
    json_t *values = json_pack("{s:I, s:I}", "done", (json_int_t)now.done, "count", (json_int_t)now.total);
    context_text(c, object, "state", batch->state);
    context_number(c, object, "done", known ? now.done : 0);
    context_number(c, object, "total", known && now.total ? now.total : 1);
    screen_message(screen, object, "words",
                   strcmp(batch->state, "waiting") == 0 ? VIEW_KEY("desk.batches.stage.waiting")
                                                        : stage_key(stage),
                   values);
    json_decref(values);
}

enum err batches_progress(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct batch batch;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = batches_load(screen.db, req, &batch, problem);
    if (e)
        return e;
    json_t *answer = json_object();
    batches_put_progress(&screen, answer, &batch);
    e = screen.context.failed ? ERR_MEMORY : desk_json(res, 200, answer);
    json_decref(answer);
    return e;
}
