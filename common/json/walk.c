#include "common/json/walk.h"

#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // a sentence has no conversion, but may have a name
#pragma GCC diagnostic ignored "-Wformat-security"

enum err walk_fault(struct walk *w, const char *sentence)
{
    return problem_at(w->p, ERR_INVALID, w->line, 0, NULL, sentence);
}

#pragma GCC diagnostic pop

static void advance(struct walk *w, size_t to)
{
    for (; w->at < to && w->at < w->len; w->at++)
        w->line += w->text[w->at] == '\n';
}

char walk_peek(struct walk *w)
{
    while (w->at < w->len && strchr(" \t\r\n", w->text[w->at]) && w->text[w->at])
        advance(w, w->at + 1);
    return w->at < w->len ? w->text[w->at] : '\0';
}

bool walk_take(struct walk *w, char c)
{
    if (walk_peek(w) != c)
        return false;
    advance(w, w->at + 1);
    return true;
}

bool walk_at_end(struct walk *w)
{
    return !walk_peek(w) && w->at == w->len;
}

enum err walk_value(struct walk *w, json_t **ret)
{
    walk_peek(w);
    size_t room = w->len - w->at < w->value_max ? w->len - w->at : w->value_max;
    json_error_t error;
    json_t *value = json_loadb(w->text + w->at, room,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
    if (!value && room == w->value_max && error.position >= (int)room)
        return problem_at(w->p, ERR_TOO_LARGE, w->line, 0, NULL,
                          MESSAGE("geojson.value_large") "one value here has more than %zu KB",
                          w->value_max >> 10);
    if (!value)
        return problem_at(w->p, ERR_INVALID, w->line + (error.line > 0 ? (unsigned long)error.line - 1 : 0),
                          0, NULL, MESSAGE("json.invalid") "this is no valid JSON: %s", error.text);
    advance(w, w->at + (size_t)error.position);
    *ret = value;
    return ERR_NONE;
}

enum err walk_list(struct walk *w, const char *no_list, const char *not_closed, walk_entry_fn *each,
                   void *arg)
{
    if (!walk_take(w, '['))
        return walk_fault(w, no_list);
    if (walk_take(w, ']'))
        return ERR_NONE;
    size_t number = 0;
    do {
        json_t *value = NULL;
        walk_peek(w);
        unsigned long line = w->line;
        enum err e = walk_value(w, &value);
        if (!e)
            e = each(arg, value, number++, line, w->p);
        json_decref(value);
        if (e)
            return e;
    } while (walk_take(w, ','));
    return walk_take(w, ']') ? ERR_NONE : walk_fault(w, not_closed);
}

enum err walk_object(struct walk *w, const char *no_object, walk_member_fn *each, void *arg)
{
    if (!walk_take(w, '{'))
        return walk_fault(w, no_object);
    if (walk_take(w, '}'))
        return ERR_NONE;
    do {
        json_t *name = NULL;
        enum err e = walk_peek(w) == '"'
                         ? walk_value(w, &name)
                         : walk_fault(w, MESSAGE("geojson.member") "the name of a member must stand here");
        if (!e && !walk_take(w, ':'))
            e = walk_fault(w, MESSAGE("geojson.colon") "a colon must stand here");
        if (!e)
            e = each(arg, w, json_string_value(name));
        json_decref(name);
        if (e)
            return e;
    } while (walk_take(w, ','));
    return walk_take(w, '}')
               ? ERR_NONE
               : walk_fault(w, MESSAGE("geojson.end") "the file ends too early: “}” is missing");
}
