#include "tests/unit/unit.h"

#include <string.h>

#include "server/http/response.h"

static void a_page_shows_images_of_one_origin_more(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct http_response res = {.arena = &a, .fd = -1};
    assert_int_equal(response_allow_images(&res, "https://tile.example.org:8443", NULL), ERR_NONE);
    assert_int_equal(res.header_count, 1);
    assert_string_equal(res.headers[0].name, "Content-Security-Policy");
    const char *policy = res.headers[0].value;
    assert_non_null(
        strstr(policy, "; img-src 'self' data: https://tile.example.org:8443; media-src 'self';"));
    assert_int_equal(strlen(policy), strlen(RESPONSE_POLICY("")) + strlen(" https://tile.example.org:8443"));
}

static void what_is_no_origin_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "https://",
        "http://a.vn",
        "//a.vn",
        "*",
        "https://*",
        "https://*.vn",
        "https://a.vn/",
        "https://a.vn b.vn",
        "https://a.vn; script-src *",
        "https://a.vn,https://b.vn",
        "https://a.vn'",
        "https://A.vn",
        "https://a.vn\r\nX: y",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct http_response res = {.arena = &a, .fd = -1};
        struct problem p = PROBLEM_INIT;
        if (response_allow_images(&res, rows[i], &p) != ERR_INVALID || res.header_count)
            fail_msg("%s", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_shows_images_of_one_origin_more),
        cmocka_unit_test(what_is_no_origin_is_refused),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
