// A GeoJSON file: the walk over its features, and their geometries.
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "common/cleanup.h"
#include "content/exchange/feature.h"
#include "content/exchange/geometry.h"

static enum err each(void *data, json_t *feature, unsigned long line, struct problem *p)
{
    bool has = false;
    struct position at;
    unsigned long *last = data;
    REQUIRE(line >= *last);
    *last = line;
    enum err e = geometry_position(json_object_get(feature, "geometry"), &has, &at, p);
    REQUIRE(e || !has || (fabs(at.lat) <= 90 && fabs(at.lon) <= 180));
    return ERR_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem p = PROBLEM_INIT;
    unsigned long line = 0;
    cleanup_free char *text =
        malloc(size ? size : 1); // without a NUL behind it: the walk must keep to its length
    if (text)
        memcpy(text, data, size);
    if (text)
        feature_each(text, size, each, &line, &p);
    return 0;
}
