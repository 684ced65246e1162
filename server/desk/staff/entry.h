// The way into the desk: the guard before every row, the pages that tell what went wrong, and the link that
// makes the first admin. For server/commands/.
#pragma once

#include <stdbool.h>

#include "common/err.h"
#include "server/http/http.h"
#include "server/http/request.h"
#include "server/http/response.h"

struct store;

// http_options.guard. For rows with `who`: finds the session by the cookie, the role, and for every other
// method than GET and HEAD that the request comes from our own pages (Sec-Fetch-Site, Origin) and carries the
// token (field `csrf` of the form, or the header X-CSRF-Token). Who is not signed in is sent to
// /desk/sign-in?next=… on GET; scripts and changing requests get 401. 403 for the wrong role, token or
// origin.
enum err desk_guard(struct http_request *req, struct http_response *res, struct problem *problem);

// http_options.admit: whether the session behind the cookie is good, and its role may use the row; without a
// session, whether the browser has been at the desk at all. Reads the store, and writes nothing.
enum http_admitted desk_admit(struct http_request *req);

// http_options.error_page for addresses under /desk: a page, for scripts {"status": 403, "error":
// "Forbidden", "code": "denied", "field": "csrf", "message": "…", "id": "…"}, for others plain text. What is
// said is in the desk's language; the problem's own English is for the log.
enum err desk_error_page(struct http_request *req, const struct problem *problem, struct http_response *res);

// When there is no enabled admin yet: makes a link that makes one, "/desk/first/TOKEN", into `ret` (empty
// when there is an admin). Earlier links are no longer good.
#define DESK_FIRST_SIZE 80
enum err desk_first_link(struct store *store, char ret[DESK_FIRST_SIZE], struct problem *p);
