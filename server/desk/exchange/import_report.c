// What a look through a file found, in the editor's language.
#include "server/desk/exchange/import_report.h"

#include <string.h>

#include "server/desk/frame/told.h"
#include "server/view/view.h"

// The file that a problem of a bundle is in: what stands before the line, "sites/a/site.json:12: …". What is
// about the whole archive names none.
static const char *file_of(struct screen *screen, const struct problem *p)
{
    const char *end = strstr(p->text, ": ");
    size_t len = end ? (size_t)(end - p->text) : 0;
    bool inside = strncmp(p->text, "sites/", 6) == 0 || strncmp(p->text, "tours/", 6) == 0;
    if (!inside && strcspn(p->text, " ") < len)
        return "";
    while (len && strchr("0123456789:", p->text[len - 1]))
        len--;
    return len ? arena_strndup(screen->arena, p->text, len) : "";
}

static void put_problem(struct screen *screen, const struct upload *upload, const struct look *look,
                        const struct problem *p, json_t *list)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list);
    context_text(c, item, "line", p->line ? arena_printf(screen->arena, "%lu", p->line) : "");
    context_text(c, item, "column",
                 p->column && p->column <= look->column_count ? look->columns[p->column - 1].name : "");
    context_text(c, item, "in", upload->kind == UPLOAD_BUNDLE ? file_of(screen, p) : "");
    context_text(c, item, "reason", told_words(screen, p));
}

// New terms, by name: a slip of the pen in a file would make two of one.
static void put_terms(struct screen *screen, json_t *object, const struct import_outcome *o)
{
    static const struct {
        const char *scheme, *key;
    } schemes[] = {
        {"kind", VIEW_KEY("desk.imports.field.kind")},
        {"category", VIEW_KEY("desk.imports.field.category")},
        {"rank", VIEW_KEY("desk.imports.field.rank")},
        {"area", VIEW_KEY("desk.imports.field.area")},
    };
    struct context *c = &screen->context;
    json_t *list = context_list(c, object, "new_terms"), *term;
    size_t i;
    json_array_foreach(o->terms, i, term)
    {
        json_t *item = context_item(c, list);
        const char *scheme = json_string_value(json_object_get(term, "scheme"));
        for (size_t k = 0; scheme && k < sizeof schemes / sizeof schemes[0]; k++)
            if (strcmp(schemes[k].scheme, scheme) == 0)
                screen_message(screen, item, "scheme", schemes[k].key, NULL);
        context_text(c, item, "label", json_string_value(json_object_get(term, "label")));
        json_t *like = json_object_get(term, "like");
        json_t *values = like ? json_pack("{s:O}", "like", like) : NULL;
        if (like)
            screen_message(screen, item, "like_words", VIEW_KEY("desk.imports.term_like"), values);
        json_decref(values);
    }
    int64_t more = import_outcome_count(o, "terms", NULL) - (int64_t)json_array_size(o->terms);
    json_t *values = json_pack("{s:I}", "count", (json_int_t)more);
    if (more > 0)
        screen_message(screen, object, "more_terms", VIEW_KEY("desk.imports.more_terms"), values);
    json_decref(values);
}

static void put_counts(struct screen *screen, json_t *object, const struct import_outcome *o)
{
    static const struct {
        const char *member, *what, *which;
    } counts[] = {
        {"added", "sites", "added"},
        {"changed", "sites", "changed"},
        {"unchanged", "sites", "unchanged"},
        {"tours_added", "tours", "added"},
        {"tours_changed", "tours", "changed"},
        {"plates_added", "plates", "added"},
        {"plates_changed", "plates", "changed"},
        {"terms", "terms", NULL},
        {"media", "media", NULL},
    };
    struct context *c = &screen->context;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        context_number(c, object, counts[i].member, import_outcome_count(o, counts[i].what, counts[i].which));
    int64_t tours = import_outcome_count(o, "tours", "read"),
            plates = import_outcome_count(o, "plates", "read");
    int64_t returned = import_outcome_count(o, "sites", "returned");
    json_t *values = json_pack("{s:I}", "count", (json_int_t)returned);
    if (returned > 0)
        screen_message(screen, object, "returned", VIEW_KEY("desk.imports.n_returned"), values);
    json_decref(values);
    context_flag(c, object, "has_terms", import_outcome_count(o, "terms", NULL) > 0);
    context_flag(c, object, "has_tours", tours > 0);
    context_flag(c, object, "has_plates", plates > 0);
    context_flag(c, object, "has_media", import_outcome_count(o, "media", NULL) > 0);
}

static int64_t changes_of(const struct import_outcome *o)
{
    static const char *const whats[] = {"sites", "tours", "plates"};
    int64_t sum = import_outcome_count(o, "terms", NULL) + import_outcome_count(o, "languages", NULL);
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        sum += import_outcome_count(o, whats[i], "added") + import_outcome_count(o, whats[i], "changed");
    return sum;
}

void import_report_put(struct screen *screen, const struct upload *upload, const struct look *look,
                       const struct import_outcome *o)
{
    struct context *c = &screen->context;
    json_t *object = context_object(c, c->root, "looked"), *list = context_list(c, object, "wrong");
    json_t *notes = context_list(c, object, "notes");
    bool is_bundle = upload->kind == UPLOAD_BUNDLE;
    int64_t total = import_outcome_count(o, "sites", "added") + import_outcome_count(o, "sites", "changed");
    put_counts(screen, object, o);
    put_terms(screen, object, o);
    context_number(c, object, "total", total);
    context_number(c, object, "problems", (int64_t)o->problem_count);
    context_flag(c, object, "has_problems", o->problem_count > 0);
    context_flag(c, object, "skippable", o->problem_count > 0 && !is_bundle);
    context_flag(c, object, "cut", o->problem_count > o->problems.count);
    context_flag(c, object, "refused", o->land && o->problem_count > 0);
    context_flag(c, object, "landable", is_bundle ? o->problem_count == 0 && changes_of(o) > 0 : total > 0);
    context_flag(c, object, "same", o->problem_count == 0 && changes_of(o) == 0);
    context_text(c, object, "unused", o->unused);
    for (size_t i = 0; i < o->problems.count; i++)
        put_problem(screen, upload, look, &o->problems.items[i], list);
    for (size_t i = 0; i < o->notes.count; i++)
        put_problem(screen, upload, look, &o->notes.items[i], notes);
    context_flag(c, object, "has_notes", o->notes.count > 0);
}
