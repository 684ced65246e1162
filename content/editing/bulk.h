// Changing many sites as one step, which is kept as an import of the format "bulk" and so can be undone
// (undo.h).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "content/editing/desk_list.h"
#include "content/setting.h"
#include "content/site.h"

#define BULK_SITES_MAX 20000
#define BULK_SHOWN     20

struct bulk_change {
    const char *kind, *category, *rank, *area; // term keys; NULL: stays
    // In the addresses that hold today (without `until`), for each language in its own words: every `find`
    // becomes `replace`. At most LANGUAGES_MAX; one without both is asked for nothing, and what it leaves as
    // it is gets counted.
    const struct bulk_words {
        const char *lang, *find, *replace; // NULL: not
    } * words;
    size_t word_count;
    // With words: the new ones are an address of their own from this date (YYYY, YYYY-MM or YYYY-MM-DD), and
    // the old one ends before it. NULL: the words are corrected in place.
    const char *from;
};

struct bulk_example {
    int64_t id;
    const char *title;
    json_t *before, *after; // documents (site_to_json); owned
};

struct bulk_report {
    int64_t chosen, changed;
    int64_t import_id; // 0: nothing was written
    // By the order of the change's words: sites of which an address changes in another language, and that
    // has words in this one which stay.
    int64_t left[LANGUAGES_MAX];
    struct bulk_example examples[BULK_SHOWN];
    size_t example_count;
};
void bulk_report_clear(struct bulk_report *report);
#define cleanup_bulk_report CLEANUP(bulk_report_clear)

// ERR_INVALID with the field: "change" (nothing to change), "find[LANG]" or "replace[LANG]" (one without the
// other, both the same), "from" (a date of another form, or without words).
enum err bulk_check(const struct bulk_change *change, struct problem *p);

// What would change; nothing is written. *ret is initialised with {0} by the caller and cleared by it, on
// failure too; the titles are in the arena. ERR_TOO_LARGE above BULK_SITES_MAX sites.
enum err bulk_look(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                   const struct bulk_change *change, struct bulk_report *ret, struct problem *p);

// Changes all of them, inside the caller's transaction; `name` is what the list of imports shows.
enum err bulk_run(struct connection *writer, struct arena *a, const struct desk_site_filter *filter,
                  const struct bulk_change *change, const struct actor *actor, const char *name,
                  struct bulk_report *ret, struct problem *p);
