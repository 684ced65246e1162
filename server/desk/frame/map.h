// The map on a page of the desk: its background, which the page must be allowed to show, and words of places.
#pragma once

#include "content/map_background.h"
#include "server/desk/frame/screen.h"

// Puts member "map" with the background for {{>desk/map}}: tiles, attribution, max_zoom; no tiles when there
// are none. The answer then allows images of the tiles' server, and of nobody else. Once a page.
enum err map_put(struct screen *screen, const struct map_background *background, struct problem *problem);

// The same with what is set up. A background that is damaged in the store is none: settings tell of it.
enum err map_put_stored(struct screen *screen, struct problem *problem);

// "10°04′21,8″ Bắc, 105°45′08,9″ Đông" in the desk's language. In the arena.
const char *map_position_words(struct screen *screen, double lat, double lon);

// A message with a distance: `metres_key` or `kilometres_key`, by how far it is, with {distance}. In the
// arena.
const char *map_distance_words(struct screen *screen, double metres, const char *metres_key,
                               const char *kilometres_key);
