#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/media.h"
#include "content/rows.h"
#include "content/store/query.h"

enum { DIGITS = 16 };

char *media_captions_name(struct arena *a, const char *lang, const char *text)
{
    char hex[HASH_HEX_SIZE];
    hash_bytes(text, strlen(text), hex);
    return arena_printf(a, "captions.%s.%.*s.vtt", lang, DIGITS, hex);
}

// The language in such a name.
static bool read_lang(const char *name, char ret_lang[FOLD_LANG_SIZE])
{
    int end = 0;
    char lang[FOLD_LANG_SIZE];
    if (sscanf(name, "captions.%16[a-z0-9-].%*16[0-9a-f].vtt%n", lang, &end) != 1 || end == 0 || name[end] ||
        !fold_is_lang(lang))
        return false;
    memcpy(ret_lang, lang, sizeof lang);
    return true;
}

static bool read_words(struct query *q, struct arena *a, void *item)
{
    return (*(const char **)item = query_dup(q, 0, a)) != NULL;
}

static char *text_in(struct arena *a, const char *words, const char *lang)
{
    json_t *captions = json_loads(words, 0, NULL);
    char *text = arena_strdup(a, json_string_value(json_object_get(captions, lang)));
    json_decref(captions);
    return text;
}

enum err media_captions_load(struct connection *c, struct arena *a, const char *sha256, const char *name,
                             bool shown, const char **ret_text, bool *ret_exact, struct problem *p)
{
    char lang[FOLD_LANG_SIZE];
    void *items = NULL;
    size_t count = 0;
    const char *found = NULL;
    bool exact = false;
    if (!read_lang(name, lang))
        return problem_set(p, ERR_NOT_FOUND, NULL, "that is no name of captions");
    struct query *q = query_start(c, SQL_MEDIA_CAPTIONS);
    query_bind_text(q, 1, sha256);
    query_bind_int(q, 2, shown);
    enum err e = rows_collect(q, a, sizeof(char *), read_words, &items, &count, p);
    for (size_t i = 0; !e && !exact && i < count; i++) {
        const char *text = text_in(a, ((const char **)items)[i], lang);
        const char *own = text ? media_captions_name(a, lang, text) : NULL;
        exact = own && strcmp(own, name) == 0;
        if (exact || !found)
            found = text;
    }
    if (!e && !found)
        e = problem_set(p, ERR_NOT_FOUND, NULL, "there are no such captions");
    if (e)
        return e;
    *ret_text = found;
    *ret_exact = exact;
    return ERR_NONE;
}
