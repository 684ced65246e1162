// Tables: CSV of any usual encoding and delimiter.
#include <string.h>

#include "common/csv.h"
#include "common/encoding.h"
#include "common/file.h"
#include "content/exchange/record.h"

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// As an export writes what would be a formula in a spreadsheet (csv_marked).
static void take_marks(struct csv_row *row, const char **fields)
{
    for (size_t i = 0; i < row->count; i++)
        fields[i] = csv_unmarked(row->fields[i]);
    row->fields = fields;
}

static enum err land_rows(struct record_reader *r, struct csv_table *table, struct problem *p)
{
    const char *fields[CSV_COLUMNS_MAX];
    enum err e = record_begin(r, p);
    while (!e) {
        struct record record = {0};
        struct problem fault = PROBLEM_INIT;
        e = landing_step(r->l, p);
        if (e)
            return e;
        e = csv_next(table, &record.row, &fault);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE;
        if (e == ERR_INVALID) {
            r->l->report->sites.read++;
            record_fault(r, fault.line, &fault);
            e = ERR_NONE;
        } else if (e) {
            *p = fault;
        } else {
            take_marks(&record.row, fields);
            e = record_land(r, &record, p);
        }
    }
    return e;
}

static size_t count_lines(const struct buf *text)
{
    size_t lines = 0;
    for (const char *at = text->data; (at = memchr(at, '\n', (size_t)(text->data + text->len - at))); at++)
        lines++;
    return lines;
}

static enum err read_table(struct landing *l, const char *path, struct buf *text, struct csv_table **ret,
                           struct problem *p)
{
    cleanup_buf struct buf bytes = BUF_INIT;
    enum err e = file_read(path, EXCHANGE_FILE_MAX, &bytes, p);
    if (!e)
        e = encoding_read(bytes.data, bytes.len, l->options->encoding, text, &l->report->encoding, p);
    if (!e)
        e = csv_open(text->data, text->len, l->options->delimiter, ret, p);
    if (!e)
        l->report->delimiter = csv_delimiter(*ret);
    return e;
}

enum err landing_import_table(struct landing *l, const char *path, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    cleanup_csv struct csv_table *table = NULL;
    struct record_reader r = {.said = SEEN_INIT};
    struct problem fault = PROBLEM_INIT;
    l->report->format = "csv";
    enum err e = read_table(l, path, &text, &table, &fault);
    if (!e)
        e = record_open(&r, l, name_of(path), table, &fault);
    if (e && landing_is_about_input(e))
        landing_fault(l, name_of(path), &fault);
    if (e) {
        *p = fault;
        return landing_is_about_input(e) ? ERR_INVALID : e;
    }
    landing_expect(l, count_lines(&text));
    e = landing_begin(l, name_of(path), "csv", p);
    if (!e)
        e = landing_end(l, land_rows(&r, table, p), p);
    record_close(&r);
    return e;
}
