#include "server/desk/exchange/outcome.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/fold.h"

enum { FILE_MAX = 4 << 20 };

// --- writing

static json_t *dump_counts(const struct exchange_count *c)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "read", (json_int_t)c->read, "added",
                     (json_int_t)c->added, "changed", (json_int_t)c->changed, "unchanged",
                     (json_int_t)c->unchanged, "bad", (json_int_t)c->bad, "returned",
                     (json_int_t)c->returned);
}

// What a file says of itself need not be UTF-8.
static const char *plain(const char *text)
{
    return fold_utf8_valid(text, strlen(text)) ? text : "?";
}

static json_t *dump_problem(const struct problem *p)
{
    json_t *values = json_array();
    for (int i = 0; i < PROBLEM_VALUES; i++)
        json_array_append_new(values, json_string(plain(p->values[i])));
    return json_pack("{s:i, s:I, s:I, s:s, s:s, s:s, s:o}", "code", (int)p->code, "line", (json_int_t)p->line,
                     "column", (json_int_t)p->column, "field", plain(p->field), "text", plain(p->text), "key",
                     p->key, "values", values);
}

static json_t *dump_problems(const struct problem_list *list)
{
    json_t *all = json_array();
    for (size_t i = 0; i < list->count && i < IMPORT_PROBLEMS; i++)
        json_array_append_new(all, dump_problem(&list->items[i]));
    return all;
}

static json_t *dump_terms(const struct exchange_report *r)
{
    json_t *all = json_array();
    for (size_t i = 0; i < r->terms_named; i++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:s*}", "scheme", r->terms[i].scheme, "label",
                                             r->terms[i].label, "like", r->terms[i].like));
    return all;
}

static json_t *dump_report(const struct exchange_report *r)
{
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "sites", dump_counts(&r->sites), "tours",
                     dump_counts(&r->tours), "plates", dump_counts(&r->plates), "terms",
                     (json_int_t)r->terms_added, "languages", (json_int_t)r->languages_added, "media",
                     (json_int_t)r->media);
}

void outcome_write(const char *path, enum err e, const struct exchange_report *r)
{
    json_t *whole = json_pack(
        "{s:b, s:b, s:b, s:I, s:o, s:o, s:o, s:I, s:o, s:s}", "good", e == ERR_NONE, "stopped",
        e == ERR_CANCELLED, "landed", r->landed, "import", (json_int_t)r->import_id, "counts", dump_report(r),
        "terms", dump_terms(r), "problems", dump_problems(&r->problems), "problem_count",
        (json_int_t)r->problems.count + (json_int_t)r->problems.dropped, "notes", dump_problems(&r->notes),
        "unused", r->columns_unused.len ? plain(r->columns_unused.data) : "");
    cleanup_free char *text = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    if (text)
        (void)file_write_atomic(path, text, strlen(text), NULL);
}

// --- reading

static json_t *read_json(const char *path)
{
    cleanup_buf struct buf text = BUF_INIT;
    return file_read(path, FILE_MAX, &text, NULL) ? NULL : json_loadb(text.data, text.len, 0, NULL);
}

static void take_text(const json_t *object, const char *name, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, name));
    size_t len = text ? fold_utf8_cut(text, strlen(text), size - 1) : 0;
    snprintf(out, size, "%.*s", (int)len, text ? text : "");
}

static void read_problems(const json_t *list, struct problem_list *ret)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)list, i, item)
    {
        struct problem p = {.code = (enum err)json_integer_value(json_object_get(item, "code"))};
        p.line = (unsigned long)json_integer_value(json_object_get(item, "line"));
        p.column = (unsigned long)json_integer_value(json_object_get(item, "column"));
        take_text(item, "field", p.field, sizeof p.field);
        take_text(item, "text", p.text, sizeof p.text);
        take_text(item, "key", p.key, sizeof p.key);
        for (size_t k = 0; k < PROBLEM_VALUES; k++) {
            const char *value = json_string_value(json_array_get(json_object_get(item, "values"), k));
            snprintf(p.values[k], sizeof p.values[k], "%s", value ? value : "");
        }
        problem_list_add(ret, &p);
    }
}

void outcome_read(const char *order_path, const char *outcome_path, struct import_outcome *ret)
{
    json_t *order = read_json(order_path), *outcome = order ? read_json(outcome_path) : NULL;
    ret->form = json_incref(json_object_get(order, "form"));
    ret->land = json_is_true(json_object_get(order, "land"));
    ret->newest_import = json_integer_value(json_object_get(order, "newest_import"));
    ret->over = outcome != NULL;
    ret->stopped = json_is_true(json_object_get(outcome, "stopped"));
    ret->good = json_is_true(json_object_get(outcome, "good"));
    ret->landed = json_is_true(json_object_get(outcome, "landed"));
    ret->import_id = json_integer_value(json_object_get(outcome, "import"));
    ret->counts = json_incref(json_object_get(outcome, "counts"));
    ret->terms = json_incref(json_object_get(outcome, "terms"));
    ret->problem_count = (size_t)json_integer_value(json_object_get(outcome, "problem_count"));
    read_problems(json_object_get(outcome, "problems"), &ret->problems);
    read_problems(json_object_get(outcome, "notes"), &ret->notes);
    take_text(outcome, "unused", ret->unused, sizeof ret->unused);
    json_decref(order);
    json_decref(outcome);
}
