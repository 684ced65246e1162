// `/desk/sites/{id}/media`: all pictures, sounds and films of a site in their order, what is on its way, and
// sending more.
#include "server/desk/media/media.h"

#include <string.h>

#include "content/setting.h"
#include "server/desk/frame/frame.h"
#include "server/desk/frame/sending.h"
#include "server/desk/media/media_send.h"
#include "server/desk/routes.h"
#include "server/desk/sites/drafts.h"
#include "server/view/view.h"

enum {
    ORDER_LIMIT = 128 << 10, // bytes: SITE_MEDIA_MAX names of 64 digits, urlencoded
    PLACES_TRIED = 12,       // photos that are asked for a position, of a site that has none
    ITEM_LIMIT = 4 << 20,    // transcripts and captions in several languages, urlencoded
};

static void put_site(struct screen *screen, const struct site *site)
{
    struct context *c = &screen->context;
    const struct site_text *text = site_text(site, site->original);
    context_number(c, c->root, "id", site->id);
    context_text(c, c->root, "site_title", text ? text->title : site->slug);
    context_flag(c, c->root, "locked", sites_may_change(screen->user, site->state, NULL) != ERR_NONE);
    context_flag(c, c->root, "is_binned", strcmp(site->state, "binned") == 0);
    context_flag(c, c->root, "is_published", strcmp(site->state, "published") == 0);
    context_flag(c, c->root, "no_helper", !screen->app->intake);
}

static enum err put_list(struct screen *screen, const struct site *site, struct problem *problem)
{
    struct context *c = &screen->context;
    struct media_variants all;
    enum err e = media_variants_of_site(screen->db, screen->arena, site->id, &all, problem);
    json_t *pictures = context_list(c, c->root, "pictures"), *others = context_list(c, c->root, "others");
    bool offered = site->has_position;
    size_t missing = 0;
    for (size_t i = 0; !e && i < site->media_count; i++) {
        const struct site_media *m = &site->media[i];
        bool picture = site_media_is_picture(m);
        json_t *list = picture ? pictures : others, *item = context_item(c, list);
        context_flag(c, item, "is_first", json_array_size(list) == 1);
        context_flag(c, item, "is_cover", i == 0 && picture);
        context_flag(c, item, "is_last",
                     i + 1 == site->media_count || site_media_is_picture(&site->media[i + 1]) != picture);
        e = media_put(screen, item, site, i, &all, problem);
        context_flag(c, item, "place", false);
        if (!e && !offered && i < PLACES_TRIED)
            media_put_place(screen, item, site, m);
        offered |= json_is_object(json_object_get(item, "place"));
        missing += json_is_string(json_object_get(item, "missing"));
    }
    context_flag(c, c->root, "has_pictures", json_array_size(pictures) > 0);
    context_flag(c, c->root, "has_others", json_array_size(others) > 0);
    context_flag(c, c->root, "has_missing", missing > 0);
    context_number(c, c->root, "count", (int64_t)missing);
    return e;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_site struct site site = {.id = 0};
    enum err e = sites_open(&screen, req, res, &site, problem);
    if (!e)
        e = put_list(&screen, &site, problem);
    if (!e)
        e = media_put_coming(&screen, &site, problem);
    if (e)
        return e;
    put_site(&screen, &site);
    screen.title = VIEW_KEY("desk.media.title");
    screen.menu = "/desk/sites";
    screen.wide = true;
    return screen_send(&screen, "desk/media", problem);
}

static const char *const item_params[] = {DRAFTS_PARAM, NULL};

#define MEDIA_GET(path, function, ...)                                                                       \
    {                                                                                                        \
        .pattern = "/desk/sites/{id}/media" path, .handler = function, .who = DESK_WRITERS,                  \
        .flags = DESK_GET, __VA_ARGS__                                                                       \
    }
#define MEDIA_POST(path, function, limit, ...)                                                               \
    {                                                                                                        \
        .methods = ROUTE_POST, .pattern = "/desk/sites/{id}/media" path, .handler = function,                \
        .who = DESK_WRITERS, .flags = DESK_POST, .body_limit = limit, __VA_ARGS__                            \
    }

static const struct route rows[] = {
    MEDIA_GET("", show),
    MEDIA_POST("", media_send_form, MEDIA_FORM_LIMIT),
    MEDIA_POST("/order", media_order, ORDER_LIMIT),
    MEDIA_POST("/uploads", media_send_new, DESK_FORM_LIMIT),
    MEDIA_GET("/uploads/{upload}", media_send_ask),
    MEDIA_POST("/uploads/{upload}", media_send_add, ARRIVAL_PIECE_MAX, .params = sending_params),
    MEDIA_POST("/uploads/{upload}/again", media_send_again, DESK_FORM_LIMIT),
    MEDIA_POST("/uploads/{upload}/drop", media_send_drop, DESK_FORM_LIMIT),
    MEDIA_GET("/file/{sha256}/{variant}", media_file),
    MEDIA_GET("/places", media_places),
    MEDIA_GET("/{sha256}", media_item_show, .params = item_params),
    MEDIA_POST("/{sha256}", media_item_post, ITEM_LIMIT),
    MEDIA_POST("/{sha256}/place", media_place, DESK_FORM_LIMIT),
    MEDIA_POST("/{sha256}/remove", media_remove, DESK_FORM_LIMIT),
    MEDIA_POST("/{sha256}/back/{version}", media_put_back, DESK_FORM_LIMIT),
};

const struct route_table desk_media_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
