// Failed sign-ins: after ten in fifteen minutes, for an account or from an address, each further try has to
// wait, twice as long each time, up to fifteen minutes. Nobody is locked out for good.
#pragma once

#include <stdint.h>

#include "common/err.h"

struct connection;

enum { THROTTLE_FREE = 10, THROTTLE_WINDOW_S = 15 * 60 };

// Seconds that a try of `name` from `address` must still wait; 0: now. The address is kept only as a keyed
// hash.
enum err throttle_wait(struct connection *c, const char *name, const char *address, int64_t now,
                       int64_t *ret_seconds, struct problem *p);

// Remembers a failure, and forgets those that are older than the window.
enum err throttle_failed(struct connection *writer, const char *name, const char *address, int64_t now,
                         struct problem *p);

// A good sign-in forgets the failures of the name (not those of the address).
enum err throttle_passed(struct connection *writer, const char *name, struct problem *p);
