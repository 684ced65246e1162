// The pictures, sounds and films of a site that is about to be saved: finding, adding, moving. Pictures stand
// before sounds and films, each in their own order; the first picture is the page's cover.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/site.h"

#define SITE_MEDIA_MAX  500 // of one site, as its document has it
#define SITE_MEDIA_NONE ((size_t)-1)

bool site_media_is_picture(const struct site_media *m);

// Where the file stands; SITE_MEDIA_NONE. The first, where it stands twice.
size_t site_media_find(const struct site *site, const char *sha256);

// Puts a copy of *m in at `at` or as near to it as its class allows; SITE_MEDIA_NONE: last of its class. The
// list is made anew in the arena. ERR_TOO_LARGE beyond SITE_MEDIA_MAX.
enum err site_media_insert(struct site *site, struct arena *a, const struct site_media *m, size_t at,
                           struct problem *p);

void site_media_remove(struct site *site, size_t at);

// Moves one `by` places (negative: to the front) within its class, as far as there are any. False when it
// stays where it is.
bool site_media_move(struct site *site, size_t at, long by);

// The order of the named files, as far as the site has them; the others follow in the order in which they
// are. Pictures stay before what is none. False when it changes nothing.
bool site_media_sort(struct site *site, const char *const *sha256, size_t count);
