#include "common/pool.h"

#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STEP    32                      // sizes are rounded up to multiples of it
#define CLASSES (POOL_BLOCK_MAX / STEP) // class n: blocks of at least (n + 1) * STEP bytes

// Blocks of a class that a thread keeps; further ones go back to malloc. None where the sanitizers shall see
// every block come and go.
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
static const unsigned kept_max = 0;
#else
static const unsigned kept_max = 1024;
#endif

struct kept_block {
    struct kept_block *next;
};

struct pool {
    struct kept_block *first[CLASSES];
    unsigned count[CLASSES];
};

static __thread struct pool *own;
static pthread_key_t at_exit;
static bool has_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release(void *arg)
{
    struct pool *pool = arg;
    own = NULL;
    for (size_t i = 0; i < CLASSES; i++)
        for (struct kept_block *block = pool->first[i], *next; block; block = next) {
            next = block->next;
            free(block);
        }
    free(pool);
}

static void make_key(void)
{
    has_key = pthread_key_create(&at_exit, release) == 0;
}

// The thread's pool; NULL when there can be none, and then nothing is kept.
static struct pool *take_own(void)
{
    if (own)
        return own;
    pthread_once(&once, make_key);
    struct pool *pool = has_key ? calloc(1, sizeof *pool) : NULL;
    if (pool && pthread_setspecific(at_exit, pool) != 0) {
        free(pool);
        pool = NULL;
    }
    return own = pool;
}

void *pool_alloc(size_t size)
{
    size_t class = size ? (size - 1) / STEP : 0;
    if (class >= CLASSES)
        return malloc(size);
    struct pool *pool = take_own();
    struct kept_block *kept = pool ? pool->first[class] : NULL;
    if (!kept)
        return malloc((class + 1) * STEP);
    pool->first[class] = kept->next;
    pool->count[class]--;
    return kept;
}

void pool_free(void *block)
{
    size_t steps = block ? malloc_usable_size(block) / STEP : 0; // whole ones: it holds at least so much
    struct pool *pool = steps >= 1 && steps <= CLASSES ? take_own() : NULL;
    if (!pool || pool->count[steps - 1] >= kept_max) {
        free(block);
        return;
    }
    struct kept_block *kept = block;
    kept->next = pool->first[steps - 1];
    pool->first[steps - 1] = kept;
    pool->count[steps - 1]++;
}

void *pool_realloc(void *block, size_t size)
{
    size_t room = block ? malloc_usable_size(block) : 0;
    if (block && size <= room)
        return block;
    if (room > POOL_BLOCK_MAX)
        return realloc(block, size);
    void *larger = pool_alloc(size);
    if (!larger)
        return NULL;
    if (block)
        memcpy(larger, block, room);
    pool_free(block);
    return larger;
}
