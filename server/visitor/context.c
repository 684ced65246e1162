#include "server/visitor/context.h"

#include <string.h>

#include "content/words.h"
#include "server/view/view.h"

static json_t *keep(struct context *c, json_t *value, int status)
{
    if (status)
        c->failed = true;
    return status ? NULL : value;
}

json_t *context_object(struct context *c, json_t *object, const char *key)
{
    json_t *value = json_object();
    return keep(c, value, json_object_set_new_nocheck(object, key, value));
}

json_t *context_list(struct context *c, json_t *object, const char *key)
{
    json_t *value = json_array();
    return keep(c, value, json_object_set_new_nocheck(object, key, value));
}

json_t *context_section(struct context *c, json_t *object, const char *key)
{
    char has[40] = "has_";
    strncat(has, key, sizeof has - sizeof "has_");
    context_flag(c, object, has, true);
    return context_list(c, object, key);
}

json_t *context_item(struct context *c, json_t *list)
{
    json_t *value = json_object();
    return keep(c, value, json_array_append_new(list, value));
}

void context_text(struct context *c, json_t *object, const char *key, const char *text)
{
    if (!object || view_set_text(object, key, text) != ERR_NONE)
        c->failed = true;
}

void context_number(struct context *c, json_t *object, const char *key, int64_t number)
{
    keep(c, NULL, json_object_set_new_nocheck(object, key, json_integer(number)));
}

void context_real(struct context *c, json_t *object, const char *key, double number)
{
    keep(c, NULL, json_object_set_new_nocheck(object, key, json_real(number)));
}

void context_flag(struct context *c, json_t *object, const char *key, bool value)
{
    keep(c, NULL, json_object_set_new_nocheck(object, key, json_boolean(value)));
}

void context_lang(struct context *c, json_t *object, const char *lang_key, const char *text_lang,
                  const char *lang)
{
    if (text_lang && strcmp(text_lang, c->around ? c->around : lang) != 0)
        context_text(c, object, lang_key, text_lang);
    else
        context_flag(c, object, lang_key, false);
}

void context_text_in(struct context *c, json_t *object, const char *key, const char *text,
                     const char *lang_key, const char *text_lang, const char *lang)
{
    if (!text)
        return;
    context_text(c, object, key, text);
    context_lang(c, object, lang_key, text_lang, lang);
}

void context_words(struct context *c, json_t *object, const char *key, const json_t *words,
                   const char *lang_key, const char *lang, const char *original)
{
    const char *text_lang = NULL;
    const char *text = words_pick(words, lang, original, &text_lang);
    context_text_in(c, object, key, text, lang_key, text_lang, lang);
}
