// Taking a term out of a vocabulary without losing what was said with it.
#pragma once

#include <stdint.h>

#include "content/actor.h"
#include "content/term.h"

struct term_uses {
    int64_t sites;    // in every state
    int64_t inside;   // terms whose parent it is
    int64_t accounts; // limited to this area
};
enum err term_uses(struct connection *c, int64_t id, struct term_uses *ret, struct problem *p);

// Gives every site that has `from` the term `into` (a new version of each, with its revision), and so the
// terms inside it and the accounts limited to it; then deletes `from`. ERR_NOT_FOUND when one of them is
// missing, ERR_INVALID when they are the same or `into` lies inside `from`. *ret_sites (may be NULL): how
// many sites.
enum err term_merge(struct connection *writer, const char *scheme, const char *from, const char *into,
                    const struct actor *actor, int64_t *ret_sites, struct problem *p);

// Deletes a term that nothing uses; ERR_CONFLICT otherwise, ERR_NOT_FOUND.
enum err term_delete(struct connection *writer, const char *scheme, const char *key, struct problem *p);
