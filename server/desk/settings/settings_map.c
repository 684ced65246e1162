// The map's background.
#include <string.h>

#include "content/map_background.h"
#include "server/desk/frame/map.h"
#include "server/desk/settings/settings_parts.h"
#include "server/view/view.h"

struct change {
    const struct http_request *req;
    struct form form;
    struct map_background map;
};

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

static struct map_background read_map(const struct form *form)
{
    int64_t zoom = MAP_ZOOM_USUAL;
    if (form_has(form, "max_zoom") && !form_int(form, "max_zoom", &zoom))
        zoom = 0;
    return (struct map_background){.tiles = text_or_null(form_line(form, "tiles")),
                                   .attribution = text_or_null(form_line(form, "attribution")),
                                   .max_zoom = zoom >= 1 && zoom <= MAP_ZOOM_MAX ? (int)zoom : 0};
}

static enum err keep(struct connection *writer, void *arg, struct problem *p)
{
    const struct change *change = arg;
    enum err e = map_background_save(writer, &change->map, p);
    return e ? e : settings_audit(writer, change->req, "setting.change", "setting:map", NULL, NULL, p);
}

enum err settings_fill_map(struct screen *screen, struct form *form, struct problem *problem)
{
    struct map_background map;
    enum err e = map_background_load(screen->db, screen->arena, &map, problem);
    if (e == ERR_CORRUPT) // to be set anew
        return ERR_NONE;
    if (e)
        return e;
    form_set(form, "tiles", map.tiles);
    form_set(form, "attribution", map.attribution);
    form_set_int(form, "max_zoom", map.tiles ? map.max_zoom : MAP_ZOOM_USUAL);
    return ERR_NONE;
}

static bool asks_preview(const struct form *form)
{
    return strcmp(form_line(form, "do"), "preview") == 0 && !form->failed;
}

enum err settings_put_map(struct screen *screen, struct form *form, struct problem *problem)
{
    struct context *c = &screen->context;
    struct map_background map = asks_preview(form) ? read_map(form) : (struct map_background){.tiles = NULL};
    enum err e = asks_preview(form) ? map_put(screen, &map, problem) : map_put_stored(screen, problem);
    json_t *object = json_object_get(c->root, "map");
    context_flag(c, object, "places", false);
    context_text(c, object, "sites", "/desk/sites/new/around");
    context_flag(c, c->root, "saved", false);
    context_flag(c, c->root, "previewed", map.tiles != NULL);
    return e;
}

enum err settings_map(struct http_request *req, struct http_response *res, struct problem *problem)
{
    static const struct {
        const char *field, *key;
    } told[] = {{"tiles", VIEW_KEY("desk.settings.tiles_wrong")},
                {"attribution", VIEW_KEY("desk.settings.attribution_wrong")},
                {"max_zoom", VIEW_KEY("desk.settings.max_zoom_wrong")}};
    struct change change = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &change.form, problem);
    if (e)
        return e;
    change.map = read_map(&change.form);
    bool looks = asks_preview(&change.form);
    e = looks ? map_background_check(&change.map, problem) : desk_write(req, keep, &change, problem);
    for (size_t i = 0; (e == ERR_INVALID || e == ERR_TOO_LARGE) && i < sizeof told / sizeof told[0]; i++)
        if (strcmp(problem->field, told[i].field) == 0)
            form_problem(&change.form, told[i].field, told[i].key);
    if (looks && !e && !change.map.tiles)
        form_problem(&change.form, "tiles", VIEW_KEY("desk.settings.tiles_wrong"));
    if (change.form.failed || (looks && !e))
        return settings_send(req, res, &change.form, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE,
                       change.map.tiles ? VIEW_KEY("desk.settings.map_saved")
                                        : VIEW_KEY("desk.settings.map_none"),
                       NULL, problem);
    return e ? e : desk_see_other(res, "/desk/settings", problem);
}
