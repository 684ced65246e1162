// Tables as text: reading CSV of any usual delimiter row by row, finding columns by name, and writing CSV
// (RFC 4180). Reading stands on libcsv. A table belongs to one thread at a time.
//
//     cleanup_csv struct csv_table *table = NULL;
//     e = csv_open(text.data, text.len, 0, &table, p);          // text: from encoding_read
//     e = csv_match(table, fields, COUNT, NULL, columns, p);    // columns[TITLE] is now a column or -1
//     while ((e = csv_next(table, &row, &problem)) != ERR_NOT_FOUND) {
//         if (e == ERR_INVALID)
//             problem_list_add(list, &problem);                 // this row is bad, go on to the next
//         else if (e == ERR_NONE)
//             use(csv_field(&row, columns[TITLE]));
//         else
//             return e;
//     }
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

#define CSV_COLUMNS_MAX 500

struct csv_table;

// Begins to read a table whose first row names the columns. `text` is UTF-8 and must outlive the table.
// `delimiter` is ',', ';', '\t', '|' or any other ASCII character that is neither quote nor line end, or 0 to
// recognise it: by a first line "sep=;" as Excel writes it (skipped in any case), else the one of those four
// that splits the first rows most evenly. ERR_INVALID for an empty table, a NUL, a bad header; ERR_TOO_LARGE
// above CSV_COLUMNS_MAX columns; ERR_MEMORY.
enum err csv_open(const char *text, size_t len, char delimiter, struct csv_table **ret, struct problem *p);
void csv_close(struct csv_table *table);

static inline void csv_close_pointer(struct csv_table **table)
{
    csv_close(*table);
}

#define cleanup_csv CLEANUP(csv_close_pointer)

char csv_delimiter(const struct csv_table *table);
size_t csv_column_count(const struct csv_table *table);
const char *csv_column_name(const struct csv_table *table, size_t column); // trimmed; may be empty

// A delimiter as a person names it: the character itself, or comma, semicolon, tab, pipe, auto (0). False
// when it is none.
bool csv_read_delimiter(const char *name, char *ret);

// One row. The fields are NUL-terminated UTF-8, as many as there are columns; spaces and tabs around a field
// that is not quoted are gone, and line ends inside a quoted one are "\n". Valid until the next call.
struct csv_row {
    unsigned long line; // the physical line, from 1, on which the row begins
    size_t count;
    const char *const *fields;
};

// The next row; rows without any text are skipped. ERR_NOT_FOUND after the last. ERR_INVALID for a bad row,
// with line and column (from 1) and a sentence that leaves the place to them; the next call goes on behind
// it: a wrong number of fields (empty ones too many at the end are forgiven), text behind a closing quote, a
// quote never closed (named by the line that it opens on; it takes the rest of the text with it). ERR_MEMORY.
enum err csv_next(struct csv_table *table, struct csv_row *ret_row, struct problem *p);

// The field in a column, "" for column -1.
const char *csv_field(const struct csv_row *row, int column);

// What the caller looks for among the columns.
struct csv_wanted {
    const char *name;    // the field's own name, also what a mapping calls it
    const char *aliases; // further names that the column may have, separated by "|"; NULL for none
    bool required;
};

// Which columns hold what, as a person says it.
struct csv_mapping {
    const char *flag; // by which it is given: "--map"
    const char *text; // NULL: nobody said anything
};

// Finds the column of each wanted field: ret_columns[i] is a column's index or -1. Names are compared folded
// (fold_search), own names before aliases. `mapping` (may be NULL) overrides: "title=Tên di tích,lat=Vĩ độ";
// an empty column name leaves the field out. Problems call it by the flag that gives it. ERR_INVALID, with
// `field` set, when a required one is not found, when two columns have the name, or when the mapping names a
// field or column that does not exist. ERR_MEMORY.
enum err csv_match(const struct csv_table *table, const struct csv_wanted *wanted, size_t count,
                   const struct csv_mapping *mapping, int *ret_columns, struct problem *p);

// Whether `mapping` names each field at most once, and only those of `wanted`; the columns behind the "=" are
// not looked at. ERR_INVALID, with field "mapping"; ERR_MEMORY.
enum err csv_check_mapping(const struct csv_wanted *wanted, size_t count, const struct csv_mapping *mapping,
                           struct problem *p);

// Appends the names of the columns that `columns` (from csv_match) does not use, as ‘"a", "b"’; nothing when
// all are used. Columns without a name are left out.
void csv_unknown(const struct csv_table *table, const int *columns, size_t count, struct buf *out);

// What a table in UTF-8 begins with when people will open it: without it Excel takes the text for the
// system's old encoding. encoding_read skips it.
#define CSV_MARK "\xEF\xBB\xBF"

// Appends one row with commas and "\n". Fields are quoted where reading them back needs it; nothing else is
// changed, so that data comes back as it was (line ends inside a field come back as "\n", and a row without
// any text is skipped).
void csv_append_row(struct buf *out, const char *const *fields, size_t count);

// The same with another delimiter.
void csv_append_row_split(struct buf *out, char delimiter, const char *const *fields, size_t count);

// Data that must not run as a formula in a spreadsheet: what begins with = + - @, a tab or a line end gets
// the mark "'" before it, as does what has such marks before one of these already, so that csv_unmarked gives
// back each text as it was. In the arena, or `field` itself; NULL when memory is out.
struct arena;
const char *csv_marked(struct arena *a, const char *field);
const char *csv_unmarked(const char *field);
