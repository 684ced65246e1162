// "Words": a short text in several languages, as JSON: {"vi": "Đình", "en": "Communal house"}.
#pragma once

#include <jansson.h>

#include "common/err.h"

// The text in `lang`, else in `fallback`, else the first there is; NULL for NULL or an empty object.
// *ret_lang (may be NULL) gets the language taken. Borrowed from `words`.
const char *words_pick(const json_t *words, const char *lang, const char *fallback, const char **ret_lang);

// As words_pick on the JSON text of a words column; the result, and the language taken, are copied into `a`.
// NULL when there is none.
struct arena;
char *words_pick_text(struct arena *a, const char *json, const char *lang, const char *fallback,
                      const char **ret_lang);

// Checks an object of language tag -> non-empty text in NFC of at most `limit` bytes. `field` names it in the
// problem.
enum err words_check(const json_t *words, size_t limit, const char *field, struct problem *p);
