// Opening a link, and the addresses behind it.
#include "server/parcel/parcel.h"

#include <string.h>

#include "common/clock.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/parcel/parcel_parts.h"

static enum parcel_answer judge(const struct http_request *req, const struct parcel *parcel)
{
    const struct batch *batch = &parcel->batch;
    bool busy = strcmp(batch->state, "waiting") == 0 || strcmp(batch->state, "running") == 0;
    if (parcel_link_is_over(&parcel->link, clock_now()) || (!busy && !batch_has_parcel(batch)))
        return PARCEL_OVER;
    if (!parcel_has_pass(req, parcel))
        return PARCEL_CLOSED;
    return busy ? PARCEL_LATER : PARCEL_OPEN;
}

enum err parcel_open(struct connection *c, const struct http_request *req, struct parcel *ret,
                     enum parcel_answer *ret_answer, struct problem *p)
{
    struct parcel parcel = {.token = request_value(req, "token")};
    enum err e = parcel_link_find(c, req->arena, parcel.token, &parcel.link, p);
    if (e == ERR_NOT_FOUND) {
        *ret_answer = PARCEL_UNKNOWN;
        return ERR_NONE;
    }
    if (!e)
        e = batch_load(c, req->arena, parcel.link.batch_id, &parcel.batch, p);
    if (e)
        return e;
    parcel.path = arena_printf(req->arena, "/parcel/%s", parcel.token);
    if (!parcel.path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret_answer = judge(req, &parcel);
    *ret = parcel;
    return ERR_NONE;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct parcel parcel = {.path = NULL};
    enum parcel_answer answer;
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = parcel_open(reader, req, &parcel, &answer, problem);
    return e ? e : parcel_send(req, res, &parcel, answer, problem);
}

// So that a link with something behind it is no address of other rooms, and stays out of the log.
static enum err nothing(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return parcel_send(req, res, NULL, PARCEL_UNKNOWN, problem);
}

enum { FORM_LIMIT = 4096, DOWNLOADS = 16, PICTURES = 32 };

static const char *const params[] = {"lang", "page", NULL};

static const struct route rows[] = {
    {.pattern = "/parcel/{token}", .handler = show, .flags = ROUTE_WORKER | ROUTE_SECRET, .params = params},
    {.methods = ROUTE_POST,
     .pattern = "/parcel/{token}",
     .handler = parcel_enter,
     .who = DESK_ANYBODY,
     .flags = DESK_POST | ROUTE_SECRET,
     .body_limit = FORM_LIMIT,
     .params = params},
    {.pattern = "/parcel/{token}/zip",
     .handler = parcel_zip,
     .delivered = parcel_delivered,
     .flags = ROUTE_WORKER | ROUTE_SECRET,
     .at_once = DOWNLOADS},
    {.pattern = "/parcel/{token}/pictures/{number}",
     .handler = parcel_picture,
     .flags = ROUTE_WORKER | ROUTE_SECRET,
     .at_once = PICTURES},
    {.pattern = "/parcel/{rest*}",
     .handler = nothing,
     .flags = ROUTE_WORKER | ROUTE_SECRET,
     .params = params},
};

const struct route_table parcel_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
