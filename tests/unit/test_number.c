#include "common/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void digits_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t least, most;
        int64_t value;
        const char *rest;
    } cases[] = {
        {"7", 1, 1, 7, ""},
        {"2026-11", 4, 4, 2026, "-11"},
        {"007x", 1, 3, 7, "x"},
        {"12345", 1, 2, 12, "345"},
        {"999999999999999999", 1, NUMBER_DIGITS_MAX, INT64_C(999999999999999999), ""},
        {"9999999999999999999", 1, NUMBER_DIGITS_MAX, INT64_C(999999999999999999), "9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *at = cases[i].text;
        int64_t value = -1;
        assert_true(number_take(&at, cases[i].least, cases[i].most, &value));
        assert_int_equal(value, cases[i].value);
        assert_string_equal(at, cases[i].rest);
    }
}

static void other_forms_are_left(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "1", " 12", "+12", "-12", "x12", "1 2", "٤٢"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *at = texts[i];
        int64_t value = -1;
        assert_false(number_take(&at, 2, 4, &value));
        assert_int_equal(value, -1);
        assert_ptr_equal(at, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_taken),
        cmocka_unit_test(other_forms_are_left),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
