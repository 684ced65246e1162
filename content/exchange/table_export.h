// Sites as a table that the importer reads back (exchange.h): one row a site, every column of the importer,
// texts in every language set up.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

struct connection;
struct languages;

// Appends the first row: the columns' own names (column.h).
void table_export_head(const struct languages *languages, struct buf *out);

// Appends the row of a site. What a table cannot say is left out: earlier addresses, periods, facts, media,
// sources other than the import's own.
enum err table_export_row(struct connection *c, const struct languages *languages, int64_t site_id,
                          struct buf *out, struct problem *p);
