// Proposals at the desk: what editors who only submit would change on published pages, for who may publish to
// take over or to give back. Sent by the site's form (site_save.c); taken over by it too, as any other save.
#pragma once

#include "server/desk/frame/screen.h"

// Puts list `proposals` (with flag `proposing`, and `waiting`: whether they are others' that wait for the
// user, or the user's own) for {{>desk/proposals}} on the first page.
enum err proposals_put_home(struct screen *screen, struct problem *p);
