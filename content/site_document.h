// Private to content/: the shapes of a site's document and of its parts.
#pragma once

#include "common/json/shape.h"

extern const struct shape site_shape;    // the whole document, as docs/bundle-format.md says
extern const struct shape details_shape; // the members that live in site.details
extern const char *const site_states[];  // those that a document may name; ends with NULL
