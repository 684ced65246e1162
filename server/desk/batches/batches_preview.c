// How a plate will look, drawn by the generator itself from a plate that is there.
#include <string.h>

#include "content/plate.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/desk/batches/batches_parts.h"

void batches_read_preview(const struct http_request *req, struct form *form)
{
    static const char *const names[] = {"design", "measure", "amount"};
    *form = form_empty(req->arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        form_set(form, names[i], request_param(req, names[i]));
    form_set(form, "formats", "png");
    form_set(form, "dpi", "600");
}

// Drawing a plate tells its name: only of what the account may work on.
static enum err check_reach(struct connection *c, const struct http_request *req, const char *code,
                            struct problem *p)
{
    struct plate plate;
    struct plate_target target;
    bool may = false;
    enum err e = plate_load(c, req->arena, code, &plate, p);
    if (!e)
        e = plate_target_load(c, req->arena, plate.site_id, plate.tour_id, &target, p);
    if (!e)
        e = desk_may_work_in(c, desk_user(req), target.area, &may, p);
    if (!e && !may)
        e = problem_set(p, ERR_DENIED, NULL, "this plate lies outside the areas of this account");
    return e;
}

enum err batches_preview(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct batch_options options;
    struct form form;
    char code[CODE_SIZE];
    cleanup_buf struct buf job = BUF_INIT;
    if (!app->generator || !app->base_url_given)
        return problem_set(problem, ERR_NOT_FOUND, NULL, "plates cannot be drawn here");
    const char *named = request_param(req, "code");
    if (!named || code_read(named, code) != CODE_READ_OK)
        return problem_set(problem, ERR_NOT_FOUND, NULL, "no plate has that code");
    batches_read_preview(req, &form);
    batches_read_options(req, &form, &options);
    if (form.failed)
        return problem_set(problem, ERR_INVALID, NULL, "these options cannot be drawn");
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = check_reach(reader, req, code, problem);
    if (!e)
        e = batch_logo(reader, req->arena, &options.logo, problem);
    if (!e)
        e = batch_job_of_plate(reader, &options, generator_means(app->generator), code, &job, problem);
    if (!e)
        e = generator_preview(app->generator, job.data, job.len, &res->body, problem);
    if (!e)
        res->content_type = "image/png";
    return e;
}
