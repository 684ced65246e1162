// HTML as a type of its own: a `struct html` holds markup in UTF-8 that is safe to send as it stands, and
// only the functions of this room make one. Everything else is text, and is escaped when it is written into a
// page.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"

struct html {
    char *data; // NUL-terminated, on the heap; NULL when empty
    size_t len; // without the NUL
};

#define HTML_INIT ((struct html){.data = NULL})

void html_free(struct html *h); // as after HTML_INIT; NULL and twice are fine
#define cleanup_html CLEANUP(html_free)

// Appends text for use between tags and inside double or single quotes: & < > " ' become entities. Bytes that
// are not ASCII pass unchanged. Thread-safe.
void html_escape(struct buf *out, const char *text, size_t len);

// Appends a URL for use inside a double-quoted href or src: what RFC 3986 does not allow in a URL is
// percent-encoded, & and ' become entities. Does not judge the scheme. Thread-safe.
void html_escape_url(struct buf *out, const char *url, size_t len);
