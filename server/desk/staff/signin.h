// Signing in and out. Private to the desk.
#pragma once

#include <stdbool.h>

#include "server/http/request.h"
#include "server/http/response.h"

// For a form that came without a session: makes the answer a page that carries what was typed and asks for
// name and password, 401. False when the request is no form of a browser; *res is untouched then.
bool signin_offer_to_resume(struct http_request *req, struct http_response *res);
