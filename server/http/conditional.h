// Conditional requests (RFC 9110 section 13): entity tags and dates. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// True when the list in `header` (If-None-Match) names `etag` (with its quotes) by weak comparison, or is
// "*".
bool conditional_names(const char *header, const char *etag);

// Reads an HTTP date in any of the three forms that RFC 9110 section 5.6.7 wants to be accepted. False for
// anything else.
bool conditional_date(const char *text, int64_t *ret_when);

// What a request with these headers (each may be NULL) gets for a representation with this tag ("" when it
// has none) and time (0 when unknown): true for 304.
bool conditional_unchanged(const char *if_none_match, const char *if_modified_since, const char *etag,
                           int64_t last_modified);

// If-Range: true when the range may be answered (strong comparison, or exactly that date).
bool conditional_range_holds(const char *if_range, const char *etag, int64_t last_modified);
