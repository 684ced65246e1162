// Files on their way into a site: with scripts in pieces (frame/sending.h). Without scripts all files of a
// form come at once, as far as MEDIA_FORM_LIMIT goes.
#pragma once

#include "server/desk/media/media.h"

#define MEDIA_FORM_LIMIT (33u << 20) // one photo of the largest kind, or a handful of a phone's

// Puts what is on its way from this account into the site: list `coming` (name, and one of is_coming,
// is_making, is_failed with `problem`), flags has_coming and has_making. What is whole and waits for nobody
// is put in again: the server was started anew since.
enum err media_put_coming(struct screen *screen, const struct site *site, struct problem *problem);
