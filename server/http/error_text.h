// The answer for an error where no page can be had or none is wanted: plain text, or JSON for who asks for
// it.
#pragma once

#include "common/err.h"
#include "server/http/request.h"
#include "server/http/response.h"

void error_text(const struct http_request *req, const struct problem *problem, struct http_response *res);
