// An allocator for many small blocks that live briefly, as the values of a JSON document do: each thread
// keeps the blocks that were freed in it for its next ones. Several times faster than malloc for that use.
//
// Every block comes from malloc, so that free may take it as well, and any thread may free it. Thread-safe.
#pragma once

#include <stddef.h>

#define POOL_BLOCK_MAX 512 // bytes; larger blocks are not kept

void *pool_alloc(size_t size);                // as malloc
void *pool_realloc(void *block, size_t size); // as realloc, but never gives memory back
void pool_free(void *block);                  // NULL is fine
