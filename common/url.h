// Addresses: the base URL that plates are printed with, percent-encoding and query strings (RFC 3986; forms
// as the WHATWG URL Standard, application/x-www-form-urlencoded). Thread-safe throughout.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

#define URL_BASE_MAX 256 // bytes; far beyond what a symbol of a plate's size can hold
#define URL_HOST_MAX 253 // RFC 1035 section 2.3.4, as text without the last dot

// Checks a base URL, "https://host[:port][/path]" or http, and appends it to *out as we write it: scheme and
// host in lower case, the scheme's own port left out, no slash at the end. The host is a name (international
// names in their xn-- form), an IPv4 address or an IPv6 address in brackets. ERR_INVALID or ERR_TOO_LARGE
// with a sentence that names the URL and the way out for everything else: a relative or foreign address,
// userinfo, query, fragment, empty or dot segments, bytes that need escaping. *out keeps its length on
// failure.
enum err url_base(const char *text, struct buf *out, struct problem *p);

// The host, with its port where it has one, inside a base URL that url_base made: points into `base`.
const char *url_host(const char *base, size_t *ret_len);

// Appends the text with everything but A-Z a-z 0-9 - . _ ~ (RFC 3986 section 2.3, unreserved) as %XX: right
// for a path segment and for a name or value in a query. Failure is the buffer's.
void url_encode(struct buf *out, const char *text, size_t len);

// Appends the text with its %XX decoded; plus stays plus. ERR_INVALID for an escape that is none, for %00
// (and NUL), and when the result is not UTF-8; ERR_MEMORY. *out keeps its length on failure.
enum err url_decode(const char *text, size_t len, struct buf *out, struct problem *p);

// A walk over "a=b&c=d". The text must outlive it.
struct url_query {
    const char *at, *end;
    unsigned count; // parameters met so far
    unsigned most;  // parameters that it goes to; url_query_over sets URL_PARAMETERS_MAX
};

#define URL_PARAMETERS_MAX 1000 // in one query or form, where its reader does not say otherwise

struct url_query url_query_over(const char *text, size_t len);

// The next parameter, decoded, plus read as a space, into *name and *value (initialised by the caller,
// replaced each time; value empty when there is no "="). Empty parts are skipped. ERR_NOT_FOUND at the end;
// ERR_INVALID with a problem that names the parameter when it cannot be decoded (the walk can go on behind
// it; name and value are empty or partial); ERR_TOO_LARGE beyond q->most; ERR_MEMORY.
enum err url_query_next(struct url_query *q, struct buf *name, struct buf *value, struct problem *p);
