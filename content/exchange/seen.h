// Private to content/exchange: which texts have been met, and a number for each.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/err.h"

struct seen_slot {
    const char *text;
    uint64_t value;
};

struct seen {
    struct arena arena;
    struct seen_slot *slots; // a power of two of them, at most half in use
    size_t capacity, count;
};

#define SEEN_INIT ((struct seen){.arena = ARENA_INIT})

// Remembers `text` (copied) with `value`, unless it is there already: then *ret_before (may be NULL) is its
// value and the result is ERR_EXISTS. ERR_MEMORY.
enum err seen_add(struct seen *seen, const char *text, uint64_t value, uint64_t *ret_before);

bool seen_find(const struct seen *seen, const char *text, uint64_t *ret_value);

void seen_clear(struct seen *seen);
#define cleanup_seen CLEANUP(seen_clear)
