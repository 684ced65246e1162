// The desk's cookies. Over https their names begin with "__Host-" (RFC 6265bis section 4.1.3: Secure, Path=/,
// no Domain), so that no other site and no plain connection can set them; over plain HTTP they have no prefix
// and no Secure, and every page warns.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"

enum cookies_name {
    COOKIES_SESSION,
    COOKIES_START,    // the token of forms that are shown to who is not signed in
    COOKIES_FLASH,    // words for the next page
    COOKIES_LANGUAGE, // of the desk, before anybody is signed in
    COOKIES_COUNT,
};

// The value, in the arena; NULL when absent or empty.
const char *cookies_get(const struct http_request *req, enum cookies_name name);

// `value` is of unreserved characters (RFC 3986). NULL or "" removes the cookie.
enum err cookies_set(const struct http_request *req, struct http_response *res, enum cookies_name name,
                     const char *value, struct problem *p);
