// Undoing a large import is as long as landing it was: a job too.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/editing/undo.h"
#include "content/store/store.h"
#include "server/desk/exchange/imports.h"
#include "server/view/view.h"

enum { WAIT_MS = 700 };

struct work {
    struct arena arena;
    struct store *store;
    struct actor actor;
    int64_t id;
};

static void work_free(struct work *w)
{
    arena_clear(&w->arena);
    free(w);
}

static void name_of(int64_t id, char out[JOB_NAME_SIZE])
{
    snprintf(out, JOB_NAME_SIZE, "undo-%lld", (long long)id);
}

// What came of it the import's page tells: undone or not and why not, and which sites were left alone.
static void run(struct job *job, void *arg)
{
    struct work *w = arg;
    struct undo_report report;
    struct connection *writer = NULL;
    struct problem p = PROBLEM_INIT;
    enum err e = store_begin(w->store, &writer, &p);
    const struct undo_progress progress = {.tell = job_progress, .data = job};
    if (!e) {
        e = undo_import(writer, &w->arena, w->id, &w->actor, &progress, &report, &p);
        if (e)
            store_rollback(w->store);
        else
            e = store_commit(w->store, &p);
    }
    if (e)
        job_fail(job, &p);
    work_free(w);
}

static enum err start(const struct http_request *req, const struct import_row *row, struct problem *p)
{
    const struct app *app = req->app;
    char name[JOB_NAME_SIZE];
    struct work *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *w = (struct work){.arena = ARENA_INIT, .store = app->store, .actor = desk_actor(req), .id = row->id};
    w->actor.name = arena_strdup(&w->arena, w->actor.name);
    name_of(row->id, name);
    enum err e = w->actor.name
                     ? jobs_start(app->jobs, name, row->name, desk_user(req)->account.name, run, w, p)
                     : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e)
        work_free(w);
    else
        (void)jobs_wait(app->jobs, name, WAIT_MS);
    return e;
}

enum err import_undo_start(struct http_request *req, struct http_response *res, const struct import_row *row,
                           struct problem *problem)
{
    enum err e = start(req, row, problem);
    if (e == ERR_BUSY)
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.imports.other_runs"), NULL, problem);
    return e ? e
             : desk_see_other(res, arena_printf(req->arena, "/desk/imports/%lld", (long long)row->id),
                              problem);
}

enum err import_undo_stop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    char name[JOB_NAME_SIZE];
    const char *id = request_value(req, "id");
    enum err e = imports_allowed(desk_user(req), problem);
    if (e)
        return e;
    name_of(strtoll(id, NULL, 10), name);
    return imports_stop(req, res, name, arena_printf(req->arena, "/desk/imports/%s", id), problem);
}

bool import_undo_runs(const struct app *app, int64_t id, struct job_state *ret)
{
    char name[JOB_NAME_SIZE];
    name_of(id, name);
    jobs_look(app->jobs, ret);
    bool is_this = strcmp(ret->name, name) == 0;
    ret->running = ret->running && is_this;
    if (!is_this)
        ret->failure = PROBLEM_INIT;
    return ret->running;
}
