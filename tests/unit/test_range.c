#include "tests/unit/unit.h"

#include <stdbool.h>

#include "server/http/range.h"

struct range_case {
    const char *header;
    uint64_t size;
    enum range_result expected;
    uint64_t first, last;
};

static void ranges(void **state)
{
    static const struct range_case cases[] = {
        {NULL, 10, RANGE_WHOLE, 0, 0},
        {"", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0-9", 10, RANGE_PART, 0, 9},
        {"Bytes=0-0", 10, RANGE_PART, 0, 0},
        {"bytes= 1-2 ", 10, RANGE_PART, 1, 2},
        {"bytes=9-", 10, RANGE_PART, 9, 9},
        {"bytes=3-100", 10, RANGE_PART, 3, 9},
        {"bytes=3-18446744073709551615", 10, RANGE_PART, 3, 9},
        {"bytes=3-99999999999999999999999999", 10, RANGE_PART, 3, 9},
        {"bytes=-1", 10, RANGE_PART, 9, 9},
        {"bytes=-10", 10, RANGE_PART, 0, 9},
        {"bytes=-11", 10, RANGE_PART, 0, 9},
        {"bytes=-18446744073709551616", 10, RANGE_PART, 0, 9},
        {"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-5", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=18446744073709551616-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=5-4", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0-1,2-3", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0-1,", 10, RANGE_WHOLE, 0, 0},
        {"bytes=-", 10, RANGE_WHOLE, 0, 0},
        {"bytes=", 10, RANGE_WHOLE, 0, 0},
        {"bytes", 10, RANGE_WHOLE, 0, 0},
        {"bytes=1", 10, RANGE_WHOLE, 0, 0},
        {"bytes=--1", 10, RANGE_WHOLE, 0, 0},
        {"bytes=+1-2", 10, RANGE_WHOLE, 0, 0},
        {"bytes=1 -2", 10, RANGE_WHOLE, 0, 0},
        {"lines=1-2", 10, RANGE_WHOLE, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t first = 77, last = 78;
        enum range_result got = range_read(cases[i].header, cases[i].size, &first, &last);
        bool part = cases[i].expected == RANGE_PART;
        if (got != cases[i].expected || first != (part ? cases[i].first : 77) ||
            last != (part ? cases[i].last : 78))
            fail_msg("\"%s\" gives %d, %lu to %lu", cases[i].header, got, (unsigned long)first,
                     (unsigned long)last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranges)};
    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
