#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "content/captions.h"

static void check_good(const char *text, size_t len, const char *expected)
{
    cleanup_buf struct buf out = BUF_INIT, again = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (captions_read(text, len, &out, &p) != ERR_NONE)
        fail_msg("line %lu: %s\n%s", p.line, p.text, text);
    assert_string_equal(out.data, expected);
    assert_int_equal(captions_read(out.data, out.len, &again, &p), ERR_NONE);
    assert_string_equal(again.data, out.data);
}

#define GOOD(text, expected) check_good(text, sizeof(text) - 1, expected)

static void webvtt_is_kept_as_it_is(void **state)
{
    (void)state;
    static const char all[] =
        "WEBVTT - phim tài liệu\nKind: captions\nLanguage: vi\n\nSTYLE\n::cue { color: lime }\n\n"
        "REGION\nid:a\n\nNOTE một ghi chú\nhai dòng\n\n"
        "1\n00:01.000 --> 00:02.500 line:0 align:start\n<v Bà Tư>Đây là bến sông.\nHai dòng.\n\n"
        "00:02.500 --> 100:00:00.000\n- Dạ &amp; thưa.\n";
    GOOD(all, all);
    GOOD("WEBVTT\n\n00:00.000 --> 00:01.000\n", "WEBVTT\n\n00:00.000 --> 00:01.000\n");
    GOOD("WEBVTT\n\n00:00.000 --> 00:01.000", "WEBVTT\n\n00:00.000 --> 00:01.000\n");
}

static void bytes_become_utf8_in_form_c_with_lf(void **state)
{
    (void)state;
    GOOD("\xEF\xBB\xBFWEBVTT\r\n\r\n\r\n00:00.000 --> 00:01.000\r\nBe\xCC\x82\xCC\x81n\r\n\r\n\r\n",
         "WEBVTT\n\n00:00.000 --> 00:01.000\nBến\n");
    GOOD("WEBVTT\r\r00:00.000 --> 00:01.000\ra\r", "WEBVTT\n\n00:00.000 --> 00:01.000\na\n");
    GOOD("\xFF\xFE"
         "1\0\n\0"
         "0\0000\0:\0000\0000\0:\0000\0000\0,\0000\0000\0000\0 \0-\0-\0>\0 \0"
         "0\0000\0:\0000\0000\0:\0000\0001\0,\0000\0000\0000\0\n\0\xBF\x1E\n\0",
         "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nế\n");
}

static void srt_becomes_webvtt(void **state)
{
    (void)state;
    GOOD("1\r\n00:00:01,000 --> 00:00:02,500\r\nĐây là <B>bến</B> sông.\r\n\r\n\r\n2\r\n00:00:02,500 --> "
         "00:00:04,000 X1:10\r\n"
         "<font color=\"#fff\">A & B</font> {\\an8}<i>1 < 2</i>\r\n",
         "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nĐây là <b>bến</b> sông.\n\n00:00:02.500 --> 00:00:04.000\n"
         "A &amp; B <i>1 &lt; 2</i>\n");
    GOOD("0:00:01,000 --> 0:00:02,000\nkhông đánh số\n   \n7 \n 0:00:02.000 --> "
         "0:00:03.000\n<font>\n{\\an8}\nhết",
         "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nkhông đánh số\n\n00:00:02.000 --> 00:00:03.000\nhết\n");
    GOOD("1\n00:00:01,000 --> 00:00:02,000\n--<font>>\n",
         "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n--&gt;\n");
    GOOD("1\n00:00:01,000 --> 00:00:02,000\n<\n<b\n<z>{\n",
         "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n&lt;\n&lt;b\n&lt;z&gt;{\n");
}

struct bad {
    const char *text, *why;
    unsigned long line;
};

static void what_is_wrong_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct bad rows[] = {
        {"", "none", 1},
        {"\n\n", "none", 1},
        {"WEBVTT", "none", 1},
        {"WEBVTT\n\nNOTE nothing\n", "none", 1},
        {"WEBVTTX\n\n00:00.000 --> 00:01.000\n", "form", 1},
        {"<html>\n", "form", 1},
        {"\nlời nói\n", "form", 2},
        {"WEBVTT --> x\n\n00:00.000 --> 00:01.000\n", "arrow", 1},
        {"WEBVTT\n00:00.000 --> 00:01.000\n", "arrow", 2},
        {"WEBVTT\n\nmột\n", "time", 3},
        {"WEBVTT\n\nmột\nhai\n00:00.000 --> 00:01.000\n", "time", 4},
        {"WEBVTT\n\n00:00.000 -> 00:01.000\n", "time", 3},
        {"WEBVTT\n\n00:00,000 --> 00:01,000\n", "time", 3},
        {"WEBVTT\n\n0:00.000 --> 00:01.000\n", "time", 3},
        {"WEBVTT\n\n00:60.000 --> 01:01.000\n", "time", 3},
        {"WEBVTT\n\n00:00.00 --> 00:01.000\n", "time", 3},
        {"WEBVTT\n\n00:00.000 --> 00:01.0000\n", "time", 3},
        {"WEBVTT\n\n00:00.000 --> 00:01.000x\n", "time", 3},
        {"WEBVTT\n\n99999:00:00.000 --> 99999:00:01.000\n", "time", 3},
        {"WEBVTT\n\n00:02.000 --> 00:02.000\n", "end", 3},
        {"WEBVTT\n\n00:02.000 --> 00:03.000\na\n\n00:01.000 --> 00:04.000\nb\n", "order", 6},
        {"WEBVTT\n\n00:02.000 --> 00:03.000\na\n00:03.000 --> 00:04.000\nb\n", "arrow", 5},
        {"WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nSTYLE\nb\n", "time", 7},
        {"WEBVTT\n\nNOTE -->\n\n00:01.000 --> 00:02.000\n", "arrow", 3},
        {"WEBVTT\n\nNOTE\n-->\n", "arrow", 4},
        {"1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n", "time", 5},
        {"1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n00:00:02,000 --> 00:00:03,000\n", "time", 5},
        {"1\n00:01,000 --> 00:02,000\na\n", "time", 2},
        {"1\n00:00:03,000 --> 00:00:02,000\na\n", "end", 2},
        {"1\n00:00:01,000 --> 00:00:02,000\n00:00:02,000 --> 00:00:03,000\n", "arrow", 3},
        {"WEBVTT\n\n00:00.000 --> 00:01.000\na\x07\n", "bytes", 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        buf_append_str(&out, "kept");
        enum err e = captions_read(rows[i].text, strlen(rows[i].text), &out, &p);
        if (e != ERR_INVALID || strcmp(p.field, rows[i].why) != 0 || p.line != rows[i].line || !p.text[0])
            fail_msg("row %zu: %s, \"%s\" in line %lu: %s", i, err_name(e), p.field, p.line, p.text);
        assert_string_equal(out.data, "kept");
    }
    struct problem p;
    cleanup_buf struct buf out = BUF_INIT;
    static const char nul[] = "WEBVTT\n\n00:00.000 --> 00:01.000\nm\0t dong\n";
    assert_int_equal(captions_read(nul, sizeof nul - 1, &out, &p), ERR_INVALID);
    assert_string_equal(p.field, "bytes");
}

static void size_and_number_are_bounded(void **state)
{
    (void)state;
    struct problem p;
    cleanup_buf struct buf out = BUF_INIT, many = BUF_INIT, large = BUF_INIT;
    buf_append_str(&many, "WEBVTT\n");
    for (int i = 0; i < CAPTIONS_CUES_MAX; i++)
        buf_append_str(&many, "\n00:00.000 --> 00:00.001\n");
    assert_int_equal(captions_read(many.data, many.len, &out, &p), ERR_NONE);
    buf_append_str(&many, "\n00:00.000 --> 00:00.001\n");
    assert_int_equal(captions_read(many.data, many.len, &out, &p), ERR_TOO_LARGE);
    assert_string_equal(p.field, "many");
    assert_int_equal(p.line, 2 * CAPTIONS_CUES_MAX + 3);
    buf_append_str(&large, "WEBVTT\n\n00:00.000 --> 00:01.000\n");
    while (large.len < CAPTIONS_BYTES_MAX)
        buf_append_char(&large, 'a');
    buf_truncate(&large, CAPTIONS_BYTES_MAX - 1);
    assert_int_equal(captions_read(large.data, large.len, &out, &p), ERR_NONE);
    buf_append_str(&large, "aa");
    assert_int_equal(captions_read(large.data, large.len, &out, &p), ERR_TOO_LARGE);
    buf_reset(&large); // what grows beyond it on the way
    buf_append_str(&large, "1\n00:00:00,000 --> 00:00:01,000\n");
    while (large.len < CAPTIONS_BYTES_MAX / 2)
        buf_append_char(&large, '&');
    assert_int_equal(captions_read(large.data, large.len, &out, &p), ERR_TOO_LARGE);
}

static void words_are_checked_by_language(void **state)
{
    (void)state;
    static const struct {
        const char *words, *field;
    } rows[] = {
        {"{\"vi\": \"WEBVTT\\n\\n00:00.000 --> 00:01.000\\na\\n\"}", NULL},
        {"{}", NULL},
        {"{\"vi\": \"WEBVTT\\n\\n00:00.000 --> 00:01.000\\na\"}", "m.vi"},
        {"{\"en\": \"1\\n00:00:00,000 --> 00:00:01,000\\na\\n\"}", "m.en"},
        {"{\"en\": 7}", "m.en"},
        {"{\"EN\": \"WEBVTT\\n\\n00:00.000 --> 00:01.000\\na\\n\"}", "m.EN"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct problem p = PROBLEM_INIT;
        json_t *words = json_loads(rows[i].words, 0, NULL);
        assert_non_null(words);
        enum err e = captions_check(words, "m", &p);
        json_decref(words);
        if (e != (rows[i].field ? ERR_INVALID : ERR_NONE) || (e && strcmp(p.field, rows[i].field) != 0))
            fail_msg("row %zu: %s: %s", i, p.field, p.text);
    }
    assert_int_equal(captions_check(NULL, "m", NULL), ERR_NONE);
}

// Long lines that are nearly tags: no place may look through all that follows.
static void what_is_nearly_a_tag_costs_no_more(void **state)
{
    (void)state;
    static const char head[] = "1\n00:00:01,000 --> 00:00:02,000\n";
    static const struct {
        char filler;
        enum err expected; // "<" is written with four bytes
    } cases[] = {{'<', ERR_TOO_LARGE}, {'{', ERR_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf text = BUF_INIT, out = BUF_INIT;
        buf_append_str(&text, head);
        while (text.len < 200000)
            buf_append_char(&text, cases[i].filler);
        buf_append_str(&text, ">}\n");
        int64_t began = clock_monotonic_ms();
        assert_int_equal(captions_read(text.data, text.len, &out, NULL), cases[i].expected);
        assert_in_range(clock_monotonic_ms() - began, 0, 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webvtt_is_kept_as_it_is),
        cmocka_unit_test(bytes_become_utf8_in_form_c_with_lf),
        cmocka_unit_test(srt_becomes_webvtt),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(size_and_number_are_bounded),
        cmocka_unit_test(words_are_checked_by_language),
        cmocka_unit_test(what_is_nearly_a_tag_costs_no_more),
    };
    return cmocka_run_group_tests_name("captions", tests, NULL, NULL);
}
