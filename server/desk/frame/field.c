#include "server/desk/frame/field.h"

#include <stdio.h>
#include <string.h>

#include "content/term.h"
#include "server/desk/frame/told.h"
#include "server/view/view.h"

static const char *const kind_flags[] = {
    [FIELD_TEXT] = "is_text",     [FIELD_AREA] = "is_area",     [FIELD_PASSWORD] = "is_password",
    [FIELD_CHOICE] = "is_choice", [FIELD_RADIO] = "is_radio",   [FIELD_TICK] = "is_tick",
    [FIELD_TICKS] = "is_ticks",   [FIELD_HIDDEN] = "is_hidden",
};

// "title[vi]" -> "title_vi": a name that templates and ids can carry.
static const char *member_name(struct screen *screen, const char *name)
{
    char *copy = arena_strdup(screen->arena, name), *to = copy;
    if (!copy)
        return "";
    for (const char *at = name; *at; at++)
        if (*at == '[' || *at == '.')
            *to++ = '_';
        else if (*at != ']')
            *to++ = *at;
    *to = '\0';
    return copy;
}

// --- what is wrong

static char plain_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '_';
}

static const char *plain_word(struct screen *screen, const char *text)
{
    char *copy = arena_strdup(screen->arena, text);
    for (char *at = copy; at && *at; at++)
        *at = plain_char(*at);
    return copy ? copy : "";
}

static const char *own_sentence(struct screen *screen, const struct form_problem *problem)
{
    json_t *values = NULL;
    if (problem->placeholder)
        values = problem->words ? json_pack("{s:s}", problem->placeholder, problem->words)
                                : json_pack("{s:I}", problem->placeholder, (json_int_t)problem->number);
    const char *text = screen_words(screen, problem->key, values);
    json_decref(values);
    return text;
}

static const char *sentence(struct screen *screen, const struct form_problem *problem)
{
    if (problem->key)
        return own_sentence(screen, problem);
    const struct problem *said = problem->problem;
    const char *field = plain_word(screen, problem->field), *code = plain_word(screen, err_name(said->code));
    const char *words =
        screen_words_if(screen, arena_printf(screen->arena, "desk.problem.%s.%s", field, code), NULL);
    if (!words)
        words = screen_words_if(screen, arena_printf(screen->arena, "desk.problem.%s.any", field), NULL);
    if (!words && strncmp(said->key, "member.", 7) != 0) // which names a member of a file
        words = told_named(screen, said);
    if (!words)
        words = screen_words_if(screen, arena_printf(screen->arena, "desk.problem.any.%s", code), NULL);
    return words ? words : told_words(screen, said);
}

static const struct field *field_of(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static const char *label_of(struct screen *screen, const struct field *field)
{
    return field->label ? screen_words(screen, field->label, NULL) : field->label_text;
}

static bool is_said_twice(const char *const *sentences, size_t count, size_t which)
{
    for (size_t i = 0; i < count; i++)
        if (i != which && strcmp(sentences[i], sentences[which]) == 0)
            return true;
    return false;
}

// "Địa chỉ 2 – Dùng từ: Chưa hiểu ngày này.", for two that would read alike.
static const char *with_label(struct screen *screen, const struct field *field, const char *words)
{
    const char *label = label_of(screen, field), *group = field->group_text;
    if (!label)
        return words;
    return arena_printf(screen->arena, "%s%s%s: %s", group ? group : "", group ? " – " : "", label, words);
}

// The summary at the top: what belongs to a field of this table is a link to it.
static void put_problems(struct screen *screen, const struct form *form, const struct field *fields,
                         size_t count)
{
    struct context *c = &screen->context;
    if (!form->failed || json_object_get(c->root, "problems"))
        return;
    json_t *object = context_object(c, c->root, "problems");
    json_t *list = context_list(c, object, "items");
    const char *sentences[FORM_PROBLEMS_MAX];
    context_number(c, object, "count", (int64_t)form->problem_count);
    for (size_t i = 0; i < form->problem_count; i++)
        sentences[i] = sentence(screen, &form->problems[i]);
    for (size_t i = 0; i < form->problem_count; i++) {
        const struct form_problem *problem = &form->problems[i];
        json_t *item = context_item(c, list);
        const struct field *field = field_of(fields, count, problem->field);
        bool twice = field && is_said_twice(sentences, form->problem_count, i);
        context_text(c, item, "text", twice ? with_label(screen, field, sentences[i]) : sentences[i]);
        context_flag(c, item, "target", false);
        if (field)
            context_text(c, item, "target",
                         arena_printf(screen->arena, "field-%s", member_name(screen, problem->field)));
    }
}

// --- one field

static void put_options(struct screen *screen, const struct form *form, const struct field *field,
                        const char *id, json_t *object)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, object, "options");
    for (size_t i = 0; field->options && field->options[i].value; i++) {
        const struct field_option *option = &field->options[i];
        json_t *item = context_item(c, list);
        context_text(c, item, "value", option->value);
        context_text(c, item, "label",
                     option->label ? screen_words(screen, option->label, NULL) : option->label_text);
        context_text(c, item, "hint", option->hint ? screen_words(screen, option->hint, NULL) : "");
        context_text(c, item, "id", i ? arena_printf(screen->arena, "%s-%zu", id, i) : id);
        context_text(c, item, "name", field->name);
        context_flag(c, item, "chosen", form_is_ticked(form, field->name, option->value));
    }
}

// Absent texts are empty rather than missing: templates would find a parent's.
static void put_text(struct screen *screen, json_t *object, const char *member, const char *text)
{
    context_text(&screen->context, object, member, text ? text : "");
}

static void put_words(struct screen *screen, json_t *object, const char *member, const char *key)
{
    put_text(screen, object, member, key ? screen_words(screen, key, NULL) : NULL);
}

static void put_attributes(struct screen *screen, json_t *object, const struct field *field)
{
    struct context *c = &screen->context;
    put_text(screen, object, "type", field->type ? field->type : "text");
    put_text(screen, object, "autocomplete", field->autocomplete ? field->autocomplete : "off");
    put_text(screen, object, "inputmode", field->inputmode);
    put_text(screen, object, "field_lang", field->lang);
    put_text(screen, object, "list", field->list);
    put_text(screen, object, "max", field->max ? arena_printf(screen->arena, "%u", field->max) : NULL);
    put_text(screen, object, "rows", arena_printf(screen->arena, "%u", field->rows ? field->rows : 4));
    context_flag(c, object, "required", field->required);
    context_flag(c, object, "optional", field->optional);
    context_flag(c, object, "focus", field->focus);
}

static void put_described(struct screen *screen, json_t *object, const char *id, bool hint, bool wrong)
{
    const char *described = "";
    if (hint || wrong)
        described = arena_printf(screen->arena, "%s%s%s%s%s", hint ? id : "", hint ? "-hint" : "",
                                 hint && wrong ? " " : "", wrong ? id : "", wrong ? "-problem" : "");
    put_text(screen, object, "described", described);
}

static void put_field(struct screen *screen, const struct form *form, const struct field *field,
                      json_t *object)
{
    struct context *c = &screen->context;
    const char *id = arena_printf(screen->arena, "field-%s", member_name(screen, field->name));
    const struct form_problem *problem = form_problem_of(form, field->name);
    for (size_t i = 0; i < sizeof kind_flags / sizeof kind_flags[0]; i++)
        context_flag(c, object, kind_flags[i], i == field->kind);
    put_text(screen, object, "id", id);
    put_text(screen, object, "name", field->name);
    put_text(screen, object, "label", label_of(screen, field));
    put_words(screen, object, "hint", field->hint);
    put_text(screen, object, "problem", problem ? sentence(screen, problem) : NULL);
    put_text(screen, object, "value", field->kind == FIELD_PASSWORD ? NULL : form_value(form, field->name));
    context_flag(c, object, "ticked", field->kind == FIELD_TICK && form_has(form, field->name));
    put_attributes(screen, object, field);
    put_described(screen, object, id ? id : "", field->hint != NULL, problem != NULL);
    put_options(screen, form, field, id ? id : "", object);
}

void field_put(struct screen *screen, const struct form *form, const struct field *fields, size_t count)
{
    struct context *c = &screen->context;
    json_t *list = json_object_get(c->root, "fields"), *by_name = json_object_get(c->root, "field");
    if (!list)
        list = context_list(c, c->root, "fields");
    if (!by_name)
        by_name = context_object(c, c->root, "field");
    for (size_t i = 0; i < count; i++) {
        json_t *object = context_item(c, list);
        put_field(screen, form, &fields[i], object);
        if (object && json_object_set(by_name, member_name(screen, fields[i].name), object) != 0)
            c->failed = true;
    }
    put_problems(screen, form, fields, count);
}

void field_answer(struct screen *screen, const struct form *form)
{
    if (form->failed)
        screen->res->status = 422;
}

enum err field_terms(struct screen *screen, const char *scheme, const struct field_option **ret,
                     struct problem *p)
{
    struct terms terms;
    enum err e = term_list(screen->db, screen->arena, scheme, &terms, p);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, terms.count + 1, sizeof *options);
    if (!options)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < terms.count; i++) {
        const char *label = screen_label(screen, terms.items[i].labels);
        options[i].value = terms.items[i].key;
        options[i].label_text = label ? label : terms.items[i].key;
    }
    *ret = options;
    return ERR_NONE;
}
