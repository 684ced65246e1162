// What the columns of a table hold, looking through it, and landing it.
#include <stdio.h>
#include <string.h>

#include "content/exchange/exchange.h"
#include "content/exchange/look.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/told.h"
#include "server/view/locale.h"
#include "server/view/view.h"

enum { PROBLEMS_SHOWN = 200 };

// What a column can hold, in the importer's words.
static const struct {
    const char *field, *key;
} field_keys[] = {
    {"key", VIEW_KEY("desk.imports.field.key")},
    {"slug", VIEW_KEY("desk.imports.field.slug")},
    {"state", VIEW_KEY("desk.imports.field.state")},
    {"kind", VIEW_KEY("desk.imports.field.kind")},
    {"category", VIEW_KEY("desk.imports.field.category")},
    {"rank", VIEW_KEY("desk.imports.field.rank")},
    {"area", VIEW_KEY("desk.imports.field.area")},
    {"place", VIEW_KEY("desk.imports.field.place")},
    {"postcode", VIEW_KEY("desk.imports.field.postcode")},
    {"lat", VIEW_KEY("desk.imports.field.lat")},
    {"lon", VIEW_KEY("desk.imports.field.lon")},
    {"position", VIEW_KEY("desk.imports.field.position")},
    {"accuracy_m", VIEW_KEY("desk.imports.field.accuracy_m")},
    {"decision_number", VIEW_KEY("desk.imports.field.decision_number")},
    {"decision_date", VIEW_KEY("desk.imports.field.decision_date")},
    {"source", VIEW_KEY("desk.imports.field.source")},
    {"source_url", VIEW_KEY("desk.imports.field.source_url")},
    {"title", VIEW_KEY("desk.imports.field.title")},
    {"summary", VIEW_KEY("desk.imports.field.summary")},
    {"body", VIEW_KEY("desk.imports.field.body")},
    {"description", VIEW_KEY("desk.imports.field.description")},
    {"names", VIEW_KEY("desk.imports.field.names")},
    {"address", VIEW_KEY("desk.imports.field.address")},
    {"hours", VIEW_KEY("desk.imports.field.hours")},
    {"decision_authority", VIEW_KEY("desk.imports.field.decision_authority")},
};

static const char *const states[] = {"draft", "in-review", "published"};
static const char *const state_keys[] = {VIEW_KEY("desk.imports.state_draft"),
                                         VIEW_KEY("desk.imports.state_in_review"),
                                         VIEW_KEY("desk.imports.state_published")};

// --- the form

static const char *field_words(struct screen *screen, const struct look_field *field)
{
    const char *words = field->base;
    for (size_t i = 0; i < sizeof field_keys / sizeof field_keys[0]; i++)
        if (strcmp(field_keys[i].field, field->base) == 0)
            words = screen_words(screen, field_keys[i].key, NULL);
    return field->lang ? arena_printf(screen->arena, "%s (%s)", words, locale_language_name(field->lang))
                       : words;
}

// The field that the form chose for a column; before there is a form, the guess. "" for none.
static const char *chosen_field(const struct form *form, const struct look *look, size_t column, bool fresh)
{
    char name[32];
    snprintf(name, sizeof name, "column.%zu", column);
    const char *value = fresh ? look->columns[column].field : form_value(form, name);
    for (size_t i = 0; value && i < look->field_count; i++)
        if (strcmp(look->fields[i].name, value) == 0)
            return look->fields[i].name;
    return "";
}

static void put_column(struct screen *screen, const struct form *form, const struct look *look, size_t column,
                       bool fresh, json_t *list)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list), *samples = context_list(c, item, "samples");
    const char *chosen = chosen_field(form, look, column, fresh);
    context_number(c, item, "number", (int64_t)column);
    context_text(c, item, "column",
                 *look->columns[column].name ? look->columns[column].name
                                             : arena_printf(screen->arena, "%zu", column + 1));
    for (size_t i = 0; i < look->row_count; i++)
        if (*look->rows[i][column])
            context_text(c, context_item(c, samples), "sample", look->rows[i][column]);
    context_flag(c, item, "used", *chosen != '\0');
    json_t *options = context_list(c, item, "options");
    for (size_t i = 0; i < look->field_count; i++) {
        json_t *option = context_item(c, options);
        context_text(c, option, "value", look->fields[i].name);
        context_text(c, option, "label", field_words(screen, &look->fields[i]));
        context_flag(c, option, "chosen", strcmp(look->fields[i].name, chosen) == 0);
    }
}

static void put_states(struct screen *screen, const struct form *form)
{
    struct context *c = &screen->context;
    const char *chosen = form_has(form, "state") ? form_line(form, "state") : states[0];
    json_t *list = context_list(c, c->root, "states");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "value", states[i]);
        screen_message(screen, item, "label", state_keys[i], NULL);
        context_flag(c, item, "chosen", strcmp(chosen, states[i]) == 0);
    }
}

static void put_upload(struct screen *screen, const struct upload *upload, const struct form *form,
                       const struct look *look, bool fresh)
{
    struct context *c = &screen->context;
    context_text(c, c->root, "token", upload->token);
    context_text(c, c->root, "file", upload->name);
    context_text(c, c->root, "texts_in", locale_language_name(upload->lang));
    context_text(c, c->root, "encoding", look->encoding ? look->encoding : "UTF-8");
    put_states(screen, form);
    context_flag(c, c->root, "skip_bad", form_has(form, "skip_bad"));
    context_flag(c, c->root, "is_table", look->column_count > 0);
    json_t *columns = context_list(c, c->root, "columns");
    for (size_t i = 0; i < look->column_count; i++)
        put_column(screen, form, look, i, fresh, columns);
}

static enum err look_at(struct screen *screen, const struct upload *upload, struct look *ret,
                        struct problem *problem)
{
    *ret = (struct look){0};
    return upload->is_table ? look_table(screen->db, screen->arena, upload->path, upload->lang,
                                         upload->encoding, 0, ret, problem)
                            : ERR_NONE;
}

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
    context_flag(c, c->root, "line", false);
    if (why->line)
        context_number(c, c->root, "line", (int64_t)why->line);
    screen->res->status = 422;
    screen->title = VIEW_KEY("desk.imports.unreadable_title");
    screen->menu = "/desk/imports";
    return screen_send(screen, "desk/import-unreadable", problem);
}

enum err import_file_match(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct upload upload;
    struct look look;
    struct form form = form_empty(req->arena);
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = upload_find(req, &upload, problem);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    e = look_at(&screen, &upload, &look, problem);
    if (e == ERR_INVALID || e == ERR_UNSUPPORTED || e == ERR_TOO_LARGE)
        return send_unreadable(&screen, &upload, problem, problem);
    if (e)
        return e;
    put_upload(&screen, &upload, &form, &look, true);
    context_flag(&screen.context, screen.context.root, "looked", false);
    return send(&screen, VIEW_KEY("desk.imports.match_title"), problem);
}

// --- running

// "title=Tên di tích,lat=": every field that the form can choose, so that nothing is guessed behind its back.
static const char *make_mapping(struct arena *a, const struct form *form, const struct look *look)
{
    cleanup_buf struct buf out = BUF_INIT;
    for (size_t i = 0; i < look->field_count; i++) {
        const char *column = "";
        for (size_t k = 0; k < look->column_count && !*column; k++)
            if (strcmp(chosen_field(form, look, k, false), look->fields[i].name) == 0)
                column = look->columns[k].name;
        buf_printf(&out, "%s%s=%s", i ? "," : "", look->fields[i].name, column);
    }
    return out.failed ? NULL : arena_strdup(a, out.data);
}

// Two columns for one field: a mapping could only say one of them.
static const char *doubled_field(struct screen *screen, const struct form *form, const struct look *look)
{
    for (size_t i = 0; i < look->field_count; i++) {
        size_t count = 0;
        for (size_t k = 0; k < look->column_count; k++)
            count += strcmp(chosen_field(form, look, k, false), look->fields[i].name) == 0;
        if (count > 1)
            return field_words(screen, &look->fields[i]);
    }
    return NULL;
}

static const char *state_of(const struct form *form)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(form_line(form, "state"), states[i]) == 0)
            return states[i];
    return states[0];
}

// --- the report

static void put_problem(struct screen *screen, const struct look *look, const struct problem *p, json_t *list)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list);
    context_flag(c, item, "line", false);
    context_flag(c, item, "column", false);
    if (p->line)
        context_number(c, item, "line", (int64_t)p->line);
    if (p->column && p->column <= look->column_count)
        context_text(c, item, "column", look->columns[p->column - 1].name);
    context_text(c, item, "reason", told_words(screen, p));
}

static void put_report(struct screen *screen, const struct look *look, const struct exchange_report *report)
{
    struct context *c = &screen->context;
    json_t *object = context_object(c, c->root, "looked"), *list = context_list(c, object, "wrong");
    const struct exchange_count *sites = &report->sites;
    size_t problems = report->problems.count + report->problems.dropped;
    context_number(c, object, "read", (int64_t)sites->read);
    context_number(c, object, "added", (int64_t)sites->added);
    context_number(c, object, "changed", (int64_t)sites->changed);
    context_number(c, object, "unchanged", (int64_t)sites->unchanged);
    context_number(c, object, "bad", (int64_t)sites->bad);
    context_number(c, object, "terms", (int64_t)report->terms_added);
    context_number(c, object, "total", (int64_t)(sites->added + sites->changed));
    context_number(c, object, "problems", (int64_t)problems);
    context_flag(c, object, "has_problems", problems > 0);
    context_flag(c, object, "has_terms", report->terms_added > 0);
    context_flag(c, object, "cut", problems > PROBLEMS_SHOWN);
    context_flag(c, object, "landable", sites->added + sites->changed > 0);
    context_text(c, object, "unused", report->columns_unused.len ? report->columns_unused.data : "");
    for (size_t i = 0; i < report->problems.count && i < PROBLEMS_SHOWN; i++)
        put_problem(screen, look, &report->problems.items[i], list);
}

// --- the handler

static enum err landed(struct http_request *req, struct http_response *res, const struct upload *upload,
                       const struct exchange_report *report, struct problem *problem)
{
    const char *to = report->landed
                         ? arena_printf(req->arena, "/desk/imports/%lld", (long long)report->import_id)
                         : "/desk/imports";
    const char *undo = report->landed && to ? arena_printf(req->arena, "%s/undo", to) : NULL;
    json_t *values = json_pack("{s:I, s:I, s:s*}", "added", (json_int_t)report->sites.added, "changed",
                               (json_int_t)report->sites.changed, "undo", undo);
    enum err e = desk_flash(
        req, res, DESK_DONE,
        report->landed ? VIEW_KEY("desk.imports.landed") : VIEW_KEY("desk.imports.nothing"), values, problem);
    json_decref(values);
    upload_drop(upload);
    return e ? e : desk_see_other(res, to, problem);
}

static bool is_about_rows(enum err e)
{
    return e == ERR_NONE || e == ERR_INVALID;
}

static enum err run(struct screen *screen, const struct upload *upload, const struct form *form,
                    const struct look *look, struct problem *problem)
{
    cleanup_exchange_report struct exchange_report report = EXCHANGE_REPORT_INIT;
    bool land = form_has(form, "land");
    struct exchange_options options = {
        .actor = desk_actor(screen->req),
        .dry_run = !land,
        .skip_bad = form_has(form, "skip_bad"),
        .lang = upload->lang,
        .state = state_of(form),
        .encoding = upload->encoding,
        .delimiter = look->delimiter,
        .mapping = upload->is_table ? make_mapping(screen->arena, form, look) : NULL,
    };
    if (upload->is_table && !options.mapping)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    enum err e = exchange_import(screen->app->store, upload->path, &options, &report);
    if (!is_about_rows(e)) {
        if (report.problems.count)
            *problem = report.problems.items[report.problems.count - 1];
        return e;
    }
    if (land && !e)
        return landed(screen->req, screen->res, upload, &report, problem);
    put_upload(screen, upload, form, look, false);
    put_report(screen, look, &report);
    return send(screen, VIEW_KEY("desk.imports.look_title"), problem);
}

static enum err refuse_doubled(struct screen *screen, const struct upload *upload, const struct form *form,
                               const struct look *look, const char *field, struct problem *problem)
{
    struct context *c = &screen->context;
    put_upload(screen, upload, form, look, false);
    context_flag(c, c->root, "looked", false);
    context_text(c, c->root, "doubled", field);
    screen->res->status = 422;
    return send(screen, VIEW_KEY("desk.imports.match_title"), problem);
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
    if (!e)
        e = look_at(&screen, &upload, &look, problem);
    if (e)
        return e;
    const char *doubled = doubled_field(&screen, &form, &look);
    return doubled ? refuse_doubled(&screen, &upload, &form, &look, doubled, problem)
                   : run(&screen, &upload, &form, &look, problem);
}
