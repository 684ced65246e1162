// Changing many sites as one step, which is kept as an import of the format "bulk" and so can be undone
// (undo.h). First a look at everything that would change and why the rest would not, page by page; then the
// change, of exactly what was looked at but for the sites that were left out.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/hash.h"
#include "content/editing/desk_list.h"
#include "content/setting.h"
#include "content/site.h"

#define BULK_SITES_MAX 20000
#define BULK_PAGE      50 // sites of a page
#define BULK_NAMED     50 // sites that are named for each reason

struct bulk_change {
    const char *kind, *category, *rank, *area; // term keys; NULL: stays
    // In the addresses that hold today (without `until`), for each language in its own words: every `find`,
    // where it stands as whole words (common/word.h), becomes `replace`. At most LANGUAGES_MAX; one without
    // both is asked for nothing, and what it leaves as it is gets counted.
    const struct bulk_words {
        const char *lang, *find, *replace; // NULL: not
    } * words;
    size_t word_count;
    bool
        any_case; // the words are found in any capitals, and begin as what they replace does (word_append_as)
    // With words: the new ones are an address of their own from this date (YYYY, YYYY-MM or YYYY-MM-DD), and
    // the old one ends before it. NULL: the words are corrected in place.
    const char *from;
};

// What becomes of a site that was chosen, and why it stays as it is.
enum bulk_reason {
    BULK_CHANGES,
    BULK_EARLY,  // an address with the words begins no earlier than `from`: nothing of the site changes
    BULK_CASE,   // the words stand there in other capitals: `any_case` would find them
    BULK_INSIDE, // the words stand only within longer ones
    BULK_OLD,    // the words stand only in an address that has ended
    BULK_ABSENT, // the words stand in no address
    BULK_SAME,   // it has these terms or, in any capitals, these words already
    BULK_REASONS,
};

struct bulk_choice {
    const int64_t *left_out; // ids of sites that stay as they are, in order
    size_t left_out_count;
    int64_t page;     // of the sites that would change, from 1; one beyond the last is the last
    const char *seen; // bulk_report.seen of the look that this change follows; NULL: nobody looked
};

struct bulk_site {
    int64_t id;
    const char *title;
    bool left_out;
    // Documents (site_to_json) that show what differs; owned. In `before` an address that gets a successor
    // stands twice, so that the new words are compared with the old ones.
    json_t *before, *after;
};

struct bulk_stays {
    const char *title;
    const char *words, *from; // of the address that it is about, its begin as it is kept; or NULL
};

struct bulk_report {
    int64_t chosen;
    int64_t counts[BULK_REASONS]; // of BULK_CHANGES also those that were left out
    int64_t left_out;             // of these
    int64_t changed;              // counts[BULK_CHANGES] - left_out
    char seen[HASH_HEX_SIZE];     // names the change, the sites that it is of, and their versions
    int64_t import_id;            // 0: nothing was written
    int64_t other_case; // sites with a present address that has the words in other capitals; also some that
                        // change
    // By the order of the change's words: sites of which an address changes in another language, and that
    // has words in this one which stay.
    int64_t left[LANGUAGES_MAX];
    // The first BULK_NAMED for each reason but BULK_CHANGES; the last ones have none.
    struct bulk_stays *stays[BULK_REASONS];
    int64_t page, pages;
    struct bulk_site *sites; // of the page
    size_t site_count;
};
void bulk_report_clear(struct bulk_report *report);
#define cleanup_bulk_report CLEANUP(bulk_report_clear)

// ERR_INVALID with the field: "change" (nothing to change), "find[LANG]" or "replace[LANG]" (one without the
// other, both the same), "from" (no such day, a date of another form, or without words).
enum err bulk_check(const struct bulk_change *change, struct problem *p);

// What would change, with one page of it; nothing is written. *ret is initialised with {0} by the caller and
// cleared by it, on failure too; texts and arrays are in the arena. ERR_TOO_LARGE above BULK_SITES_MAX sites.
enum err bulk_look(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                   const struct bulk_change *change, const struct bulk_choice *choice,
                   struct bulk_report *ret, struct problem *p);

// Changes all but those that were left out, inside the caller's transaction; `name` is what the list of
// imports shows. ERR_CONFLICT when this is not what was looked at (the sites or the change are others now);
// ERR_INVALID with the field "sites" when all were left out.
enum err bulk_run(struct connection *writer, struct arena *a, const struct desk_site_filter *filter,
                  const struct bulk_change *change, const struct bulk_choice *choice,
                  const struct actor *actor, const char *name, struct bulk_report *ret, struct problem *p);
