#include "server/feeds/feeds.h"

#include "server/feeds/robots.h"
#include "server/feeds/sitemap.h"

static const struct route rows[] = {
    {.pattern = "/robots.txt", .handler = robots_answer, .flags = ROUTE_CACHE},
    {.pattern = "/sitemap.xml", .handler = sitemap_answer, .flags = ROUTE_CACHE | ROUTE_WORKER},
    {.pattern = "/sitemap/{part}", .handler = sitemap_part_answer, .flags = ROUTE_CACHE | ROUTE_WORKER},
};

const struct route_table feeds_routes = {.rows = rows, .count = sizeof(rows) / sizeof(rows[0])};
