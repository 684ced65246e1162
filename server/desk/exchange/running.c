// A job that runs, as its page shows it and as the script asks for it.
#include "server/desk/exchange/imports.h"
#include "server/view/view.h"

enum { REFRESH_SECONDS = 3, WAIT_MS = 700 };

enum err imports_tell_script(struct http_response *res, const struct job_state *state)
{
    json_t *value = json_pack("{s:b, s:I, s:I}", "running", state->running, "done", (json_int_t)state->done,
                              "total", (json_int_t)state->total);
    enum err e = desk_json(res, 200, value);
    json_decref(value);
    return e;
}

static int64_t percent(const struct job_state *state)
{
    return state->total ? (int64_t)(state->done * 100 / state->total) : 0;
}

enum err imports_stop(struct http_request *req, struct http_response *res, const char *name, const char *to,
                      struct problem *problem)
{
    const struct app *app = req->app;
    if (jobs_stop(app->jobs, name))
        (void)jobs_wait(app->jobs, name, WAIT_MS);
    return desk_see_other(res, to, problem);
}

enum err imports_send_progress(struct screen *screen, const struct job_state *state, const char *title,
                               const char *stop, struct problem *problem)
{
    struct context *c = &screen->context;
    context_flag(c, c->root, "stop", false);
    context_text(c, c->root, "stop", stop);
    context_flag(c, c->root, "stopping", state->stopped);
    context_text(c, c->root, "file", state->title);
    context_number(c, c->root, "done", (int64_t)state->done);
    context_number(c, c->root, "total", (int64_t)state->total);
    context_flag(c, c->root, "known", state->total > 0);
    context_number(c, c->root, "percent", percent(state));
    screen->title = title;
    screen->menu = "/desk/imports";
    screen->refresh = REFRESH_SECONDS;
    return screen_send(screen, "desk/import-running", problem);
}

void imports_put_running(struct screen *screen)
{
    struct context *c = &screen->context;
    struct job_state state;
    jobs_look(screen->app->jobs, &state);
    context_flag(c, c->root, "running", false);
    if (!state.running)
        return;
    json_t *object = context_object(c, c->root, "running");
    context_text(c, object, "file", state.title);
    context_text(c, object, "who", state.who);
    context_number(c, object, "percent", percent(&state));
}
