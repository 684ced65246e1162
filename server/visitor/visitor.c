#include "server/visitor/visitor.h"

#include "server/visitor/files.h"
#include "server/visitor/home.h"
#include "server/visitor/list.h"
#include "server/visitor/page.h"
#include "server/visitor/plate.h"
#include "server/visitor/search.h"
#include "server/visitor/site.h"
#include "server/visitor/tour.h"

static const char *const page_params[] = {"remember", NULL};

// Home, lists and search count and sort: with tens of thousands of sites that takes milliseconds.
static const struct route rows[] = {
    {.pattern = "/", .handler = home_answer, .flags = ROUTE_CACHE | ROUTE_NEGOTIATE | ROUTE_WORKER},
    {.pattern = "/{lang}/",
     .handler = home_answer,
     .flags = ROUTE_CACHE | ROUTE_WORKER | ROUTE_EITHER_SLASH,
     .params = page_params},
    {.pattern = "/{lang}/sites",
     .handler = list_answer,
     .flags = ROUTE_CACHE | ROUTE_WORKER,
     .params = list_params},
    {.pattern = "/{lang}/sites/{slug}", .handler = site_answer, .flags = ROUTE_CACHE, .params = page_params},
    {.pattern = "/{lang}/tours/{slug}", .handler = tour_answer, .flags = ROUTE_CACHE, .params = page_params},
    {.pattern = "/{lang}/search", .handler = search_answer, .flags = ROUTE_WORKER, .params = search_params},
    {.pattern = "/media/{sha256}/{variant}", .handler = files_media},
    {.pattern = "/assets/{name*}", .handler = files_asset, .flags = ROUTE_CACHE},
    {.pattern = "/favicon.ico", .handler = files_icon, .flags = ROUTE_CACHE},
    {.pattern = "/{code}",
     .handler = plate_answer,
     .observe = plate_seen,
     .flags = ROUTE_CACHE | ROUTE_NEGOTIATE | ROUTE_EITHER_SLASH},
};

const struct route_table visitor_routes = {.rows = rows, .count = sizeof(rows) / sizeof(rows[0])};

// What is told about each status; what stands under "any" for all that are not here.
static const char *const told[600] = {
    [400] = "400", [404] = "404", [405] = "405", [410] = "410", [413] = "413", [414] = "414",
    [416] = "416", [429] = "429", [431] = "431", [500] = "500", [503] = "503",
};

static const char *told_of(int status)
{
    const char *name = status > 0 && status < 600 ? told[status] : NULL;
    return name ? name : status >= 500 ? "500" : "any";
}

// The store is asked for the collection's name only where nothing says that the server is in trouble.
static enum err open_page(struct page *page, struct http_request *req, struct http_response *res)
{
    if (res->status < 500 && res->status != 429 && page_open(page, req, res, NULL) == ERR_NONE)
        return ERR_NONE;
    page_close(page);
    return page_open_bare(page, req, res);
}

enum err visitor_error_page(struct http_request *req, const struct problem *problem,
                            struct http_response *res)
{
    (void)problem; // in English and for the log; visitors are told in their own language
    cleanup_page struct page page = {.req = req};
    if (!request_wants_html(req))
        return ERR_NONE;
    enum err e = open_page(&page, req, res);
    if (e != ERR_NONE)
        return e;
    struct context *c = &page.context;
    const char *name = told_of(res->status);
    page_message(&page, c->root, "heading", arena_printf(page.arena, "error.%s.title", name), NULL);
    page_message(&page, c->root, "text", arena_printf(page.arena, "error.%s.text", name), NULL);
    page.title = json_string_value(json_object_get(c->root, "heading"));
    context_number(c, c->root, "status", res->status);
    if (res->status >= 500)
        context_text(c, c->root, "request_id", req->id);
    return page_send(&page, "error", NULL);
}
