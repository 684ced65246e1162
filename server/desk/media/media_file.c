// `/desk/sites/{id}/media/file/{sha256}/{variant}`: the files of a site for those who may work on it, also
// before anything is published.
#include "content/store/store.h"
#include "server/desk/media/media.h"
#include "server/visitor/files.h"

// They never change under their name; an hour, for the browser may be shared.
#define FOR_AN_HOUR "private, max-age=3600"

enum err media_file(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    cleanup_site struct site site = {.id = 0};
    struct connection *db;
    int64_t id;
    const char *sha256;
    enum err e = media_sha256(req, &sha256, problem);
    if (!e)
        e = sites_id(req, &id);
    if (!e)
        e = store_reader(app->store, &db, problem);
    if (!e)
        e = sites_load(db, req, req->arena, id, &site, problem);
    if (!e && site_media_find(&site, sha256) == SITE_MEDIA_NONE)
        e = ERR_NOT_FOUND;
    if (!e)
        e = files_send(req, res, sha256, request_value(req, "variant"), false, problem);
    if (!e)
        res->cache_control = FOR_AN_HOUR;
    return e;
}
