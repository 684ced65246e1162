// Private to the screens that ask for a password: signin.c and again.c.
#pragma once

#include "server/desk/credentials.h"
#include "server/desk/form.h"

// Puts what is to be said of a verdict into the form, and status and Retry-After into the answer. Returns the
// status.
int signin_say(struct form *form, const struct http_request *req, struct http_response *res,
               const struct credentials_result *result);
