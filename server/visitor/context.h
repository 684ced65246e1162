// What templates read, as it is being built. Failure is sticky: when memory is out or a text is not UTF-8,
// `failed` stays true, everything further does nothing, and page_send says so once. One thread.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct context {
    json_t *root; // owned by the page
    bool failed;
    const char *around; // the language of the words around, which <html> names; NULL: the page's
};

// A new empty object or list as member `key` of `object`, or a new empty object at the end of `list`.
// Borrowed; NULL after a failure, and every function here takes a NULL object for one that failed.
json_t *context_object(struct context *c, json_t *object, const char *key);
json_t *context_list(struct context *c, json_t *object, const char *key);
// As context_list, and beside it member `has_key` as true, so that a template can ask once whether there is
// any. `key` has at most 32 bytes.
json_t *context_section(struct context *c, json_t *object, const char *key);
json_t *context_item(struct context *c, json_t *list);

// A NULL text sets nothing.
void context_text(struct context *c, json_t *object, const char *key, const char *text);
void context_number(struct context *c, json_t *object, const char *key, int64_t number);
void context_real(struct context *c, json_t *object, const char *key, double number);
void context_flag(struct context *c, json_t *object, const char *key, bool value);

// As `lang_key` the language that a text is in when it is not that of the words around it, else false, so
// that a template can write a lang attribute exactly where one is needed. `lang` is the page's.
void context_lang(struct context *c, json_t *object, const char *lang_key, const char *text_lang,
                  const char *lang);

// The text as `key`, with context_lang.
void context_text_in(struct context *c, json_t *object, const char *key, const char *text,
                     const char *lang_key, const char *text_lang, const char *lang);

// As context_text_in for words (content/words.h): in `lang`, else in `original`. Sets nothing for no words.
void context_words(struct context *c, json_t *object, const char *key, const json_t *words,
                   const char *lang_key, const char *lang, const char *original);
