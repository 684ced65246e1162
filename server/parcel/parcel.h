// The print shop's pages, /parcel/TOKEN: a link made at the desk opens one batch's parcel, without an
// account. What the link does not open is not told: other batches, the desk, who works there.
#pragma once

#include "server/http/route.h"

extern const struct route_table parcel_routes;
