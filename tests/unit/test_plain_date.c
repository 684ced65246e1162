#include "content/plain_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/edtf.h"

static void reads_what_people_write(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"21/6/1993", "1993-06-21"},
        {"21-06-1993", "1993-06-21"},
        {"1.2.1999", "1999-02-01"},
        {"21/ 6/ 1993", "1993-06-21"},
        {"+1/6/1993", "+1/6/1993"},
        {"21/6/1993/4", "21/6/1993/4"},
        {"210/6/1993", "210/6/1993"},
        {"21/6/", "21/6/"},
        {"6/1993", "1993-06"},
        {"1909", "1909"},
        {"năm 1907", "1907"},
        {"khoảng 1846", "1846~"},
        {"Khoảng năm 1846", "1846~"},
        {"about 1846", "1846~"},
        {"1878–1886", "1878/1886"},
        {"1878 - 1886", "1878/1886"},
        {"1878-1886", "1878/1886"},
        {"1993-06-21", "1993-06-21"},
        {"187X", "187X"},
        {"1878/..", "1878/.."},
        {"hôm qua", "hôm qua"},
        {"31/2/1999", "1999-02-31"},
        {"21/6-1993", "21/6-1993"},
        {"21/6/93", "21/6/93"},
        {"", ""},
        {"1878–1886 hay sau", "1878–1886 hay sau"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        assert_string_equal(plain_date_read(&a, cases[i][0]), cases[i][1]);
    }
}

static void shows_days_and_months_as_people_write_them(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    assert_string_equal(plain_date_show(&a, "1993-06-21"), "21/06/1993");
    assert_string_equal(plain_date_show(&a, "1993-06"), "06/1993");
    assert_string_equal(plain_date_show(&a, "2001-21"), "2001-21"); // spring
    assert_string_equal(plain_date_show(&a, NULL), "");
}

static void what_is_shown_reads_back_the_same(void **state)
{
    (void)state;
    static const char *const dates[] = {
        "1909",    "1993-06",    "1993-06-21", "1846~",       "1890?",
        "1890%",   "187X",       "18XX",       "1993-XX",     "1993-06-XX",
        "2001-21", "-0043",      "Y-17000",    "1878/1886",   "1878/..",
        "/1886",   "0909-01-02", "0909-01",    "1993-06-21~", "1993-06-21/1993-07-01",
    };
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct edtf parsed;
        assert_int_equal(edtf_parse(dates[i], NULL, &parsed, NULL), ERR_NONE);
        assert_string_equal(plain_date_read(&a, plain_date_show(&a, dates[i])), dates[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_people_write),
        cmocka_unit_test(shows_days_and_months_as_people_write_them),
        cmocka_unit_test(what_is_shown_reads_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
