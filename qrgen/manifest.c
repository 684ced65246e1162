#include "qrgen/manifest.h"

#include <stdio.h>
#include <string.h>

#include "common/csv.h"

enum column {
    SEQUENCE,
    CODE,
    SITE,
    URL,
    VERSION,
    LEVEL,
    MODULE_MM,
    SYMBOL_MM,
    PIXELS,
    DPI,
    SHA256,
    IMAGE,
    PICTURE_MM,
    TITLE,
    PLACE,
    CHECKED,
    COLUMNS
};

static const char *const names[COLUMNS] = {
    [SEQUENCE] = "sequence",     [CODE] = "code",   [SITE] = "site",           [URL] = "url",
    [VERSION] = "version",       [LEVEL] = "level", [MODULE_MM] = "module_mm", [SYMBOL_MM] = "symbol_mm",
    [PIXELS] = "pixels",         [DPI] = "dpi",     [SHA256] = "sha256",       [IMAGE] = "file",
    [PICTURE_MM] = "picture_mm", [TITLE] = "title", [PLACE] = "place",         [CHECKED] = "checked",
};

#define NUMBER_SIZE 24

// The text, or a copy of it behind an apostrophe in *held.
static const char *harmless(const char *text, struct buf *held)
{
    if (!text[0] || (!strchr("=+-@", text[0]) && (unsigned char)text[0] >= 0x20))
        return text;
    buf_append_char(held, '\'');
    buf_append_str(held, text);
    return held->data;
}

void manifest_head(struct buf *out)
{
    csv_append_row(out, names, COLUMNS);
}

void manifest_add(struct buf *out, const struct manifest_row *row)
{
    const struct measure *m = &row->measure;
    char numbers[COLUMNS][NUMBER_SIZE];
    snprintf(numbers[SEQUENCE], NUMBER_SIZE, "%zu", row->sequence);
    snprintf(numbers[VERSION], NUMBER_SIZE, "%d", row->version);
    snprintf(numbers[LEVEL], NUMBER_SIZE, "%c", row->level);
    snprintf(numbers[MODULE_MM], NUMBER_SIZE, "%.3f", measure_module_mm(m));
    snprintf(numbers[SYMBOL_MM], NUMBER_SIZE, "%.1f", measure_symbol_mm(m, row->size));
    snprintf(numbers[PIXELS], NUMBER_SIZE, "%u", measure_picture_px(m, row->size));
    snprintf(numbers[DPI], NUMBER_SIZE, "%u", m->dpi);
    snprintf(numbers[PICTURE_MM], NUMBER_SIZE, "%.1f", measure_picture_mm(m, row->size));
    cleanup_buf struct buf site = BUF_INIT, title = BUF_INIT, place = BUF_INIT;
    const char *const fields[COLUMNS] = {
        [SEQUENCE] = numbers[SEQUENCE],
        [CODE] = row->plate->code,
        [SITE] = harmless(row->plate->site, &site),
        [URL] = row->url,
        [VERSION] = numbers[VERSION],
        [LEVEL] = numbers[LEVEL],
        [MODULE_MM] = numbers[MODULE_MM],
        [SYMBOL_MM] = numbers[SYMBOL_MM],
        [PIXELS] = numbers[PIXELS],
        [DPI] = numbers[DPI],
        [SHA256] = row->sha256,
        [IMAGE] = row->file,
        [PICTURE_MM] = numbers[PICTURE_MM],
        [TITLE] = harmless(row->plate->title, &title),
        [PLACE] = harmless(row->plate->place, &place),
        [CHECKED] = row->checked ? "yes" : "no",
    };
    csv_append_row(out, fields, COLUMNS);
    out->failed |= site.failed || title.failed || place.failed;
}
