// What a site's document tells beside its story: names, periods, facts with their sources, where it is, when
// it is open, when it was checked.
#pragma once

#include "content/site.h"
#include "server/visitor/page.h"

void site_details_put(struct page *page, const struct site *site);
