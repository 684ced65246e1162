// The upper part of a site's page: picture, title, badges, marks about the language, summary, story, gallery.
#pragma once

#include "content/site.h"
#include "server/visitor/page.h"

// Also sets what the page's head tells: title, description, picture, canonical language. ERR_NOT_FOUND when
// the site has no text at all.
enum err site_story_put(struct page *page, const struct site *site, struct problem *problem);
