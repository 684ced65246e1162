#include "common/edtf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void dates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct edtf_date date;
    } cases[] = {
        {"1909", {EDTF_YEAR, 1909, 0, 0, false, false}},
        {"0000", {EDTF_YEAR, 0, 0, 0, false, false}},
        {"-0043", {EDTF_YEAR, -43, 0, 0, false, false}},
        {"1993-06", {EDTF_MONTH, 1993, 6, 0, false, false}},
        {"1993-06-21", {EDTF_DAY, 1993, 6, 21, false, false}},
        {"2000-02-29", {EDTF_DAY, 2000, 2, 29, false, false}},
        {"1846~", {EDTF_YEAR, 1846, 0, 0, true, false}},
        {"1890?", {EDTF_YEAR, 1890, 0, 0, false, true}},
        {"1890-05%", {EDTF_MONTH, 1890, 5, 0, true, true}},
        {"187X", {EDTF_DECADE, 1870, 0, 0, false, false}},
        {"18XX~", {EDTF_CENTURY, 1800, 0, 0, true, false}},
        {"-012X", {EDTF_DECADE, -129, 0, 0, false, false}},
        {"-00XX", {EDTF_CENTURY, -99, 0, 0, false, false}},
        {"1985-XX", {EDTF_YEAR, 1985, 0, 0, false, false}},
        {"1985-XX-XX", {EDTF_YEAR, 1985, 0, 0, false, false}},
        {"1985-04-XX", {EDTF_MONTH, 1985, 4, 0, false, false}},
        {"2001-21", {EDTF_SEASON, 2001, 21, 0, false, false}},
        {"Y17000", {EDTF_YEAR, 17000, 0, 0, false, false}},
        {"Y-170000002", {EDTF_YEAR, -170000002, 0, 0, false, false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct edtf got;
        const struct edtf_date *want = &cases[i].date;
        struct problem p = PROBLEM_INIT;
        if (edtf_parse(cases[i].text, NULL, &got, &p) != ERR_NONE)
            fail_msg("%s", p.text);
        assert_false(got.interval);
        assert_int_equal(got.start.precision, want->precision);
        assert_int_equal(got.start.year, want->year);
        assert_int_equal(got.start.month, want->month);
        assert_int_equal(got.start.day, want->day);
        assert_int_equal(got.start.approximate, want->approximate);
        assert_int_equal(got.start.uncertain, want->uncertain);
        assert_int_equal(got.end.year, want->year);
    }
}

static void intervals_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum edtf_precision start, end;
    } cases[] = {
        {"1878/1886", EDTF_YEAR, EDTF_YEAR},        {"1993-06-21/1993-06-21", EDTF_DAY, EDTF_DAY},
        {"1846~/185X", EDTF_YEAR, EDTF_DECADE},     {"1985/..", EDTF_YEAR, EDTF_OPEN},
        {"../1985-04", EDTF_OPEN, EDTF_MONTH},      {"/1985", EDTF_UNKNOWN, EDTF_YEAR},
        {"1985/", EDTF_YEAR, EDTF_UNKNOWN},         {"1993-06/1993", EDTF_MONTH, EDTF_YEAR},
        {"1879/187X", EDTF_YEAR, EDTF_DECADE},      {"1899/18XX", EDTF_YEAR, EDTF_CENTURY},
        {"-00XX/06XX", EDTF_CENTURY, EDTF_CENTURY}, {"1993-06-21/1993-06", EDTF_DAY, EDTF_MONTH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct edtf got;
        struct problem p = PROBLEM_INIT;
        if (edtf_parse(cases[i].text, NULL, &got, &p) != ERR_NONE)
            fail_msg("%s", p.text);
        assert_true(got.interval);
        assert_int_equal(got.start.precision, cases[i].start);
        assert_int_equal(got.end.precision, cases[i].end);
    }
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "abc",
        "190",
        "19099",
        "1909-",
        "1909-13",
        "1909-00",
        "1909-06-31",
        "1900-02-29",
        "1993-6-21",
        "21/6/1993",
        "1XXX",
        "XXXX",
        "18X0",
        "187X-05",
        "1909~~",
        "1909?~",
        " 1909",
        "1909 ",
        "1909\n",
        "2001-25",
        "2001-20",
        "2001-21-01",
        "1985-XX-04",
        "1985-04-X1",
        "Y1985",
        "Y0017000",
        "Y1234567890",
        "-0000",
        "+1909",
        "..",
        "/",
        "../..",
        "1886/1878",
        "1990/198X",
        "1993-06/1993-05",
        "1993-06-21/1993-06-20",
        "1878/1886/1890",
        "1878/18866",
        "1878//1886",
        "x/1878",
        "1909-06-21T10:00:00Z",
        "187X~/1860",
        "1111111111111111111111111111111111111111111111111111111111111111111111111111111111",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct edtf got;
        struct problem p = PROBLEM_INIT;
        memset(&got, 0x5a, sizeof got);
        if (edtf_parse(bad[i], "date", &got, &p) != ERR_INVALID)
            fail_msg("\"%s\" is taken for a date", bad[i]);
        assert_int_equal(((unsigned char *)&got)[0], 0x5a); // untouched
        assert_string_equal(p.field, "date");
        assert_non_null(strstr(p.text, "is no date"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(intervals_are_read),
        cmocka_unit_test(anything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
