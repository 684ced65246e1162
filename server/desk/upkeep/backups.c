// Backups: made at once, kept in DIR/backups, downloaded, deleted. Bringing one back is a command, because
// the server must not be running then.
#include <string.h>

#include "content/backup/kept.h"
#include "content/history.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"
#include "server/desk/routes.h"
#include "server/desk/upkeep/backup_age.h"
#include "server/view/view.h"

// --- showing

static enum err put_kept(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct kept_list list;
    enum err e = kept_read(screen->app->store, screen->arena, &list, problem);
    if (e)
        return e;
    backup_age_put(screen, c->root, &list);
    json_t *items = context_list(c, c->root, "items");
    for (size_t i = 0; i < list.count; i++) {
        json_t *item = context_item(c, items);
        context_text(c, item, "file", list.items[i].name);
        context_flag(c, item, "whole", list.items[i].whole);
        screen_size(screen, item, "size", list.items[i].bytes);
        screen_time(screen, item, "when", list.items[i].at);
    }
    context_flag(c, c->root, "any", list.count > 0);
    return ERR_NONE;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_kept(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.backups.title");
    screen.menu = "/desk/backups";
    return screen_send(&screen, "desk/backups", problem);
}

// --- audit

struct audit {
    struct actor actor;
    const char *action, *name;
};

static enum err write_audit(struct connection *writer, void *arg, struct problem *p)
{
    const struct audit *audit = arg;
    json_t *detail = json_pack("{s:s}", "file", audit->name);
    enum err e = history_audit(writer, &audit->actor, audit->action, "backup", detail, p);
    json_decref(detail);
    return e;
}

static enum err tell(const struct http_request *req, const char *action, const char *name, struct problem *p)
{
    struct audit audit = {desk_actor(req), action, name};
    return desk_write(req, write_audit, &audit, p);
}

// --- making, fetching, deleting

// On a worker, with the reader of its own: visitors are answered meanwhile.
static enum err make(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    const char *name = NULL;
    struct problem p = PROBLEM_INIT;
    enum err e = kept_make(app->store, req->arena, &name, &p);
    if (e == ERR_BUSY || e == ERR_FULL || e == ERR_CORRUPT) {
        const char *key = e == ERR_BUSY   ? VIEW_KEY("desk.backups.busy")
                          : e == ERR_FULL ? VIEW_KEY("desk.backups.full")
                                          : VIEW_KEY("desk.backups.damaged");
        e = desk_flash(req, res, DESK_WARNING, key, NULL, problem);
        return e ? e : desk_see_other(res, "/desk/backups", problem);
    }
    if (e)
        return problem_set(problem, e, NULL, "%s", p.text);
    e = tell(req, "backup.make", name, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.backups.made"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/backups", problem);
}

// The later parts of a download that was cut off are no downloads of their own.
static enum err fetch(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    const char *name = request_value(req, "name");
    const char *folder = kept_folder(app->store, req->arena);
    if (!kept_is_name(name))
        return problem_set(problem, ERR_NOT_FOUND, NULL, "there is no backup of that name");
    enum err e = response_file_in(res, folder, name, problem);
    if (!e && req->method == HTTP_GET && !request_header(req, "Range"))
        e = tell(req, "backup.download", name, problem);
    if (e)
        return e;
    res->content_type = "application/octet-stream";
    return response_attachment(res, name, problem);
}

static enum err discard(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    const char *name = request_value(req, "name");
    enum err e = kept_remove(app->store, name, problem);
    if (!e)
        e = tell(req, "backup.delete", name, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.backups.deleted"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/backups", problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/backups", .handler = show, .who = DESK_ADMIN, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/backups",
     .handler = make,
     .who = DESK_ADMIN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/backups/{name}", .handler = fetch, .who = DESK_ADMIN, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/backups/{name}/delete",
     .handler = discard,
     .who = DESK_ADMIN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_backups_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
