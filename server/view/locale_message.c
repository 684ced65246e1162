#include <stdlib.h>
#include <string.h>

#include "server/view/locale.h"
#include "server/view/locale_private.h"
#include "server/view/mustache.h"

// ---- finding: a page asks for a hundred messages

// FNV-1a, 32 bits.
static uint32_t hash_key(const char *key)
{
    uint32_t hash = 2166136261;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619;
    return hash;
}

bool locale_index(struct locale *l)
{
    size_t size = 16;
    while (size < 2 * l->count)
        size *= 2;
    const struct message **index = arena_array(&l->memory, size, sizeof(void *));
    if (!index)
        return false;
    for (size_t i = 0; i < l->count; i++) {
        size_t slot = hash_key(l->messages[i].key) & (size - 1);
        while (index[slot])
            slot = (slot + 1) & (size - 1);
        index[slot] = &l->messages[i];
    }
    l->index = index;
    l->index_mask = size - 1;
    return true;
}

// The message in *l, else in the default language, which *l is then set to. NULL when it is nowhere.
static const struct message *find_message(const struct locale **l, const char *key)
{
    uint32_t hash = hash_key(key);
    for (const struct locale *at = *l; at; at = at->fallback)
        for (size_t slot = hash & at->index_mask; at->index[slot]; slot = (slot + 1) & at->index_mask)
            if (strcmp(at->index[slot]->key, key) == 0) {
                *l = at;
                return at->index[slot];
            }
    return NULL;
}

// ---- writing

static const struct form *choose_form(const struct locale *l, const struct message *m,
                                      const struct values *values)
{
    enum plural category = PLURAL_OTHER;
    if (values->has_count && m->by != BY_ROMAN) {
        int64_t n = values->count > -INT64_MAX ? llabs(values->count) : 0;
        category = (m->by == BY_ORDINAL ? l->ordinal : l->cardinal)(n);
    }
    return m->forms[category].pieces ? &m->forms[category] : &m->forms[PLURAL_OTHER];
}

static void write_piece(const struct locale *l, const struct message *m, const struct piece *piece,
                        const struct values *values, struct buf *out)
{
    if (!piece->placeholder) {
        buf_append(out, piece->text, piece->len);
    } else if (values->has_count && strcmp(piece->text, "count") == 0) {
        if (m->by == BY_ROMAN)
            locale_roman(values->count, out);
        else
            locale_number(l, values->count, out);
    } else if (!values->write || !values->write(values->arg, l, piece->text, out)) {
        buf_printf(out, "{%s}", piece->text);
    }
}

// A message that is nowhere is written as its key.
static bool write_message(const struct locale *l, const char *key, const struct message *m,
                          const struct values *values, struct buf *out)
{
    if (!m) {
        buf_append_str(out, key);
        return false;
    }
    const struct form *form = choose_form(l, m, values);
    for (size_t i = 0; i < form->count; i++)
        write_piece(l, m, &form->pieces[i], values, out);
    return true;
}

bool locale_write(const struct locale *l, const char *key, const struct values *values, struct buf *out)
{
    const struct message *m = find_message(&l, key);
    return write_message(l, key, m, values, out);
}

struct looked_up {
    locale_lookup *lookup;
    const void *arg;
};

// With as many decimals as the shortest form has (up to 9): 1.2 is "1,2" in Vietnamese.
static void write_real(const struct locale *l, double value, struct buf *out)
{
    enum { MOST = 9 };
    cleanup_buf struct buf digits = BUF_INIT;
    int decimals = MOST;
    buf_append_fixed(&digits, value, MOST);
    while (decimals && digits.len > MOST && digits.data[digits.len - 1 - (size_t)(MOST - decimals)] == '0')
        decimals--;
    locale_decimal(l, value, decimals, out);
}

static bool write_json(const void *arg, const struct locale *l, const char *name, struct buf *out)
{
    const struct looked_up *from = arg;
    const json_t *value = from->lookup ? from->lookup(from->arg, name) : NULL;
    if (!value)
        return false;
    if (json_is_integer(value))
        locale_number(l, json_integer_value(value), out);
    else if (json_is_real(value))
        write_real(l, json_real_value(value), out);
    else
        mustache_value(out, value);
    return true;
}

bool locale_message(const struct locale *l, const char *key, locale_lookup *lookup, const void *arg,
                    struct buf *out)
{
    const struct looked_up from = {lookup, arg};
    const struct message *m = find_message(&l, key);
    if (!m || m->plain)
        return write_message(l, key, m, &(struct values){.write = NULL}, out);
    const json_t *count = m->counts && lookup ? lookup(arg, "count") : NULL;
    const struct values values = {
        .write = write_json,
        .arg = &from,
        .has_count = json_is_integer(count),
        .count = json_integer_value(count),
    };
    return write_message(l, key, m, &values, out);
}

static const json_t *lookup_member(const void *arg, const char *name)
{
    return json_object_get(arg, name);
}

bool locale_text(const struct locale *l, const char *key, const json_t *values, struct buf *out)
{
    return locale_message(l, key, values ? lookup_member : NULL, values, out);
}
