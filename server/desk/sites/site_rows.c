// Rows of a site's form that repeat: one more, one less, one further up; and problems of the library, which
// counts the rows that are not empty.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "server/desk/sites/site_form.h"
#include "server/view/view.h"

// "facts[2].label.vi" of the group "facts": 2; -1 for other fields. *ret_rest is what follows the bracket.
static int row_of(const char *field, const char *group, const char **ret_rest)
{
    size_t len = strlen(group);
    if (strncmp(field, group, len) != 0 || field[len] != '[')
        return -1;
    char *end;
    long row = strtol(field + len + 1, &end, 10);
    if (end == field + len + 1 || *end != ']' || row < 0 || row >= SITE_ROWS_MAX)
        return -1;
    *ret_rest = end + 1;
    return (int)row;
}

size_t site_form_row_count(const struct site_form *f, enum site_group group)
{
    int last = -1;
    const char *rest;
    for (size_t i = 0; i < f->form.count; i++) {
        int row = row_of(f->form.items[i].name, site_groups[group].name, &rest);
        last = row > last ? row : last;
    }
    return (size_t)last + 1;
}

// Gives every row its new number; -1 takes it out.
static void renumber(struct site_form *f, const char *group, const int *to)
{
    size_t kept = 0;
    const char *rest = "";
    for (size_t i = 0; i < f->form.count; i++) {
        struct form_value item = f->form.items[i];
        int row = row_of(item.name, group, &rest);
        if (row >= 0 && to[row] < 0)
            continue;
        if (row >= 0)
            item.name = arena_printf(f->form.arena, "%s[%d]%s", group, to[row], rest);
        if (item.name)
            f->form.items[kept++] = item;
    }
    f->form.count = kept;
    form_changed(&f->form);
}

// "nguon-1", or the next number that no source has.
static void add_source_id(struct site_form *f, size_t row)
{
    struct arena *a = f->form.arena;
    for (size_t n = row + 1;; n++) {
        const char *id = arena_printf(a, "nguon-%zu", n);
        bool taken = false;
        for (size_t i = 0; i < row && id; i++)
            taken |= strcmp(form_line(&f->form, arena_printf(a, "sources[%zu].id", i)), id) == 0;
        if (!taken) {
            form_add(&f->form, arena_printf(a, "sources[%zu].id", row), id);
            return;
        }
    }
}

static const char *add_row(struct site_form *f, enum site_group g)
{
    const struct site_group_info *group = &site_groups[g];
    size_t row = site_form_row_count(f, g);
    if (row >= SITE_ROWS_MAX) {
        form_problem_number(&f->form, group->name, VIEW_KEY("desk.site.rows_full"), "max", SITE_ROWS_MAX);
        return NULL;
    }
    const struct site_item *first = group->items;
    if (g == SITE_SOURCES) {
        add_source_id(f, row);
        first++;
    }
    const char *name = arena_printf(f->form.arena, "%s[%zu].%s", group->name, row, first->name);
    if (name && (first->value == SITE_WORDS || first->value == SITE_LONG))
        name = arena_printf(f->form.arena, "%s.%s", name, f->langs[0]);
    if (name)
        form_add(&f->form, name, "");
    return name;
}

static void move_rows(struct site_form *f, enum site_group g, const char *verb, size_t row)
{
    int to[SITE_ROWS_MAX];
    for (int i = 0; i < SITE_ROWS_MAX; i++)
        to[i] = i;
    if (strcmp(verb, "remove") == 0) {
        to[row] = -1;
        for (size_t i = row + 1; i < SITE_ROWS_MAX; i++)
            to[i] = (int)i - 1;
    } else if (row > 0) {
        to[row] = (int)row - 1;
        to[row - 1] = (int)row;
    }
    renumber(f, site_groups[g].name, to);
}

bool site_form_rows(struct site_form *f, const char *button, const char **ret_focus)
{
    char verb[8], group[16];
    int64_t row = SITE_ROWS_MAX; // none
    int end = 0;
    *ret_focus = NULL;
    if (sscanf(button, "%7[a-z]:%15[a-z]%n", verb, group, &end) != 2)
        return false;
    const char *rest = button + end;
    if (*rest == ':' && (rest++, !number_take(&rest, 1, 3, &row)))
        return false;
    for (int g = 0; g < SITE_GROUP_COUNT; g++) {
        if (strcmp(site_groups[g].name, group) != 0)
            continue;
        if (strcmp(verb, "add") == 0)
            *ret_focus = add_row(f, (enum site_group)g);
        else if (row < SITE_ROWS_MAX && (strcmp(verb, "remove") == 0 || strcmp(verb, "up") == 0))
            move_rows(f, (enum site_group)g, verb, (size_t)row);
        else
            return false;
        return true;
    }
    return false;
}

// --- problems

static const struct site_item *item_of(const struct site_item *items, const char *name)
{
    for (; items->name; items++)
        if (strcmp(items->name, name) == 0)
            return items;
    return NULL;
}

// A path that means all languages points at the first of them.
static const char *with_lang(struct site_form *f, const struct site_item *item, const char *path)
{
    bool words = item && (item->value == SITE_WORDS || item->value == SITE_LONG || item->value == SITE_NAMES);
    return words ? arena_printf(f->form.arena, "%s.%s", path, f->langs[0]) : path;
}

static const char *field_of(struct site_form *f, const char *path)
{
    const char *rest = "";
    for (int g = 0; g < SITE_GROUP_COUNT; g++) {
        int row = row_of(path, site_groups[g].name, &rest);
        if (row < 0)
            continue;
        const char *name = *rest == '.' ? rest + 1 : rest;
        const char *field =
            arena_printf(f->form.arena, "%s[%u].%s", site_groups[g].name, f->rows[g][row], name);
        return field ? with_lang(f, item_of(site_groups[g].items, name), field) : "";
    }
    if (strncmp(path, "position", 8) == 0)
        return "position";
    if (strcmp(path, "text") == 0)
        return arena_printf(f->form.arena, "text.%s.title", f->langs[0]);
    return with_lang(f, item_of(site_items, path), path);
}

void site_form_take(struct site_form *f, const struct problem *p)
{
    const char *field = field_of(f, p->field);
    // "names.vi[2]": the third line of one field
    size_t len = field ? strcspn(field, "[") : 0;
    if (field && strncmp(field, "names.", 6) == 0)
        field = arena_strndup(f->form.arena, field, len);
    form_take_as(&f->form, field ? field : "", p);
}
