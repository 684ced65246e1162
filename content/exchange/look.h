// A look into a table before it is imported: its columns, what they seem to hold, and its first rows.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

#define LOOK_ROWS 5

struct look_column {
    const char *name;
    const char *field; // of look.fields: what the import would take it for; NULL: nothing
};

// What a column can be taken for: "title", and for other languages than the import's "title_en".
struct look_field {
    const char *name;
    const char *base; // "title"
    const char *lang; // "en"; NULL: no language, or the import's
};

struct look {
    const char *encoding; // as encoding_read names it
    char delimiter;
    struct look_column *columns;
    size_t column_count;
    struct look_field *fields;
    size_t field_count;
    const char *const *rows[LOOK_ROWS]; // each column_count fields
    size_t row_count;
};

// Everything in the arena. `lang` must be set up; `encoding` and `delimiter` as in exchange.h. ERR_INVALID
// with the way out for what is no table.
enum err look_table(struct connection *c, struct arena *a, const char *path, const char *lang,
                    const char *encoding, char delimiter, struct look *ret, struct problem *p);
