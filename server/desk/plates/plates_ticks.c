// Ticks that live across the pages of a list. The list stands in a POST form whose page and find buttons
// carry what is ticked; what is not in sight comes back as hidden fields. Without scripts, and nothing is
// kept on the server.
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

// What the pressed button asked for.
static bool asked(const struct form *form, const char *what)
{
    return strcmp(form_line(form, "do"), what) == 0;
}

bool plates_turning(const struct form *form)
{
    return asked(form, "page") || asked(form, "find") || asked(form, "forget");
}

static bool has_option(const struct field_option *options, const char *value)
{
    for (; options->value; options++)
        if (strcmp(options->value, value) == 0)
            return true;
    return false;
}

void plates_take_find(const struct list *list, const struct form *form, struct list_query *q)
{
    if (!asked(form, "find"))
        return;
    const char *search = form_line(form, "q");
    q->page = 1;
    q->search =
        *search ? arena_strndup(form->arena, search, fold_utf8_cut(search, strlen(search), LIST_SEARCH_MAX))
                : NULL;
    for (size_t i = 0; i < list->filter_count; i++) {
        const char *value = form_line(form, list->filters[i].name);
        q->values[i] = *value && (!q->options[i] || has_option(q->options[i], value)) ? value : NULL;
    }
}

// Items have the value as number or text.
static bool is_in_sight(const json_t *items, const char *member, const char *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        const json_t *has = json_object_get(item, member);
        if (json_is_string(has) ? strcmp(json_string_value(has), value) == 0
                                : strtoll(value, NULL, 10) == json_integer_value(has))
            return true;
    }
    return false;
}

void plates_put_kept(struct screen *screen, const struct form *form, const char *name, const json_t *items,
                     const char *member)
{
    struct context *c = &screen->context;
    size_t count = 0;
    int64_t kept = 0;
    const char *const *values = form_values(form, name, &count);
    json_t *list = context_list(c, c->root, "kept");
    for (size_t i = 0; i < count && !asked(form, "forget"); i++) {
        if (is_in_sight(items, member, values[i]))
            continue;
        json_t *item = context_item(c, list);
        context_text(c, item, "kept_name", name);
        context_text(c, item, "kept_value", values[i]);
        kept++;
    }
    context_flag(c, c->root, "has_kept", false);
    if (kept)
        context_number(c, context_object(c, c->root, "has_kept"), "count", kept);
}
