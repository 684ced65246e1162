// Full-text search, blind to tone marks, case and Unicode form.
#pragma once

#include <stdint.h>

#include "content/site.h"

// Finds published sites for what people type: all words must occur, the last may be unfinished. An empty or
// wordless query finds nothing. At most 200 bytes are looked at. *ret_total counts all that was found.
enum err search_sites(struct connection *c, struct arena *a, const char *lang, const char *query, int limit,
                      int64_t offset, struct site_cards *ret, int64_t *ret_total, struct problem *p);

// What people type as an expression for the index; returns how many words it holds, 0 when nothing can be
// searched for (*out is then of no use).
struct buf;
int search_expression(const char *query, struct buf *out);

// Keeps the index in step: a row for each site, of all its texts. Called by site_save in its transaction,
// with the site's id set.
enum err search_index(struct connection *writer, const struct site *site, struct problem *p);
