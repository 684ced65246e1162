// The languages that pages speak: messages, plural forms, numbers, dates and the languages' own names.
//
// assets/locales/LANG.json holds nested objects whose leaves are messages; "site.facts" names the leaf
// `facts` in `site`. A message is a text with {name} placeholders, or an object from CLDR plural category
// (zero, one, two, few, many, other) to such texts, of which the value of {count} picks one. "by": "ordinal"
// beside them takes the ordinal categories ("19th") instead, "by": "roman" writes {count} in Roman numerals.
// Messages are plain text, never HTML.
//
// A language may be spread over several files: assets/locales/LANG.json and assets/locales/LANG/*.json are
// read as one, and a key stands in one of them only.
//
// Everything here is immutable once opened, and thread-safe.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assets/assets.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/edtf.h"
#include "common/err.h"

#define LOCALE_TAG_MAX 35 // bytes of a language tag (RFC 5646 section 4.4.1)

struct locales;
struct locale; // one language; borrowed from its struct locales

// Reads every assets/locales/*.json and assets/locales/*/*.json. ERR_NOT_FOUND when `default_lang` is not
// among them, ERR_INVALID with file and line for a file that is not as described above. `assets` is not kept.
enum err locales_open(struct assets *assets, const char *default_lang, struct locales **ret,
                      struct problem *p);
void locales_close(struct locales *l); // NULL is fine

// The locale for a language tag, compared without case: itself, else a shorter form of it ("zh-hant" -> "zh";
// RFC 4647 lookup), else the default. Never NULL; `lang` may be NULL.
const struct locale *locales_get(const struct locales *l, const char *lang);

// True when the tag itself has a locale.
bool locales_has(const struct locales *l, const char *lang);

// The language of the messages that locales_get gives for the tag: the tag itself, or a shorter form of it,
// is `lang`; else it is the default's. Lives as long as `l` and `lang` do.
const char *locales_spoken(const struct locales *l, const char *lang);

// The tags in byte order; *ret_count of them.
const char *const *locales_tags(const struct locales *l, size_t *ret_count);

const char *locale_tag(const struct locale *l);

// Finds the value of a placeholder; NULL when there is none, and then the placeholder is written as it
// stands.
typedef const json_t *locale_lookup(const void *arg, const char *name);

// Appends the message for `key`, its placeholders filled by `lookup` (may be NULL); integers are written as
// locale_number does, other numbers with the decimals they have, as locale_decimal does. A key that the
// language lacks is taken from the default language; one that is nowhere is written itself and false is
// returned. Plain text.
bool locale_message(const struct locale *l, const char *key, locale_lookup *lookup, const void *arg,
                    struct buf *out);

// As locale_message, with the members of an object (may be NULL) as the values.
bool locale_text(const struct locale *l, const char *key, const json_t *values, struct buf *out);

// Calls `each` for every key of this language alone, in byte order, with the message's placeholders as a
// sorted list "count name" without doubles. For checks.
void locale_each(const struct locale *l, void (*each)(void *arg, const char *key, const char *placeholders),
                 void *arg);

// "1.234" in Vietnamese, "1,234" in English.
void locale_number(const struct locale *l, int64_t n, struct buf *out);

// "1.234,5": `decimals` digits (0 to 9) after the point, rounded half away from zero; trailing zeros stay.
// Nothing is written for a value that is not finite or beyond 1e15.
void locale_decimal(const struct locale *l, double value, int decimals, struct buf *out);

// "1.234,5": the fewest digits that read back as the same number.
void locale_shortest(const struct locale *l, double value, struct buf *out);

// "21 tháng 6 năm 1993", "khoảng 1846", "1878–1886", "thập niên 1870".
void locale_date(const struct locale *l, const struct edtf *date, struct buf *out);

// As locale_date from an EDTF text; what does not parse is written as it stands and false is returned.
bool locale_date_text(const struct locale *l, const char *edtf, struct buf *out);

// An instant (seconds since 1970 UTC) as a short date and time, "25/7/2026, 14:05", in UTC+`offset_minutes`.
void locale_instant(const struct locale *l, int64_t when, int offset_minutes, struct buf *out);

// The language's name in that language ("Tiếng Việt", "English", "ភាសាខ្មែរ"); the tag itself when the table
// does not know it. Shorter forms are tried as in locales_get.
const char *locale_language_name(const char *tag);

// Whether the table of names knows the language, and the tags of the table by their place; NULL beyond the
// last.
bool locale_knows_language(const char *tag);
const char *locale_known_language(size_t index);

// "ltr" or "rtl", for the dir attribute.
const char *locale_direction(const char *tag);

static inline void cleanup_locales_fn(struct locales **l)
{
    locales_close(*l);
}
#define cleanup_locales CLEANUP(cleanup_locales_fn)
