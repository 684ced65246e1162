// Private to content/exchange: one row of a table, or one feature, becomes a site of the store.
#pragma once

#include <stdbool.h>

#include "common/csv.h"
#include "content/exchange/column.h"
#include "content/exchange/landing.h"
#include "content/exchange/seen.h"
#include "content/exchange/vocabulary.h"

#define RECORD_SOURCE_ID "register" // the source that a table's rows name

struct record {
    struct csv_row row; // line: where the record begins
    const char *id;     // a feature's own id, or NULL
    bool has_point;     // from a feature's geometry
    double lat, lon;    // of it
};

struct record_reader {
    struct landing *l;
    const char *file; // named in problems
    const struct csv_table *table;
    struct languages languages; // with the import's own, where that is to be added
    const char *lang;
    bool adds_language;
    struct columns columns;
    struct vocabulary vocabulary;
    struct seen said; // keys, slugs and sites that rows named -> line
};

// What exchange_check_options promises, save the encoding.
enum err record_check_options(const struct exchange_options *options, struct problem *p);

// Chooses the language and matches the columns, before the transaction. ERR_INVALID with the way out.
enum err record_open(struct record_reader *r, struct landing *l, const char *file,
                     const struct csv_table *table, struct problem *p);

// What comes first inside the transaction: the language, the vocabularies.
enum err record_begin(struct record_reader *r, struct problem *p);

// Lands one record; what is wrong with it goes to the report, with the name of the column. Only what makes
// going on senseless comes back.
enum err record_land(struct record_reader *r, const struct record *record, struct problem *p);

// Puts a problem with one record into the report and counts it.
void record_fault(struct record_reader *r, unsigned long line, const struct problem *fault);

void record_close(struct record_reader *r);

// The document of the site (as in site.json) that the record makes of `before` (NULL: a new site): a new
// reference. Empty fields change nothing, nor does a key that is NULL. Fills *p, with the name of the wanted
// column as field, and returns NULL on failure.
json_t *record_document(struct record_reader *r, const struct record *record, const struct site *before,
                        const char *key, struct problem *p);

// Puts the record's texts over those that the site has. ERR_INVALID for a text without title.
enum err record_texts(struct record_reader *r, const struct record *record, struct arena *a,
                      struct site *site, struct problem *p);

// The field as one line: runs of white space are one space. In the arena; NULL when memory is out.
char *record_line(struct arena *a, const char *field);
