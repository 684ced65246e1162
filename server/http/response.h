// One answer being made by a handler. Comes to the handler as 200, text/html, empty. One thread. Strings that
// are assigned to fields must live as long as the request's arena; the functions copy what they are given.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "server/http/request.h"

#define RESPONSE_MAX_HEADERS 16
#define RESPONSE_MAX_TAG     64 // bytes

#define RESPONSE_HTML "text/html; charset=utf-8"
#define RESPONSE_TEXT "text/plain; charset=utf-8"
#define RESPONSE_JSON "application/json"

struct response_pair {
    const char *name;
    const char *value;
};

struct http_response {
    struct arena *arena; // the request's
    int status;          // 200
    // RESPONSE_HTML. text/*, JSON, XML, SVG and the like are compressed when that helps and the row is marked
    // ROUTE_CACHE: what is made for one person may hold secrets beside what others sent, and its compressed
    // length would tell of them.
    const char *content_type;
    struct buf body; // the handler appends; released by the server. Ignored with response_static and _file.

    // NULL: not sent, or the default that is said.
    const char *content_language;
    const char *content_location; // the canonical address, path or URL
    const char *cache_control;    // default: "no-cache" for ROUTE_CACHE rows, else "private, no-store"
    const char *etag;             // without quotes; default: from the bytes (memory), or size and time (file)
    int64_t last_modified;        // seconds since 1970; 0: none (file: its time)

    // ROUTE_CACHE: the content version that the answer was made from. Preset with the version that was
    // current before the handler was called; a handler that reads it in the same transaction as the content
    // sets it. An answer enters the page cache only when this is (still) the current version, with status
    // 200, 301, 308, 404 or 410.
    uint64_t version;
    bool uncached; // ROUTE_CACHE: do not keep this one
    // ROUTE_CACHE: 404 answers enter the cache only when this is set: any address may be asked for.
    bool cache_missing;

    // Filled by the functions below.
    struct response_pair headers[RESPONSE_MAX_HEADERS];
    size_t header_count;
    unsigned char tag[RESPONSE_MAX_TAG];
    size_t tag_len;
    const void *fixed; // response_static
    size_t fixed_len;
    int fd; // response_file: -1 when none
    uint64_t fd_size;
    bool error_page;         // response_error
    const char *range_of;    // the server's own: Content-Range of a 416
    struct problem *problem; // why an error page is wanted; may be NULL
};

// Adds a header. ERR_INVALID for a name that is no token (RFC 9110 5.6.2), a value with CR, LF, NUL or
// another control character, or a name that the server writes itself (Content-Length, Connection, Date,
// Transfer-Encoding, Content-Encoding, Vary, ETag, Last-Modified, Accept-Ranges, Content-Range);
// ERR_TOO_LARGE beyond RESPONSE_MAX_HEADERS. Set-Cookie makes the answer uncached. A header of the security
// set (for example Content-Security-Policy) replaces the server's.
enum err response_header(struct http_response *res, const char *name, const char *value, struct problem *p);

// The server's Content-Security-Policy, with room for the origins of further images behind the words `data:`.
#define RESPONSE_POLICY(images)                                                                              \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:" images                   \
    "; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "  \
    "manifest-src 'self'"

// Lets this one page show images of `origin`, "https://host" or "https://host:port" as url_base writes them.
// ERR_INVALID for anything else. Once an answer.
enum err response_allow_images(struct http_response *res, const char *origin, struct problem *p);

// An answer that sends elsewhere: `status` 301, 303, 307 or 308, `location` a path or URL (as
// response_header).
enum err response_redirect(struct http_response *res, int status, const char *location, struct problem *p);

// Bytes that outlive the server (embedded assets): not copied.
void response_static(struct http_response *res, const void *data, size_t len);

// A regular file below the folder `dirfd`; `name` relative, may have slashes, never leaves the folder and
// follows no symbolic link. Sent by the kernel, ranges honoured. ERR_NOT_FOUND for anything that is no such
// file. Size and time come from the file.
enum err response_file(struct http_response *res, int dirfd, const char *name, struct problem *p);

// The same below the folder at the path `folder`: ERR_NOT_FOUND when that is not there either. NULL for
// either, from an arena without room, is ERR_MEMORY.
enum err response_file_in(struct http_response *res, const char *folder, const char *name, struct problem *p);

// The answer is a file to keep under `filename`, which holds no quote and nothing beyond ASCII; NULL: without
// a name.
enum err response_attachment(struct http_response *res, const char *filename, struct problem *p);

// What the row's observer gets with every answer made from this one. At most RESPONSE_MAX_TAG bytes, copied;
// ERR_TOO_LARGE beyond.
enum err response_tag(struct http_response *res, const void *tag, size_t len);

// Makes the answer the error page of `status` (400 to 599) for the request, telling `problem` (may be NULL;
// copied). What the answer held is dropped; headers already added and the tag stay, so that a retired plate's
// 410 can be counted. Returns ERR_NONE, so that a handler can end with it.
enum err response_error(struct http_response *res, int status, const struct problem *problem);

// The status for a failed handler: ERR_NOT_FOUND 404, ERR_INVALID 400, ERR_TOO_LARGE 413, ERR_EXISTS and
// ERR_CONFLICT 409, ERR_DENIED 403, ERR_BUSY and ERR_FULL 503, ERR_UNSUPPORTED 415, otherwise 500.
int response_status_of(enum err code);

// "Not Found" for 404; "" for a status that RFC 9110 and 6585 do not name.
const char *response_status_text(int status);
