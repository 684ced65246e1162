// Sites as a table that the importer reads back (exchange.h): one row a site, every column of the importer,
// texts in every language set up. Read back untouched it changes nothing.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "content/exchange/table_words.h"
#include "content/setting.h"

struct connection;

enum table_form {
    TABLE_PLAIN,      // commas, decimal points, the columns' own names (column.h), keys of terms
    TABLE_VIETNAMESE, // as Excel with Vietnamese settings takes it: semicolons, decimal commas, days as
                      // 21/06/1993; columns, terms and states in Vietnamese
};

struct table_export {
    enum table_form form;
    struct languages languages;
    struct table_words words;
};

// What all rows share; the arena must outlive it. table_export_close also after failure.
enum err table_export_open(struct connection *c, struct arena *a, enum table_form form,
                           struct table_export *ret, struct problem *p);
void table_export_close(struct table_export *t);
#define cleanup_table_export CLEANUP(table_export_close)

// Appends the mark of UTF-8 and the first row.
void table_export_head(const struct table_export *t, struct buf *out);

// Appends the row of a site. What a table cannot say is left out: earlier addresses, periods, facts, media,
// sources other than the import's own. No field of it is a formula (csv_marked).
enum err table_export_row(struct connection *c, const struct table_export *t, int64_t site_id,
                          struct buf *out, struct problem *p);
