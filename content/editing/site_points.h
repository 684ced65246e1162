// Sites as points of the desk's maps: where they lie, what they are called, in every state but the bin. An
// account that is limited to some areas gets those that lie there, and of the others what visitors see.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

struct site_point {
    int64_t id;
    double lat, lon;
    const char *state, *slug;
    const char *lang, *title; // the original language, and the title in it
    bool mine;                // the account may work on it
    double metres;            // from where site_points_near was asked about; else 0
};
struct site_points {
    struct site_point *items;
    size_t count;
    bool more; // than asked for
};

struct site_points_filter {
    int64_t except;     // a site to leave out; 0: none
    int64_t account_id; // limited to the areas of this account; 0: no limit
};

// In degrees, the south not above the north; where the west lies east of the east the box is empty.
struct site_box {
    double south, west, north, east;
};

// At most `limit` of those inside the box, in no order.
enum err site_points_within(struct connection *c, struct arena *a, const struct site_box *box,
                            const struct site_points_filter *filter, int limit, struct site_points *ret,
                            struct problem *p);

// The nearest within `radius_m`, at most `limit`, the nearest first.
enum err site_points_near(struct connection *c, struct arena *a, double lat, double lon, double radius_m,
                          const struct site_points_filter *filter, int limit, struct site_points *ret,
                          struct problem *p);

// Those of the `limit` sites changed last that have a position: where people are at work.
enum err site_points_lately(struct connection *c, struct arena *a, const struct site_points_filter *filter,
                            int limit, struct site_points *ret, struct problem *p);
