// Changing many sites at once: chosen by filters, looked at before, undone as one step.
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "content/editing/bulk.h"
#include "content/plain_date.h"
#include "content/term.h"
#include "server/desk/exchange/bulk_screen.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
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

enum { TERMS = 6, BODY_LIMIT = DESK_FORM_LIMIT + BULK_SITES_MAX * 16 }; // with an id for every site

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

static const char *name_in(struct arena *a, const char *what, const char *lang)
{
    const char *name = arena_printf(a, "%s[%s]", what, lang);
    return name ? name : "";
}

// Two fields for each language: what stands in its addresses, and what shall.
static enum err put_words(struct screen *screen, const struct form *form, struct problem *problem)
{
    struct context *c = &screen->context;
    struct languages languages;
    enum err e = setting_languages(screen->db, screen->arena, &languages, problem);
    json_t *list = e ? NULL : context_list(c, c->root, "words");
    for (size_t i = 0; !e && i < languages.count; i++) {
        const char *lang = languages.tags[i];
        json_t *values = json_pack("{s:s}", "language", screen_language(screen, lang));
        const struct field pair[] = {
            {.name = name_in(screen->arena, "find", lang),
             .label_text = screen_words(screen, VIEW_KEY("desk.bulk.find"), values),
             .hint = i ? VIEW_KEY("desk.bulk.find_other_hint") : VIEW_KEY("desk.bulk.find_hint"),
             .max = 200,
             .optional = i > 0},
            {.name = name_in(screen->arena, "replace", lang),
             .label_text = screen_words(screen, VIEW_KEY("desk.bulk.replace"), values),
             .max = 200,
             .optional = i > 0},
        };
        json_decref(values);
        json_t *all = json_object_get(c->root, "fields");
        size_t before = json_array_size(all);
        field_put(screen, form, pair, 2);
        all = json_object_get(c->root, "fields");
        for (size_t k = before; k < json_array_size(all); k++)
            if (json_array_append(list, json_array_get(all, k)))
                c->failed = true;
    }
    return e;
}

static enum err send(struct screen *screen, const struct form *form, struct problem *problem)
{
    static const struct field fields[] = {
        {.name = "q", .label = VIEW_KEY("desk.bulk.query"), .type = "search", .max = 200},
        {.name = "state", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.bulk.state"), .options = states},
        {.name = "any_case",
         .kind = FIELD_TICK,
         .label = VIEW_KEY("desk.bulk.any_case"),
         .hint = VIEW_KEY("desk.bulk.any_case_hint")},
        {.name = "from",
         .label = VIEW_KEY("desk.bulk.from"),
         .hint = VIEW_KEY("desk.bulk.from_hint"),
         .max = 20,
         .optional = true},
    };
    field_put(screen, form, fields, sizeof fields / sizeof fields[0]);
    enum err e = put_words(screen, form, problem);
    if (!e)
        e = put_terms(screen, form, problem);
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

static enum err read_change(struct connection *c, const struct form *form, struct bulk_change *ret,
                            struct problem *p)
{
    struct languages languages;
    enum err e = setting_languages(c, form->arena, &languages, p);
    struct bulk_words *words = e ? NULL : arena_array(form->arena, languages.count, sizeof *words);
    if (!words)
        return e ? e : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < languages.count; i++)
        words[i] = (struct bulk_words){languages.tags[i],
                                       given(form, name_in(form->arena, "find", languages.tags[i])),
                                       given(form, name_in(form->arena, "replace", languages.tags[i]))};
    const char *from = plain_date_read(form->arena, form_line(form, "from"));
    if (!from)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = (struct bulk_change){.kind = given(form, "new_kind"),
                                .category = given(form, "new_category"),
                                .rank = given(form, "new_rank"),
                                .area = given(form, "new_area"),
                                .words = words,
                                .word_count = languages.count,
                                .any_case = form_has(form, "any_case"),
                                .from = *from ? from : NULL};
    return ERR_NONE;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool is_ticked(const struct form *form, int64_t id)
{
    const char *value = arena_printf(form->arena, "%lld", (long long)id);
    return value && form_is_ticked(form, "on", value);
}

// Appends the ids of "12 15 18": all of them, or those that are not ticked.
static enum err take_ids(const struct form *form, const char *name, bool unticked, int64_t *ids,
                         size_t *count, struct problem *p)
{
    const char *at = form_line(form, name);
    int64_t id;
    while (*at && *count < BULK_SITES_MAX) {
        if (!number_take(&at, 1, 15, &id) || (*at && *at != ' '))
            return problem_set(p, ERR_INVALID, name, "this is no list of sites");
        at += *at == ' ';
        if (!unticked || !is_ticked(form, id))
            ids[(*count)++] = id;
    }
    return ERR_NONE;
}

static bool is_shown(const int64_t *shown, size_t count, int64_t id)
{
    return count && bsearch(&id, shown, count, sizeof *shown, by_value);
}

// Who was left out on other pages, and who has no tick on the one that was sent.
static enum err read_choice(const struct form *form, struct bulk_choice *ret, struct problem *p)
{
    int64_t *shown = arena_array(form->arena, BULK_SITES_MAX, sizeof *shown);
    int64_t *out = arena_array(form->arena, BULK_SITES_MAX, sizeof *out), *before = NULL;
    size_t shown_count = 0, before_count = 0, count = 0;
    if (shown && out)
        before = arena_array(form->arena, BULK_SITES_MAX, sizeof *before);
    if (!before)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = take_ids(form, "shown", false, shown, &shown_count, p);
    if (!e)
        e = take_ids(form, "left", false, before, &before_count, p);
    if (!e)
        e = take_ids(form, "shown", true, out, &count, p);
    if (e)
        return e;
    qsort(shown, shown_count, sizeof *shown, by_value);
    for (size_t i = 0; i < before_count && count < BULK_SITES_MAX; i++)
        if (!is_shown(shown, shown_count, before[i]))
            out[count++] = before[i];
    qsort(out, count, sizeof *out, by_value);
    *ret = (struct bulk_choice){.left_out = out, .left_out_count = count, .seen = given(form, "seen")};
    (void)form_int(form, "page", &ret->page);
    return ERR_NONE;
}

// What the library says, in words of this screen; about the whole form where `whole`.
static void tell(struct form *form, const struct problem *p)
{
    static const struct {
        const char *field, *key;
        bool whole;
    } known[] = {
        {"change", VIEW_KEY("desk.bulk.nothing"), true},
        {"find[", VIEW_KEY("desk.bulk.no_find"), false},
        {"replace[", VIEW_KEY("desk.bulk.no_replace"), false},
        {"from", VIEW_KEY("desk.bulk.no_date"), false},
        {"filter", VIEW_KEY("desk.bulk.too_many"), true},
        {"sites", VIEW_KEY("desk.bulk.none_ticked"), true},
    };
    if (p->code == ERR_CONFLICT) {
        form_problem(form, "", VIEW_KEY("desk.bulk.moved"));
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(p->field, known[i].field, strlen(known[i].field)) == 0) {
            const char *field = arena_strdup(form->arena, p->field);
            form_problem(form, known[i].whole || !field ? "" : field, known[i].key);
            return;
        }
    form_take(form, p);
}

// --- looking

static enum err look(struct http_request *req, struct http_response *res, struct form *form,
                     struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_bulk_report struct bulk_report report = {0};
    const struct desk_site_filter filter = read_filter(form);
    struct bulk_change change;
    struct bulk_choice choice;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = read_change(screen.db, form, &change, problem);
    if (!e)
        e = read_choice(form, &choice, problem);
    if (!e)
        e = bulk_look(screen.db, screen.arena, &filter, &change, &choice, &report, problem);
    if (!e)
        e = bulk_screen_put(&screen, &change, &choice, &report, problem);
    else if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
        if (!form->failed)
            tell(form, problem);
        context_flag(&screen.context, screen.context.root, "looked", false);
        e = ERR_NONE;
    }
    return e ? e : send(&screen, form, problem);
}

// --- changing

struct changing {
    const struct http_request *req;
    struct desk_site_filter filter;
    struct bulk_change change;
    struct bulk_choice choice;
    const char *name;
    struct bulk_report report;
};

static enum err change_all(struct connection *writer, void *arg, struct problem *p)
{
    struct changing *g = arg;
    const struct actor actor = desk_actor(g->req);
    return bulk_run(writer, g->req->arena, &g->filter, &g->change, &g->choice, &actor, g->name, &g->report,
                    p);
}

static const char *joined(struct arena *a, const char *before, const char *more)
{
    return before && more ? arena_printf(a, "%s%s%s", before, *before ? ", " : "", more) : NULL;
}

// The term as people call it: "Cấp xếp hạng: Di tích quốc gia".
static enum err add_term(struct screen *screen, const char *scheme, const char *label, const char *key,
                         const char **name, struct problem *p)
{
    struct terms terms;
    enum err e = term_list(screen->db, screen->arena, scheme, &terms, p);
    const char *words = key;
    for (size_t i = 0; !e && i < terms.count; i++)
        if (strcmp(terms.items[i].key, key) == 0) {
            const char *found = screen_label(screen, terms.items[i].labels);
            words = found ? found : key;
        }
    if (!e)
        *name = joined(screen->arena, *name,
                       arena_printf(screen->arena, "%s: %s", screen_words(screen, label, NULL), words));
    return e;
}

// What the list of imports calls it, in the editor's language: "phường Cũ → phường Mới, Cấp xếp hạng mới:
// Di tích quốc gia".
static enum err name_change(struct screen *screen, const struct bulk_change *change, const char **ret,
                            struct problem *p)
{
    const struct {
        const char *scheme, *label, *key;
    } terms[] = {{"kind", VIEW_KEY("desk.bulk.new_kind"), change->kind},
                 {"category", VIEW_KEY("desk.bulk.new_category"), change->category},
                 {"rank", VIEW_KEY("desk.bulk.new_rank"), change->rank},
                 {"area", VIEW_KEY("desk.bulk.new_area"), change->area}};
    const char *name = "";
    for (size_t i = 0; i < change->word_count; i++)
        if (change->words[i].find && change->words[i].replace)
            name = joined(
                screen->arena, name,
                arena_printf(screen->arena, "%s → %s", change->words[i].find, change->words[i].replace));
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < sizeof terms / sizeof terms[0]; i++)
        if (terms[i].key)
            e = add_term(screen, terms[i].scheme, terms[i].label, terms[i].key, &name, p);
    if (!e && !name)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        *ret = name;
    return e;
}

// The change and its name, read while the screen's transaction lasts.
static enum err prepare(struct http_request *req, struct http_response *res, const struct form *form,
                        struct changing *g, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = read_change(screen.db, form, &g->change, problem);
    if (!e)
        e = read_choice(form, &g->choice, problem);
    return e ? e : name_change(&screen, &g->change, &g->name, problem);
}

static enum err finish(struct http_request *req, struct http_response *res, const struct bulk_report *report,
                       struct problem *problem)
{
    const char *to = arena_printf(req->arena, "/desk/imports/%lld", (long long)report->import_id);
    const char *undo = to ? arena_printf(req->arena, "%s/undo", to) : NULL;
    json_t *values = json_pack("{s:I, s:s*}", "count", (json_int_t)report->changed, "undo", undo);
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
    struct changing g = {.req = req, .filter = read_filter(&form)};
    e = prepare(req, res, &form, &g, problem);
    if (!e)
        e = desk_write(req, change_all, &g, problem);
    bulk_report_clear(&g.report);
    if (e == ERR_INVALID || e == ERR_TOO_LARGE || e == ERR_CONFLICT) {
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
     .body_limit = BODY_LIMIT},
};

const struct route_table desk_bulk_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
