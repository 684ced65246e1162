// Private to content/exchange: the position of a GeoJSON geometry (RFC 7946 section 3.1).
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "common/err.h"
#include "content/position.h"

// A Point is taken as it is; of a Polygon and of the largest part of a MultiPolygon the centroid of the outer
// ring is taken; a MultiPoint of one point is that point. null (or NULL) has no position: *ret_has is false.
// ERR_UNSUPPORTED for other geometries, ERR_INVALID for coordinates that are none, swapped ones included.
enum err geometry_position(const json_t *geometry, bool *ret_has, struct position *ret, struct problem *p);
