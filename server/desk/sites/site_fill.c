// A site's document into the fields of its form.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "content/plain_date.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_paths.h"

// --- languages

static void add_lang(struct site_form *f, const char *tag)
{
    for (size_t i = 0; i < f->lang_count; i++)
        if (strcmp(f->langs[i], tag) == 0)
            return;
    if (f->lang_count < SITE_LANGS_MAX)
        f->langs[f->lang_count++] = arena_strdup(f->form.arena, tag);
}

static bool takes_words(enum site_value value)
{
    return value == SITE_WORDS || value == SITE_LONG || value == SITE_NAMES;
}

static void add_langs_of(struct site_form *f, const json_t *object, const struct site_item *items)
{
    const char *tag;
    json_t *value;
    for (const struct site_item *item = items; item->name; item++)
        if (takes_words(item->value))
            json_object_foreach(site_path_get(object, item->name), tag, value) add_lang(f, tag);
}

// What is set up first, then every further language that the document has anything in.
static void find_langs(struct site_form *f, const json_t *document, const char *const *langs, size_t count)
{
    const char *tag;
    json_t *value;
    size_t i;
    for (i = 0; i < count; i++)
        add_lang(f, langs[i]);
    json_object_foreach(json_object_get(document, "text"), tag, value) add_lang(f, tag);
    add_langs_of(f, document, site_items);
    for (int g = 0; g < SITE_GROUP_COUNT; g++)
        json_array_foreach(json_object_get(document, site_groups[g].name), i, value)
            add_langs_of(f, value, site_groups[g].items);
}

static void fill_langs(struct site_form *f)
{
    const char *all = "";
    for (size_t i = 0; i < f->lang_count && all; i++)
        all = arena_printf(f->form.arena, "%s%s%s", all, *all ? " " : "", f->langs[i]);
    form_add(&f->form, "languages", all);
}

// --- values

static const char *lines_of(struct arena *a, const json_t *list)
{
    const char *text = "";
    size_t i;
    json_t *line;
    json_array_foreach(list, i, line) if (text) text =
        arena_printf(a, "%s%s%s", text, i ? "\n" : "", json_string_value(line));
    return text;
}

static void fill_words(struct site_form *f, const char *name, const json_t *words, enum site_value value)
{
    for (size_t i = 0; i < f->lang_count; i++) {
        const json_t *word = json_object_get(words, f->langs[i]);
        const char *field = arena_printf(f->form.arena, "%s.%s", name, f->langs[i]);
        form_add(&f->form, field,
                 value == SITE_NAMES ? lines_of(f->form.arena, word) : json_string_value(word));
    }
}

static void fill_item(struct site_form *f, const char *prefix, const struct site_item *item,
                      const json_t *object)
{
    const json_t *value = site_path_get(object, item->name);
    const char *name = arena_printf(f->form.arena, "%s%s", prefix, item->name);
    size_t i;
    json_t *id;
    if (!value || !name)
        return;
    if (takes_words(item->value))
        fill_words(f, name, value, item->value);
    else if (item->value == SITE_DATE)
        form_add(&f->form, name, plain_date_show(f->form.arena, json_string_value(value)));
    else if (item->value == SITE_IDS)
        json_array_foreach(value, i, id) form_add(&f->form, name, json_string_value(id));
    else
        form_add(&f->form, name, json_string_value(value));
}

static void fill_group(struct site_form *f, const struct site_group_info *group, const json_t *list)
{
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row)
    {
        const char *prefix = arena_printf(f->form.arena, "%s[%zu].", group->name, i);
        for (const struct site_item *item = group->items; prefix && item->name; item++)
            fill_item(f, prefix, item, row);
    }
}

static void fill_text(struct site_form *f, const char *lang, const json_t *text, const json_t *origin)
{
    static const char *const parts[] = {"title", "summary", "body"};
    struct arena *a = f->form.arena;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        form_add(&f->form, arena_printf(a, "text.%s.%s", lang, parts[i]),
                 json_string_value(json_object_get(text, parts[i])));
    const char *name = json_string_value(json_object_get(origin, "origin"));
    if (text)
        form_add(&f->form, arena_printf(a, "text.%s.origin", lang), name ? name : "written");
}

const char *site_number_text(struct arena *a, double number)
{
    char text[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return arena_strdup(a, text);
}

static void fill_position(struct site_form *f, const json_t *position)
{
    struct arena *a = f->form.arena;
    const json_t *accuracy = json_object_get(position, "accuracy_m");
    if (!position)
        return;
    form_add(&f->form, "position",
             arena_printf(a, "%s, %s",
                          site_number_text(a, json_number_value(json_object_get(position, "lat"))),
                          site_number_text(a, json_number_value(json_object_get(position, "lon")))));
    if (accuracy)
        form_add(&f->form, "position.accuracy_m", site_number_text(a, json_number_value(accuracy)));
}

void site_form_fill(struct site_form *f, struct arena *a, const json_t *document, const char *const *langs,
                    size_t lang_count)
{
    f->form = form_empty(a);
    f->lang_count = 0;
    find_langs(f, document, langs, lang_count);
    fill_langs(f);
    form_set_int(&f->form, "version", f->version);
    for (size_t i = 0; site_plain_members[i]; i++)
        form_add(&f->form, site_plain_members[i],
                 json_string_value(json_object_get(document, site_plain_members[i])));
    for (size_t i = 0; i < f->lang_count; i++)
        fill_text(f, f->langs[i], site_path_get(document, arena_printf(a, "text.%s", f->langs[i])),
                  site_path_get(document, arena_printf(a, "texts.%s", f->langs[i])));
    for (const struct site_item *item = site_items; item->name; item++)
        fill_item(f, "", item, document);
    fill_position(f, json_object_get(document, "position"));
    for (int g = 0; g < SITE_GROUP_COUNT; g++)
        fill_group(f, &site_groups[g], json_object_get(document, site_groups[g].name));
}
