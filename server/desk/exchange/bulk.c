// Changing many sites at once: chosen by filters, looked at before, undone as one step.
#include <string.h>

#include "content/editing/bulk.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/sites/revision_words.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

static const struct field_option states[] = {
    {.value = "", .label = VIEW_KEY("desk.bulk.any")},
    {.value = "draft", .label = VIEW_KEY("desk.state.draft")},
    {.value = "in-review", .label = VIEW_KEY("desk.state.in_review")},
    {.value = "published", .label = VIEW_KEY("desk.state.published")},
    {.value = "withdrawn", .label = VIEW_KEY("desk.state.withdrawn")},
    {.value = NULL},
};

enum { TERMS = 6 };

// --- the form

static enum err put_terms(struct screen *screen, const struct form *form, struct problem *problem)
{
    static const struct {
        const char *name, *scheme, *none, *label;
    } terms[TERMS] = {
        {"kind", "kind", VIEW_KEY("desk.bulk.any"), VIEW_KEY("desk.bulk.kind")},
        {"area", "area", VIEW_KEY("desk.bulk.any"), VIEW_KEY("desk.bulk.area")},
        {"new_area", "area", VIEW_KEY("desk.bulk.stays"), VIEW_KEY("desk.bulk.new_area")},
        {"new_kind", "kind", VIEW_KEY("desk.bulk.stays"), VIEW_KEY("desk.bulk.new_kind")},
        {"new_category", "category", VIEW_KEY("desk.bulk.stays"), VIEW_KEY("desk.bulk.new_category")},
        {"new_rank", "rank", VIEW_KEY("desk.bulk.stays"), VIEW_KEY("desk.bulk.new_rank")},
    };
    struct field fields[TERMS];
    for (size_t i = 0; i < TERMS; i++) {
        fields[i] = (struct field){.name = terms[i].name, .kind = FIELD_CHOICE, .label = terms[i].label};
        enum err e = sites_terms(screen, terms[i].scheme, terms[i].none, &fields[i].options, problem);
        if (e)
            return e;
    }
    field_put(screen, form, fields, TERMS);
    return ERR_NONE;
}

static enum err send(struct screen *screen, const struct form *form, struct problem *problem)
{
    static const struct field fields[] = {
        {.name = "q", .label = VIEW_KEY("desk.bulk.query"), .type = "search", .max = 200},
        {.name = "state", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.bulk.state"), .options = states},
        {.name = "find",
         .label = VIEW_KEY("desk.bulk.find"),
         .hint = VIEW_KEY("desk.bulk.find_hint"),
         .max = 200},
        {.name = "replace", .label = VIEW_KEY("desk.bulk.replace"), .max = 200},
        {.name = "from",
         .label = VIEW_KEY("desk.bulk.from"),
         .hint = VIEW_KEY("desk.bulk.from_hint"),
         .max = 10,
         .optional = true},
    };
    field_put(screen, form, fields, sizeof fields / sizeof fields[0]);
    enum err e = put_terms(screen, form, problem);
    if (e)
        return e;
    field_answer(screen, form);
    screen->title = VIEW_KEY("desk.bulk.title");
    screen->menu = "/desk/imports";
    return screen_send(screen, "desk/bulk", problem);
}

// --- what was chosen

static const char *given(const struct form *form, const char *name)
{
    const char *text = form_line(form, name);
    return *text ? text : NULL;
}

static struct desk_site_filter read_filter(const struct form *form)
{
    return (struct desk_site_filter){.state = given(form, "state"),
                                     .kind = given(form, "kind"),
                                     .area = given(form, "area"),
                                     .query = given(form, "q")};
}

static struct bulk_change read_change(const struct form *form)
{
    return (struct bulk_change){.kind = given(form, "new_kind"),
                                .category = given(form, "new_category"),
                                .rank = given(form, "new_rank"),
                                .area = given(form, "new_area"),
                                .find = given(form, "find"),
                                .replace = given(form, "replace"),
                                .from = given(form, "from")};
}

static void tell(struct form *form, const struct problem *p)
{
    static const struct {
        const char *field, *key;
    } known[] = {
        {"change", VIEW_KEY("desk.bulk.nothing")},
        {"replace", VIEW_KEY("desk.bulk.no_replace")},
        {"from", VIEW_KEY("desk.bulk.no_date")},
        {"filter", VIEW_KEY("desk.bulk.too_many")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(p->field, known[i].field) == 0) {
            form_problem(form, i == 0 || i == 3 ? "" : known[i].field, known[i].key);
            return;
        }
    form_take(form, p);
}

// --- looking

static enum err put_report(struct screen *screen, const struct bulk_report *report, struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *object = context_object(c, c->root, "looked"), *list = context_list(c, object, "examples");
    context_number(c, object, "chosen", report->chosen);
    context_number(c, object, "changed", report->changed);
    context_flag(c, object, "any", report->changed > 0);
    context_flag(c, object, "cut", report->changed > (int64_t)report->example_count);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < report->example_count; i++) {
        const struct bulk_example *example = &report->examples[i];
        json_t *item = context_item(c, list);
        context_number(c, item, "site", example->id);
        context_text(c, item, "site_title", example->title);
        e = revision_words_put(screen, item, example->before, example->after, problem);
    }
    return e;
}

static enum err look(struct http_request *req, struct http_response *res, struct form *form,
                     struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_bulk_report struct bulk_report report = {0};
    const struct desk_site_filter filter = read_filter(form);
    const struct bulk_change change = read_change(form);
    enum err e = screen_open(&screen, req, res, problem);
    if (!e && !form->failed)
        e = bulk_look(screen.db, screen.arena, &filter, &change, &report, problem);
    if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
        tell(form, problem);
        e = ERR_NONE;
    }
    if (!e && !form->failed)
        e = put_report(&screen, &report, problem);
    return e ? e : send(&screen, form, problem);
}

// --- changing

struct changing {
    const struct http_request *req;
    struct desk_site_filter filter;
    struct bulk_change change;
    const char *name;
    struct bulk_report report;
};

static enum err change_all(struct connection *writer, void *arg, struct problem *p)
{
    struct changing *g = arg;
    const struct actor actor = desk_actor(g->req);
    return bulk_run(writer, g->req->arena, &g->filter, &g->change, &actor, g->name, &g->report, p);
}

// What the list of imports calls it: "phường Cũ → phường Mới, rank=national".
static const char *name_of(struct arena *a, const struct bulk_change *change)
{
    const struct {
        const char *name, *value;
    } terms[] = {{"kind", change->kind},
                 {"category", change->category},
                 {"rank", change->rank},
                 {"area", change->area}};
    const char *name = change->find ? arena_printf(a, "%s → %s", change->find, change->replace) : "";
    for (size_t i = 0; name && i < sizeof terms / sizeof terms[0]; i++)
        if (terms[i].value)
            name = arena_printf(a, "%s%s%s=%s", name, *name ? ", " : "", terms[i].name, terms[i].value);
    return name;
}

static enum err finish(struct http_request *req, struct http_response *res, const struct bulk_report *report,
                       struct problem *problem)
{
    const char *to = arena_printf(req->arena, "/desk/imports/%lld", (long long)report->import_id);
    const char *undo = to ? arena_printf(req->arena, "%s/undo", to) : NULL;
    json_t *values = json_pack("{s:I, s:s*}", "changed", (json_int_t)report->changed, "undo", undo);
    enum err e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.bulk.done"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, to, problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct form form = form_empty(req->arena);
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    context_flag(&screen.context, screen.context.root, "looked", false);
    return send(&screen, &form, problem);
}

static enum err post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    if (!form_has(&form, "change"))
        return look(req, res, &form, problem);
    struct changing g = {.req = req, .filter = read_filter(&form), .change = read_change(&form)};
    g.name = name_of(req->arena, &g.change);
    e = g.name ? desk_write(req, change_all, &g, problem) : ERR_MEMORY;
    bulk_report_clear(&g.report);
    if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
        tell(&form, problem);
        return look(req, res, &form, problem);
    }
    return e ? e : finish(req, res, &g.report, problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/bulk", .handler = show, .who = DESK_WRITERS, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/bulk",
     .handler = post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_bulk_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
