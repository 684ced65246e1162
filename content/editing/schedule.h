// Publishing at a time.
#pragma once

#include <stdint.h>

#include "common/err.h"
#include "content/actor.h"

struct connection;

// The time at which the next site wants to be published; 0: none.
enum err schedule_next(struct connection *c, int64_t *ret, struct problem *p);

// Publishes every site whose time has come. Inside the caller's transaction. A site that cannot be saved as
// it is loses its time, which the audit tells with the reason, so that it stops nobody else's.
enum err schedule_publish(struct connection *writer, int64_t now, const struct actor *actor,
                          int64_t *ret_count, struct problem *p);
