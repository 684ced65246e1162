// The steps of a site between who writes it and who publishes it, as the audit has kept them since they were
// written there; a store from before has none for older steps.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

struct review_step {
    const char *action; // "site.add", "site.submit", "site.return", "site.publish", …
    const char *by;     // the account's present name, or what acted without one
    int64_t account_id; // 0: no account
    const char *word;   // what was said with a return; NULL: nothing
    int64_t at;
};

// True when it is this step by which a site that is in review came there, and an account took it.
bool review_is_sent(const struct review_step *step);

// The last step of a site. ERR_NOT_FOUND when none is known. In the arena.
enum err review_last_step(struct connection *c, struct arena *a, int64_t site_id, struct review_step *ret,
                          struct problem *p);

// A site that an account has worked on of late and that is not published yet.
struct review_own {
    int64_t id, updated_at;
    const char *title, *state;
    struct review_step last; // .action NULL: none is known
};
struct review_owns {
    struct review_own *items;
    size_t count;
};

// Drafts and what is in review among the last 300 things that the account did with sites; those changed last
// first, at most `limit`. In the arena.
enum err review_list_own(struct connection *c, struct arena *a, int64_t account_id, int limit,
                         struct review_owns *ret, struct problem *p);
