#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/pool.h"

static void blocks_are_usable_and_distinct(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    unsigned char *blocks[COUNT];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            blocks[i] = pool_alloc(i % 700);
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
            memset(blocks[i], (int)(i & 255), i % 700);
        }
        for (size_t i = 0; i < COUNT; i++) {
            for (size_t k = 0; k < i % 700; k++)
                assert_int_equal(blocks[i][k], i & 255);
            pool_free(blocks[i]);
        }
    }
    pool_free(NULL);
}

static void free_takes_them_too(void **state)
{
    (void)state;
    free(pool_alloc(40));
    pool_free(malloc(40));
    pool_free(malloc(1)); // smaller than any the pool gives
    void *block = pool_alloc(32);
    assert_non_null(block);
    memset(block, 1, 32);
    free(block);
}

static void blocks_grow_and_keep_what_they_hold(void **state)
{
    (void)state;
    unsigned char *block = NULL;
    for (size_t size = 1; size < 3000; size += 37) {
        block = pool_realloc(block, size);
        assert_non_null(block);
        memset(block + size - (size < 37 ? size : 37), (int)(size & 255), size < 37 ? size : 37);
        for (size_t end = 1; end <= size; end += 37)
            assert_int_equal(block[end - 1], end & 255);
    }
    assert_ptr_equal(pool_realloc(block, 1), block);
    pool_free(block);
}

static void *make_many(void *arg)
{
    void **blocks = arg;
    for (size_t i = 0; i < 2000; i++)
        blocks[i] = pool_alloc(i % 500 + 1);
    return NULL;
}

static void *free_many(void *arg)
{
    void **blocks = arg;
    for (size_t i = 0; i < 2000; i++)
        pool_free(blocks[i]);
    return NULL;
}

// Made in one thread, freed in another, which then ends: the sanitizers look for what is lost.
static void blocks_may_change_threads(void **state)
{
    (void)state;
    static void *blocks[2000];
    void *(*const work[])(void *) = {make_many, free_many};
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, work[i], blocks), 0);
        pthread_join(thread, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_usable_and_distinct),
        cmocka_unit_test(free_takes_them_too),
        cmocka_unit_test(blocks_grow_and_keep_what_they_hold),
        cmocka_unit_test(blocks_may_change_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
