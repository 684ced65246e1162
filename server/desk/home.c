// The first page of the desk: what waits, how much there is, and the one obvious next step.
#include "content/rows.h"
#include "content/store/query.h"
#include "server/desk/drafts.h"
#include "server/desk/routes.h"
#include "server/desk/screen.h"
#include "server/view/view.h"

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.home.title");
    screen.menu = "/desk/";
    e = drafts_put_mine(&screen, problem);
    return e ? e : screen_send(&screen, "desk/home", problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET | ROUTE_EITHER_SLASH},
};

const struct route_table desk_home_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
