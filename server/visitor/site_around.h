// What lies around a site: the nearest others, and its neighbours on tours.
#pragma once

#include "content/site.h"
#include "server/visitor/page.h"

enum err site_around_put(struct page *page, const struct site *site, struct problem *problem);
