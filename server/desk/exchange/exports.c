// Sites as a table for a spreadsheet, which the import reads back.
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "content/editing/desk_list.h"
#include "content/exchange/table_export.h"
#include "content/store/store.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum { PORTION = 256 << 10 }; // bytes that are written at once

#define FORM_VIETNAMESE "excel-vi"
#define FORM_PLAIN      "plain"

static const struct field_option states[] = {
    {.value = "", .label = VIEW_KEY("desk.bulk.any")},
    {.value = "draft", .label = VIEW_KEY("desk.state.draft")},
    {.value = "in-review", .label = VIEW_KEY("desk.state.in_review")},
    {.value = "published", .label = VIEW_KEY("desk.state.published")},
    {.value = "withdrawn", .label = VIEW_KEY("desk.state.withdrawn")},
    {.value = NULL},
};

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct form form = form_empty(req->arena);
    static const struct field_option forms[] = {
        {.value = FORM_VIETNAMESE,
         .label = VIEW_KEY("desk.exports.form_vietnamese"),
         .hint = VIEW_KEY("desk.exports.form_vietnamese_hint")},
        {.value = FORM_PLAIN,
         .label = VIEW_KEY("desk.exports.form_plain"),
         .hint = VIEW_KEY("desk.exports.form_plain_hint")},
        {.value = NULL},
    };
    struct field fields[] = {
        {.name = "q", .label = VIEW_KEY("desk.bulk.query"), .type = "search", .max = 200},
        {.name = "area", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.bulk.area")},
        {.name = "kind", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.bulk.kind")},
        {.name = "state", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.bulk.state"), .options = states},
        {.name = "form", .kind = FIELD_RADIO, .label = VIEW_KEY("desk.exports.form"), .options = forms},
    };
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = sites_terms(&screen, "area", VIEW_KEY("desk.bulk.any"), &fields[1].options, problem);
    if (!e)
        e = sites_terms(&screen, "kind", VIEW_KEY("desk.bulk.any"), &fields[2].options, problem);
    if (e)
        return e;
    form_set(&form, "form", strcmp(screen.lang, "vi") == 0 ? FORM_VIETNAMESE : FORM_PLAIN);
    field_put(&screen, &form, fields, sizeof fields / sizeof fields[0]);
    context_flag(&screen.context, screen.context.root, "may", imports_allowed(screen.user, NULL) == ERR_NONE);
    screen.title = VIEW_KEY("desk.exports.title");
    screen.menu = "/desk/imports";
    return screen_send(&screen, "desk/exports", problem);
}

// --- the file

struct writing {
    struct connection *db;
    struct arena *arena;
    struct desk_site_filter filter;
    struct table_export table;
    int fd;
};

static enum err flush(struct writing *w, struct buf *out, struct problem *p)
{
    if (out->failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_write_all(w->fd, out->data, out->len, "the export", p);
    buf_reset(out);
    return e;
}

static enum err write_table(struct writing *w, struct problem *p)
{
    cleanup_buf struct buf out = BUF_INIT;
    int64_t *ids = NULL;
    size_t count = 0;
    enum err e = desk_site_ids(w->db, w->arena, &w->filter, &ids, &count, p);
    table_export_head(&w->table, &out);
    for (size_t i = 0; !e && i < count; i++) {
        e = table_export_row(w->db, &w->table, ids[i], &out, p);
        if (!e && out.len >= PORTION)
            e = flush(w, &out, p);
    }
    return e ? e : flush(w, &out, p);
}

static const char *param(const struct http_request *req, const char *name)
{
    const char *text = request_param(req, name);
    return text && *text ? text : NULL;
}

// The file has no name any more once it is open: whatever happens, nothing is left behind.
static enum err send_table(struct http_request *req, struct http_response *res, struct writing *w,
                           struct problem *problem)
{
    const struct app *app = req->app;
    const char *folder = arena_printf(req->arena, "%s/uploads", store_folder(app->store));
    const char *name = arena_printf(req->arena, "export-%s.csv", req->id);
    if (!folder || !name)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_make_folder(folder, problem);
    if (e)
        return e;
    cleanup_close int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_close int fd =
        dir < 0 ? -1 : openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return problem_errno(problem, NULL, "cannot write the export into the data folder");
    w->fd = fd;
    e = write_table(w, problem);
    if (!e)
        e = response_file(res, dir, name, problem);
    (void)unlinkat(dir, name, 0);
    return e;
}

static enum err make(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    const char *form = param(req, "form");
    enum err e = screen_open(&screen, req, res, problem); // one moment of the store for all of it
    struct writing w = {
        .db = screen.db,
        .arena = req->arena,
        .filter = {.state = param(req, "state"),
                   .kind = param(req, "kind"),
                   .area = param(req, "area"),
                   .query = param(req, "q"),
                   .account_id = desk_user(req)->area_count ? desk_user(req)->account.id : 0},
    };
    if (e)
        return e;
    e = table_export_open(screen.db, req->arena,
                          form && strcmp(form, FORM_VIETNAMESE) == 0 ? TABLE_VIETNAMESE : TABLE_PLAIN,
                          &w.table, problem);
    if (!e)
        e = send_table(req, res, &w, problem);
    table_export_close(&w.table);
    if (e)
        return e;
    res->content_type = "text/csv; charset=utf-8";
    return response_header(res, "Content-Disposition", "attachment; filename=\"di-tich.csv\"", problem);
}

// A large table keeps one of the few worker threads busy for seconds, so one is made at a time: the next
// would take the last thread. How slowly it is fetched holds nobody up.
static atomic_flag making = ATOMIC_FLAG_INIT;

static enum err download(struct http_request *req, struct http_response *res, struct problem *problem)
{
    if (atomic_flag_test_and_set(&making)) {
        enum err e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.exports.other_made"), NULL, problem);
        return e ? e : desk_see_other(res, "/desk/exports", problem);
    }
    enum err e = make(req, res, problem);
    atomic_flag_clear(&making);
    return e;
}

static const char *const params[] = {"q", "area", "kind", "state", "form", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/exports", .handler = show, .who = DESK_WRITERS, .flags = DESK_GET},
    {.pattern = "/desk/exports/table.csv",
     .handler = download,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/exports/bundle",
     .handler = export_bundle_make,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/exports/bundle/{file}",
     .handler = export_bundle_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    {.pattern = "/desk/exports/bundle/{file}/stele-goi.zip",
     .handler = export_bundle_fetch,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
};

const struct route_table desk_exports_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
