#include "server/visitor/files.h"

#include <string.h>

#include "assets/assets.h"
#include "common/hash.h"
#include "content/media.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"

// RFC 8246; a year, as the longest that caches are asked for.
#define FOR_EVER "public, max-age=31536000, immutable"

// What an address of media stands for.
struct kept {
    const char *file; // its SHA-256
    const char *mime;
};

// Of a photo only what was made of it, never the file as it came: that tells where the camera was. Of
// sound and film the file, or what was made of it without the place that it told.
static enum err find_kept(struct http_request *req, struct connection *db, const struct media *media,
                          const char *variant, struct kept *ret, struct problem *problem)
{
    struct media_variant made;
    bool recording = strcmp(media->media_class, "image") != 0;
    enum err e = media_variant_load(db, req->arena, media->sha256, variant, &made, problem);
    if (e == ERR_NONE)
        *ret = (struct kept){made.file, recording ? media->mime : made.mime};
    if (e != ERR_NOT_FOUND || !recording || strcmp(variant, "original") != 0)
        return e;
    *ret = (struct kept){arena_strdup(req->arena, media->sha256), media->mime};
    return ERR_NONE;
}

static enum err send_kept(struct http_request *req, struct http_response *res, const struct kept *kept,
                          struct problem *problem)
{
    const struct app *app = req->app;
    const char *path = kept->file ? media_path(app->store, req->arena, kept->file) : NULL;
    const char *folder = store_folder(app->store);
    if (!path)
        return ERR_MEMORY;
    res->content_type = kept->mime;
    res->etag = arena_strdup(req->arena, kept->file);
    return response_file_in(res, folder, path + strlen(folder) + 1, problem);
}

// What was opened with an older text gets the one there is, and keeps it for itself.
static enum err send_captions(struct http_request *req, struct http_response *res, const char *sha256,
                              const char *name, bool shown, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *db;
    const char *text;
    bool exact;
    enum err e = store_reader(app->store, &db, problem);
    if (e == ERR_NONE)
        e = media_captions_load(db, req->arena, sha256, name, shown, &text, &exact, problem);
    if (e != ERR_NONE)
        return e;
    res->content_type = "text/vtt; charset=utf-8";
    if (shown && !exact)
        res->cache_control = "no-cache";
    buf_append_str(&res->body, text);
    return res->body.failed ? ERR_MEMORY : ERR_NONE;
}

enum err files_send(struct http_request *req, struct http_response *res, const char *sha256,
                    const char *variant, bool shown, struct problem *problem)
{
    const struct app *app = req->app;
    struct media media;
    struct kept kept;
    struct connection *db;
    enum err e = store_reader(app->store, &db, problem);
    if (e == ERR_NONE)
        e = media_load(db, req->arena, sha256, &media, problem);
    if (e == ERR_NONE && shown && !media.shown)
        e = ERR_NOT_FOUND;
    if (e == ERR_NONE)
        e = find_kept(req, db, &media, variant, &kept, problem);
    if (e == ERR_NOT_FOUND)
        return send_captions(req, res, sha256, variant, shown, problem);
    return e == ERR_NONE ? send_kept(req, res, &kept, problem) : e;
}

enum err files_media(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const char *sha256 = request_value(req, "sha256");
    if (!hash_is_hex(sha256))
        return response_error(res, 404, NULL);
    res->cache_control = FOR_EVER;
    enum err e = files_send(req, res, sha256, request_value(req, "variant"), true, problem);
    if (e != ERR_NONE)
        res->cache_control = NULL;
    return e == ERR_NOT_FOUND ? response_error(res, 404, NULL) : e;
}

static enum err send_asset(const struct app *app, struct http_response *res, const struct asset *asset,
                           bool for_ever)
{
    bool live = assets_is_live(app->assets);
    res->content_type = arena_strdup(res->arena, asset->mime);
    res->uncached = live;
    if (for_ever)
        res->cache_control = FOR_EVER;
    if (live)
        buf_append(&res->body, asset->data, asset->len);
    else
        response_static(res, asset->data, asset->len);
    return res->content_type && !res->body.failed ? ERR_NONE : ERR_MEMORY;
}

enum err files_asset(struct http_request *req, struct http_response *res, struct problem *problem)
{
    (void)problem;
    const struct app *app = req->app;
    cleanup_asset const struct asset *asset = NULL;
    bool exact = false;
    if (assets_by_address(app->assets, req->path, &asset, &exact) != ERR_NONE)
        return response_error(res, 404, NULL);
    return send_asset(app, res, asset, exact);
}

enum err files_icon(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    cleanup_asset const struct asset *asset = NULL;
    enum err e = assets_get(app->assets, "pictures/icon.svg", &asset, problem);
    return e == ERR_NONE ? send_asset(app, res, asset, false) : e;
}
