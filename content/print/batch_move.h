// Private to content/print/: plates into a batch and out of it, and what the audit says.
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "common/err.h"
#include "content/actor.h"

struct connection;

// Gives the batch's plates the state `to` (NULL: each the one that it had before the batch took it), with an
// event in the history of each; only those that are in the state `from` now (NULL: all). Retired plates stay
// so.
enum err batch_move(struct connection *writer, int64_t id, const char *to, const char *from,
                    const struct actor *actor, struct problem *p);

// An audit row about the batch; `detail` may be NULL.
enum err batch_audit(struct connection *writer, int64_t id, const char *action, const struct actor *actor,
                     const json_t *detail, struct problem *p);
