// Which bytes may stand where in HTTP: one place for all who read or write header fields and addresses.
// Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// True for a token (RFC 9110 section 5.6.2): the form of methods and of names of header fields. Not empty.
bool syntax_is_token(const char *text, size_t len);

// True when a control character (below 0x20, or 0x7F) is among `len` bytes that is none of `allowed`, a
// NUL-terminated text; NUL itself is never allowed.
bool syntax_has_control(const char *text, size_t len, const char *allowed);
