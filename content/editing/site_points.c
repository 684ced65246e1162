#include "content/editing/site_points.h"

#include <math.h>
#include <stdlib.h>

#include "content/rows.h"
#include "content/site.h"
#include "content/store/query.h"

#define METRES_A_DEGREE 111195 // of latitude; of the globe that site_distance_m measures on
#define NEAR_READ       500    // what is read of a place before the nearest are chosen

static bool read_point(struct query *q, struct arena *a, void *item)
{
    struct site_point *point = item;
    *point = (struct site_point){
        .id = query_int(q, 0),
        .lat = query_real(q, 1),
        .lon = query_real(q, 2),
        .state = query_dup(q, 3, a),
        .slug = query_dup(q, 4, a),
        .lang = query_dup(q, 5, a),
        .title = query_dup(q, 6, a),
        .mine = query_int(q, 7) != 0,
    };
    return point->state && point->slug && point->lang && point->title;
}

static void bind_filter(struct query *q, const struct site_points_filter *filter, int limit)
{
    query_bind_int(q, 5, filter->except);
    if (filter->account_id)
        query_bind_int(q, 6, filter->account_id);
    query_bind_int(q, 7, limit);
}

static enum err collect(struct query *q, struct arena *a, struct site_points *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct site_point), read_point, &items, &count, p);
    if (!e)
        *ret = (struct site_points){.items = items, .count = count};
    return e;
}

enum err site_points_within(struct connection *c, struct arena *a, const struct site_box *box,
                            const struct site_points_filter *filter, int limit, struct site_points *ret,
                            struct problem *p)
{
    struct site_points points;
    struct query *q = query_start(c, SQL_DESK_POINTS_WITHIN);
    query_bind_real(q, 1, box->south);
    query_bind_real(q, 2, box->north);
    query_bind_real(q, 3, box->west);
    query_bind_real(q, 4, box->east);
    bind_filter(q, filter, limit + 1);
    enum err e = collect(q, a, &points, p);
    if (e)
        return e;
    points.more = points.count > (size_t)limit;
    points.count = points.more ? (size_t)limit : points.count;
    *ret = points;
    return ERR_NONE;
}

static int by_distance(const void *left, const void *right)
{
    const struct site_point *a = left, *b = right;
    if (a->metres != b->metres)
        return a->metres < b->metres ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

enum err site_points_near(struct connection *c, struct arena *a, double lat, double lon, double radius_m,
                          const struct site_points_filter *filter, int limit, struct site_points *ret,
                          struct problem *p)
{
    double dlat = radius_m / METRES_A_DEGREE, narrow = cos(lat * M_PI / 180);
    double dlon = narrow > 0.01 ? dlat / narrow : 180;
    struct site_box box = {lat - dlat, lon - dlon, lat + dlat, lon + dlon};
    struct site_points points;
    enum err e = site_points_within(c, a, &box, filter, NEAR_READ, &points, p);
    if (e)
        return e;
    size_t kept = 0;
    for (size_t i = 0; i < points.count; i++) {
        points.items[i].metres = site_distance_m(lat, lon, points.items[i].lat, points.items[i].lon);
        if (points.items[i].metres <= radius_m)
            points.items[kept++] = points.items[i];
    }
    if (kept)
        qsort(points.items, kept, sizeof *points.items, by_distance);
    points.more = points.more || kept > (size_t)limit;
    points.count = kept > (size_t)limit ? (size_t)limit : kept;
    *ret = points;
    return ERR_NONE;
}

enum err site_points_lately(struct connection *c, struct arena *a, const struct site_points_filter *filter,
                            int limit, struct site_points *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_DESK_POINTS_LATELY);
    bind_filter(q, filter, limit);
    return collect(q, a, ret, p);
}
