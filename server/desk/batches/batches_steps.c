// What people decide about a batch: stop it, make it again, say that it is printed, print some plates anew.
#include <string.h>

#include "content/print/batch_file.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/batches/runner.h"
#include "server/desk/batches/batches_parts.h"
#include "server/view/view.h"

struct step {
    struct http_request *req;
    enum err (*change)(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p);
    struct batch batch; // as it was before
    struct form *form;
    int64_t made; // a batch made of some of its plates
};

static enum err take(struct connection *writer, void *arg, struct problem *p)
{
    struct step *step = arg;
    struct actor actor = desk_actor(step->req);
    enum err e = batches_load(writer, step->req, &step->batch, p);
    return e ? e : step->change(writer, step->batch.id, &actor, p);
}

// A batch that has moved on meanwhile is shown as it is, with a word about it.
static enum err tell(struct step *step, struct http_response *res, enum err e, const char *done,
                     const char *moved, struct problem *problem)
{
    struct http_request *req = step->req;
    const char *path = batches_path(req->arena, step->batch.id);
    if (e && e != ERR_CONFLICT)
        return e;
    e = desk_flash(req, res, e ? DESK_WARNING : DESK_DONE, e ? moved : done, NULL, problem);
    return e ? e : desk_see_other(res, path, problem);
}

enum err batches_stop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct step step = {.req = req, .change = batch_stop};
    enum err e = desk_write(req, take, &step, problem);
    if (!e)
        runner_leave(app->runner, step.batch.id);
    if (!e && strcmp(step.batch.state, "made") == 0 && !step.batch.printed_at)
        batch_file_remove(app->store, step.batch.id); // nobody is to print it
    return tell(&step, res, e, VIEW_KEY("desk.batches.stopped"), VIEW_KEY("desk.batches.moved"), problem);
}

enum err batches_again(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct step step = {.req = req, .change = batch_again};
    struct problem why = PROBLEM_INIT;
    enum err e = desk_write(req, take, &step, &why);
    if (!e)
        runner_wake(app->runner);
    if (e && e != ERR_CONFLICT && problem)
        *problem = why;
    bool held = e == ERR_CONFLICT && strcmp(why.field, "plates") == 0;
    return tell(&step, res, e, VIEW_KEY("desk.batches.queued"),
                held ? VIEW_KEY("desk.batches.plates_gone") : VIEW_KEY("desk.batches.moved"), problem);
}

enum err batches_printed(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct step step = {.req = req, .change = batch_print};
    enum err e = desk_write(req, take, &step, problem);
    return tell(&step, res, e, VIEW_KEY("desk.batches.printed"), VIEW_KEY("desk.batches.moved"), problem);
}

// --- some plates anew: the same codes, in the words that they had in this batch

static enum err reprint(struct connection *writer, void *arg, struct problem *p)
{
    struct step *step = arg;
    const struct http_request *req = step->req;
    struct actor actor = desk_actor(req);
    struct batch_plates plates = {.count = 0};
    struct batch_new again = {.count = 0};
    enum err e = batches_load(writer, req, &step->batch, p);
    if (!e)
        e = batch_plate_list(writer, req->arena, step->batch.id, BATCH_PLATES_MAX, 0, &plates, p);
    struct batch_item *items = arena_array(req->arena, plates.count + 1, sizeof *items);
    if (!e && !items)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; !e && i < plates.count; i++) {
        if (!form_is_ticked(step->form, "plate", plates.items[i].code))
            continue;
        memcpy(items[again.count].code, plates.items[i].code, CODE_SIZE);
        items[again.count++].copies = 1;
    }
    again.name = form_line(step->form, "name");
    again.options = step->batch.options;
    again.options.base_url = ((const struct app *)req->app)->base_url;
    again.items = items;
    again.reprint_of = step->batch.id;
    return e ? e : batch_add(writer, &again, &actor, &step->made, p);
}

enum err batches_reprint(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct form form;
    struct step step = {.req = req, .form = &form};
    struct problem why = PROBLEM_INIT;
    size_t chosen = 0;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    form_values(&form, "plate", &chosen);
    if (!app->base_url_given)
        return desk_see_other(res, "/desk/batches/new", problem); // which says what is to be done
    e = desk_write(req, reprint, &step, &why);
    if (e && e != ERR_INVALID && e != ERR_CONFLICT && e != ERR_DENIED && e != ERR_UNSUPPORTED)
        return problem_set(problem, e, NULL, "%s", why.text);
    if (e && chosen == 0)
        form_problem(&form, "", VIEW_KEY("desk.batches.none_ticked"));
    else if (e == ERR_CONFLICT || e == ERR_DENIED)
        form_problem(&form, "", VIEW_KEY("desk.batches.plates_gone"));
    else if (e == ERR_UNSUPPORTED)
        form_problem(&form, "", VIEW_KEY("desk.batches.plates_moved"));
    else if (e)
        batches_take(&form, &why);
    if (e)
        return batches_send_one(req, res, &form, problem);
    runner_wake(app->runner);
    json_t *values = json_pack("{s:I}", "count", (json_int_t)chosen);
    e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.batches.made"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, batches_path(req->arena, step.made), problem);
}
