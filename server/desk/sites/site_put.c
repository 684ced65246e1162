// The fields of a site's form, put together for the template: the texts side by side, then parts that fold.
#include <string.h>

#include "content/editing/worddiff.h"
#include "content/position.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/locale.h"
#include "server/view/view.h"

struct builder {
    struct screen *screen;
    struct site_form *f;
    const struct site_screen *what;
    struct field *fields;
    json_t **lists;    // where each field belongs; borrowed
    const char *group; // what the fields that are added next belong to, as field.h has it
    size_t count, capacity;
    struct worddiff_budget budget;
    const struct field_option *terms[4], *langs, *sources;
};

static const char *const schemes[] = {"kind", "category", "rank", "area"};

static const struct field_option origins[] = {
    {.value = "translated", .label = VIEW_KEY("desk.site.origin_translated")},
    {.value = "machine", .label = VIEW_KEY("desk.site.origin_machine")},
    {.value = "written", .label = VIEW_KEY("desk.site.origin_written")},
    {.value = NULL},
};

static bool grow(struct builder *b)
{
    size_t capacity = b->capacity ? b->capacity * 2 : 128;
    struct field *fields = arena_array(b->screen->arena, capacity, sizeof *fields);
    json_t **lists = arena_array(b->screen->arena, capacity, sizeof(json_t *));
    if (!fields || !lists) {
        b->screen->context.failed = true;
        return false;
    }
    if (b->count) {
        memcpy(fields, b->fields, b->count * sizeof *fields);
        memcpy(lists, b->lists, b->count * sizeof(json_t *));
    }
    b->fields = fields;
    b->lists = lists;
    b->capacity = capacity;
    return true;
}

static void add(struct builder *b, json_t *list, struct field field)
{
    if ((b->count == b->capacity && !grow(b)) || !field.name)
        return;
    field.focus = b->what->focus && strcmp(b->what->focus, field.name) == 0;
    field.group_text = b->group;
    b->lists[b->count] = list;
    b->fields[b->count++] = field;
}

// --- an item of the tables

static void add_words(struct builder *b, json_t *list, const struct site_item *item, struct field field)
{
    struct arena *a = b->screen->arena;
    const char *label = screen_words(b->screen, item->label, NULL);
    const char *name = field.name;
    for (size_t i = 0; i < b->f->lang_count; i++) {
        const char *lang = b->f->langs[i];
        field.name = arena_printf(a, "%s.%s", name, lang);
        field.label = NULL;
        field.label_text =
            b->f->lang_count > 1 ? arena_printf(a, "%s – %s", label, sites_language(b->screen, lang)) : label;
        field.lang = lang;
        field.hint = i == 0 ? item->hint : NULL;
        field.required = item->required && i == 0;
        add(b, list, field);
    }
}

// The ticked sources first, in the order in which the fact names them, which ticks alone could not keep.
static const struct field_option *sources_of(struct builder *b, const char *name)
{
    size_t count, kept = 0, all = 0;
    const char *const *chosen = form_values(&b->f->form, name, &count);
    bool taken[SITE_ROWS_MAX] = {false};
    while (b->sources[all].value)
        all++;
    struct field_option *options = arena_array(b->screen->arena, all + 1, sizeof *options);
    if (!chosen || !options)
        return b->sources;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < all; j++)
            if (!taken[j] && strcmp(chosen[i], b->sources[j].value) == 0) {
                options[kept++] = b->sources[j];
                taken[j] = true;
            }
    for (size_t j = 0; j < all; j++)
        if (!taken[j])
            options[kept++] = b->sources[j];
    return options;
}

static void add_item(struct builder *b, json_t *list, const struct site_item *item, const char *name)
{
    static const enum field_kind kinds[] = {
        [SITE_LONG] = FIELD_AREA,
        [SITE_NAMES] = FIELD_AREA,
        [SITE_IDS] = FIELD_TICKS,
        [SITE_ID] = FIELD_HIDDEN,
    };
    struct field field = {
        .name = name,
        .kind = item->value < sizeof kinds / sizeof kinds[0] ? kinds[item->value] : FIELD_TEXT,
        .label = item->label,
        .hint = item->hint,
        .max = item->max,
        .rows = 2,
        .required = item->required,
        .inputmode = item->value == SITE_URL ? "url" : NULL,
        .options = item->value == SITE_IDS ? sources_of(b, name) : NULL,
    };
    if (item->value == SITE_IDS && !b->sources[0].value)
        return;
    if (item->value == SITE_WORDS || item->value == SITE_LONG || item->value == SITE_NAMES)
        add_words(b, list, item, field);
    else
        add(b, list, field);
}

static void add_named(struct builder *b, json_t *list, const char *name)
{
    for (const struct site_item *item = site_items; item->name; item++)
        if (strcmp(item->name, name) == 0)
            add_item(b, list, item, name);
}

// --- texts

static const struct site_text *stored_text(const struct site *site, const char *lang)
{
    for (size_t i = 0; site && i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
    return NULL;
}

static enum err add_text(struct builder *b, json_t *texts, const char *lang, struct problem *problem)
{
    struct screen *screen = b->screen;
    struct context *c = &screen->context;
    struct arena *a = screen->arena;
    const struct site_text *stored = stored_text(b->what->stored, lang);
    bool original = strcmp(form_line(&b->f->form, "original"), lang) == 0;
    json_t *item = context_item(c, texts), *list = context_list(c, item, "fields");
    context_text(c, item, "tag", lang);
    context_text(c, item, "lang_name", locale_language_name(lang)); // its own name: people look for it
    context_flag(c, item, "is_original", original);
    context_flag(c, item, "is_stale", stored && stored->stale);
    context_flag(c, item, "is_empty", !form_has(&b->f->form, arena_printf(a, "text.%s.title", lang)));
    context_flag(c, item, "since", false);
    b->group = locale_language_name(lang);
    add(b, list,
        (struct field){.name = arena_printf(a, "text.%s.title", lang),
                       .label = VIEW_KEY("desk.site.text_title"),
                       .lang = lang,
                       .max = 300,
                       .required = original});
    add(b, list,
        (struct field){.name = arena_printf(a, "text.%s.summary", lang),
                       .kind = FIELD_AREA,
                       .label = VIEW_KEY("desk.site.text_summary"),
                       .hint = VIEW_KEY("desk.site.text_summary_hint"),
                       .lang = lang,
                       .rows = 3,
                       .max = 1000});
    add(b, list,
        (struct field){.name = arena_printf(a, "text.%s.body", lang),
                       .kind = FIELD_AREA,
                       .label = VIEW_KEY("desk.site.text_body"),
                       .hint = VIEW_KEY("desk.site.text_body_hint"),
                       .lang = lang,
                       .rows = 14});
    if (!original && stored && stored->stale)
        add(b, list,
            (struct field){.name = arena_printf(a, "text.%s.current", lang),
                           .kind = FIELD_TICK,
                           .label = VIEW_KEY("desk.site.text_current")});
    if (!original)
        add(b, list,
            (struct field){.name = arena_printf(a, "text.%s.origin", lang),
                           .kind = FIELD_CHOICE,
                           .label = VIEW_KEY("desk.site.text_origin"),
                           .options = origins});
    b->group = NULL;
    return !original && stored && stored->stale
               ? site_put_since(screen, b->what->stored, stored, &b->budget, item, problem)
               : ERR_NONE;
}

static enum err add_texts(struct builder *b, struct problem *problem)
{
    struct context *c = &b->screen->context;
    json_t *texts = context_list(c, c->root, "texts");
    context_flag(c, c->root, "several", b->f->lang_count > 1);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < b->f->lang_count; i++)
        e = add_text(b, texts, b->f->langs[i], problem);
    return e;
}

// --- parts

static json_t *add_part(struct builder *b, json_t *parts, const char *id, const char *title,
                        json_t **ret_list)
{
    struct context *c = &b->screen->context;
    json_t *part = context_item(c, parts);
    context_text(c, part, "part_id", id);
    screen_message(b->screen, part, "part_title", title, NULL);
    context_flag(c, part, "open", false);
    context_flag(c, part, "group", false);
    context_flag(c, part, "is_position", strcmp(id, "place") == 0);
    context_list(c, part, "rows");
    context_list(c, part, "later");
    *ret_list = context_list(c, part, "fields");
    return part;
}

static void add_about(struct builder *b, json_t *parts)
{
    static const char *const labels[] = {VIEW_KEY("desk.site.kind"), VIEW_KEY("desk.site.category"),
                                         VIEW_KEY("desk.site.rank"), VIEW_KEY("desk.site.area")};
    json_t *list, *part = add_part(b, parts, "about", VIEW_KEY("desk.site.part_about"), &list);
    context_flag(&b->screen->context, part, "open", true);
    for (size_t i = 0; i < 4; i++)
        add(b, list,
            (struct field){.name = schemes[i],
                           .kind = FIELD_CHOICE,
                           .label = labels[i],
                           .options = b->terms[i],
                           .required = i == 0});
    add(b, list,
        (struct field){.name = "key",
                       .label = VIEW_KEY("desk.site.key"),
                       .hint = VIEW_KEY("desk.site.key_hint"),
                       .max = 200});
}

static void add_place(struct builder *b, json_t *parts)
{
    json_t *list, *part = add_part(b, parts, "place", VIEW_KEY("desk.site.part_place"), &list);
    add(b, list,
        (struct field){.name = "position",
                       .label = VIEW_KEY("desk.site.position"),
                       .hint = VIEW_KEY("desk.site.position_hint"),
                       .max = POSITION_TEXT_MAX});
    add(b, list,
        (struct field){.name = "position.accuracy_m",
                       .label = VIEW_KEY("desk.site.accuracy"),
                       .inputmode = "decimal",
                       .max = 10});
    add_named(b, json_object_get(part, "later"), "hours"); // behind the map, which belongs to the position
}

static void add_row(struct builder *b, json_t *rows, enum site_group g, size_t row, const char *words)
{
    struct context *c = &b->screen->context;
    json_t *item = context_item(c, rows), *list = context_list(c, item, "fields");
    context_number(c, item, "number", (int64_t)row + 1);
    context_number(c, item, "row", (int64_t)row);
    context_flag(c, item, "first", row == 0);
    b->group = arena_printf(b->screen->arena, "%s %zu", words, row + 1);
    for (const struct site_item *i = site_groups[g].items; i->name; i++)
        add_item(b, list, i, arena_printf(b->screen->arena, "%s[%zu].%s", site_groups[g].name, row, i->name));
    b->group = NULL;
}

// Beside the part, in place of the button: no more rows than the document holds.
static void put_full(struct builder *b, json_t *part, size_t rows)
{
    struct context *c = &b->screen->context;
    context_flag(c, part, "full", false);
    if (rows < SITE_ROWS_MAX)
        return;
    json_t *values = json_pack("{s:i}", "max", SITE_ROWS_MAX);
    screen_message(b->screen, part, "full", VIEW_KEY("desk.site.rows_full"), values);
    json_decref(values);
}

static void add_group(struct builder *b, json_t *parts, enum site_group g, const char *title,
                      const char *what, const char *more)
{
    struct context *c = &b->screen->context;
    json_t *list, *part = add_part(b, parts, site_groups[g].name, title, &list);
    json_t *rows = json_object_get(part, "rows");
    size_t count = site_form_row_count(b->f, g);
    context_text(c, part, "group", site_groups[g].name);
    const char *words = screen_words(b->screen, what, NULL);
    context_text(c, part, "row_words", words);
    screen_message(b->screen, part, "more_words", more, NULL);
    put_full(b, part, count);
    for (size_t i = 0; i < count; i++)
        add_row(b, rows, g, i, words);
}

static void add_parts(struct builder *b)
{
    struct context *c = &b->screen->context;
    json_t *list, *parts = context_list(c, c->root, "parts");
    add_about(b, parts);
    add_group(b, parts, SITE_ADDRESSES, VIEW_KEY("desk.site.part_addresses"), VIEW_KEY("desk.site.address"),
              VIEW_KEY("desk.site.more_addresses"));
    add_place(b, parts);
    add_part(b, parts, "names", VIEW_KEY("desk.site.part_names"), &list);
    add_named(b, list, "names");
    add_part(b, parts, "decision", VIEW_KEY("desk.site.part_decision"), &list);
    add_named(b, list, "decision.number");
    add_named(b, list, "decision.date");
    add_named(b, list, "decision.authority");
    add_group(b, parts, SITE_PERIODS, VIEW_KEY("desk.site.part_periods"), VIEW_KEY("desk.site.period"),
              VIEW_KEY("desk.site.more_periods"));
    add_group(b, parts, SITE_SOURCES, VIEW_KEY("desk.site.part_sources"), VIEW_KEY("desk.site.source"),
              VIEW_KEY("desk.site.more_sources"));
    add_group(b, parts, SITE_FACTS, VIEW_KEY("desk.site.part_facts"), VIEW_KEY("desk.site.fact"),
              VIEW_KEY("desk.site.more_facts"));
    add_part(b, parts, "checked", VIEW_KEY("desk.site.part_checked"), &list);
    add_named(b, list, "checked.on");
    add_named(b, list, "checked.by");
    add_part(b, parts, "page", VIEW_KEY("desk.site.part_page"), &list);
    add(b, list,
        (struct field){.name = "slug",
                       .label = VIEW_KEY("desk.site.slug"),
                       .hint = VIEW_KEY("desk.site.slug_hint"),
                       .max = 80});
    add(b, list,
        (struct field){.name = "original",
                       .kind = FIELD_CHOICE,
                       .label = VIEW_KEY("desk.site.original"),
                       .options = b->langs});
}

// --- choices

static void make_langs(struct builder *b)
{
    struct field_option *options = arena_array(b->screen->arena, SITE_LANGS_MAX + 1, sizeof *options);
    for (size_t i = 0; options && i < b->f->lang_count; i++)
        options[i] = (struct field_option){.value = b->f->langs[i],
                                           .label_text = locale_language_name(b->f->langs[i])};
    b->langs = options;
}

// "2. Nhân vật Cần Thơ": the sources as the form has them now.
static void make_sources(struct builder *b)
{
    struct arena *a = b->screen->arena;
    size_t rows = site_form_row_count(b->f, SITE_SOURCES), count = 0;
    struct field_option *options = arena_array(a, rows + 1, sizeof *options);
    for (size_t i = 0; options && i < rows; i++) {
        const char *id = form_line(&b->f->form, arena_printf(a, "sources[%zu].id", i));
        const char *title = form_line(&b->f->form, arena_printf(a, "sources[%zu].title", i));
        if (*id && *title)
            options[count++] =
                (struct field_option){.value = id, .label_text = arena_printf(a, "%zu. %s", i + 1, title)};
    }
    b->sources = options;
}

// What the empty choice says; NULL: there is none. Who works in one area alone has it chosen, and who works
// in some has to choose: a site without an area would lie outside of them.
static const char *none_of(const struct builder *b, const char *scheme)
{
    size_t own = b->screen->user->area_count;
    if (strcmp(scheme, "kind") == 0)
        return VIEW_KEY("desk.site.choose");
    if (strcmp(scheme, "area") != 0 || own == 0)
        return VIEW_KEY("desk.site.choose_none");
    return own == 1 ? NULL : VIEW_KEY("desk.site.choose");
}

static enum err make_terms(struct builder *b, struct problem *problem)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < 4; i++)
        e = sites_terms(b->screen, schemes[i], none_of(b, schemes[i]), &b->terms[i], problem);
    return e;
}

// --- together

enum { ROWS_OPEN = 3 };

// Many rows are folded when the form is opened: on a phone one would pass screens of them to reach the next
// part. A form that comes back shows them, for one of them was added, or is wrong.
static bool rows_are_open(const struct builder *b, size_t rows)
{
    return rows > 0 && (rows <= ROWS_OPEN || b->screen->req->method == HTTP_POST);
}

static bool any_says(const json_t *fields)
{
    json_t *field;
    size_t i;
    json_array_foreach(fields, i, field)
    {
        const char *value = json_string_value(json_object_get(field, "value"));
        const char *wrong = json_string_value(json_object_get(field, "problem"));
        bool says = value && *value && !json_is_true(json_object_get(field, "is_choice"));
        if (says || (wrong && *wrong))
            return true;
    }
    return false;
}

// A part is open when something stands in it, or something is wrong there.
static void open_parts(struct builder *b)
{
    struct context *c = &b->screen->context;
    json_t *fields = json_object_get(c->root, "fields"), *part;
    size_t i;
    for (i = 0; i < b->count; i++)
        json_array_append(b->lists[i], json_array_get(fields, i));
    json_array_foreach(json_object_get(c->root, "parts"), i, part)
    {
        size_t rows = json_array_size(json_object_get(part, "rows"));
        bool open = rows_are_open(b, rows) || json_is_true(json_object_get(part, "open")) ||
                    any_says(json_object_get(part, "fields")) || any_says(json_object_get(part, "later"));
        context_flag(c, part, "open", open);
        context_flag(c, part, "row_count", false);
        if (rows)
            context_number(c, part, "row_count", (int64_t)rows);
    }
}

enum err site_put_fields(struct screen *screen, struct site_form *f, const struct site_screen *what,
                         struct problem *problem)
{
    struct builder b = {.screen = screen, .f = f, .what = what, .budget = WORDDIFF_BUDGET};
    enum err e = make_terms(&b, problem);
    make_langs(&b);
    make_sources(&b);
    if (!e && (!b.langs || !b.sources))
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = add_texts(&b, problem);
    if (e)
        return e;
    add_parts(&b);
    field_put(screen, &f->form, b.fields, b.count);
    open_parts(&b);
    return ERR_NONE;
}
