// What every unit test includes, in the order in which cmocka wants it.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// A problem must carry a sentence: code, and text that holds `part`.
#define assert_problem(p, expected, part)                                                                    \
    do {                                                                                                     \
        assert_int_equal((p).code, (expected));                                                              \
        if (!strstr((p).text, (part)))                                                                       \
            fail_msg("\"%s\" does not hold \"%s\"", (p).text, (part));                                       \
    } while (0)
