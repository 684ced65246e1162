#include "content/exchange/look.h"

#include <string.h>

#include "common/csv.h"
#include "common/encoding.h"
#include "common/file.h"
#include "content/exchange/column.h"
#include "content/exchange/exchange.h"

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static enum err list_fields(struct arena *a, const struct columns *columns, struct look *look,
                            struct problem *p)
{
    look->fields = arena_array(a, columns->count, sizeof *look->fields);
    if (!look->fields)
        return no_memory(p);
    for (size_t i = 0; i < columns->count; i++) {
        size_t of = i < COLUMN_COUNT ? 0 : (i - COLUMN_COUNT) / COLUMN_IN_LANGUAGE;
        if (i >= COLUMN_COUNT && of == columns->lang)
            continue; // the same as without language
        size_t base =
            i < COLUMN_COUNT ? i : COLUMN_FIRST_IN_LANGUAGE + (i - COLUMN_COUNT) % COLUMN_IN_LANGUAGE;
        look->fields[look->field_count++] = (struct look_field){
            .name = columns->wanted[i].name,
            .base = columns->wanted[base].name,
            .lang = i < COLUMN_COUNT ? NULL : columns->languages->tags[of],
        };
    }
    return ERR_NONE;
}

// The name under which list_fields has a wanted column.
static const char *field_name(const struct columns *columns, size_t i)
{
    size_t first = COLUMN_COUNT + columns->lang * COLUMN_IN_LANGUAGE;
    if (i >= first && i < first + COLUMN_IN_LANGUAGE)
        i = COLUMN_FIRST_IN_LANGUAGE + (i - first);
    return columns->wanted[i].name;
}

static enum err list_columns(struct arena *a, const struct csv_table *table, const struct columns *columns,
                             struct look *look, struct problem *p)
{
    look->column_count = csv_column_count(table);
    look->columns = arena_array(a, look->column_count, sizeof *look->columns);
    if (!look->columns)
        return no_memory(p);
    for (size_t i = 0; i < look->column_count; i++) {
        look->columns[i] = (struct look_column){.name = arena_strdup(a, csv_column_name(table, i))};
        if (!look->columns[i].name)
            return no_memory(p);
    }
    for (size_t i = 0; i < columns->count; i++)
        if (columns->at[i] >= 0)
            look->columns[columns->at[i]].field = field_name(columns, i);
    return ERR_NONE;
}

static enum err read_rows(struct arena *a, struct csv_table *table, struct look *look, struct problem *p)
{
    struct csv_row row;
    while (look->row_count < LOOK_ROWS) {
        enum err e = csv_next(table, &row, p);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE;
        if (e == ERR_INVALID)
            continue; // the dry run tells of it
        const char **fields = e ? NULL : arena_array(a, look->column_count, sizeof *fields);
        if (!fields)
            return e ? e : no_memory(p);
        for (size_t i = 0; i < look->column_count; i++)
            if (!(fields[i] = arena_strdup(a, csv_unmarked(csv_field(&row, (int)i)))))
                return no_memory(p);
        look->rows[look->row_count++] = fields;
    }
    return ERR_NONE;
}

// A table whose columns cannot be told apart by name is matched by hand alone.
static enum err guess(struct arena *a, const struct languages *languages, const char *lang,
                      const struct csv_table *table, struct columns *ret, struct problem *p)
{
    enum err e = column_list(a, languages, lang, ret, p);
    if (!e)
        e = csv_match(table, ret->wanted, ret->count, NULL, ret->at, p);
    if (e != ERR_INVALID)
        return e;
    for (size_t i = 0; i < ret->count; i++)
        ret->at[i] = -1;
    return ERR_NONE;
}

enum err look_table(struct connection *c, struct arena *a, const char *path, const char *lang,
                    const char *encoding, char delimiter, struct look *ret, struct problem *p)
{
    cleanup_buf struct buf bytes = BUF_INIT, text = BUF_INIT;
    cleanup_csv struct csv_table *table = NULL;
    struct languages *languages = arena_alloc(a, sizeof *languages);
    struct columns columns;
    struct look look = {0};
    if (!languages)
        return no_memory(p);
    enum err e = setting_languages(c, a, languages, p);
    if (!e)
        e = file_read(path, EXCHANGE_FILE_MAX, &bytes, p);
    if (!e)
        e = encoding_read(bytes.data, bytes.len, encoding, &text, &look.encoding, p);
    if (!e)
        e = csv_open(text.data, text.len, delimiter, &table, p);
    if (!e)
        e = guess(a, languages, lang, table, &columns, p);
    if (!e)
        e = list_fields(a, &columns, &look, p);
    if (!e)
        e = list_columns(a, table, &columns, &look, p);
    if (!e)
        e = read_rows(a, table, &look, p);
    if (e)
        return e;
    look.delimiter = csv_delimiter(table);
    *ret = look;
    return ERR_NONE;
}
