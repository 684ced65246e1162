// An arena: many small allocations with one life, released together. One per request or operation; one
// thread.
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "common/cleanup.h"

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used; // bytes used in the head block
};

#define ARENA_INIT ((struct arena){.head = NULL})

// `size` bytes, zeroed, aligned for any type. NULL when memory is out; the arena stays usable. size 0 gives a
// valid, unique pointer.
void *arena_alloc(struct arena *a, size_t size);

// As arena_alloc for an array; NULL also when count * size overflows.
void *arena_array(struct arena *a, size_t count, size_t size);

// Copies; NULL for a NULL source or when memory is out. arena_strndup adds the NUL. arena_concat joins texts
// as
// "%s%s" would, many times faster.
char *arena_strdup(struct arena *a, const char *str);
char *arena_strndup(struct arena *a, const char *str, size_t len);
char *arena_concat(struct arena *a, const char *first, ...) __attribute__((sentinel)); // up to a NULL
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Releases everything; the arena is as after ARENA_INIT and can be used again.
void arena_clear(struct arena *a);

#define cleanup_arena CLEANUP(arena_clear)
