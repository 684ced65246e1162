// Private to the screens that ask for a password.
#pragma once

#include "server/desk/frame/form.h"
#include "server/desk/staff/credentials.h"

// Puts what is to be said of a verdict into the form, and status (422, 429) and Retry-After into the answer.
void signin_say(struct form *form, const struct http_request *req, struct http_response *res,
                const struct credentials_result *result);

// The same for credentials_confirm, beside the field that holds the password.
void signin_say_confirm(struct form *form, const char *field, const struct http_request *req,
                        struct http_response *res, const struct credentials_result *result);
