#include "common/json/shape.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/edtf.h"
#include "common/fold.h"
#include "common/hash.h"

enum { PATH_SIZE = 160, TEXT_LIST_LIMIT = 200 };

typedef enum err check_fn(const json_t *value, const struct shape_member *m, const char *path,
                          struct problem *p);

// `sentence` takes the path.
#define want(path, sentence, p)                                                                              \
    problem_set(p, ERR_INVALID, path, sentence, (path)[0] ? (path) : "the document")

static enum err check_plain(const char *text, size_t len, size_t limit, const char *path, struct problem *p)
{
    if (len == 0)
        return problem_set(p, ERR_INVALID, path,
                           MESSAGE("member.empty") "\"%s\" is empty: leave it out where nothing is known",
                           path);
    if (len > limit)
        return problem_set(
            p, ERR_TOO_LARGE, path,
            MESSAGE("member.long") "\"%s\" is too long: there is room for its first %zu characters", path,
            fold_utf8_count(text, fold_utf8_cut(text, len, limit)));
    if (strlen(text) != len)
        return problem_set(p, ERR_INVALID, path, MESSAGE("member.nul") "\"%s\" holds a NUL", path);
    cleanup_buf struct buf nfc = BUF_INIT;
    enum err e = fold_nfc(text, len, &nfc, p);
    if (e)
        return e;
    if (nfc.len != len || memcmp(nfc.data, text, len) != 0)
        return problem_set(p, ERR_INVALID, path,
                           MESSAGE("member.form_c") "\"%s\" is not in Unicode Normalization Form C", path);
    return ERR_NONE;
}

static enum err check_text(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    if (!json_is_string(value))
        return want(path, MESSAGE("member.text") "\"%s\" must be a text", p);
    return check_plain(json_string_value(value), json_string_length(value), m->limit ? m->limit : 300, path,
                       p);
}

static enum err check_slug(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    (void)m;
    if (json_is_string(value) && fold_is_slug(json_string_value(value)))
        return ERR_NONE;
    return want(path, MESSAGE("member.slug") "\"%s\" must be a slug: 1 to 80 of a-z, 0-9 and inner hyphens",
                p);
}

static enum err check_lang(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    (void)m;
    if (json_is_string(value) && fold_is_lang(json_string_value(value)))
        return ERR_NONE;
    return want(
        path,
        MESSAGE("member.language") "\"%s\" must be a language tag in lower case, as \"vi\" or \"zh-hant\"",
        p);
}

static enum err check_date(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    (void)m;
    struct edtf date;
    if (!json_is_string(value))
        return want(path, MESSAGE("member.date") "\"%s\" must be a date", p);
    return edtf_parse(json_string_value(value), path, &date, p);
}

static enum err check_instant(const json_t *value, const struct shape_member *m, const char *path,
                              struct problem *p)
{
    int64_t when;
    (void)m;
    if (clock_read_rfc3339(json_string_value(value), &when))
        return ERR_NONE;
    return want(path, MESSAGE("member.time") "\"%s\" must be a time in UTC, as \"2026-11-22T01:00:00Z\"", p);
}

static enum err check_url(const json_t *value, const struct shape_member *m, const char *path,
                          struct problem *p)
{
    const char *url = json_string_value(value);
    bool scheme = url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
    if (!scheme || strpbrk(url, " \t\r\n\"<>"))
        return want(
            path, MESSAGE("member.url") "\"%s\" must be an address that begins with https:// or http://", p);
    if (strlen(url) > (m->limit ? m->limit : 2000))
        return problem_set(p, ERR_TOO_LARGE, path, MESSAGE("member.too_long") "\"%s\" is too long", path);
    return ERR_NONE;
}

static enum err check_number(const json_t *value, const struct shape_member *m, const char *path,
                             struct problem *p)
{
    double n = json_number_value(value);
    if (json_is_number(value) && n >= m->min && n <= m->max)
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, path, MESSAGE("member.number") "\"%s\" must be a number from %g to %g",
                       path, m->min, m->max);
}

static enum err check_bool(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    (void)m;
    return json_is_boolean(value) ? ERR_NONE
                                  : want(path, MESSAGE("member.bool") "\"%s\" must be true or false", p);
}

static enum err check_one_of(const json_t *value, const struct shape_member *m, const char *path,
                             struct problem *p)
{
    cleanup_buf struct buf list = BUF_INIT;
    for (const char *const *choice = m->choices; *choice; choice++) {
        if (json_is_string(value) && strcmp(json_string_value(value), *choice) == 0)
            return ERR_NONE;
        buf_printf(&list, "%s\"%s\"", list.len ? ", " : "", *choice);
    }
    return problem_set(p, ERR_INVALID, path, MESSAGE("member.choice") "\"%s\" must be one of %s", path,
                       list.data);
}

static enum err check_hash(const json_t *value, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    (void)m;
    return hash_is_hex(json_string_value(value))
               ? ERR_NONE
               : want(path, MESSAGE("member.hash") "\"%s\" must be 64 hexadecimal digits", p);
}

static enum err check_words(const json_t *value, const struct shape_member *m, const char *path,
                            struct problem *p)
{
    const char *lang;
    json_t *text;
    if (!json_is_object(value) || json_object_size(value) == 0)
        return problem_set(p, ERR_INVALID, path,
                           MESSAGE("member.words") "\"%s\" must be words, as {\"vi\": \"…\"}", path);
    struct shape_member each = {.type = SHAPE_TEXT, .limit = m->limit ? m->limit : 1000};
    struct shape_member tag = {.type = SHAPE_LANG};
    json_object_foreach((json_t *)value, lang, text)
    {
        json_t *key = json_string(lang);
        enum err e = shape_check_member(key, &tag, path, p);
        json_decref(key);
        if (!e)
            e = shape_check_member(text, &each, path, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static enum err check_each(const json_t *list, const struct shape_member *m, const char *path,
                           struct problem *p)
{
    if (!json_is_array(list))
        return want(path, MESSAGE("member.list") "\"%s\" must be a list", p);
    if (m->limit && json_array_size(list) > m->limit)
        return problem_set(p, ERR_TOO_LARGE, path,
                           MESSAGE("member.entries") "\"%s\" has more than %zu entries", path, m->limit);
    static const enum shape_type inner_types[] = {
        [SHAPE_LIST] = SHAPE_OBJECT,
        [SHAPE_TEXT_LIST] = SHAPE_TEXT,
        [SHAPE_SLUG_LIST] = SHAPE_SLUG,
        [SHAPE_LANG_LIST] = SHAPE_LANG,
    };
    struct shape_member item = {.type = inner_types[m->type], .limit = TEXT_LIST_LIMIT, .inner = m->inner};
    size_t i;
    json_t *entry;
    json_array_foreach((json_t *)list, i, entry)
    {
        char at[PATH_SIZE];
        snprintf(at, sizeof at, "%s[%zu]", path, i);
        enum err e = shape_check_member(entry, &item, at, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

// language -> something
static enum err check_by_language(const json_t *value, const struct shape_member *each, const char *path,
                                  struct problem *p)
{
    if (!json_is_object(value))
        return want(path,
                    MESSAGE("member.by_language") "\"%s\" must be an object with a member for each language",
                    p);
    const char *lang;
    json_t *entry;
    json_object_foreach((json_t *)value, lang, entry)
    {
        char at[PATH_SIZE];
        snprintf(at, sizeof at, "%s.%s", path, lang);
        if (!fold_is_lang(lang))
            return problem_set(
                p, ERR_INVALID, at,
                MESSAGE("member.language_tag") "\"%s\" is no language tag, as \"vi\" or \"zh-hant\"", lang);
        enum err e = shape_check_member(entry, each, at, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static enum err check_words_list(const json_t *value, const struct shape_member *m, const char *path,
                                 struct problem *p)
{
    struct shape_member list = {.type = SHAPE_TEXT_LIST, .limit = m->limit ? m->limit : 50};
    return check_by_language(value, &list, path, p);
}

static enum err check_map(const json_t *value, const struct shape_member *m, const char *path,
                          struct problem *p)
{
    struct shape_member object = {.type = SHAPE_OBJECT, .inner = m->inner};
    return check_by_language(value, &object, path, p);
}

static enum err check_point(const json_t *value, const struct shape_member *m, const char *path,
                            struct problem *p)
{
    if (!json_is_array(value) || json_array_size(value) != 2)
        return want(path, MESSAGE("member.pair") "\"%s\" must be a pair of numbers", p);
    enum err e = check_number(json_array_get(value, 0), m, path, p);
    return e ? e : check_number(json_array_get(value, 1), m, path, p);
}

static enum err check_object(const json_t *value, const struct shape_member *m, const char *path,
                             struct problem *p)
{
    return shape_check(value, m->inner, path, p);
}

static enum err check_any(const json_t *value, const struct shape_member *m, const char *path,
                          struct problem *p)
{
    (void)value, (void)m, (void)path, (void)p;
    return ERR_NONE;
}

static check_fn *const checks[] = {
    [SHAPE_TEXT] = check_text,      [SHAPE_SLUG] = check_slug,       [SHAPE_LANG] = check_lang,
    [SHAPE_DATE] = check_date,      [SHAPE_INSTANT] = check_instant, [SHAPE_URL] = check_url,
    [SHAPE_NUMBER] = check_number,  [SHAPE_BOOL] = check_bool,       [SHAPE_ONE_OF] = check_one_of,
    [SHAPE_HASH] = check_hash,      [SHAPE_WORDS] = check_words,     [SHAPE_WORDS_LIST] = check_words_list,
    [SHAPE_POINT] = check_point,    [SHAPE_OBJECT] = check_object,   [SHAPE_MAP] = check_map,
    [SHAPE_LIST] = check_each,      [SHAPE_TEXT_LIST] = check_each,  [SHAPE_SLUG_LIST] = check_each,
    [SHAPE_LANG_LIST] = check_each, [SHAPE_ANY] = check_any,
};

enum err shape_check_member(const json_t *value, const struct shape_member *member, const char *path,
                            struct problem *p)
{
    return checks[member->type](value, member, path, p);
}

static const struct shape_member *find_member(const struct shape *shape, const char *name)
{
    for (const struct shape_member *m = shape->members; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

static void join(char out[PATH_SIZE], const char *path, const char *name)
{
    snprintf(out, PATH_SIZE, "%s%s%s", path, path[0] ? "." : "", name);
}

enum err shape_check(const json_t *value, const struct shape *shape, const char *path, struct problem *p)
{
    if (!json_is_object(value))
        return want(path, MESSAGE("member.object") "\"%s\" must be an object", p);
    char at[PATH_SIZE];
    for (const struct shape_member *m = shape->members; m->name; m++)
        if (m->required && !json_object_get(value, m->name)) {
            join(at, path, m->name);
            return problem_set(p, ERR_INVALID, at, MESSAGE("member.missing") "\"%s\" is missing", at);
        }
    const char *name;
    json_t *entry;
    json_object_foreach((json_t *)value, name, entry)
    {
        join(at, path, name);
        const struct shape_member *m = find_member(shape, name);
        if (!m)
            return problem_set(
                p, ERR_INVALID, at,
                MESSAGE("member.unknown") "\"%s\" is not a known member: is it a typing error?", at);
        enum err e = shape_check_member(entry, m, at, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}
