// Reading the Cookie header (RFC 6265 section 4.2). Pure.
#pragma once

#include <stddef.h>

#define COOKIE_MAX_VALUE 4096 // RFC 6265 section 6.1: what user agents keep at least

// Where the value of the first cookie `name` (case-sensitive) stands in `header` (may be NULL), without
// quotes around it. NULL when absent; then *ret_len is untouched.
const char *cookie_find(const char *header, const char *name, size_t *ret_len);
