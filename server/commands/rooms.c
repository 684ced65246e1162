#include "server/commands/rooms.h"

#include "server/feeds/feeds.h"
#include "server/health.h"
#include "server/parcel/parcel.h"
#include "server/visitor/visitor.h"

size_t rooms_tables(struct route_table ret[ROOMS_MAX])
{
    size_t count = 0;
    ret[count++] = health_routes;
    ret[count++] = feeds_routes;
    count += desk_routes(ret + count);
    ret[count++] = parcel_routes;
    ret[count++] = visitor_routes; // last: its patterns match one word of anything
    return count;
}
