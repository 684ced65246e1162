// Fetched parcels, counted in memory by threads that may not wait for the store, and kept there by somebody
// once a second (parcel_count_flush). Thread-safe.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct parcel_count;
struct store;

enum { PARCEL_COUNT_MAX = 1024 }; // that wait at most; what comes beyond is not counted

// NULL when memory is out. Release with parcel_count_free, which accepts NULL.
struct parcel_count *parcel_count_new(void);
void parcel_count_free(struct parcel_count *c);

// The parcel behind the link was fetched, to its last byte. Quick; never blocks for long.
void parcel_count_add(struct parcel_count *c, const char *token, int64_t now);

size_t parcel_count_waiting(struct parcel_count *c);

// Keeps what waits, in one transaction; a link that is gone is left out. What could not be kept waits on. One
// thread at a time.
enum err parcel_count_flush(struct parcel_count *c, struct store *store, struct problem *p);
