#include "content/map_background.h"

#include <stdbool.h>
#include <string.h>

#include "common/fold.h"
#include "common/url.h"
#include "content/setting.h"

static enum err wrong_tiles(struct problem *p)
{
    return problem_set(
        p, ERR_INVALID, "tiles",
        "tiles are an address that begins with https:// and has {z}, {x} and {y} once each, as "
        "https://tile.example.org/{z}/{x}/{y}.png");
}

// "https://host" at the beginning, as url_base writes it, into *base; *ret_path is what follows.
static bool read_host(const char *tiles, struct buf *base, const char **ret_path)
{
    static const char scheme[] = "https://";
    cleanup_buf struct buf host = BUF_INIT;
    if (strncmp(tiles, scheme, sizeof scheme - 1) != 0)
        return false;
    const char *path = strchr(tiles + sizeof scheme - 1, '/');
    if (!path)
        return false;
    buf_append(&host, tiles, (size_t)(path - tiles));
    *ret_path = path;
    return !host.failed && url_base(host.data, base, NULL) == ERR_NONE;
}

static bool has_places(const char *path)
{
    static const char *const places[] = {"{z}", "{x}", "{y}"};
    int braces = 0;
    for (const char *at = path; *at; at++)
        braces += *at == '{' || *at == '}';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *first = strstr(path, places[i]);
        if (!first || strstr(first + 1, places[i]))
            return false;
    }
    return braces == 6;
}

static enum err check_tiles(const char *tiles, struct problem *p)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~:/?@!$&()*+,;=%{}"; // RFC 3986, and braces; no quotes
    cleanup_buf struct buf base = BUF_INIT;
    const char *path;
    if (strlen(tiles) > MAP_TILES_MAX)
        return problem_set(p, ERR_TOO_LARGE, "tiles", "the address has more than %d bytes", MAP_TILES_MAX);
    if (!read_host(tiles, &base, &path) || strspn(path, allowed) != strlen(path) || !has_places(path))
        return wrong_tiles(p);
    return ERR_NONE;
}

enum err map_background_check(const struct map_background *map, struct problem *p)
{
    if (!map->tiles)
        return ERR_NONE;
    enum err e = check_tiles(map->tiles, p);
    if (e)
        return e;
    size_t len = map->attribution ? strlen(map->attribution) : 0;
    if (len == 0)
        return problem_set(p, ERR_INVALID, "attribution", "say whose map it is: its licence asks for that");
    if (len > MAP_ATTRIBUTION_MAX)
        return problem_set(p, ERR_TOO_LARGE, "attribution", "this has more than %d bytes",
                           MAP_ATTRIBUTION_MAX);
    if (!fold_utf8_valid(map->attribution, len))
        return problem_set(p, ERR_INVALID, "attribution", "this is not UTF-8");
    if (map->max_zoom < 1 || map->max_zoom > MAP_ZOOM_MAX)
        return problem_set(p, ERR_INVALID, "max_zoom", "the largest scale must be from 1 to %d",
                           MAP_ZOOM_MAX);
    return ERR_NONE;
}

const char *map_background_origin(const struct map_background *map, struct arena *a)
{
    cleanup_buf struct buf base = BUF_INIT;
    const char *path;
    if (!map->tiles || map_background_check(map, NULL) || !read_host(map->tiles, &base, &path))
        return NULL;
    return arena_strdup(a, base.data);
}

enum err map_background_load(struct connection *c, struct arena *a, struct map_background *ret,
                             struct problem *p)
{
    json_t *value = NULL;
    enum err e = setting_get(c, SETTING_MAP, &value, p);
    if (e)
        return e;
    struct map_background map = {
        .tiles = arena_strdup(a, json_string_value(json_object_get(value, "tiles"))),
        .attribution = arena_strdup(a, json_string_value(json_object_get(value, "attribution"))),
        .max_zoom = (int)json_integer_value(json_object_get(value, "max_zoom")),
    };
    bool whole = !json_is_object(value) || (map.tiles && map.attribution);
    json_decref(value);
    if (!whole || map_background_check(&map, NULL))
        return problem_set(p, ERR_CORRUPT, SETTING_MAP, "the map's background is damaged in the store");
    *ret = map;
    return ERR_NONE;
}

enum err map_background_save(struct connection *writer, const struct map_background *map, struct problem *p)
{
    enum err e = map_background_check(map, p);
    if (e)
        return e;
    json_t *value = map->tiles ? json_pack("{s:s, s:s, s:i}", "tiles", map->tiles, "attribution",
                                           map->attribution, "max_zoom", map->max_zoom)
                               : json_null();
    e = value ? setting_set(writer, SETTING_MAP, value, p)
              : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    json_decref(value);
    return e;
}
