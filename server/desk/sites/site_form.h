// The form of a site: between what a person types and the site's document (site_to_json, with texts).
//
// Field names are the document's paths, so that what the content library finds wrong stands beside the field
// it is about:
//   slug key kind category rank area original       one value
//   text.LANG.title, .summary, .body, .origin        a language's text; .current: the translation is up to
//   date decision.number, .date, .authority.LANG          checked.on, checked.by, names.LANG (a name a line),
//   hours.LANG, position, position.accuracy_m
//   addresses[N].from, .until, .words.LANG           periods[N].when, .label.LANG
//   facts[N].label.LANG, .value.LANG, .sources       sources[N].id, .title, .publisher, .url, .date,
//   .accessed
// and beside them: languages (those that the form has fields for), version (that the form was read at; 0 for
// a new site), do (the button). N counts from 0. These names are kept in drafts: do not change them.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "content/site.h"
#include "server/desk/frame/form.h"

#define SITE_NEW_DRAFT "site:new" // subject of the draft of a site that was never saved
#define SITE_LANGS_MAX 16
#define SITE_ROWS_MAX  200 // of one group, as content/details.c has it

// What a document may hold with all its rows in all languages, every fact with every source; and some fields
// of the form's own.
#define SITE_FIELDS_MAX                                                                                      \
    (SITE_ROWS_MAX * (2 + SITE_LANGS_MAX + 1 + SITE_LANGS_MAX + 2 * SITE_LANGS_MAX + SITE_ROWS_MAX + 6) +    \
     8 * SITE_LANGS_MAX + 100)
#define SITE_BODY_LIMIT (4 << 20) // bytes: those fields' names alone are 2 MB, the rest is for words

enum site_group {
    SITE_ADDRESSES,
    SITE_PERIODS,
    SITE_FACTS,
    SITE_SOURCES,
    SITE_GROUP_COUNT,
};

enum site_value {
    SITE_LINE,  // one line of text
    SITE_URL,   // as SITE_LINE, shown as an address
    SITE_DATE,  // plain_date.h
    SITE_WORDS, // a line for each language
    SITE_LONG,  // several lines for each language
    SITE_NAMES, // a list for each language, one a line
    SITE_IDS,   // sources' ids
    SITE_ID,    // of a source: hidden, made by the form
};

// A member of the document, or of a row of a group.
struct site_item {
    const char *name; // "decision.date"; of a row: "from"
    enum site_value value;
    const char *label, *hint; // message keys; hint may be NULL
    unsigned max;             // characters
    bool required;            // in a row that is not empty
};

struct site_group_info {
    const char *name;              // "addresses"
    const struct site_item *items; // ends with a NULL name
};

extern const struct site_item site_items[]; // those outside groups, save the texts; ends with a NULL name
extern const struct site_group_info site_groups[SITE_GROUP_COUNT];

struct site_form {
    struct form form;
    const char *langs[SITE_LANGS_MAX];
    size_t lang_count;
    int64_t id, version; // 0: a new site
    // Set by site_form_document: which row of the form each entry of the document came from.
    unsigned rows[SITE_GROUP_COUNT][SITE_ROWS_MAX];
    const char *sources[SITE_ROWS_MAX]; // their ids, while it reads
    size_t source_count;
};

// --- site_fill.c

// A form for the document with `langs` as its languages (borrowed), and what other languages it has.
void site_form_fill(struct site_form *f, struct arena *a, const json_t *document, const char *const *langs,
                    size_t lang_count);

// --- site_read.c

// What a body holds. Problems as form_read; ERR_INVALID when it is no form of a site.
enum err site_form_read(struct site_form *ret, struct arena *a, const char *body, size_t len,
                        struct problem *p);

// Takes languages and version from fields that came otherwise (a draft). Problems as site_form_read.
enum err site_form_adopt(struct site_form *f, struct problem *p);

// The document that the form describes, over `before` (the site as it was; NULL: a new one), from which come
// the members that the form does not have: state, media, what texts were translated from. A new reference;
// NULL when memory is out. What cannot be read is told in the form (form.failed), beside its field. `version`
// of the result's translations is site_form_texts' affair.
json_t *site_form_document(struct site_form *f, const json_t *before);

// What stands in the form's position field, for saving and for those who ask before. ERR_INVALID with a
// sentence.
struct position;
enum err site_form_position(const struct form *f, struct position *ret, struct problem *p);

// Takes a problem of the content library, whose field is a path in the document, into the form.
void site_form_take(struct site_form *f, const struct problem *p);

// --- site_rows.c

// Answers a button "add:facts", "remove:facts:2", "up:facts:2": changes the form. False for other buttons.
// *ret_focus is the name of the field to go to, or NULL. A row that the document could not hold is refused in
// the form.
bool site_form_rows(struct site_form *f, const char *button, const char **ret_focus);

// How many rows of a group the form has.
size_t site_form_row_count(const struct site_form *f, enum site_group group);
