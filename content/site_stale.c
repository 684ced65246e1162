// Which translations a change of their original leaves behind: the one rule for the desk's form and imports.
#include <string.h>

#include "content/site.h"

static const json_t *words_of(const json_t *document, const char *lang)
{
    return json_object_get(json_object_get(document, "text"), lang);
}

static bool has_changed(const json_t *before, const json_t *after, const char *lang)
{
    const json_t *old = words_of(before, lang), *new = words_of(after, lang);
    return !old || !new || !json_equal((json_t *)old, (json_t *)new);
}

static bool mark(json_t *text, bool stale)
{
    if (stale)
        return json_object_set_new(text, "stale", json_true()) == 0;
    (void)json_object_del(text, "stale");
    return true;
}

bool site_mark_stale(json_t *after, const json_t *before, site_is_said *is_said, const void *data)
{
    const char *original = json_string_value(json_object_get(after, "original")), *lang;
    if (!before || !original || !has_changed(before, after, original))
        return true;
    bool good = true;
    json_t *text;
    json_object_foreach(json_object_get(after, "texts"), lang, text)
    {
        bool translated = json_object_get(text, "origin") && strcmp(lang, original) != 0;
        if (translated && words_of(after, lang) && !(is_said && is_said(data, lang)))
            good = mark(text, !has_changed(before, after, lang)) && good;
    }
    return good;
}
