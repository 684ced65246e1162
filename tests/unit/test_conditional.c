#include "tests/unit/unit.h"

#include "server/http/conditional.h"

static void lists_of_tags(void **state)
{
    static const char *const naming[] = {"\"a\"",         "W/\"a\"", "\"x\", \"a\"", "\"x\",W/\"a\",\"y\"",
                                         " ,, \"a\"",     "*",       "* ",           "\"a\", broken",
                                         "\"x,y\", \"a\""};
    static const char *const others[] = {"",       "a",    "\"b\"",   "W/\"b\"",       "\"A\"",
                                         "\"a",    "'a'",  "**",      "*, \"b\"",      "\"b\" *",
                                         "\"aa\"", "\"\"", "w/\"a\"", "broken, \"a\"", "\"x, \"a\""};
    (void)state;
    for (size_t i = 0; i < sizeof naming / sizeof naming[0]; i++)
        if (!conditional_names(naming[i], "\"a\""))
            fail_msg("%s does not name it", naming[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (conditional_names(others[i], "\"a\""))
            fail_msg("%s names it", others[i]);
    assert_true(conditional_names("\"a\"", "W/\"a\""));
    assert_false(conditional_names("\"a\"", ""));
    assert_false(conditional_names("\"\"", ""));
}

static void dates(void **state)
{
    int64_t when = 5;
    (void)state;
    // The three examples of RFC 9110 section 5.6.7.
    assert_true(conditional_date("Sun, 06 Nov 1994 08:49:37 GMT", &when));
    assert_int_equal(when, 784111777);
    when = 5;
    assert_true(conditional_date("Sunday, 06-Nov-94 08:49:37 GMT", &when));
    assert_int_equal(when, 784111777);
    when = 5;
    assert_true(conditional_date("Sun Nov  6 08:49:37 1994", &when));
    assert_int_equal(when, 784111777);
    assert_true(conditional_date("Sun Nov 16 08:49:37 1994", &when));
    assert_true(conditional_date("Thu, 29 Feb 2024 00:00:60 GMT", &when));
    static const char *const bad[] = {
        "",
        "0",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nix 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT; x",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994 ",
        "1994-11-06T08:49:37Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        when = 5;
        if (conditional_date(bad[i], &when) || when != 5)
            fail_msg("\"%s\" is taken for a date", bad[i]);
    }
}

static void tags_come_before_dates(void **state)
{
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    (void)state;
    assert_true(conditional_unchanged("\"a\"", NULL, "\"a\"", 0));
    assert_true(conditional_unchanged(NULL, date, "\"a\"", 784111777));
    assert_true(conditional_unchanged(NULL, date, "", 784111776));
    assert_false(conditional_unchanged(NULL, date, "", 784111778));
    assert_false(conditional_unchanged(NULL, date, "", 0));
    assert_false(conditional_unchanged("\"b\"", date, "\"a\"", 784111777));
    assert_false(conditional_unchanged(NULL, NULL, "\"a\"", 1));
}

static void ranges_need_the_very_same(void **state)
{
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    (void)state;
    assert_true(conditional_range_holds(NULL, "", 0));
    assert_true(conditional_range_holds("\"a\"", "\"a\"", 0));
    assert_true(conditional_range_holds(date, "\"a\"", 784111777));
    assert_false(conditional_range_holds(date, "\"a\"", 784111776));
    assert_false(conditional_range_holds("W/\"a\"", "\"a\"", 0));
    assert_false(conditional_range_holds("\"b\"", "\"a\"", 0));
    assert_false(conditional_range_holds("\"\"", "", 0));
    assert_false(conditional_range_holds("x", "\"a\"", 784111777));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_tags),
        cmocka_unit_test(dates),
        cmocka_unit_test(tags_come_before_dates),
        cmocka_unit_test(ranges_need_the_very_same),
    };
    return cmocka_run_group_tests_name("conditional", tests, NULL, NULL);
}
