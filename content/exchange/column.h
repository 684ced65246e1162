// Private to content/exchange: what a row of a table, or the properties of a feature, can say about a site,
// and the names that columns for it have in Vietnamese, English and German.
#pragma once

#include "common/arena.h"
#include "common/csv.h"
#include "common/err.h"
#include "content/setting.h"

enum column {
    COLUMN_KEY,
    COLUMN_SLUG,
    COLUMN_STATE,
    COLUMN_KIND,
    COLUMN_CATEGORY,
    COLUMN_RANK,
    COLUMN_AREA,
    COLUMN_PLACE, // town or village: part of the address; also the area where no column gives one
    COLUMN_POSTCODE,
    COLUMN_LAT,
    COLUMN_LON,
    COLUMN_POSITION, // both in one
    COLUMN_ACCURACY_M,
    COLUMN_DECISION_NUMBER,
    COLUMN_DECISION_DATE,
    COLUMN_SOURCE,
    COLUMN_SOURCE_URL,
    // In one language each: unnamed, the import's; "title_en", "tên en": that one.
    COLUMN_TITLE,
    COLUMN_SUMMARY,
    COLUMN_BODY,        // CommonMark
    COLUMN_DESCRIPTION, // plain text: the summary, and the body where it is longer
    COLUMN_NAMES,       // other names, separated by ";"
    COLUMN_ADDRESS,
    COLUMN_HOURS,
    COLUMN_AUTHORITY, // who took the decision
    COLUMN_COUNT,
    COLUMN_FIRST_IN_LANGUAGE = COLUMN_TITLE,
    COLUMN_IN_LANGUAGE = COLUMN_COUNT - COLUMN_TITLE,
};

// The columns of one import: first every column of `enum column` (those in a language: unnamed), then for
// each language those with its tag.
struct columns {
    struct csv_wanted *wanted;
    size_t count;
    int *at; // of each, the table's column or -1
    const struct languages *languages;
    size_t lang; // index of the import's language
};

// Makes the list of what is wanted; `lang` must be among the languages. ERR_MEMORY.
enum err column_list(struct arena *a, const struct languages *languages, const char *lang,
                     struct columns *ret, struct problem *p);

// Whether the mapping names fields that there are, each once, whichever languages are set up. ERR_INVALID.
enum err column_check_mapping(const char *mapping, struct problem *p);

// Matches the columns of the table, with a mapping (may be NULL). ERR_INVALID, with the way out, when there
// is no title or something contradicts itself.
enum err column_match(struct columns *columns, const struct csv_table *table, const char *mapping,
                      struct problem *p);

// The index in `wanted` of a column in the language with the index `lang`; for columns without language,
// itself.
size_t column_index(const struct columns *columns, enum column column, size_t lang);

// The field of a row; "" when there is no such column. For the import's language the column with its tag
// counts before the unnamed one.
const char *column_field(const struct columns *columns, const struct csv_row *row, enum column column,
                         size_t lang);
