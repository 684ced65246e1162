// Machine-readable forms of what visitors see. Stateless: needs struct app (server/app.h) as
// http_options.app.
#pragma once

#include "server/http/route.h"

// `/robots.txt`, `/sitemap.xml` and, beyond 50,000 addresses, `/sitemap/{part}`. Stands before
// visitor_routes.
extern const struct route_table feeds_routes;
