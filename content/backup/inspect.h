// Looks whether the media folder holds what the database says.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

struct store;

struct inspect_result {
    int64_t files;   // that the database names
    int64_t unused;  // files in the media folder that nothing names
    int64_t removed; // of these, by `sweep`
};

// Reads every media file and compares its size and hash. Each missing or damaged one becomes a problem in
// `list` (ERR_CORRUPT is then returned). With `sweep` files that nothing names are removed when they are
// older than INSPECT_SWEEP_AGE: younger ones may belong to an import that is under way. Calling thread's
// reader.
#define INSPECT_SWEEP_AGE 86400 // seconds
enum err inspect_media(struct store *store, bool sweep, struct problem_list *list, struct inspect_result *ret,
                       struct problem *p);
