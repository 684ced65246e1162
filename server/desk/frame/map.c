#include "server/desk/frame/map.h"

#include "content/position.h"
#include "server/view/view.h"
#include "server/visitor/distance.h"

enum err map_put(struct screen *screen, const struct map_background *background, struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *map = context_object(c, c->root, "map");
    const char *origin = map_background_origin(background, screen->arena);
    context_flag(c, map, "tiles", false);
    context_flag(c, map, "is_admin", screen->user && screen->user->account.role == ROLE_ADMIN);
    if (!origin)
        return ERR_NONE;
    context_text(c, map, "tiles", background->tiles);
    context_text(c, map, "attribution", background->attribution);
    context_number(c, map, "max_zoom", background->max_zoom);
    return response_allow_images(screen->res, origin, problem);
}

enum err map_put_stored(struct screen *screen, struct problem *problem)
{
    struct map_background background = {.tiles = NULL};
    enum err e = map_background_load(screen->db, screen->arena, &background, problem);
    return e && e != ERR_CORRUPT ? e : map_put(screen, &background, problem);
}

static const char *angle_words(struct screen *screen, double degrees, const char *plus, const char *minus)
{
    struct position_parts at = position_split(degrees);
    json_t *values =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "degrees", arena_printf(screen->arena, "%d", at.degrees),
                  "minutes", arena_printf(screen->arena, "%02d", at.minutes), "seconds",
                  arena_printf(screen->arena, "%02d", at.seconds), "tenths",
                  arena_printf(screen->arena, "%d", at.tenths), "side",
                  screen_words(screen, at.minus ? minus : plus, NULL));
    const char *words = screen_words(screen, VIEW_KEY("desk.map.angle"), values);
    json_decref(values);
    return words;
}

const char *map_position_words(struct screen *screen, double lat, double lon)
{
    const char *north = angle_words(screen, lat, VIEW_KEY("desk.map.north"), VIEW_KEY("desk.map.south"));
    const char *east = angle_words(screen, lon, VIEW_KEY("desk.map.east"), VIEW_KEY("desk.map.west"));
    return arena_printf(screen->arena, "%s, %s", north, east);
}

const char *map_distance_words(struct screen *screen, double metres, const char *metres_key,
                               const char *kilometres_key)
{
    struct distance away = distance_round(metres);
    json_t *values = json_pack("{s:f}", "distance", away.number);
    const char *words = screen_words(screen, away.kilometres ? kilometres_key : metres_key, values);
    json_decref(values);
    return words;
}
