// Private to content/: the rows of a query as an array in an arena.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"

struct query;

// Fills one item from the current row; false when memory is out.
typedef bool rows_read(struct query *q, struct arena *a, void *item);

// Steps through all rows of a started query and ends it.
enum err rows_collect(struct query *q, struct arena *a, size_t item_size, rows_read *read, void **ret_items,
                      size_t *ret_count, struct problem *p);

// For a query of at most one row: reads it into `item`. ERR_NOT_FOUND with `missing` as sentence when there
// is none.
enum err rows_one(struct query *q, struct arena *a, rows_read *read, void *item, const char *missing,
                  struct problem *p);
