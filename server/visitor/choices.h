// The kinds and areas that lists can be narrowed to.
#pragma once

#include "content/term.h"
#include "server/visitor/page.h"

// More areas than this are told by the wider ones that hold them.
#define CHOICES_AREAS_MAX 40

// From the areas that sites have (`counted`) and all areas with their wider ones (`all`), the areas to show:
// `counted` itself when it is short enough, else the narrowest level of wider areas that is, with the counts
// of all areas inside added up; in the order of `all`. Terms are borrowed. False when memory is out.
bool choices_roll(struct arena *a, const struct terms *all, const struct terms *counted, size_t limit,
                  struct terms *ret);

// Puts lists "kinds" and "areas" into the context, each item with key, label, count, href and selected; the
// chosen ones may be NULL. ERR_NOT_FOUND without a problem when a chosen key is no term.
enum err choices_put(struct page *page, const char *kind, const char *area, struct problem *problem);
