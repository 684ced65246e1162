// What a photo tells of itself: when and where it was taken. Offered, never taken without being asked.
#include <fcntl.h>
#include <math.h>
#include <string.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "content/store/store.h"
#include "server/desk/frame/form.h"
#include "server/desk/media/media.h"
#include "server/view/view.h"
#include "server/visitor/address.h"
#include "server/visitor/distance.h"

#define SAME_PLACE_M 15           // what phones are wrong by under a free sky: no new position
#define JPEG_HEAD    (512u << 10) // bytes
#define DEGREE_PARTS 1e6          // of a degree that are kept: 0.1 m

// Cameras write their notes at the beginning of a JPEG; in the other containers they may stand at the end.
static size_t worth_reading(const struct site_media *m)
{
    size_t all = m->bytes > 0 && m->bytes <= MEDIA_PHOTO_BYTES_MAX ? (size_t)m->bytes : 0;
    return m->mime && strcmp(m->mime, "image/jpeg") == 0 && all > JPEG_HEAD ? JPEG_HEAD : all;
}

void media_notes(const struct app *app, struct arena *a, const struct site_media *m, struct exif *ret)
{
    *ret = (struct exif){.orientation = 0};
    const char *path = media_path(app->store, a, m->sha256);
    size_t len = path && m->mime && site_media_is_picture(m) ? worth_reading(m) : 0;
    cleanup_buf struct buf room = BUF_INIT;
    char *data = len ? buf_reserve(&room, len) : NULL;
    cleanup_close int fd = data ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    ssize_t n = fd >= 0 ? pread(fd, data, len, 0) : -1;
    if (n > 0)
        exif_find(m->mime, data, (size_t)n, ret);
}

void media_put_place(struct screen *screen, json_t *object, const struct site *site,
                     const struct site_media *m)
{
    struct context *c = &screen->context;
    struct exif notes;
    context_flag(c, object, "place", false);
    media_notes(screen->app, screen->arena, m, &notes);
    if (!notes.has_position)
        return;
    double metres = site->has_position ? site_distance_m(site->lat, site->lon, notes.lat, notes.lon) : -1;
    if (metres >= 0 && metres < SAME_PLACE_M)
        return;
    json_t *place = context_object(c, object, "place");
    context_text(c, place, "map", address_map(screen->arena, notes.lat, notes.lon));
    context_text(c, place, "degrees", arena_printf(screen->arena, "%.5f, %.5f", notes.lat, notes.lon));
    if (metres < 0) {
        screen_message(screen, place, "words", VIEW_KEY("desk.media.place_first"), NULL);
        return;
    }
    struct distance away = distance_round(metres);
    json_t *values = json_pack("{s:f}", "distance", away.number);
    screen_message(screen, place, "words",
                   away.kilometres ? VIEW_KEY("desk.media.place_km") : VIEW_KEY("desk.media.place_m"),
                   values);
    json_decref(values);
}

struct placing {
    const struct app *app;
    const char *sha256;
};

static enum err place(struct connection *writer, struct site *site, struct arena *a, void *arg,
                      bool *ret_changed, struct problem *p)
{
    const struct placing *at = arg;
    struct exif notes;
    (void)writer;
    size_t i = site_media_find(site, at->sha256);
    if (i == SITE_MEDIA_NONE)
        return problem_set(p, ERR_NOT_FOUND, "sha256", "the site has no such file");
    media_notes(at->app, a, &site->media[i], &notes);
    if (!notes.has_position)
        return problem_set(p, ERR_NOT_FOUND, "sha256", "the photo does not tell where it was taken");
    site->has_position = true;
    site->lat = round(notes.lat * DEGREE_PARTS) / DEGREE_PARTS;
    site->lon = round(notes.lon * DEGREE_PARTS) / DEGREE_PARTS;
    site->accuracy_m = -1; // that of the old position is not this one's
    *ret_changed = true;
    return ERR_NONE;
}

enum err media_place(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct placing at = {.app = req->app};
    enum err e = media_sha256(req, &at.sha256, problem);
    if (!e)
        e = media_save(req, place, &at, NULL, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.media.placed"), NULL, problem);
    return e ? e : media_see(req, res, "", problem);
}

// --- for the map in the site's form

enum { PLACES_READ = 24 }; // photos whose notes are read for one answer

static enum err add_place(struct screen *screen, json_t *list, const struct site *site, size_t at,
                          const struct media_variants *all, struct problem *problem)
{
    struct context *c = &screen->context;
    struct exif notes;
    media_notes(screen->app, screen->arena, &site->media[at], &notes);
    if (!notes.has_position)
        return ERR_NONE;
    json_t *item = context_item(c, list), *shown = context_object(c, c->root, "shown");
    enum err e = media_put(screen, shown, site, at, all, problem);
    if (e)
        return e;
    context_text(c, item, "label", json_string_value(json_object_get(shown, "label")));
    context_text(c, item, "src", json_string_value(json_object_get(json_object_get(shown, "thumb"), "src")));
    context_real(c, item, "lat", notes.lat);
    context_real(c, item, "lon", notes.lon);
    return ERR_NONE;
}

enum err media_places(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_site struct site site = {.id = 0};
    struct media_variants all;
    enum err e = sites_open(&screen, req, res, &site, problem);
    if (!e)
        e = media_variants_of_site(screen.db, screen.arena, site.id, &all, problem);
    if (e)
        return e;
    json_t *list = context_list(&screen.context, screen.context.root, "pictures");
    for (size_t i = 0, tried = 0; !e && i < site.media_count && tried < PLACES_READ; i++)
        if (site_media_is_picture(&site.media[i]) && ++tried)
            e = add_place(&screen, list, &site, i, &all, problem);
    if (e || screen.context.failed)
        return e ? e : problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    json_t *answer = json_pack("{s:O}", "pictures", list);
    e = answer ? desk_json(res, 200, answer) : ERR_MEMORY;
    json_decref(answer);
    return e;
}
