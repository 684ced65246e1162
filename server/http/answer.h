// A finished answer: shared by reference count between the page cache and the connections that send it, and
// never changed once made. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "server/http/negotiate.h"
#include "server/http/response.h"

struct MHD_Response;

struct answer {
    unsigned refs; // atomic
    int status;
    struct MHD_Response *whole;
    const void *body; // memory: the bytes as sent, owned by `whole`
    int fd;           // file: owned by `whole`; -1 for memory
    uint64_t size;    // of the body as sent
    size_t footprint; // bytes of memory, about
    char etag[56];    // with quotes; "" when there is none
    int64_t last_modified;
    unsigned char tag[RESPONSE_MAX_TAG];
    size_t tag_len;
};

struct answer_terms {
    unsigned route_flags;             // of enum route_flag
    bool https;                       // adds HSTS
    bool whole_method;                // GET or HEAD: entity tags and ranges make sense
    enum negotiate_encoding encoding; // what the client likes best; used where the content suits
};

// Makes the answer out of what a handler left: takes res->body and res->fd. ERR_MEMORY, ERR_IO.
enum err answer_make(struct http_response *res, const struct answer_terms *terms, struct answer **ret);

struct answer *answer_ref(struct answer *a);
void answer_unref(struct answer *a); // NULL is accepted

// The 304 for it: what RFC 9110 section 15.4.5 names and nothing else. NULL when memory is out.
struct MHD_Response *answer_not_modified(const struct answer *a);

// The 206 for its bytes first..last (inclusive, within size). NULL when memory is out or the file cannot be
// opened a second time.
struct MHD_Response *answer_part(struct answer *a, uint64_t first, uint64_t last);
