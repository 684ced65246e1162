// Private to bulk.c: what a look at a bulk change found, as the template reads it.
#pragma once

#include "content/editing/bulk.h"
#include "server/desk/frame/screen.h"

// Puts object `looked` into the root: the counts in words, one page of the sites that would change, each with
// a tick, and why the others stay.
enum err bulk_screen_put(struct screen *screen, const struct bulk_change *change,
                         const struct bulk_choice *choice, const struct bulk_report *report,
                         struct problem *problem);
