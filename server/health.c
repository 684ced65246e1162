#include "server/health.h"

#include "content/store/store.h"
#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"

static enum err show_health(struct http_request *req, struct http_response *res, struct problem *p)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    uint64_t version = 0;
    bool answers = !store_reader(app->store, &reader, p) && !store_content_version(reader, &version, p);
    res->status = answers ? 200 : 503;
    res->content_type = "text/plain; charset=utf-8";
    res->cache_control = "no-store";
    buf_append_str(&res->body, answers ? "ok\n" : "the store does not answer\n");
    return ERR_NONE;
}

static const struct route rows[] = {
    {.pattern = "/healthz", .handler = show_health},
};

const struct route_table health_routes = ROUTE_TABLE(rows);
