// Failed sign-ins: after ten in fifteen minutes, for an account or from an address, each further try has to
// wait, twice as long each time, up to fifteen minutes. Nobody is locked out for good.
#pragma once

#include <stdint.h>

#include "common/err.h"

struct connection;

enum { THROTTLE_FREE = 10, THROTTLE_WINDOW_S = 15 * 60 };

// Begins a try of `name` from `address`: seconds that it must still wait; 0: it may go ahead, and counts as
// failed from now on, so that of tries at the same moment no more go ahead than of tries one after the other.
// The address is kept only as a keyed hash. Failures that are older than the window are forgotten. A
// transaction of its own.
enum err throttle_begin(struct connection *writer, const char *name, const char *address, int64_t now,
                        int64_t *ret_seconds, struct problem *p);

// The try that throttle_begin let go ahead at `now` was no failure.
enum err throttle_take_back(struct connection *writer, const char *name, const char *address, int64_t now,
                            struct problem *p);

// A good sign-in forgets the failures of the name (not those of the address).
enum err throttle_passed(struct connection *writer, const char *name, struct problem *p);
