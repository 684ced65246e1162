// The installation's logo, for the head of every page.
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "server/visitor/context.h"

struct connection;

// Member "logo" of the root: src and webp (addresses), width and height (of the picture behind src); false
// when no logo is set up, or it has no sizes for visitors yet.
enum err logo_put(struct context *c, struct arena *a, struct connection *db, struct problem *p);
