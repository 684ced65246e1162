// Lists as the desk needs them: sites in every state, plates, and the audit.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

struct desk_site {
    int64_t id;
    const char *slug, *state, *title;      // title in the site's original language
    const char *kind_labels, *area_labels; // words as JSON text; area may be NULL
    int64_t version, updated_at, publish_at;
    const char *languages; // "vi en": those it has a text in, in the order that is set up
    int64_t plates;
};
struct desk_sites {
    struct desk_site *items;
    size_t count;
};

// What was counted for a list, so that nothing is looked for twice: an empty list is not looked for at all,
// and a page near the end from there. Zeroed: nobody counted.
struct desk_counted {
    bool known;
    int64_t total; // as desk_site_count or desk_plate_count says for the same filter, in one snapshot
};

enum desk_site_order { DESK_SITE_BY_NAME, DESK_SITE_BY_CHANGE };

struct desk_site_filter {
    const char *state;   // NULL: all but the binned
    const char *kind;    // term keys, or NULL
    const char *area;    // with the areas inside it
    const char *missing; // a language that the site has no text in, or NULL
    const char *query;   // words, as in content/search.h; or NULL
    int64_t account_id;  // limited to the areas of this account; 0: no limit
    bool unplated;       // only those without a plate that is in use
    bool stale;          // only those with a translation that is older than its original
    struct desk_counted counted;
};

enum err desk_site_list(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                        enum desk_site_order order, int limit, int64_t offset, struct desk_sites *ret,
                        struct problem *p);
// All of them by name, for what goes through all: in pages each would pass over those before it once more.
enum err desk_site_ids(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                       int64_t **ret_ids, size_t *ret_count, struct problem *p);
enum err desk_site_count(struct connection *c, const struct desk_site_filter *filter, int64_t *ret,
                         struct problem *p);

// How many sites are in each state: "draft", "in-review", "published", "withdrawn", "binned" in this order.
// Limited to the areas of the account; 0: no limit.
enum { DESK_SITE_STATES = 5 };
enum err desk_site_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_SITE_STATES],
                          struct problem *p);

// How many plates are in each state: "planned", "printed", "installed", "damaged" in this order. Likewise.
enum { DESK_PLATE_STATES = 4 };
enum err desk_plate_states(struct connection *c, int64_t account_id, int64_t ret_counts[DESK_PLATE_STATES],
                           struct problem *p);

// What waits for somebody, as the desk's first page tells it: each counted up to DESK_WAITING_MAX + 1, which
// means "more". Limited to the areas of the account; 0: no limit.
#define DESK_WAITING_MAX 1000
struct desk_waiting {
    int64_t stale;          // sites with a translation that is older than its original
    int64_t damaged;        // plates
    int64_t printed;        // plates that are printed and not yet installed
    int64_t failed_batches; // in all areas
};
enum err desk_waiting(struct connection *c, int64_t account_id, struct desk_waiting *ret, struct problem *p);

struct desk_plate {
    const char *code, *state, *place;
    const char *target_slug, *target_title; // of the site, or the tour's titles as JSON text
    bool is_tour;
    int64_t updated_at, scans; // scans by people, in all
};
struct desk_plates {
    struct desk_plate *items;
    size_t count;
};
struct desk_plate_filter {
    const char *state; // or NULL
    const char *area;  // or NULL
    const char *query; // a code however typed, words of the site, or of the note where it hangs; or NULL.
                       // What fits comes in this order: code, the site's name, the note, all else of the site
    int64_t account_id; // as above
    int64_t tour_id;    // plates of its stops and its own; 0: all
    bool printable;     // only those that a batch can take: not retired, and in no open batch
    struct desk_counted counted;
};
enum err desk_plate_list(struct connection *c, struct arena *a, const struct desk_plate_filter *filter,
                         int limit, int64_t offset, struct desk_plates *ret, struct problem *p);
enum err desk_plate_count(struct connection *c, const struct desk_plate_filter *filter, int64_t *ret,
                          struct problem *p);

struct desk_event {
    int64_t id, at;
    const char *actor, *action, *subject, *detail; // actor: the name as it was; detail is JSON text
    const char *account;                           // the name that the account has now; NULL: a program
};
struct desk_events {
    struct desk_event *items;
    size_t count;
};
struct desk_event_filter {
    bool of_account;      // only what this account did:
    int64_t account_id;   // 0: what programs did
    const char *query;    // words of a site's texts, a code however typed, part of an account's name; or NULL
    const char *action;   // as it begins: "site." or "site.change"; or NULL
    const char *subject;  // exactly, or NULL
    int64_t since, until; // 0: open
    int64_t offset;       // for pages: leave out so many of the newest
};
// Newest first, those before id `before` (0: from the newest).
enum err desk_event_list(struct connection *c, struct arena *a, const struct desk_event_filter *filter,
                         int64_t before, int limit, struct desk_events *ret, struct problem *p);
enum err desk_event_count(struct connection *c, const struct desk_event_filter *filter, int64_t *ret,
                          struct problem *p);
