// A file between its upload and its landing: its columns, how far the job is, what a look found, and landing
// it.
#include <string.h>

#include "content/editing/undo.h"
#include "content/store/store.h"
#include "server/desk/exchange/import_columns.h"
#include "server/desk/exchange/import_report.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/frame/jobs.h"
#include "server/desk/frame/told.h"
#include "server/view/view.h"

enum { WAIT_MS = 700 }; // a short job is over before its page would be shown

// --- pages

static enum err send(struct screen *screen, const char *title, struct problem *problem)
{
    screen->title = title;
    screen->menu = "/desk/imports";
    screen->wide = true;
    return screen_send(screen, "desk/import-match", problem);
}

static enum err send_unreadable(struct screen *screen, const struct upload *upload, const struct problem *why,
                                struct problem *problem)
{
    struct context *c = &screen->context;
    context_text(c, c->root, "file", upload->name);
    context_text(c, c->root, "why", told_words(screen, why));
    screen->res->status = 422;
    screen->title = VIEW_KEY("desk.imports.unreadable_title");
    screen->menu = "/desk/imports";
    return screen_send(screen, "desk/import-unreadable", problem);
}

static bool is_about_file(enum err e)
{
    return e == ERR_INVALID || e == ERR_UNSUPPORTED || e == ERR_TOO_LARGE;
}

// The form as it was sent: from the order.
static struct form form_of(struct screen *screen, const struct import_outcome *o)
{
    struct form form = form_empty(screen->arena);
    const char *name;
    json_t *value;
    json_object_foreach(o->form, name, value) form_set(&form, arena_strdup(screen->arena, name),
                                                       arena_strdup(screen->arena, json_string_value(value)));
    return form;
}

static enum err send_file(struct screen *screen, const struct upload *upload, const struct import_outcome *o,
                          struct problem *problem)
{
    struct look look;
    struct form form = form_of(screen, o);
    struct context *c = &screen->context;
    enum err e = import_columns_look(screen, upload, &look, problem);
    if (is_about_file(e))
        return send_unreadable(screen, upload, problem, problem);
    if (e)
        return e;
    import_columns_put(screen, upload, &form, &look, !o->form);
    context_flag(c, c->root, "looked", false);
    context_flag(c, c->root, "doubled", false);
    context_flag(c, c->root, "broken_off", o->form && !o->over);
    context_flag(c, c->root, "stopped", o->stopped);
    bool over = o->over && !o->stopped;
    if (over)
        import_report_put(screen, upload, &look, o);
    return send(screen,
                over                            ? VIEW_KEY("desk.imports.look_title")
                : upload->kind == UPLOAD_BUNDLE ? VIEW_KEY("desk.imports.bundle_title")
                                                : VIEW_KEY("desk.imports.match_title"),
                problem);
}

// --- when it is over

static enum err landed(struct http_request *req, struct http_response *res, int64_t import_id,
                       const struct import_outcome *o, struct problem *problem)
{
    const char *to =
        import_id ? arena_printf(req->arena, "/desk/imports/%lld", (long long)import_id) : "/desk/imports";
    const char *undo = import_id && to ? arena_printf(req->arena, "%s/undo", to) : NULL;
    json_t *values =
        json_pack("{s:I, s:I, s:s*}", "added", (json_int_t)import_outcome_count(o, "sites", "added"),
                  "changed", (json_int_t)import_outcome_count(o, "sites", "changed"), "undo", undo);
    enum err e = desk_flash(req, res, DESK_DONE,
                            !import_id  ? VIEW_KEY("desk.imports.nothing")
                            : o->counts ? VIEW_KEY("desk.imports.landed")
                                        : VIEW_KEY("desk.imports.landed_before_end"),
                            values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, to, problem);
}

// The server ended in the middle: either all had landed by then, or nothing.
static enum err find_landed(const struct screen *screen, const struct upload *upload,
                            const struct import_outcome *o, int64_t *ret, struct problem *problem)
{
    *ret = 0;
    if (!o->form || o->over || !o->land)
        return ERR_NONE;
    return undo_find_since(screen->db, o->newest_import, screen->user->account.id, upload->name, ret,
                           problem);
}

static enum err show(struct screen *screen, const struct upload *upload, struct problem *problem)
{
    struct job_state state;
    cleanup_import_outcome struct import_outcome o = IMPORT_OUTCOME_INIT;
    int64_t found = 0;
    jobs_look(screen->app->jobs, &state);
    state.running = state.running && strcmp(state.name, upload->token) == 0;
    if (desk_wants_json(screen->req))
        return imports_tell_script(screen->res, &state);
    if (state.running)
        return imports_send_progress(screen, &state, VIEW_KEY("desk.imports.running_title"),
                                     arena_printf(screen->arena, "/desk/imports/file/%s/stop", upload->token),
                                     problem);
    enum err e = import_outcome_read(screen->req, upload, &o, problem);
    if (!e)
        e = find_landed(screen, upload, &o, &found, problem);
    if (e)
        return e;
    if (found || (o.land && o.good))
        return landed(screen->req, screen->res, found ? found : o.import_id, &o, problem);
    return send_file(screen, upload, &o, problem);
}

enum err import_file_match(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct upload upload;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = upload_find(req, &upload, problem);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    return e ? e : show(&screen, &upload, problem);
}

enum err import_file_stop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct upload upload;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = upload_find(req, &upload, problem);
    return e ? e
             : imports_stop(req, res, upload.token,
                            arena_printf(req->arena, "/desk/imports/file/%s", upload.token), problem);
}

// --- looking through and landing

static enum err refuse_doubled(struct screen *screen, const struct upload *upload, const struct form *form,
                               const struct look *look, const char *field, struct problem *problem)
{
    struct context *c = &screen->context;
    import_columns_put(screen, upload, form, look, false);
    context_flag(c, c->root, "looked", false);
    context_flag(c, c->root, "broken_off", false);
    context_flag(c, c->root, "stopped", false);
    context_text(c, c->root, "doubled", field);
    screen->res->status = 422;
    return send(screen, VIEW_KEY("desk.imports.match_title"), problem);
}

enum err import_file_begin(struct http_request *req, struct http_response *res, const struct upload *upload,
                           const struct form *form, const struct look *look, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct import_order order = {
        .upload = upload,
        .form = form,
        .state = import_columns_state(form),
        .delimiter = look->delimiter,
        .skip_bad = form_has(form, "skip_bad"),
        .land = form_has(form, "land"),
    };
    if (upload->kind == UPLOAD_TABLE && !(order.mapping = import_columns_mapping(req->arena, form, look)))
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = undo_newest(reader, &order.newest_import, problem);
    if (!e)
        e = import_job_start(req, &order, problem);
    if (e == ERR_BUSY)
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.imports.other_runs"), NULL, problem);
    else if (!e)
        (void)jobs_wait(app->jobs, upload->token, WAIT_MS);
    return e;
}

enum err import_file_start(struct http_request *req, struct http_response *res, const struct upload *upload,
                           const struct form *form, const struct look *look, struct problem *problem)
{
    enum err e = import_file_begin(req, res, upload, form, look, problem);
    return e ? e
             : desk_see_other(res, arena_printf(req->arena, "/desk/imports/file/%s", upload->token), problem);
}

enum err import_file_run(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct upload upload;
    struct look look;
    struct form form;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = upload_find(req, &upload, problem);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    e = import_columns_look(&screen, &upload, &look, problem);
    if (is_about_file(e))
        return send_unreadable(&screen, &upload, problem, problem);
    if (e)
        return e;
    const char *doubled = import_columns_doubled(&screen, &form, &look);
    return doubled ? refuse_doubled(&screen, &upload, &form, &look, doubled, problem)
                   : import_file_start(req, res, &upload, &form, &look, problem);
}
