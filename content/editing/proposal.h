// Proposals: what somebody who may not publish would change on a published page. The page stays as it is
// until somebody who may takes the proposal over, or gives it back with a word. One for each account and
// site; kept beside the drafts, with subject "proposal:SITE". That it was taken over is told to its author
// for PROPOSAL_TOLD_S. Transactions as in content/site.h.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

enum { PROPOSAL_TOLD_S = 14 * 24 * 3600 };

struct proposal {
    int64_t site_id, account_id;
    const char *account;            // name of who proposes
    int64_t base_version;           // of the site that it changes
    const char *title;              // of the site as proposed
    const char *area;               // that the site lies in now; NULL: none
    const char *returned_by, *word; // it was given back; NULL: it was not
    const char *taken_by;           // it was taken over, which only its author's list tells; NULL: it was not
    const char *document;           // the site as proposed, as site_to_json(…, true); NULL in lists
    int64_t at;
};

struct proposals {
    struct proposal *items;
    size_t count;
};

// Keeps or replaces the account's proposal for a site, which then waits. `was_at` is when the proposal that
// the person started from was made (0: there was none): ERR_CONFLICT when there is another now.
// ERR_TOO_LARGE.
enum err proposal_save(struct connection *writer, const struct proposal *proposal, int64_t was_at,
                       struct problem *p);

// ERR_NOT_FOUND when there is none.
enum err proposal_load(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                       struct proposal *ret, struct problem *p);

// Gives it back; it stays its author's, to be changed and sent again. ERR_NOT_FOUND; ERR_CONFLICT when it is
// no longer the one of `at`.
enum err proposal_return(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                         const char *by, const char *word, struct problem *p);

// It was taken over by somebody else: of it stays what its author is told. Nothing happens when it is no
// longer the one of `at`.
enum err proposal_take(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                       const char *by, struct problem *p);

// Its author takes it back. Nothing happens when it is no longer the one of `at` (0: whichever).
enum err proposal_delete(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                         struct problem *p);

// Without documents, the oldest first: those that wait at a site; all that wait, save at sites in the bin; an
// account's own, given back or not, and what was taken over of late.
enum err proposal_list_at(struct connection *c, struct arena *a, int64_t site_id, struct proposals *ret,
                          struct problem *p);
enum err proposal_list_waiting(struct connection *c, struct arena *a, struct proposals *ret,
                               struct problem *p);
enum err proposal_list_of(struct connection *c, struct arena *a, int64_t account_id, struct proposals *ret,
                          struct problem *p);
