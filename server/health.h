// `/healthz`, for whoever watches over the server: 200 "ok" while the store answers, else 503. Needs struct
// app (server/app.h) as http_options.app.
#pragma once

#include "server/http/route.h"

extern const struct route_table health_routes;
