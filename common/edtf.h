// Dates as history knows them: ISO 8601-2:2019 (Extended Date/Time Format), level 0 without times, and level
// 1: 1909, 1993-06, 1993-06-21, 1846~ (about), 1890? (uncertain), 1890% (both), 187X, 18XX, 1993-XX,
// 1993-06-XX, 2001-21 (spring) to -24, -0043, Y-17000, 1878/1886, 1878/.. (open), /1886 (start unknown).
// Thread-safe.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

enum edtf_precision {
    EDTF_UNKNOWN, // only as one end of an interval: nothing is known
    EDTF_OPEN,    // only as one end of an interval: ".."
    EDTF_CENTURY, // 18XX: year is the earliest of the hundred, 1800 (-00XX: -99)
    EDTF_DECADE,  // 187X: year is the earliest of the ten, 1870
    EDTF_YEAR,
    EDTF_SEASON, // month is 21 spring, 22 summer, 23 autumn, 24 winter
    EDTF_MONTH,
    EDTF_DAY,
};

struct edtf_date {
    enum edtf_precision precision;
    int32_t year; // astronomical: 0 is 1 BC, -1 is 2 BC
    int month;    // 1 to 12, or a season; 0 where not given
    int day;      // 1 to 31, existing in that month; 0 where not given
    bool approximate;
    bool uncertain;
};

struct edtf {
    struct edtf_date start;
    struct edtf_date end; // the same as start unless `interval`
    bool interval;
};

// ERR_INVALID, with a problem for `field` (may be NULL), when the text is none of the forms above, names a
// day that the calendar does not have, or is an interval that ends before it starts.
enum err edtf_parse(const char *text, const char *field, struct edtf *ret, struct problem *p);
