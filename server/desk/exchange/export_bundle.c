// Everything as one ZIP, which the import reads back: packed by a job, kept for a day, downloaded.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "content/exchange/exchange.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/frame/jobs.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { WAIT_MS = 700 };

#define ARCHIVE "bundle.zip" // in the folder; people get it under the name of the upload
#define PART    ".part"

// --- the job

struct packing {
    struct arena arena;
    struct store *store;
    const char *folder;
};

static enum err pack(struct packing *w, struct job *job)
{
    const char *part = arena_printf(&w->arena, "%s/" PART, w->folder);
    const char *path = arena_printf(&w->arena, "%s/" ARCHIVE, w->folder);
    const struct exchange_export_options options = {.progress = job_progress, .progress_data = job};
    cleanup_close int fd =
        part ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0 || !path)
        return ERR_IO;
    enum err e = exchange_export_zip(w->store, fd, &options, NULL, NULL);
    if (!e && rename(part, path) < 0)
        e = ERR_IO;
    if (e)
        (void)unlink(part);
    return e;
}

static void run(struct job *job, void *arg)
{
    struct packing *w = arg;
    (void)pack(w, job); // without a file the page says that it is not there
    arena_clear(&w->arena);
    free(w);
}

static enum err start(struct http_request *req, const struct upload *upload, struct problem *p)
{
    const struct app *app = req->app;
    struct packing *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *w = (struct packing){.arena = ARENA_INIT, .store = app->store};
    w->folder = arena_strndup(&w->arena, upload->path, (size_t)(strrchr(upload->path, '/') - upload->path));
    enum err e = w->folder ? jobs_start(app->jobs, upload->token, upload->name, desk_user(req)->account.name,
                                        run, w, p)
                           : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e) {
        arena_clear(&w->arena);
        free(w);
    }
    return e;
}

enum err export_bundle_make(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct upload upload;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = upload_reserve(req, "stele-goi.zip", &upload, problem);
    if (!e)
        e = start(req, &upload, problem);
    if (e == ERR_BUSY) {
        upload_drop(&upload);
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.imports.other_runs"), NULL, problem);
        return e ? e : desk_see_other(res, "/desk/exports", problem);
    }
    if (e)
        return e;
    (void)jobs_wait(app->jobs, upload.token, WAIT_MS);
    return desk_see_other(res, arena_printf(req->arena, "/desk/exports/bundle/%s", upload.token), problem);
}

// --- the page

static const char *folder_of(const struct http_request *req, const struct upload *upload)
{
    return arena_strndup(req->arena, upload->path, (size_t)(strrchr(upload->path, '/') - upload->path));
}

static void put_ready(struct screen *screen, const struct upload *upload)
{
    struct context *c = &screen->context;
    const char *folder = folder_of(screen->req, upload);
    const char *path = folder ? arena_printf(screen->arena, "%s/" ARCHIVE, folder) : NULL;
    struct stat st;
    bool ready = path && stat(path, &st) == 0;
    context_text(c, c->root, "token", upload->token);
    context_flag(c, c->root, "ready", ready);
    if (ready)
        screen_size(screen, c->root, "size", (int64_t)st.st_size);
}

static enum err show(struct screen *screen, const struct upload *upload, struct problem *problem)
{
    struct job_state state;
    jobs_look(screen->app->jobs, &state);
    state.running = state.running && strcmp(state.name, upload->token) == 0;
    if (desk_wants_json(screen->req))
        return imports_tell_script(screen->res, &state);
    if (state.running)
        return imports_send_progress(screen, &state, VIEW_KEY("desk.exports.packing_title"), NULL, problem);
    put_ready(screen, upload);
    screen->menu = "/desk/imports";
    screen->title = VIEW_KEY("desk.exports.packed_title");
    return screen_send(screen, "desk/export-bundle", problem);
}

enum err export_bundle_show(struct http_request *req, struct http_response *res, struct problem *problem)
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

enum err export_bundle_fetch(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct upload upload;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = upload_find(req, &upload, problem);
    if (e)
        return e;
    const char *folder = folder_of(req, &upload);
    cleanup_close int dir = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir < 0)
        return problem_set(problem, ERR_NOT_FOUND, NULL, "the archive is no longer kept: make it once more");
    e = response_file(res, dir, ARCHIVE, problem);
    if (e)
        return e;
    res->content_type = "application/zip";
    const char *disposition = arena_printf(req->arena, "attachment; filename=\"%s\"", upload.name);
    return response_header(res, "Content-Disposition", disposition ? disposition : "attachment", problem);
}
