// Private to content/exchange: what every import has in hand, from its first file to its commit.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "common/arena.h"
#include "content/exchange/exchange.h"
#include "content/setting.h"
#include "content/site.h"

struct landing {
    struct store *store;
    struct connection *writer; // between landing_begin and landing_end, else NULL
    const struct exchange_options *options;
    struct exchange_report *report;
    struct actor actor;
    const char *name;   // of the import, since landing_begin
    struct arena arena; // lives as long as the import
    bool changed;       // something that the counts of the report do not tell
    json_t *terms;      // by scheme, the keys of those that were added; owned, NULL: none
    size_t done, total; // of the steps of the import: rows, features, sites, files
};

// The three readers. They return ERR_INVALID when the report's problems prevent the import (then *p need not
// be filled), and fill *p for everything else.
enum err landing_import_bundle(struct landing *l, const char *path, struct problem *p);
enum err landing_import_table(struct landing *l, const char *path, struct problem *p);
enum err landing_import_geojson(struct landing *l, const char *path, struct problem *p);

// Adds `problem` to the report's problems (or notes) with its file before it; line and column are those of
// the problem. Control characters become "?": the text goes to terminals.
void landing_fault(struct landing *l, const char *file, const struct problem *problem);
void landing_note(struct landing *l, const char *file, const struct problem *problem);
bool landing_has_faults(const struct landing *l);

// True for a code that is about the input: the import goes on, to find the other problems too. False when
// going on has no sense (memory, disk, lock).
bool landing_is_about_input(enum err e);

// Some more steps are known; one more is done. ERR_CANCELLED when nobody wants the import any more.
void landing_expect(struct landing *l, size_t steps);
enum err landing_step(struct landing *l, struct problem *p);

// Begins the transaction and the import; landing_end commits it when everything is well and something
// changed, and rolls back otherwise (faults, a dry run, `e` not ERR_NONE). It returns `e`, or ERR_INVALID for
// faults, or what the commit said.
enum err landing_begin(struct landing *l, const char *name, const char *format, struct problem *p);
enum err landing_end(struct landing *l, enum err e, struct problem *p);

// Saves the site if it differs from `before` (NULL: it is new), keeping what a document does not hold, and
// counts it. Translations that the import leaves behind their original are marked so, but for those of which
// `said` (the file's own site.json; NULL: it has none) tells itself: "stale", true or false.
enum err landing_save_site(struct landing *l, struct site *site, const struct site *before,
                           const json_t *said, struct problem *p);

// Notes a term that the import has added, what it is called, and what one like it is called (NULL: none).
enum err landing_count_term(struct landing *l, const char *scheme, const char *key, const char *label,
                            const char *like, struct problem *p);

// The languages set up, as the transaction sees them (a reader's view before it).
enum err landing_languages(struct landing *l, struct languages *ret, struct problem *p);
