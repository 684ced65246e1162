// Private to content/exchange: walking through a GeoJSON file feature by feature, so that memory holds the
// text and one feature.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/err.h"

#define FEATURE_MAX ((size_t)16 << 20) // bytes of one feature

// Looks through the whole of a FeatureCollection (RFC 7946), calling `each` for every feature. Stops and
// returns what `each` returns when that is not ERR_NONE. ERR_INVALID with a line for what is no such
// collection; ERR_UNSUPPORTED for one in another coordinate reference system than WGS 84 (an old "crs"
// member); ERR_TOO_LARGE for a feature above FEATURE_MAX bytes.
typedef enum err feature_fn(void *data, json_t *feature, unsigned long line, struct problem *p);
enum err feature_each(const char *text, size_t len, feature_fn *each, void *data, struct problem *p);
