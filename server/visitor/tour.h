// `/{lang}/tours/{slug}`: an ordered walk through sites.
#pragma once

#include "content/plate.h"
#include "server/http/route.h"
#include "server/visitor/page.h"

route_handler tour_answer;

// As site_show.
enum err tour_show(struct page *page, int64_t id, const struct plate *plate, struct problem *problem);
