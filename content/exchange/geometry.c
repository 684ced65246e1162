#include "content/exchange/geometry.h"

#include <math.h>
#include <string.h>

#define FIELD "geometry"

static enum err bad(struct problem *p, const char *type)
{
    return problem_set(
        p, ERR_INVALID, FIELD,
        MESSAGE("geojson.coordinates") "the coordinates of this %s are not as RFC 7946 has them", type);
}

static bool read_point(const json_t *point, struct position *ret)
{
    const json_t *lon = json_array_get(point, 0), *lat = json_array_get(point, 1);
    if (!json_is_number(lon) || !json_is_number(lat))
        return false;
    *ret = (struct position){.lat = json_number_value(lat), .lon = json_number_value(lon)};
    return true;
}

// The centroid of a ring and twice its area, in degrees: exact enough for the extent of one site. Coordinates
// are taken relative to the first, so that small rings lose no digits.
static bool read_ring(const json_t *ring, struct position *ret, double *ret_area)
{
    struct position first, a, b;
    double area = 0, lat = 0, lon = 0;
    size_t count = json_array_size(ring);
    if (count < 3 || !read_point(json_array_get(ring, 0), &first))
        return false;
    a = first;
    for (size_t i = 1; i <= count; i++, a = b) {
        if (!read_point(json_array_get(ring, i % count), &b))
            return false;
        double cross = (a.lon - first.lon) * (b.lat - first.lat) - (b.lon - first.lon) * (a.lat - first.lat);
        area += cross;
        lat += cross * (a.lat + b.lat - 2 * first.lat);
        lon += cross * (a.lon + b.lon - 2 * first.lon);
    }
    *ret = first;
    if (area != 0) {
        ret->lat += lat / (3 * area);
        ret->lon += lon / (3 * area);
    }
    *ret_area = fabs(area);
    return true;
}

static enum err of_point(const json_t *coordinates, struct position *ret, struct problem *p)
{
    return read_point(coordinates, ret) ? ERR_NONE : bad(p, "Point");
}

static enum err of_multi_point(const json_t *coordinates, struct position *ret, struct problem *p)
{
    if (json_array_size(coordinates) > 1)
        return problem_set(
            p, ERR_UNSUPPORTED, FIELD,
            MESSAGE("geojson.points") "a MultiPoint of several points is no position of one site");
    return read_point(json_array_get(coordinates, 0), ret) ? ERR_NONE : bad(p, "MultiPoint");
}

static enum err of_polygon(const json_t *coordinates, struct position *ret, struct problem *p)
{
    double area;
    return read_ring(json_array_get(coordinates, 0), ret, &area) ? ERR_NONE : bad(p, "Polygon");
}

static enum err of_multi_polygon(const json_t *coordinates, struct position *ret, struct problem *p)
{
    double largest = -1;
    size_t i;
    json_t *polygon;
    json_array_foreach((json_t *)coordinates, i, polygon)
    {
        double area;
        struct position position;
        if (!read_ring(json_array_get(polygon, 0), &position, &area))
            return bad(p, "MultiPolygon");
        if (area > largest) {
            largest = area;
            *ret = position;
        }
    }
    return largest < 0 ? bad(p, "MultiPolygon") : ERR_NONE;
}

enum err geometry_position(const json_t *geometry, bool *ret_has, struct position *ret, struct problem *p)
{
    static const struct {
        const char *type;
        enum err (*read)(const json_t *, struct position *, struct problem *);
    } types[] = {{"Point", of_point},
                 {"MultiPoint", of_multi_point},
                 {"Polygon", of_polygon},
                 {"MultiPolygon", of_multi_polygon}};
    const char *type = json_string_value(json_object_get(geometry, "type"));
    if (!geometry || json_is_null(geometry)) {
        *ret_has = false;
        return ERR_NONE;
    }
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++) {
        if (strcmp(type, types[i].type) != 0)
            continue;
        struct position position = {0};
        enum err e = types[i].read(json_object_get(geometry, "coordinates"), &position, p);
        if (!e)
            e = position_check(position.lat, position.lon, FIELD, p);
        if (e)
            return e;
        *ret = position;
        *ret_has = true;
        return ERR_NONE;
    }
    return problem_set(p, ERR_UNSUPPORTED, FIELD,
                       MESSAGE("geojson.geometry") "a geometry of the type “%s” has no position that is "
                                                   "read: Point, Polygon and MultiPolygon have",
                       type ? type : "");
}
