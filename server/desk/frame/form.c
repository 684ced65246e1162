#include "server/desk/frame/form.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/characters.h"
#include "common/url.h"

// --- reading

static bool is_name(const char *name, size_t len)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.[]";
    return len >= 1 && len <= FORM_NAME_MAX && strspn(name, allowed) == len;
}

static enum err add_value(struct form *f, const struct buf *name, const struct buf *value, struct problem *p)
{
    cleanup_buf struct buf clean = BUF_INIT;
    if (!is_name(name->data, name->len))
        return problem_set(p, ERR_INVALID, NULL, "the form has a field without a proper name");
    if (memchr(value->data, '\0', value->len))
        return problem_set(p, ERR_INVALID, name->data, "the field %s holds a NUL", name->data);
    enum err e = characters_clean(value->data, value->len, &clean, p);
    if (e)
        return e;
    struct form_value item = {arena_strndup(f->arena, name->data, name->len),
                              arena_strndup(f->arena, clean.data, clean.len)};
    if (!item.name || !item.value)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    f->items[f->count++] = item;
    return ERR_NONE;
}

static enum err read_fields(struct form *f, const char *body, size_t len, struct problem *p)
{
    cleanup_buf struct buf name = BUF_INIT, value = BUF_INIT;
    struct url_query walk = url_query_over(body, len);
    enum err e;
    while ((e = url_query_next(&walk, &name, &value, p)) == ERR_NONE) {
        if (f->count == FORM_FIELDS_MAX)
            return problem_set(p, ERR_TOO_LARGE, NULL, "the form has more than %d fields", FORM_FIELDS_MAX);
        e = add_value(f, &name, &value, p);
        if (e)
            return e;
    }
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

// One more than there are separators: what the body can hold at most.
static size_t count_fields(const char *body, size_t len)
{
    size_t count = 1;
    for (size_t i = 0; i < len && count < FORM_FIELDS_MAX; i++)
        count += body[i] == '&';
    return count;
}

struct form form_empty(struct arena *a)
{
    return (struct form){.arena = a};
}

enum err form_read(struct arena *a, const char *body, size_t len, struct form *ret, struct problem *p)
{
    struct form f = form_empty(a);
    f.items = arena_array(a, count_fields(body, len), sizeof *f.items);
    f.capacity = count_fields(body, len);
    if (!f.items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = read_fields(&f, body, len, p);
    if (!e)
        *ret = f;
    return e;
}

// --- filling

static bool make_room(struct form *f)
{
    if (f->count < f->capacity)
        return true;
    size_t capacity = f->capacity ? f->capacity * 2 : 32;
    struct form_value *items = arena_array(f->arena, capacity, sizeof *items);
    if (!items)
        return false;
    if (f->count)
        memcpy(items, f->items, f->count * sizeof *items);
    f->items = items;
    f->capacity = capacity;
    return true;
}

enum err form_take_field(struct form *f, const char *name, const char *value, size_t len, struct problem *p)
{
    cleanup_buf struct buf name_bytes = BUF_INIT, value_bytes = BUF_INIT;
    buf_append_str(&name_bytes, name);
    buf_append(&value_bytes, value, len);
    if (name_bytes.failed || value_bytes.failed || !make_room(f))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return add_value(f, &name_bytes, &value_bytes, p);
}

void form_add(struct form *f, const char *name, const char *value)
{
    if (!value)
        return;
    if (!make_room(f))
        return;
    struct form_value item = {arena_strdup(f->arena, name), arena_strdup(f->arena, value)};
    if (item.name && item.value)
        f->items[f->count++] = item;
}

void form_set(struct form *f, const char *name, const char *value)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->count && value; i++)
        if (strcmp(f->items[i].name, name) != 0)
            f->items[kept++] = f->items[i];
    if (value)
        f->count = kept;
    form_add(f, name, value);
}

void form_set_int(struct form *f, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    form_set(f, name, text);
}

// --- asking

const char *form_value(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0)
            return f->items[i].value;
    return NULL;
}

const char *form_text(const struct form *f, const char *name)
{
    const char *value = form_value(f, name);
    if (!value)
        return "";
    value += strspn(value, " \t\n");
    size_t len = strlen(value);
    while (len && strchr(" \t\n", value[len - 1]))
        len--;
    const char *text = arena_strndup(f->arena, value, len);
    return text ? text : "";
}

const char *form_line(const struct form *f, const char *name)
{
    char *text = (char *)form_text(f, name); // its copy, made above
    if (!*text)
        return text;
    char *to = text;
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " \t\n");
        if (blanks)
            *to++ = ' ';
        else
            *to++ = *at;
        at += blanks ? blanks : 1;
    }
    *to = '\0';
    return text;
}

bool form_has(const struct form *f, const char *name)
{
    const char *value = form_value(f, name);
    return value && *value;
}

const char *const *form_values(const struct form *f, const char *name, size_t *ret_count)
{
    const char **values = arena_array(f->arena, f->count + 1, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; values && i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0)
            values[count++] = f->items[i].value;
    *ret_count = count;
    return values;
}

bool form_is_ticked(const struct form *f, const char *name, const char *value)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0 && strcmp(f->items[i].value, value) == 0)
            return true;
    return false;
}

bool form_int(const struct form *f, const char *name, int64_t *ret)
{
    const char *text = form_text(f, name);
    bool negative = *text == '-';
    text += negative;
    size_t len = strlen(text);
    if (len < 1 || len > 18 || strspn(text, "0123456789") != len)
        return false;
    int64_t n = 0;
    for (; *text; text++)
        n = n * 10 + (*text - '0');
    *ret = negative ? -n : n;
    return true;
}

// --- problems

static void add_problem(struct form *f, const struct form_problem *problem)
{
    f->failed = true;
    if (f->problem_count < FORM_PROBLEMS_MAX)
        f->problems[f->problem_count++] = *problem;
}

void form_problem(struct form *f, const char *field, const char *key)
{
    add_problem(f, &(struct form_problem){.field = field, .key = key});
}

void form_problem_number(struct form *f, const char *field, const char *key, const char *placeholder,
                         int64_t number)
{
    add_problem(
        f, &(struct form_problem){.field = field, .key = key, .placeholder = placeholder, .number = number});
}

void form_problem_words(struct form *f, const char *field, const char *key, const char *placeholder,
                        const char *words)
{
    const char *kept = arena_strdup(f->arena, words);
    add_problem(f, &(struct form_problem){
                       .field = field, .key = key, .placeholder = placeholder, .words = kept ? kept : ""});
}

void form_take_as(struct form *f, const char *field, const struct problem *p)
{
    static const struct problem unknown = {.code = ERR_INVALID};
    const char *kept_field = arena_strdup(f->arena, field);
    struct problem *kept = arena_alloc(f->arena, sizeof *kept);
    if (kept) {
        *kept = *p;
        kept->code = p->code ? p->code : ERR_INVALID;
    }
    add_problem(
        f, &(struct form_problem){.field = kept_field ? kept_field : "", .problem = kept ? kept : &unknown});
}

void form_take(struct form *f, const struct problem *p)
{
    form_take_as(f, p->field, p);
}

const struct form_problem *form_problem_of(const struct form *f, const char *field)
{
    for (size_t i = 0; i < f->problem_count; i++)
        if (strcmp(f->problems[i].field, field) == 0)
            return &f->problems[i];
    return NULL;
}
