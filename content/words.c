#include "content/words.h"

#include <string.h>

#include "common/arena.h"
#include "common/json/shape.h"
#include "content/json_text.h"

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

struct picked {
    const char *text;
    size_t len;
    int rank; // 0 the asked language, 1 the fallback, 2 the first there is, 3 nothing yet
    const char *lang;
    size_t lang_len;
};

static bool is_key(const struct json_text_member *member, const char *lang)
{
    return lang && strlen(lang) == member->key_len && memcmp(lang, member->key, member->key_len) == 0;
}

static char *pick_slowly(struct arena *a, const char *json, const char *lang, const char *fallback,
                         const char **ret_lang)
{
    const char *taken = NULL;
    json_t *words = json_loads(json, 0, NULL);
    char *text = arena_strdup(a, words_pick(words, lang, fallback, &taken));
    if (text && ret_lang)
        *ret_lang = arena_strdup(a, taken);
    json_decref(words);
    return text;
}

char *words_pick_text(struct arena *a, const char *json, const char *lang, const char *fallback,
                      const char **ret_lang)
{
    struct picked best = {.rank = 3};
    struct json_text_member member;
    const char *at = json;
    bool plain = true;
    if (!json)
        return NULL;
    while (json_text_next(&at, &member, &plain)) {
        int rank = is_key(&member, lang) ? 0 : is_key(&member, fallback) ? 1 : 2;
        if (rank < best.rank)
            best = (struct picked){member.value, member.value_len, rank, member.key, member.key_len};
    }
    if (!plain)
        return pick_slowly(a, json, lang, fallback, ret_lang);
    if (best.text && ret_lang)
        *ret_lang = arena_strndup(a, best.lang, best.lang_len);
    return best.text ? arena_strndup(a, best.text, best.len) : NULL;
}

enum err words_check(const json_t *words, size_t limit, const char *field, struct problem *p)
{
    struct shape_member member = {.type = SHAPE_WORDS, .limit = limit};
    return shape_check_member(words, &member, field, p);
}
