// The map that lies under positions: whose tiles, and how they want to be named. There is none until somebody
// sets one up, for every tile is a request to somebody else that tells who looks at what.
#pragma once

#include "common/arena.h"
#include "common/err.h"

struct connection;

#define MAP_ZOOM_MAX        22  // beyond what any public server has
#define MAP_ZOOM_USUAL      19  // OpenStreetMap's
#define MAP_TILES_MAX       300 // bytes
#define MAP_ATTRIBUTION_MAX 200 // bytes

struct map_background {
    const char *tiles;       // "https://tile.example.org/{z}/{x}/{y}.png"; NULL: no map
    const char *attribution; // plain text, "© OpenStreetMap contributors"
    int max_zoom;            // 1 to MAP_ZOOM_MAX
};

// ERR_INVALID or ERR_TOO_LARGE, with "tiles", "attribution" or "max_zoom" as the field: tiles are a template
// under https with {z}, {x} and {y} once each, behind the host, and nothing else in braces; an attribution is
// needed. No tiles are fine.
enum err map_background_check(const struct map_background *map, struct problem *p);

// What is set up, in the arena; `tiles` NULL when nothing is.
enum err map_background_load(struct connection *c, struct arena *a, struct map_background *ret,
                             struct problem *p);

// Whom the tiles are asked from, "https://tile.example.org:8443": for a content security policy. In the
// arena; NULL for no tiles, for what map_background_check would refuse, and without memory.
const char *map_background_origin(const struct map_background *map, struct arena *a);

// Checks and saves; `tiles` NULL: no map from now on.
enum err map_background_save(struct connection *writer, const struct map_background *map, struct problem *p);
