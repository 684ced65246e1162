// The Range header (RFC 9110 section 14). Pure.
#pragma once

#include <stdint.h>

enum range_result {
    RANGE_WHOLE, // no range, another unit, several ranges, or not well formed: send all (RFC 9110 14.2)
    RANGE_PART,  // 206
    RANGE_UNSATISFIABLE, // 416
};

// What `header` (may be NULL) asks of `size` bytes. *ret_first and *ret_last (both inclusive) are written for
// RANGE_PART only.
enum range_result range_read(const char *header, uint64_t size, uint64_t *ret_first, uint64_t *ret_last);
