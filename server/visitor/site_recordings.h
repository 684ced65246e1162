// The recordings of a site's page: sound, to be heard after the summary, and films, to be seen in the
// gallery's place.
#pragma once

#include "content/media.h"
#include "content/site.h"
#include "server/visitor/page.h"

// Lists "sounds" and "films" of the context. Until a film is played, the site's first picture stands in its
// place (`variants`: of all pictures of the site).
enum err site_recordings_put(struct page *page, const struct site *site,
                             const struct media_variants *variants);
