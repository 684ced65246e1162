// What was imported, and undoing it as one step.
#include "server/desk/exchange/imports.h"

#include <stdlib.h>
#include <string.h>

#include "content/history.h"
#include "content/store/store.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/list.h"
#include "server/desk/frame/sending.h"
#include "server/desk/frame/told.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { SITES_SHOWN = 100 };

enum { FORMAT };
static const struct field_option formats[] = {
    {.value = "csv", .label = VIEW_KEY("desk.imports.format_csv")},
    {.value = "geojson", .label = VIEW_KEY("desk.imports.format_geojson")},
    {.value = "bundle", .label = VIEW_KEY("desk.imports.format_bundle")},
    {.value = "bulk", .label = VIEW_KEY("desk.imports.format_bulk")},
    {.value = NULL},
};
static const struct list_filter filters[] = {
    [FORMAT] = {.name = "format", .label = VIEW_KEY("desk.imports.filter_format"), .options = formats},
};
static const struct list list = {
    .path = "/desk/imports",
    .search = VIEW_KEY("desk.imports.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.imports.count"),
    .empty = VIEW_KEY("desk.imports.empty"),
};

enum err imports_allowed(const struct desk_user *user, struct problem *p)
{
    if (desk_may_publish(user) && user->area_count == 0)
        return ERR_NONE;
    return problem_set(p, ERR_DENIED, "role",
                       "imports and changes of many sites are for who may publish everywhere");
}

static int64_t import_id(const struct http_request *req)
{
    const char *text = request_value(req, "id");
    size_t len = text ? strlen(text) : 0;
    return len && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : 0;
}

static void put_import(struct screen *screen, json_t *object, const struct import_row *row)
{
    struct context *c = &screen->context;
    context_number(c, object, "id", row->id);
    context_text(c, object, "file", row->name);
    context_flag(c, object, "is_bulk", strcmp(row->format, "bulk") == 0);
    context_text(c, object, "who",
                 row->account ? row->account : screen_words(screen, VIEW_KEY("desk.imports.nobody"), NULL));
    for (const struct field_option *format = formats; format->value; format++)
        if (strcmp(format->value, row->format) == 0)
            screen_message(screen, object, "format", format->label, NULL);
    context_number(c, object, "added", row->added);
    context_number(c, object, "changed", row->changed);
    screen_time(screen, object, "when", row->at);
    screen_time(screen, object, "undone", row->undone_at);
}

static enum err show_list(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct list_query q;
    struct import_rows rows;
    int64_t total = 0;
    list_read(&list, req, &q);
    const struct import_filter filter = {.name = q.search, .format = q.values[FORMAT]};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = undo_count(screen.db, &filter, &total, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    list_put(&screen, &list, &q, total);
    e = undo_list(screen.db, screen.arena, &filter, q.limit, q.offset, &rows, problem);
    if (e)
        return e;
    json_t *items = context_list(c, c->root, "imports");
    for (size_t i = 0; i < rows.count; i++)
        put_import(&screen, context_item(c, items), &rows.items[i]);
    context_flag(c, c->root, "may", imports_allowed(screen.user, NULL) == ERR_NONE);
    imports_put_running(&screen);
    screen.title = VIEW_KEY("desk.imports.title");
    screen.menu = "/desk/imports";
    return screen_send(&screen, "desk/imports", problem);
}

static enum err put_sites(struct screen *screen, int64_t id, struct problem *problem)
{
    struct context *c = &screen->context;
    struct import_sites sites;
    enum err e = undo_sites(screen->db, screen->arena, id, SITES_SHOWN + 1, 0, &sites, problem);
    if (e)
        return e;
    json_t *items = context_list(c, c->root, "sites");
    context_flag(c, c->root, "more_sites", sites.count > SITES_SHOWN);
    context_flag(c, c->root, "has_sites", sites.count > 0);
    for (size_t i = 0; i < sites.count && i < SITES_SHOWN; i++) {
        const struct import_site *site = &sites.items[i];
        json_t *item = context_item(c, items);
        context_number(c, item, "site", site->site_id);
        context_text(c, item, "site_title", site->title);
        context_flag(c, item, "is_new", site->first == 1);
        context_number(c, item, "from", site->first - 1);
        context_number(c, item, "to", site->last);
        context_flag(c, item, "changed_since", site->now != site->last);
    }
    return ERR_NONE;
}

static void put_count(struct screen *screen, const json_t *detail, const char *name, const char *key)
{
    json_int_t count = json_integer_value(json_object_get(detail, name));
    json_t *values = json_pack("{s:I}", "count", count);
    if (count > 0)
        screen_message(screen, screen->context.root, name, key, values);
    json_decref(values);
}

// What the undo did to the vocabularies.
static enum err put_undone(struct screen *screen, const struct import_row *row, struct problem *problem)
{
    json_t *detail = NULL;
    enum err e = row->undone_at ? history_import_detail(screen->db, row->id, "import.undo", &detail, problem)
                                : ERR_NONE;
    put_count(screen, detail, "terms_removed", VIEW_KEY("desk.imports.terms_removed"));
    put_count(screen, detail, "terms_kept", VIEW_KEY("desk.imports.terms_kept"));
    json_decref(detail);
    return e;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct import_row row;
    struct job_state state;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = undo_load(screen.db, screen.arena, import_id(req), &row, problem);
    if (!e && import_undo_runs(screen.app, row.id, &state) && !desk_wants_json(req))
        return imports_send_progress(
            &screen, &state, VIEW_KEY("desk.imports.undoing_title"),
            arena_printf(req->arena, "/desk/imports/%lld/undo/stop", (long long)row.id), problem);
    if (!e && desk_wants_json(req))
        return imports_tell_script(res, &state);
    if (!e)
        e = put_sites(&screen, row.id, problem);
    if (!e)
        e = put_undone(&screen, &row, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    put_import(&screen, c->root, &row);
    context_flag(c, c->root, "undo_stopped", !row.undone_at && state.failure.code == ERR_CANCELLED);
    if (!row.undone_at && state.failure.code && state.failure.code != ERR_CANCELLED)
        context_text(c, c->root, "undo_failed", told_words(&screen, &state.failure));
    context_flag(c, c->root, "may_undo", !row.undone_at && imports_allowed(screen.user, NULL) == ERR_NONE);
    screen.title_text = row.name;
    screen.menu = "/desk/imports";
    return screen_send(&screen, "desk/import", problem);
}

// --- undoing

struct undoing {
    const struct http_request *req;
    int64_t id;
    struct undo_report report;
};

static enum err undo(struct connection *writer, void *arg, struct problem *p)
{
    struct undoing *u = arg;
    const struct actor actor = desk_actor(u->req);
    return undo_import(writer, u->req->arena, u->id, &actor, NULL, &u->report, p);
}

// The first few sites that were left alone, for the sentence.
static const char *kept_names(struct arena *a, const struct undo_report *report)
{
    const char *names = "";
    for (int64_t i = 0; i < report->kept && i < 5 && names; i++)
        names = arena_printf(a, "%s%s%s", names, i ? ", " : "", report->kept_names[i]);
    return report->kept > 5 && names ? arena_printf(a, "%s …", names) : names;
}

static enum err flash_undone(struct http_request *req, struct http_response *res, bool is_bulk,
                             const struct undo_report *report, struct problem *problem)
{
    static const char *const keys[2][2] = {
        {VIEW_KEY("desk.imports.undone"), VIEW_KEY("desk.imports.undone_kept")},
        {VIEW_KEY("desk.bulk.undone"), VIEW_KEY("desk.bulk.undone_kept")},
    };
    const char *names = kept_names(req->arena, report);
    json_t *values = json_pack("{s:I, s:I, s:I, s:s}", "binned", (json_int_t)report->binned, "restored",
                               (json_int_t)report->restored, "kept", (json_int_t)report->kept, "names",
                               names ? names : "");
    enum err e = desk_flash(req, res, report->kept ? DESK_WARNING : DESK_DONE,
                            keys[is_bulk][report->kept > 0], values, problem);
    json_decref(values);
    return e;
}

static enum err undo_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct undoing u = {.req = req, .id = import_id(req)};
    struct connection *reader;
    struct import_row row;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = store_reader(app->store, &reader, problem);
    if (!e)
        e = undo_load(reader, req->arena, u.id, &row, problem);
    if (!e && !row.undone_at && row.added + row.changed > IMPORT_UNDO_LONG)
        return import_undo_start(req, res, &row, problem);
    if (!e)
        e = desk_write(req, undo, &u, problem);
    if (!e)
        e = flash_undone(req, res, strcmp(row.format, "bulk") == 0, &u.report, problem);
    else if (e == ERR_EXISTS)
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.imports.undone_before"), NULL, problem);
    return e ? e
             : desk_see_other(res, arena_printf(req->arena, "/desk/imports/%lld", (long long)u.id), problem);
}

static const char *const list_params[] = {LIST_PARAMS, "format", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/imports",
     .handler = show_list,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = list_params},
    {.pattern = "/desk/imports/new", .handler = import_file_new, .who = DESK_WRITERS, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/new",
     .handler = import_file_upload,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = UPLOAD_MAX + DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/uploads",
     .handler = import_send_new,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/imports/uploads/{upload}",
     .handler = import_send_ask,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/uploads/{upload}",
     .handler = import_send_add,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = ARRIVAL_PIECE_MAX,
     .params = sending_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/uploads/{upload}/again",
     .handler = import_send_again,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/uploads/{upload}/drop",
     .handler = import_send_drop,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/imports/file/{file}",
     .handler = import_file_match,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/file/{file}",
     .handler = import_file_run,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/file/{file}/stop",
     .handler = import_file_stop,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/imports/{id}", .handler = show, .who = DESK_WRITERS, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/{id}/undo/stop",
     .handler = import_undo_stop,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/imports/{id}/undo",
     .handler = undo_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_imports_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
