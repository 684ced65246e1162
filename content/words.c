#include "content/words.h"

#include <string.h>

#include "common/arena.h"
#include "content/shape.h"

const char *words_pick(const json_t *words, const char *lang, const char *fallback, const char **ret_lang)
{
    const char *const wanted[] = {lang, fallback};
    for (int i = 0; i < 2; i++) {
        const char *text = wanted[i] ? json_string_value(json_object_get(words, wanted[i])) : NULL;
        if (text) {
            if (ret_lang)
                *ret_lang = wanted[i];
            return text;
        }
    }
    void *first = json_object_iter((json_t *)words);
    if (first && ret_lang)
        *ret_lang = json_object_iter_key(first);
    return first ? json_string_value(json_object_iter_value(first)) : NULL;
}

char *words_pick_text(struct arena *a, const char *json, const char *lang, const char *fallback)
{
    json_t *words = json ? json_loads(json, 0, NULL) : NULL;
    char *text = arena_strdup(a, words_pick(words, lang, fallback, NULL));
    json_decref(words);
    return text;
}

enum err words_check(const json_t *words, size_t limit, const char *field, struct problem *p)
{
    const char *lang;
    json_t *text;
    if (!json_is_object(words) || json_object_size(words) == 0)
        return problem_set(p, ERR_INVALID, field, "\"%s\" must be words, as {\"vi\": \"…\"}", field);
    struct shape_member member = {.type = SHAPE_TEXT, .limit = limit};
    struct shape_member tag = {.type = SHAPE_LANG};
    json_object_foreach((json_t *)words, lang, text)
    {
        json_t *key = json_string(lang);
        enum err e = shape_check_member(key, &tag, field, p);
        json_decref(key);
        if (!e)
            e = shape_check_member(text, &member, field, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}
