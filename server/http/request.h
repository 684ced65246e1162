// One request as a handler sees it. Valid until the handler (or observer) returns; strings as well. One
// thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "server/http/route.h"

struct http_server;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHOD_OTHER,
};

enum request_lang_from {
    REQUEST_LANG_DEFAULT, // nothing that was asked for is set up
    REQUEST_LANG_HEADER,  // Accept-Language
    REQUEST_LANG_COOKIE,  // the cookie "lang"
    REQUEST_LANG_PATH,    // {lang} in the address
};

#define REQUEST_ID_SIZE 17 // 16 hexadecimal digits and a NUL

struct http_request {
    void *app; // http_options.app
    struct http_server
        *server; // for http_stats and http_set_version: requests may come before http_begin returns
    const struct route *route; // NULL on an error page for an address that no row matches
    struct arena *arena;       // released after the answer; for whatever the handler needs
    enum http_method method; // HTTP_GET also for a HEAD request to a ROUTE_CACHE row: one answer serves both
    const char *path;        // as sent, percent-encoded, without the query; begins with '/'
    const char *query;       // as sent, without '?'; "" when there is none
    const char *id;          // 16 hexadecimal digits, also in the log line; for error pages
    const char *lang;        // a tag of http_options.languages, spelt as there; never NULL
    size_t lang_index;       // its place in that list
    enum request_lang_from lang_from;
    bool is_https;    // as the visitor sees it: the base URL is https, or a trusted proxy says so
    const char *body; // ROUTE_BODY: the bytes, followed by a NUL that is not counted; never NULL
    size_t body_len;
    void *user; // for http_options.guard to leave who is signed in; NULL before
};

// The value of "{name}" in the row's pattern, percent-decoded. UTF-8 without control characters, never "." or
// "..", without '/' (but "{name*}" holds the slashes that were sent as slashes, and none of its segments is
// empty, "." or ".."). NULL when the pattern has no such name.
const char *request_value(const struct http_request *req, const char *name);

// The first query parameter `name`, percent-decoded and '+' read as space; UTF-8 without control characters
// other than tab and line ends (a parameter that breaks that is answered by 400 before the handler is
// called). NULL when absent. Only parameters that the row declares are known.
const char *request_param(const struct http_request *req, const char *name);

// A header's value without the blanks around it; the name in any case. NULL when absent. The first when there
// are several. Bytes as sent: visible ASCII, blanks, tabs and bytes above 127.
const char *request_header(const struct http_request *req, const char *name);

// Copies the value of the cookie `name` without surrounding quotes into the arena. NULL when absent, longer
// than 4096 bytes, or memory is out. The first when there are several.
const char *request_cookie(const struct http_request *req, const char *name);

// The visitor's address in full, "192.0.2.7" or "2001:db8::1": of the connection, or what a trusted proxy
// says. For limits on attempts only: it is never stored. "" when unknown.
#define REQUEST_REMOTE_SIZE 48
void request_remote(const struct http_request *req, char ret_text[REQUEST_REMOTE_SIZE]);

// True when an HTML page is at least as welcome as JSON or plain text (Accept; true when absent).
bool request_wants_html(const struct http_request *req);
