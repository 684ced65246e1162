// Pages: a template, a language and a context become HTML.
//
// Templates are assets/templates/NAME.mustache. view_render writes the template "layout", in which {{>page}}
// stands for the page's own template; a page in a folder ("desk/site") uses the folder's layout
// ("desk/layout") when there is one. {{>name}} takes templates/name.mustache.
//
// Beside the names of the context a template can say (all of them escaped as any value is):
//   {{t:site.facts}}              the message of the page's language, placeholders filled from the context
//   {{asset:styles/visitor.css}}  the address of an asset, with its content hash
//   {{date:checked.on}}           the EDTF date that `checked.on` holds, in words
//   {{number:count}}              the number that `count` holds, as the language writes it
//   {{language:code}}             the own name of the language whose tag `code` holds
//   {{view:lang}} {{view:dir}}    the tag of the language that the page's own words (messages) are in, and
//   "ltr" or
//                                 "rtl": the page's language, or the default one where that has no locale
//   {{dir:code}}                  "ltr" or "rtl" for the language whose tag `code` holds
//
// Opening and, when live, each change check that what templates name is there: messages (in the default
// language), assets, partials, prefixes.
//
// A value that is HTML has a name ending in `_html`, is put in by view_set_html alone, and is written with
// three braces; templates that do otherwise are refused, and a unit test holds the C code to it.
//
// With live assets a changed template, locale or asset is seen at the next rendering. Thread-safe throughout,
// each context being one thread's.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "assets/assets.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "server/view/html.h"

struct view;

// Marks a message's key that stands in a table or elsewhere away from view_text, for the test that every key
// has its message: VIEW_KEY("error.404").
#define VIEW_KEY(key) key

// Compiles all templates and reads all locales; a problem names the file and the line. `assets` must outlive
// the view.
enum err view_open(struct assets *assets, const char *default_lang, struct view **ret, struct problem *p);
void view_close(struct view *v); // NULL is fine

// Appends the page `name` in the language `lang` (a tag without a locale is written in the nearest one, see
// locale.h, and {{view:lang}} says which: texts in another language are to be marked). ERR_NOT_FOUND when
// there is no such template. With live assets a template that does not compile gives ERR_INVALID with file,
// line and column until it is mended. *out is unchanged on failure.
enum err view_render(struct view *v, const char *name, const char *lang, const json_t *context,
                     struct buf *out, struct problem *p);

// As view_render without the layout: for pieces of a page and for other formats than pages.
enum err view_render_part(struct view *v, const char *name, const char *lang, const json_t *context,
                          struct buf *out, struct problem *p);

// True when there is such a template.
bool view_has(struct view *v, const char *name);

// The language that messages come in when `lang` is asked for: `lang`, or the default one. Lives as long as
// the view and `lang` do.
const char *view_spoken(struct view *v, const char *lang);

// Appends a message as plain text, with the members of `values` (may be NULL) for its placeholders.
void view_text(struct view *v, const char *lang, const char *key, const json_t *values, struct buf *out);

// Appends an EDTF date in words; a text that is none is appended as it stands.
void view_date(struct view *v, const char *lang, const char *edtf, struct buf *out);

// Appends an instant (seconds since 1970 UTC) as date and time, in UTC+`offset_minutes`.
void view_instant(struct view *v, const char *lang, int64_t when, int offset_minutes, struct buf *out);

// Sets a member of a context object. view_set_text refuses keys that end in `_html`, view_set_html all others
// (ERR_INVALID). A NULL text or empty HTML sets nothing. ERR_INVALID also for text that is not UTF-8;
// ERR_MEMORY. view_set_html copies; the caller still frees its struct html.
enum err view_set_text(json_t *object, const char *key, const char *text);
enum err view_set_html(json_t *object, const char *key, const struct html *html);

static inline void cleanup_view_fn(struct view **v)
{
    view_close(*v);
}
#define cleanup_view CLEANUP(cleanup_view_fn)
