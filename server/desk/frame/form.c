#include "server/desk/frame/form.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/characters.h"
#include "common/hash.h"
#include "common/url.h"

// --- finding by name

// Whoever reads a form asks for each of its fields: one after the other, that would be the square of their
// number. From so many fields on they lie in chains by their name's hash; its key is the process's own, so
// that nobody can choose names that share a chain.
enum { CHAINED_FROM = 64 };

struct form_chain {
    unsigned first, last; // 1 + place among the items; 0: none
};

static unsigned char chain_key[crypto_shorthash_KEYBYTES];
static pthread_once_t chain_key_made = PTHREAD_ONCE_INIT;

static void make_chain_key(void)
{
    hash_random(chain_key, sizeof chain_key);
}

static struct form_chain *chain_of(const struct form *f, const char *name)
{
    uint64_t hash;
    unsigned char bytes[crypto_shorthash_BYTES];
    pthread_once(&chain_key_made, make_chain_key);
    crypto_shorthash(bytes, (const unsigned char *)name, strlen(name), chain_key);
    memcpy(&hash, bytes, sizeof hash);
    return &f->chains[hash & (f->chain_count - 1)];
}

static void chain(struct form *f, size_t place)
{
    struct form_chain *of = chain_of(f, f->items[place].name);
    unsigned number = (unsigned)place + 1;
    f->items[place].next = 0;
    if (of->last)
        f->items[of->last - 1].next = number;
    else
        of->first = number;
    of->last = number;
}

// Without memory for chains it is slower, and no more.
static void chain_all(struct form *f)
{
    size_t most = CHAINED_FROM;
    f->chains = NULL;
    if (f->count < CHAINED_FROM)
        return;
    while (most < 2 * f->count)
        most *= 2;
    f->chains = arena_array(f->arena, most, sizeof *f->chains);
    f->chain_count = most;
    for (size_t i = 0; i < f->count && f->chains; i++)
        chain(f, i);
}

void form_changed(struct form *f)
{
    chain_all(f);
}

static void add_item(struct form *f, struct form_value item)
{
    f->items[f->count++] = item;
    if (f->chains && f->count <= f->chain_count)
        chain(f, f->count - 1);
    else if (f->chains || f->count == CHAINED_FROM)
        chain_all(f);
}

// The next item of that name behind `after` (NULL: the first of all); NULL: there is none.
static const struct form_value *next_named(const struct form *f, const char *name,
                                           const struct form_value *after)
{
    if (!f->chains) {
        size_t i = after ? (size_t)(after - f->items) + 1 : 0;
        while (i < f->count && strcmp(f->items[i].name, name) != 0)
            i++;
        return i < f->count ? &f->items[i] : NULL;
    }
    unsigned number = after ? after->next : chain_of(f, name)->first;
    while (number && strcmp(f->items[number - 1].name, name) != 0)
        number = f->items[number - 1].next;
    return number ? &f->items[number - 1] : NULL;
}

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
    struct form_value item = {.name = arena_strndup(f->arena, name->data, name->len),
                              .value = arena_strndup(f->arena, clean.data, clean.len)};
    if (!item.name || !item.value)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    add_item(f, item);
    return ERR_NONE;
}

static enum err read_fields(struct form *f, const char *body, size_t len, size_t most, struct problem *p)
{
    cleanup_buf struct buf name = BUF_INIT, value = BUF_INIT;
    struct url_query walk = url_query_over(body, len);
    walk.most = (unsigned)most + 1;
    enum err e;
    while ((e = url_query_next(&walk, &name, &value, p)) == ERR_NONE) {
        if (f->count == most)
            return problem_set(p, ERR_TOO_LARGE, NULL, "the form has more than %zu fields", most);
        e = add_value(f, &name, &value, p);
        if (e)
            return e;
    }
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

// One more than there are separators: what the body can hold at most.
static size_t count_fields(const char *body, size_t len, size_t most)
{
    size_t count = 1;
    for (size_t i = 0; i < len && count < most; i++)
        count += body[i] == '&';
    return count;
}

struct form form_empty(struct arena *a)
{
    return (struct form){.arena = a};
}

enum err form_read_many(struct arena *a, const char *body, size_t len, size_t most, struct form *ret,
                        struct problem *p)
{
    struct form f = form_empty(a);
    f.capacity = count_fields(body, len, most);
    f.items = arena_array(a, f.capacity, sizeof *f.items);
    if (!f.items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = read_fields(&f, body, len, most, p);
    if (!e)
        *ret = f;
    return e;
}

enum err form_read(struct arena *a, const char *body, size_t len, struct form *ret, struct problem *p)
{
    return form_read_many(a, body, len, FORM_FIELDS_MAX, ret, p);
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
    struct form_value item = {.name = arena_strdup(f->arena, name), .value = arena_strdup(f->arena, value)};
    if (item.name && item.value)
        add_item(f, item);
}

void form_set(struct form *f, const char *name, const char *value)
{
    size_t kept = 0;
    if (value && next_named(f, name, NULL)) {
        for (size_t i = 0; i < f->count; i++)
            if (strcmp(f->items[i].name, name) != 0)
                f->items[kept++] = f->items[i];
        f->count = kept;
        chain_all(f);
    }
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
    const struct form_value *item = next_named(f, name, NULL);
    return item ? item->value : NULL;
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
    size_t count = 0, at = 0;
    for (const struct form_value *item = NULL; (item = next_named(f, name, item));)
        count++;
    const char **values = arena_array(f->arena, count + 1, sizeof *values);
    for (const struct form_value *item = NULL; values && (item = next_named(f, name, item));)
        values[at++] = item->value;
    *ret_count = at;
    return values;
}

bool form_is_ticked(const struct form *f, const char *name, const char *value)
{
    for (const struct form_value *item = NULL; (item = next_named(f, name, item));)
        if (strcmp(item->value, value) == 0)
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
