// What the guard of the desk decides, apart from the store: pure functions, for staff/entry.c and the tests.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/desk/frame/frame.h"

// Whether the row's `who` lets the user in (NULL: nobody is signed in).
bool guard_may(unsigned who, const struct desk_user *user);

// Whether a changing request comes from our own pages. `site` is Sec-Fetch-Site, which browsers send to
// secure addresses: "same-origin" alone will do. Otherwise `origin` must name the host of the request (the
// Host header) or `base_url`. A request with neither is refused: every browser of the last ten years sends
// one of the two.
bool guard_same_origin(const char *site, const char *origin, const char *host, const char *base_url);

// Finds the form's token: field `csrf` of a urlencoded body, or the first part of a multipart body when it is
// called `csrf`. `content_type` may be NULL. Written to `ret`, NUL-terminated; false when there is none or it
// does not fit.
bool guard_form_token(const char *content_type, const char *body, size_t len, char ret[SESSION_CSRF_SIZE]);

// Whether two tokens are the same, in constant time. NULL or "" is never.
bool guard_token_fits(const char *have, const char *want);

// 32 random bytes in base64url, as the session's own tokens are.
void guard_make_token(char ret[SESSION_CSRF_SIZE]);
