// The route table: a route is a row. Rows are written with designated initialisers in a static array by each
// room of the server and given to http_open; they stay valid and unchanged while the server runs.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

struct http_request;
struct http_response;

// The methods of a row, or-ed together. GET answers HEAD as well; OPTIONS and 405 are answered from the
// table.
enum route_method {
    ROUTE_GET = 1,
    ROUTE_POST = 2,
    ROUTE_PUT = 4,
    ROUTE_PATCH = 8,
    ROUTE_DELETE = 16,
};

enum route_flag {
    // The answer may be kept in the page cache under: path, declared parameters, encoding and, when
    // negotiated,
    // language. Only for answers that are the same for everybody. Only rows whose method is GET.
    ROUTE_CACHE = 1,
    // The answer depends on the visitor's language (cookie or Accept-Language) although the address does not
    // say one: it takes part in the cache key, and Vary names both headers.
    ROUTE_NEGOTIATE = 2,
    // The handler may block or work for more than a millisecond: it runs on the worker pool, while the
    // connection is suspended. Without this flag the handler runs on an HTTP thread.
    ROUTE_WORKER = 4,
    // The request may have a body of up to `body_limit` bytes; the handler sees all of it at once. Without
    // this
    // flag a body is answered by 413.
    ROUTE_BODY = 8,
    // The form must carry the session's token; what that means is up to http_options.guard.
    ROUTE_CSRF = 16,
    // Answer with and without a trailing slash alike, rather than sending to the form that the pattern has.
    // For addresses where a redirect would cost a visitor on a weak network a round trip.
    ROUTE_EITHER_SLASH = 32,
    // The address itself opens something to whoever knows it: the log shows the row's pattern in its place,
    // and of
    // any address that begins as the pattern does no more than that beginning.
    ROUTE_SECRET = 64,
};

// Answers one request. On ERR_NONE *res is sent. On failure *problem says why for a person, and the answer is
// the error page of the status that fits the code (see response_status_of). Called on an HTTP thread, or a
// worker for ROUTE_WORKER, several at once.
typedef enum err route_handler(struct http_request *req, struct http_response *res, struct problem *problem);

// What was answered, for counting.
struct route_seen {
    const struct http_request *request; // headers, cookies, path values and `lang` can be asked for
    const void *tag;                    // what the handler left with response_tag, also from the cache
    size_t tag_len;                     // 0 when nothing was left
    int status;                         // 200, 206, 304, 404 …
    bool from_cache;
    bool head; // a HEAD request: nobody read a page
};

// Called once for every answer of the row that was handed to the network, whether rendered or from the cache,
// on an HTTP thread, several at once: must be quick, must not block, and must be thread-safe.
typedef void route_observer(void *app, const struct route_seen *seen);

// A pattern is "/" or segments: literals, "{name}" which matches one segment that is not empty, and, as the
// last one, "{name*}" which matches all that is left (one segment or more). "{lang}" matches only the
// languages that the server was started with. Rows are tried in order, tables in order, and the first pattern
// that matches decides: other methods of an address are other rows with that very pattern, and what no row of
// it answers gets 405. So literals stand before what would match them too. A final slash is part of the
// pattern, but a request with the other form still belongs to it and is sent to the right one by 308 (see
// ROUTE_EITHER_SLASH). At most ROUTE_MAX_VALUES names and 16 segments.
#define ROUTE_MAX_VALUES 4

struct route {
    unsigned methods; // of enum route_method; 0 means ROUTE_GET
    const char *pattern;
    route_handler *handler;
    route_observer *observe; // NULL: none
    // As `observe`, but called when the last byte of a 200 has left: with all others, or at the end of a part
    // of it (206). Not for HEAD, and not when the line was cut before.
    route_observer *delivered;
    unsigned flags;    // of enum route_flag
    unsigned who;      // handed to http_options.guard when not 0
    size_t body_limit; // bytes; with ROUTE_BODY
    unsigned at_once;  // requests of this row, from headers to the end of the answer; what comes beyond gets
                       // 503 with Retry-After. For answers that are long or dear; 0: no limit
    const char *const *params; // query parameters that this row reads, NULL-terminated; NULL: none. Others
                               // are ignored and take no part in the cache key. At most ROUTE_MAX_PARAMS.
};

#define ROUTE_MAX_PARAMS 16

struct route_table {
    const struct route *rows;
    size_t count;
};

// { .rows = array, .count = its length }
#define ROUTE_TABLE(array)                                                                                   \
    ((struct route_table){.rows = (array), .count = sizeof(array) / sizeof((array)[0])})
