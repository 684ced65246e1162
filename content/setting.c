#include "content/setting.h"

#include <string.h>

#include "common/clock.h"
#include "common/hash.h"
#include "content/json_text.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum err setting_get(struct connection *c, const char *name, json_t **ret, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_SETTING);
    query_bind_text(q, 1, name);
    bool row;
    enum err e = query_step(q, &row, p);
    if (e)
        return e;
    const char *text = query_text_or_empty(q, 0);
    json_t *value = row ? json_text_read(text) : json_null();
    if (!value)
        value = json_loads(text, JSON_DECODE_ANY, NULL);
    if (!value)
        return problem_set(p, ERR_CORRUPT, name, "the setting \"%s\" is damaged in the store", name);
    *ret = value;
    return ERR_NONE;
}

enum err setting_set(struct connection *writer, const char *name, const json_t *value, struct problem *p)
{
    cleanup_free char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return problem_set(p, ERR_MEMORY, name, "out of memory");
    struct query *q = query_start(writer, SQL_SET_SETTING);
    query_bind_text(q, 1, name);
    query_bind_text(q, 2, text);
    query_bind_int(q, 3, clock_now());
    enum err e = query_run(q, p);
    return e ? e : store_touch_content(writer, p);
}

enum err setting_logo(struct connection *c, struct arena *a, const char **ret, struct problem *p)
{
    json_t *value = NULL;
    enum err e = setting_get(c, SETTING_LOGO, &value, p);
    if (e)
        return e;
    const char *sha256 = json_string_value(value);
    const char *found = hash_is_hex(sha256) ? arena_strdup(a, sha256) : NULL;
    bool lost = hash_is_hex(sha256) && !found;
    json_decref(value);
    if (lost)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = found;
    return ERR_NONE;
}

bool languages_has(const struct languages *list, const char *tag)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->tags[i], tag) == 0)
            return true;
    return false;
}

enum err setting_languages(struct connection *c, struct arena *a, struct languages *ret, struct problem *p)
{
    struct languages list = {.tags = arena_array(a, LANGUAGES_MAX, sizeof *list.tags)};
    if (!list.tags)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    cleanup_query struct query *q = query_start(c, SQL_LANGUAGES);
    bool row;
    enum err e;
    while (!(e = query_step(q, &row, p)) && row && list.count < LANGUAGES_MAX)
        if (query_int(q, 1))
            list.tags[list.count++] = query_dup(q, 0, a);
    if (e)
        return e;
    if (list.count == 0)
        list.tags[list.count++] = "vi";
    *ret = list;
    return ERR_NONE;
}

enum err setting_add_language(struct connection *writer, const char *tag, int position, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_LANGUAGE);
    query_bind_text(q, 1, tag);
    query_bind_int(q, 2, position);
    enum err e = query_run(q, p);
    return e ? e : store_touch_content(writer, p);
}

enum err setting_set_languages(struct connection *writer, const struct languages *list, struct problem *p)
{
    if (list->count == 0)
        return problem_set(p, ERR_INVALID, "languages", "at least one language must stay");
    enum err e = query_run(query_start(writer, SQL_DISABLE_LANGUAGES), p);
    for (size_t i = 0; !e && i < list->count; i++)
        e = setting_add_language(writer, list->tags[i], (int)i, p);
    return e;
}
