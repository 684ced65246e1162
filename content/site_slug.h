// Private to content/: the slugs that a site had.
#pragma once

#include "content/site.h"

struct connection;

// Fills old_slugs of a site whose id is set.
enum err site_load_old_slugs(struct connection *c, struct arena *a, struct site *site, struct problem *p);

// ERR_EXISTS when the slug was another site's than `site_id` (0: a new one) and still leads to it.
enum err site_check_old_slug(struct connection *c, const char *slug, int64_t site_id, struct problem *p);

// Keeps all of site->old_slugs, and `before` (its slug until now, or NULL) where it differs from the present
// one. ERR_EXISTS when one leads to another site. The present slug is no longer an old one.
enum err site_save_old_slugs(struct connection *writer, const struct site *site, const char *before,
                             int64_t now, struct problem *p);
