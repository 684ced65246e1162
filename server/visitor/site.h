// `/{lang}/sites/{slug}`: the page of a site, which is also what a scan opens.
#pragma once

#include "content/plate.h"
#include "server/http/route.h"
#include "server/visitor/page.h"

route_handler site_answer;

// Answers with the page of site `id`, by way of `plate` (NULL: by its own address); with 410 for a withdrawn
// one. ERR_NOT_FOUND when it is not (or not yet) there for visitors. `page` is open.
enum err site_show(struct page *page, int64_t id, const struct plate *plate, struct problem *problem);

// Answers with the page of `site` as it is in memory, whatever its state: what the desk shows before it is
// saved. ERR_NOT_FOUND when it has no text.
enum err site_show_as(struct page *page, const struct site *site, struct problem *problem);

// The scanned plate in words, as member "plate" of the context. NULL sets nothing.
void site_put_plate(struct page *page, const struct plate *plate);
