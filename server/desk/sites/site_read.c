// The fields of a site's form into its document.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/edtf.h"
#include "common/fold.h"
#include "content/plain_date.h"
#include "content/position.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_paths.h"
#include "server/view/view.h"

// --- the body

static enum err read_langs(struct site_form *f, struct problem *p)
{
    const char *at = form_line(&f->form, "languages");
    while (*at && f->lang_count < SITE_LANGS_MAX) {
        size_t len = strcspn(at, " ");
        const char *tag = arena_strndup(f->form.arena, at, len);
        if (!tag || !fold_is_lang(tag))
            return problem_set(p, ERR_INVALID, "languages", "\"%.*s\" is no language tag", (int)len, at);
        f->langs[f->lang_count++] = tag;
        at += len + (at[len] == ' ');
    }
    return f->lang_count ? ERR_NONE : problem_set(p, ERR_INVALID, "languages", "the form names no language");
}

enum err site_form_adopt(struct site_form *f, struct problem *p)
{
    if (!form_int(&f->form, "version", &f->version) || f->version < 0)
        return problem_set(p, ERR_INVALID, "version", "the form does not say which version it is of");
    f->lang_count = 0;
    return read_langs(f, p);
}

enum err site_form_read(struct site_form *ret, struct arena *a, const char *body, size_t len,
                        struct problem *p)
{
    struct site_form f = {.id = 0};
    enum err e = form_read_many(a, body, len, SITE_FIELDS_MAX, &f.form, p);
    if (!e)
        e = site_form_adopt(&f, p);
    if (!e)
        *ret = f;
    return e;
}

// --- one value

static const char *lang_field(struct site_form *f, const char *name, const char *lang)
{
    const char *field = arena_printf(f->form.arena, "%s.%s", name, lang);
    return field ? field : "";
}

static json_t *read_words(struct site_form *f, const char *name, enum site_value value)
{
    json_t *words = json_object();
    for (size_t i = 0; i < f->lang_count; i++) {
        const char *field = lang_field(f, name, f->langs[i]);
        const char *text = value == SITE_LONG ? form_text(&f->form, field) : form_line(&f->form, field);
        if (*text)
            json_object_set_new(words, f->langs[i], json_string(text));
    }
    return words;
}

// A name a line; blank lines are none.
static json_t *read_lines(const char *text)
{
    json_t *list = json_array();
    while (*text) {
        size_t len = strcspn(text, "\n"), end = len;
        size_t begin = strspn(text, " \t");
        while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\t'))
            end--;
        if (begin < end)
            json_array_append_new(list, json_stringn(text + begin, end - begin));
        text += len + (text[len] == '\n');
    }
    return list;
}

static json_t *read_names(struct site_form *f, const char *name)
{
    json_t *names = json_object();
    for (size_t i = 0; i < f->lang_count; i++) {
        json_t *list = read_lines(form_text(&f->form, lang_field(f, name, f->langs[i])));
        if (json_array_size(list))
            json_object_set(names, f->langs[i], list);
        json_decref(list);
    }
    return names;
}

static json_t *read_date(struct site_form *f, const char *name)
{
    const char *typed = form_line(&f->form, name);
    const char *date = *typed ? plain_date_read(f->form.arena, typed) : NULL;
    struct edtf parsed;
    if (date && edtf_parse(date, name, &parsed, NULL) != ERR_NONE)
        form_problem(&f->form, name, VIEW_KEY("desk.site.bad_date"));
    return date ? json_string(date) : NULL;
}

static json_t *read_url(struct site_form *f, const char *name)
{
    const char *url = form_line(&f->form, name);
    if (strncmp(url, "www.", 4) == 0)
        url = arena_printf(f->form.arena, "https://%s", url);
    if (!url || !*url)
        return NULL;
    if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || strchr(url, ' '))
        form_problem(&f->form, name, VIEW_KEY("desk.site.bad_url"));
    return json_string(url);
}

static void find_sources(struct site_form *f)
{
    f->source_count = site_form_row_count(f, SITE_SOURCES);
    for (size_t i = 0; i < f->source_count; i++) {
        const char *name = arena_printf(f->form.arena, "sources[%zu].id", i);
        f->sources[i] = form_line(&f->form, name ? name : "");
    }
}

static bool has_source(const struct site_form *f, const char *id)
{
    for (size_t i = 0; i < f->source_count; i++)
        if (strcmp(f->sources[i], id) == 0)
            return true;
    return false;
}

// Ids of sources that were taken out of the form are left out.
static json_t *read_ids(struct site_form *f, const char *name)
{
    json_t *list = json_array();
    size_t count;
    const char *const *ids = form_values(&f->form, name, &count);
    for (size_t i = 0; ids && i < count; i++)
        if (*ids[i] && has_source(f, ids[i]))
            json_array_append_new(list, json_string(ids[i]));
    return list;
}

static json_t *read_line(struct site_form *f, const char *name)
{
    const char *text = form_line(&f->form, name);
    return *text ? json_string(text) : NULL;
}

// NULL for a field that is empty.
static json_t *read_value(struct site_form *f, const char *name, enum site_value value)
{
    json_t *read = NULL;
    if (value == SITE_WORDS || value == SITE_LONG)
        read = read_words(f, name, value);
    else if (value == SITE_NAMES)
        read = read_names(f, name);
    else if (value == SITE_IDS)
        read = read_ids(f, name);
    else
        return value == SITE_DATE  ? read_date(f, name)
               : value == SITE_URL ? read_url(f, name)
                                   : read_line(f, name);
    bool is_empty = json_object_size(read) == 0 && json_array_size(read) == 0;
    if (is_empty)
        json_decref(read);
    return is_empty ? NULL : read;
}

static void read_item(struct site_form *f, const struct site_item *item, json_t *document)
{
    json_t *value = read_value(f, item->name, item->value);
    if (value)
        site_path_set(document, item->name, value);
    else
        site_path_remove(document, item->name);
}

// --- rows

static bool row_is_empty(const json_t *row)
{
    return json_object_size(row) == 0 || (json_object_size(row) == 1 && json_object_get(row, "id"));
}

// The field to point at when an item is missing: words have one for each language.
static const char *missing_field(struct site_form *f, const char *name, enum site_value value)
{
    return value == SITE_WORDS || value == SITE_LONG ? lang_field(f, name, f->langs[0]) : name;
}

static void check_row(struct site_form *f, const struct site_group_info *group, size_t row, json_t *object)
{
    for (const struct site_item *item = group->items; item->name; item++) {
        const char *name = arena_printf(f->form.arena, "%s[%zu].%s", group->name, row, item->name);
        if (name && item->required && !json_object_get(object, item->name))
            form_problem(&f->form, missing_field(f, name, item->value), VIEW_KEY("desk.site.missing"));
    }
}

static json_t *read_row(struct site_form *f, const struct site_group_info *group, size_t row)
{
    json_t *object = json_object();
    for (const struct site_item *item = group->items; item->name; item++) {
        const char *name = arena_printf(f->form.arena, "%s[%zu].%s", group->name, row, item->name);
        json_t *value = name ? read_value(f, name, item->value) : NULL;
        if (value)
            json_object_set_new(object, item->name, value);
    }
    return object;
}

static void read_group(struct site_form *f, enum site_group g, json_t *document)
{
    const struct site_group_info *group = &site_groups[g];
    json_t *list = json_array();
    size_t count = site_form_row_count(f, g);
    for (size_t i = 0; i < count; i++) {
        json_t *row = read_row(f, group, i);
        if (!row_is_empty(row)) {
            check_row(f, group, i, row);
            f->rows[g][json_array_size(list)] = (unsigned)i;
            json_array_append(list, row);
        }
        json_decref(row);
    }
    if (json_array_size(list))
        json_object_set(document, group->name, list);
    else
        json_object_del(document, group->name);
    json_decref(list);
}

// --- texts

// What stands in the form; exactly what was there before where only the blanks around it differ.
static void read_part(struct site_form *f, const char *lang, const char *part, const json_t *before,
                      json_t *text)
{
    const char *field = arena_printf(f->form.arena, "text.%s.%s", lang, part);
    const char *old = json_string_value(json_object_get(before, part));
    const char *typed = form_value(&f->form, field ? field : "");
    if (!typed || !old || strcmp(typed, old) != 0)
        typed = strcmp(part, "title") == 0 ? form_line(&f->form, field ? field : "")
                                           : form_text(&f->form, field ? field : "");
    if (*typed)
        json_object_set_new(text, part, json_string(typed));
}

static void read_origin(struct site_form *f, const char *lang, json_t *document)
{
    const char *original = form_line(&f->form, "original");
    const char *origin =
        form_line(&f->form, lang_field(f, "text", arena_printf(f->form.arena, "%s.origin", lang)));
    const char *path = arena_printf(f->form.arena, "texts.%s", lang);
    if (!path || !*origin || strcmp(lang, original) == 0)
        return;
    const char *name = arena_printf(f->form.arena, "%s.origin", path);
    const char *from = arena_printf(f->form.arena, "%s.from", path);
    if (strcmp(origin, "translated") == 0 || strcmp(origin, "machine") == 0) {
        site_path_set(document, name, json_string(origin));
        if (!site_path_get(document, from))
            site_path_set(document, from, json_string(original));
    } else if (site_path_get(document, name)) {
        site_path_remove(document, path);
    }
}

static void read_text(struct site_form *f, const char *lang, json_t *document)
{
    static const char *const parts[] = {"title", "summary", "body"};
    const char *path = arena_printf(f->form.arena, "text.%s", lang);
    json_t *text = json_object();
    for (size_t i = 0; path && i < sizeof parts / sizeof parts[0]; i++)
        read_part(f, lang, parts[i], site_path_get(document, path), text);
    if (!path || json_object_size(text) == 0) {
        site_path_remove(document, path ? path : "");
        site_path_remove(document, arena_printf(f->form.arena, "texts.%s", lang));
        json_decref(text);
        return;
    }
    if (!json_object_get(text, "title"))
        form_problem(&f->form, arena_printf(f->form.arena, "%s.title", path), VIEW_KEY("desk.site.no_title"));
    site_path_set(document, path, text);
    read_origin(f, lang, document);
}

static void read_texts(struct site_form *f, json_t *document)
{
    for (size_t i = 0; i < f->lang_count; i++)
        read_text(f, f->langs[i], document);
    const char *original = form_line(&f->form, "original");
    const char *title = arena_printf(f->form.arena, "text.%s.title", original);
    if (title && !site_path_get(document, title) && !form_problem_of(&f->form, title))
        form_problem(&f->form, title, VIEW_KEY("desk.site.no_title"));
}

// --- where

static void read_accuracy(struct site_form *f, json_t *position)
{
    const char *typed = form_line(&f->form, "position.accuracy_m");
    char *end;
    double metres = strtod(typed, &end);
    json_object_del(position, "accuracy_m");
    if (!*typed)
        return;
    if (*end || !(metres >= 0 && metres <= 1e7))
        form_problem(&f->form, "position.accuracy_m", VIEW_KEY("desk.site.bad_metres"));
    else
        json_object_set_new(position, "accuracy_m", json_real(metres));
}

static const char *position_text(struct arena *a, const json_t *position)
{
    if (!position)
        return NULL;
    return arena_printf(a, "%s, %s", site_number_text(a, json_number_value(json_object_get(position, "lat"))),
                        site_number_text(a, json_number_value(json_object_get(position, "lon"))));
}

enum err site_form_position(const struct form *f, struct position *ret, struct problem *p)
{
    struct position at;
    enum err e = position_read(form_line(f, "position"), "position", &at, p);
    if (!e)
        e = position_check(at.lat, at.lon, "position", p);
    if (!e)
        *ret = at;
    return e;
}

static void read_position(struct site_form *f, json_t *document)
{
    const char *typed = form_line(&f->form, "position");
    const char *old = position_text(f->form.arena, json_object_get(document, "position"));
    struct position at;
    struct problem p = PROBLEM_INIT;
    if (!*typed) {
        json_object_del(document, "position");
        return;
    }
    if (!old || strcmp(old, typed) != 0) {
        if (site_form_position(&f->form, &at, &p)) {
            form_take(&f->form, &p);
            return;
        }
        json_object_set_new(document, "position", json_pack("{s:f, s:f}", "lat", at.lat, "lon", at.lon));
    }
    read_accuracy(f, json_object_get(document, "position"));
}

// --- all of it

static void read_plain(struct site_form *f, json_t *document)
{
    for (size_t i = 0; site_plain_members[i]; i++) {
        const char *name = site_plain_members[i], *value = form_line(&f->form, name);
        if (*value)
            json_object_set_new(document, name, json_string(value));
        else if (strcmp(name, "slug") != 0 && strcmp(name, "original") != 0)
            json_object_del(document, name); // an address is never taken away, nor the original language
    }
    if (!json_object_get(document, "kind"))
        form_problem(&f->form, "kind", VIEW_KEY("desk.site.no_kind"));
    const char *slug = json_string_value(json_object_get(document, "slug"));
    if (slug && !fold_is_slug(slug))
        form_problem(&f->form, "slug", VIEW_KEY("desk.site.bad_slug"));
}

json_t *site_form_document(struct site_form *f, const json_t *before)
{
    json_t *document = before ? json_deep_copy(before) : json_pack("{s:s}", "state", "draft");
    if (!document)
        return NULL;
    if (!form_has(&f->form, "original"))
        form_set(&f->form, "original", f->langs[0]);
    find_sources(f);
    read_plain(f, document);
    read_texts(f, document);
    for (const struct site_item *item = site_items; item->name; item++)
        read_item(f, item, document);
    if (json_object_get(document, "checked") && !site_path_get(document, "checked.on"))
        form_problem(&f->form, "checked.on", VIEW_KEY("desk.site.missing"));
    read_position(f, document);
    for (int g = 0; g < SITE_GROUP_COUNT; g++)
        read_group(f, (enum site_group)g, document);
    return document;
}
