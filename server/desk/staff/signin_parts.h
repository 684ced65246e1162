// Private to the screens that ask for a password.
#pragma once

#include "server/desk/frame/form.h"
#include "server/desk/staff/credentials.h"

// Puts what is to be said of a verdict into the form, and status (422, 429) and Retry-After into the answer.
void signin_say(struct form *form, const struct http_request *req, struct http_response *res,
                const struct credentials_result *result);

// For ERR_BUSY of credentials_check and credentials_sign_in: true for it, and false for everything else. An
// import has the store: nothing was tried. Puts the sentence `key` into the form, and 503 and Retry-After
// into the answer (docs/decisions/0008-signing-in-waits.md).
bool signin_say_busy(struct form *form, struct http_response *res, const char *key, enum err e);

// The same for credentials_confirm, beside the field that holds the password.
void signin_say_confirm(struct form *form, const char *field, const struct http_request *req,
                        struct http_response *res, const struct credentials_result *result);
