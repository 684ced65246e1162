#include "tests/unit/unit.h"

#include <stdio.h>

#include "common/url.h"

static void good_base_urls_are_written_one_way(void **state)
{
    (void)state;
    static const struct {
        const char *given, *written, *host;
    } cases[] = {
        {"https://di-tich.example.vn", "https://di-tich.example.vn", "di-tich.example.vn"},
        {"HTTPS://Di-Tich.Example.VN/", "https://di-tich.example.vn", "di-tich.example.vn"},
        {"https://example.org:443/", "https://example.org", "example.org"},
        {"http://example.org:80", "http://example.org", "example.org"},
        {"http://example.org:0443//", "http://example.org:443", "example.org:443"},
        {"http://192.168.1.20:8080", "http://192.168.1.20:8080", "192.168.1.20:8080"},
        {"http://[2001:DB8:0::1]:8080/a/B%20c/", "http://[2001:db8::1]:8080/a/B%20c", "[2001:db8::1]:8080"},
        {"https://xn--bnh-thy-6fb.vn/x", "https://xn--bnh-thy-6fb.vn/x", "xn--bnh-thy-6fb.vn"},
        {"http://localhost:1", "http://localhost:1", "localhost:1"},
        {"https://4you.example.org/~u/@a:b", "https://4you.example.org/~u/@a:b", "4you.example.org"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT, again = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        assert_int_equal(url_base(cases[i].given, &out, &p), ERR_NONE);
        assert_string_equal(out.data, cases[i].written);
        assert_int_equal(url_base(out.data, &again, &p), ERR_NONE);
        assert_string_equal(again.data, out.data);
        size_t len;
        const char *host = url_host(out.data, &len);
        assert_int_equal(len, strlen(cases[i].host));
        assert_memory_equal(host, cases[i].host, len);
    }
}

static void bad_base_urls_are_refused_with_the_way_out(void **state)
{
    (void)state;
    static const struct {
        const char *given, *part;
    } cases[] = {
        {"", "is empty"},
        {"example.org", "with its scheme and host"},
        {"/relative", "with its scheme and host"},
        {"//example.org", "with its scheme and host"},
        {"ftp://example.org", "with its scheme and host"},
        {"https:example.org", "with its scheme and host"},
        {"https://", "has no host"},
        {"https:///x", "has no host"},
        {"https://user:pw@example.org", "user name"},
        {"https://example.org?x=1", "query"},
        {"https://example.org/#top", "fragment"},
        {"https://example.org/a b", "space"},
        {"https://example.org\\a", "backslash"},
        {"https://example.org/\x01", "control character"},
        {"https://đìnhbìnhthủy.vn", "punycode"},
        {"https://a..b", "empty part"},
        {"https://example.org.", "empty part"},
        {"https://-a.org", "hyphen"},
        {"https://a_b.org", "\"_\" in its host"},
        {"https://256.1.1.1", "no IPv4 address"},
        {"https://1.2.3", "no IPv4 address"},
        {"https://[::1", "IPv6"},
        {"https://[fe80::1%eth0]", "IPv6"},
        {"https://[::1]x", "between its host and its path"},
        {"https://example.org:0", "port"},
        {"https://example.org:65536", "port"},
        {"https://example.org:", "port"},
        {"https://example.org:8o", "port"},
        {"https://example.org:99999999999999999999999", "port"},
        {"https://example.org/a//b", "two slashes"},
        {"https://example.org/../b", "\"..\""},
        {"https://example.org/%zz", "percent-encoded"},
        {"https://example.org/%4", "percent-encoded"},
        {"https://example.org/đ", "percent-encoded"},
        {"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org", "63"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        buf_append_str(&out, "kept");
        if (url_base(cases[i].given, &out, &p) == ERR_NONE)
            fail_msg("accepted %s as %s", cases[i].given, out.data);
        assert_problem(p, ERR_INVALID, cases[i].part);
        assert_string_equal(out.data, "kept");
    }
}

static void long_base_urls_are_refused(void **state)
{
    (void)state;
    char text[URL_BASE_MAX + 2] = "https://example.org/";
    size_t len = strlen(text);
    memset(text + len, 'a', sizeof text - 1 - len);
    text[sizeof text - 1] = '\0';
    cleanup_buf struct buf out = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(url_base(text, &out, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "longer than 256 bytes");
    text[URL_BASE_MAX] = '\0';
    assert_int_equal(url_base(text, &out, &p), ERR_NONE);
}

static void encoding_and_decoding_are_inverse(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT, back = BUF_INIT;
    url_encode(&out, "a/b c+đ?~", strlen("a/b c+đ?~"));
    assert_string_equal(out.data, "a%2Fb%20c%2B%C4%91%3F~");
    assert_int_equal(url_decode(out.data, out.len, &back, NULL), ERR_NONE);
    assert_string_equal(back.data, "a/b c+đ?~");
    buf_reset(&back);
    assert_int_equal(url_decode("a+%2b%2B", 8, &back, NULL), ERR_NONE);
    assert_string_equal(back.data, "a+++");
}

static void bad_escapes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *part;
    } cases[] = {
        {"%", 1, "two hexadecimal"},
        {"%4", 2, "two hexadecimal"},
        {"a%g0", 4, "two hexadecimal"},
        {"%+1", 3, "two hexadecimal"},
        {"%00", 3, "NUL"},
        {"a\0b", 3, "NUL"},
        {"%ff", 3, "not UTF-8"},
        {"%c4", 3, "not UTF-8"},
        {"\x80", 1, "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        buf_append_str(&out, "kept");
        assert_int_equal(url_decode(cases[i].text, cases[i].len, &out, &p), ERR_INVALID);
        assert_problem(p, ERR_INVALID, cases[i].part);
        assert_int_equal(out.len, 4);
        assert_string_equal(out.data, "kept");
    }
}

static void queries_are_walked(void **state)
{
    (void)state;
    static const char text[] = "&q=B%C3%ACnh+Th%E1%BB%A7y&&flag&=x&bad=%zz&a=b=c&";
    static const char *const want[][2] = {
        {"q", "Bình Thủy"}, {"flag", ""}, {"", "x"}, {NULL, NULL}, {"a", "b=c"}};
    cleanup_buf struct buf name = BUF_INIT, value = BUF_INIT;
    struct url_query q = url_query_over(text, strlen(text));
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct problem p = PROBLEM_INIT;
        enum err e = url_query_next(&q, &name, &value, &p);
        assert_int_equal(e, want[i][0] ? ERR_NONE : ERR_INVALID);
        assert_string_equal(want[i][0] ? name.data : p.field, want[i][0] ? want[i][0] : "bad");
        assert_string_equal(value.data, want[i][1] ? want[i][1] : "");
    }
    assert_int_equal(url_query_next(&q, &name, &value, NULL), ERR_NOT_FOUND);
}

static void endless_queries_are_refused(void **state)
{
    (void)state;
    cleanup_buf struct buf text = BUF_INIT, name = BUF_INIT, value = BUF_INIT;
    for (int i = 0; i <= URL_PARAMETERS_MAX; i++)
        buf_append_str(&text, "a&");
    struct url_query q = url_query_over(text.data, text.len);
    for (int i = 0; i < URL_PARAMETERS_MAX; i++)
        assert_int_equal(url_query_next(&q, &name, &value, NULL), ERR_NONE);
    assert_int_equal(url_query_next(&q, &name, &value, NULL), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_base_urls_are_written_one_way),
        cmocka_unit_test(bad_base_urls_are_refused_with_the_way_out),
        cmocka_unit_test(long_base_urls_are_refused),
        cmocka_unit_test(encoding_and_decoding_are_inverse),
        cmocka_unit_test(bad_escapes_are_refused),
        cmocka_unit_test(queries_are_walked),
        cmocka_unit_test(endless_queries_are_refused),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
