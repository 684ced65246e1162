// What the columns of a table hold: guessed, shown with samples, chosen.
#include "server/desk/exchange/import_columns.h"

#include <stdio.h>
#include <string.h>

#include "server/view/locale.h"
#include "server/view/view.h"

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
    return field->lang ? arena_printf(screen->arena, "%s (%s)", words, screen_language(screen, field->lang))
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

void import_columns_put(struct screen *screen, const struct upload *upload, const struct form *form,
                        const struct look *look, bool fresh)
{
    struct context *c = &screen->context;
    context_text(c, c->root, "token", upload->token);
    context_text(c, c->root, "file", upload->name);
    context_text(c, c->root, "texts_in", screen_language(screen, upload->lang));
    context_text(c, c->root, "encoding", look->encoding ? look->encoding : "UTF-8");
    put_states(screen, form);
    context_flag(c, c->root, "skip_bad", form_has(form, "skip_bad"));
    context_flag(c, c->root, "is_table", upload->kind == UPLOAD_TABLE);
    context_flag(c, c->root, "is_bundle", upload->kind == UPLOAD_BUNDLE);
    json_t *columns = context_list(c, c->root, "columns");
    for (size_t i = 0; i < look->column_count; i++)
        put_column(screen, form, look, i, fresh, columns);
}

enum err import_columns_look(struct screen *screen, const struct upload *upload, struct look *ret,
                             struct problem *problem)
{
    *ret = (struct look){0};
    return upload->kind == UPLOAD_TABLE ? look_table(screen->db, screen->arena, upload->path, upload->lang,
                                                     upload->encoding, 0, ret, problem)
                                        : ERR_NONE;
}

// --- what was chosen

const char *import_columns_mapping(struct arena *a, const struct form *form, const struct look *look)
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

const char *import_columns_doubled(struct screen *screen, const struct form *form, const struct look *look)
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

const char *import_columns_state(const struct form *form)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(form_line(form, "state"), states[i]) == 0)
            return states[i];
    return states[0];
}
