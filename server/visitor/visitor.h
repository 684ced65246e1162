// The visitor's room: what a scan opens, and the pages around it. Stateless: all that it needs is in struct
// app (server/app.h), which must be what http_options.app points to.
#pragma once

#include "common/err.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/route.h"

// `/`, `/{lang}/…`, `/media/…`, `/assets/…`, the icon and `/{code}`. As `/{code}` matches every address of
// one segment, this table stands last among http_options.tables.
extern const struct route_table visitor_routes;

// http_options.error_page: the page for an error in the visitor's language, with the way on.
enum err visitor_error_page(struct http_request *req, const struct problem *problem,
                            struct http_response *res);
