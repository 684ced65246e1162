#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdio.h>

#include "common/arena.h"
#include "server/http/page_cache.h"

static struct answer *answer_of(size_t bytes)
{
    struct answer *a = NULL;
    struct arena arena = ARENA_INIT;
    struct http_response res = {
        .arena = &arena, .status = 200, .content_type = RESPONSE_HTML, .body = BUF_INIT, .fd = -1};
    const struct answer_terms terms = {.route_flags = ROUTE_CACHE, .whole_method = true};
    char *at = buf_reserve(&res.body, bytes);
    assert_non_null(at);
    memset(at, 'x', bytes);
    buf_grew(&res.body, bytes);
    assert_int_equal(answer_make(&res, &terms, &a), ERR_NONE);
    buf_free(&res.body); // what the answer did not take
    arena_clear(&arena);
    return a;
}

static void put(struct page_cache *c, const char *key, uint64_t version, size_t bytes)
{
    struct answer *a = answer_of(bytes);
    page_cache_put(c, key, strlen(key), version, a);
    answer_unref(a);
}

static bool has(struct page_cache *c, const char *key)
{
    struct answer *a = page_cache_get(c, key, strlen(key));
    answer_unref(a);
    return a != NULL;
}

static struct page_cache *cache_of(size_t limit)
{
    struct page_cache *c = NULL;
    assert_int_equal(page_cache_make(limit, &c, NULL), ERR_NONE);
    return c;
}

static void expect_entries(struct page_cache *c, uint64_t expected)
{
    uint64_t entries, bytes;
    page_cache_size(c, &entries, &bytes);
    assert_int_equal(entries, expected);
    assert_int_equal(bytes == 0, expected == 0);
}

static void what_was_put_is_got(void **state)
{
    (void)state;
    struct page_cache *c = cache_of(1000000);
    struct answer *a = answer_of(100);
    page_cache_put(c, "k\0a", 3, 0, a);
    struct answer *got = page_cache_get(c, "k\0a", 3);
    assert_ptr_equal(got, a);
    assert_int_equal(a->refs, 3);
    assert_null(page_cache_get(c, "k\0b", 3));
    assert_null(page_cache_get(c, "k", 1));
    page_cache_put(c, "k\0a", 3, 0, a); // in its own place
    expect_entries(c, 1);
    assert_int_equal(a->refs, 3);
    page_cache_free(c);
    assert_int_equal(a->refs, 2); // whoever sends it still has it
    answer_unref(got);
    answer_unref(a);
}

static void least_used_go_first(void **state)
{
    (void)state;
    struct page_cache *c = cache_of(60000);
    char key[16];
    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof key, "%d", i);
        put(c, key, 0, 1000);
        assert_true(has(c, "0"));
    }
    uint64_t entries, bytes;
    page_cache_size(c, &entries, &bytes);
    assert_true(bytes <= 60000 && entries >= 10 && entries < 20);
    assert_true(has(c, "39"));
    assert_true(has(c, "38"));
    assert_false(has(c, "1"));
    page_cache_free(c);
}

static void too_large_and_none(void **state)
{
    (void)state;
    struct page_cache *c = cache_of(40000);
    put(c, "small", 0, 100);
    put(c, "large", 0, 12000);
    assert_true(has(c, "small"));
    assert_false(has(c, "large"));
    page_cache_free(c);
    c = cache_of(0);
    put(c, "a", 0, 1);
    assert_false(has(c, "a"));
    expect_entries(c, 0);
    page_cache_free(c);
    page_cache_free(NULL);
}

static void versions(void **state)
{
    (void)state;
    struct page_cache *c = cache_of(1000000);
    page_cache_set_version(c, 7);
    assert_int_equal(page_cache_version(c), 7);
    put(c, "old", 6, 100);
    assert_false(has(c, "old"));
    put(c, "a", 7, 100);
    put(c, "b", 7, 100);
    page_cache_set_version(c, 7);
    expect_entries(c, 2);
    page_cache_set_version(c, 3); // a restored backup may go back
    expect_entries(c, 0);
    assert_false(has(c, "a"));
    put(c, "a", 7, 100);
    assert_false(has(c, "a"));
    put(c, "a", 3, 100);
    assert_true(has(c, "a"));
    page_cache_free(c);
}

static void *churn(void *arg)
{
    struct page_cache *c = arg;
    char key[16];
    for (int i = 0; i < 3000; i++) {
        snprintf(key, sizeof key, "%d", i * 7 % 50);
        if (!has(c, key))
            put(c, key, page_cache_version(c), 200);
        if (i % 500 == 0)
            page_cache_set_version(c, (uint64_t)i);
    }
    return NULL;
}

static void many_threads(void **state)
{
    pthread_t threads[4];
    (void)state;
    struct page_cache *c = cache_of(60000);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, c), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    uint64_t entries, bytes;
    page_cache_size(c, &entries, &bytes);
    assert_true(bytes <= 60000);
    page_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_got), cmocka_unit_test(least_used_go_first),
        cmocka_unit_test(too_large_and_none),  cmocka_unit_test(versions),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests_name("page_cache", tests, NULL, NULL);
}
