#include "qrgen/parcel/manifest.h"

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
    COPIES,
    DESIGN,
    WIDTH_MM,
    HEIGHT_MM,
    MATERIAL,
    DISTANCE_M,
    MARGIN,
    FILES,
    WEAKEST,
    COLUMNS
};

// Columns are promised: new ones come at the end.
static const char *const names[COLUMNS] = {
    [SEQUENCE] = "sequence",
    [CODE] = "code",
    [SITE] = "site",
    [URL] = "url",
    [VERSION] = "version",
    [LEVEL] = "level",
    [MODULE_MM] = "module_mm",
    [SYMBOL_MM] = "symbol_mm",
    [PIXELS] = "pixels",
    [DPI] = "dpi",
    [SHA256] = "sha256",
    [IMAGE] = "file",
    [PICTURE_MM] = "picture_mm",
    [TITLE] = "title",
    [PLACE] = "place",
    [CHECKED] = "checked",
    [COPIES] = "copies",
    [DESIGN] = "design",
    [WIDTH_MM] = "width_mm",
    [HEIGHT_MM] = "height_mm",
    [MATERIAL] = "material",
    [DISTANCE_M] = "reads_from_m",
    [MARGIN] = "margin",
    [FILES] = "files",
    [WEAKEST] = "weakest",
};

#define NUMBER_SIZE HASH_HEX_SIZE // the longest of them

// The text, or a copy of it behind an apostrophe in *held.
static const char *harmless(const char *text, struct buf *held)
{
    if (!text[0] || (!strchr("=+-@", text[0]) && (unsigned char)text[0] >= 0x20))
        return text;
    buf_append_char(held, '\'');
    buf_append_str(held, text);
    return held->data;
}

static const char *design_of(const struct order *order)
{
    return order->design ? order->design : "bare";
}

void manifest_csv_head(struct buf *out)
{
    csv_append_row(out, names, COLUMNS);
}

// The cells that are numbers.
static void write_numbers(const struct manifest_row *row, char numbers[COLUMNS][NUMBER_SIZE])
{
    const struct measure *m = &row->measure;
    snprintf(numbers[SEQUENCE], NUMBER_SIZE, "%zu", row->sequence);
    snprintf(numbers[VERSION], NUMBER_SIZE, "%d", row->version);
    snprintf(numbers[LEVEL], NUMBER_SIZE, "%c", row->level);
    snprintf(numbers[MODULE_MM], NUMBER_SIZE, "%.3f", measure_module_mm(m));
    snprintf(numbers[SYMBOL_MM], NUMBER_SIZE, "%.1f", measure_symbol_mm(m, row->size));
    snprintf(numbers[PIXELS], NUMBER_SIZE, "%u", measure_picture_px(m, row->size));
    snprintf(numbers[DPI], NUMBER_SIZE, "%u", m->dpi);
    snprintf(numbers[PICTURE_MM], NUMBER_SIZE, "%.1f", measure_picture_mm(m, row->size));
    snprintf(numbers[COPIES], NUMBER_SIZE, "%u", row->plate->copies);
    snprintf(numbers[WIDTH_MM], NUMBER_SIZE, "%.2f", row->width_mm);
    snprintf(numbers[HEIGHT_MM], NUMBER_SIZE, "%.2f", row->height_mm);
    snprintf(numbers[DISTANCE_M], NUMBER_SIZE, "%.2f", row->distance_m);
    numbers[MARGIN][0] = '\0';
    if (row->margin > 0)
        snprintf(numbers[MARGIN], NUMBER_SIZE, "%.1f", row->margin);
    hash_to_hex(row->files[0].sha256, numbers[SHA256]);
}

static void list_files(const struct manifest_row *row, struct buf *out)
{
    for (size_t i = 0; i < row->file_count; i++)
        buf_printf(out, "%s%s", i ? " " : "", row->files[i].name);
}

void manifest_csv_row(struct buf *out, const struct manifest_row *row)
{
    char numbers[COLUMNS][NUMBER_SIZE] = {0};
    write_numbers(row, numbers);
    cleanup_buf struct buf site = BUF_INIT, title = BUF_INIT, place = BUF_INIT, material = BUF_INIT,
                           files = BUF_INIT;
    list_files(row, &files);
    const char *fields[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        fields[i] = numbers[i];
    fields[CODE] = row->plate->code;
    fields[WEAKEST] = row->margin > 0 ? row->weakest : "";
    fields[SITE] = harmless(row->plate->site, &site);
    fields[URL] = row->url;
    fields[IMAGE] = row->files[0].name;
    fields[TITLE] = harmless(row->plate->title, &title);
    fields[PLACE] = harmless(row->plate->place, &place);
    fields[CHECKED] = row->checked ? "yes" : "no";
    fields[DESIGN] = design_of(row->order);
    fields[MATERIAL] = harmless(row->order->material, &material);
    fields[FILES] = files.data;
    csv_append_row(out, fields, COLUMNS);
    out->failed |= site.failed || title.failed || place.failed || material.failed || files.failed;
}

// --- JSON

// RFC 8259, section 7.
static void append_text(struct buf *out, const char *text)
{
    buf_append_char(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            buf_append_char(out, '\\');
        if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else
            buf_append_char(out, (char)c);
    }
    buf_append_char(out, '"');
}

static void append_member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ", \"%s\": ", name);
    append_text(out, text);
}

static void append_texts(struct buf *out, const char *name, const struct job_texts *texts)
{
    if (texts->count == 0)
        return;
    buf_printf(out, ", \"%s\": {", name);
    for (size_t i = 0; i < texts->count; i++) {
        buf_append_str(out, i ? ", " : "");
        append_text(out, texts->items[i].lang);
        buf_append_str(out, ": ");
        append_text(out, texts->items[i].text);
    }
    buf_append_char(out, '}');
}

static void append_file(struct buf *out, const struct manifest_file *file)
{
    char sha256[HASH_HEX_SIZE];
    hash_to_hex(file->sha256, sha256);
    buf_append_str(out, "{\"name\": ");
    append_text(out, file->name);
    buf_printf(out, ", \"bytes\": %llu, \"sha256\": \"%s\"}", (unsigned long long)file->bytes, sha256);
}

void manifest_json_head(struct buf *out, const struct manifest_whole *whole)
{
    const struct order *order = whole->order;
    buf_append_str(out,
                   "{\n\"stele-parcel\": 1,\n\"made_by\": \"stele-qrgen " STELE_VERSION "\",\n\"name\": ");
    append_text(out, order->name);
    buf_append_str(out, ",\n\"tools\": {");
    for (size_t i = 0; i < whole->tool_count; i++) {
        buf_printf(out, "%s\"%s\": ", i ? ", " : "", whole->tools[i].name);
        append_text(out, whole->tools[i].version);
    }
    buf_append_str(out, "}");
    append_member(out, "base_url", order->base_url);
    append_member(out, "design", design_of(order));
    append_member(out, "material", order->material);
    buf_printf(out, ",\n\"dpi\": %u, \"crop_marks\": %s", order->dpi, order->crop_marks ? "true" : "false");
    if (order->sheets.width_mm > 0)
        buf_printf(
            out, ",\n\"sheets\": {\"width_mm\": %g, \"height_mm\": %g, \"gutter_mm\": %g, \"margin_mm\": %g}",
            order->sheets.width_mm, order->sheets.height_mm, order->sheets.gutter_mm,
            order->sheets.margin_mm);
    buf_printf(out, ",\n\"plate_count\": %zu, \"copy_count\": %zu,\n\"plates\": [", whole->plates,
               whole->copies);
}

void manifest_json_row(struct buf *out, const struct manifest_row *row, bool first)
{
    const struct job_plate *plate = row->plate;
    const struct measure *m = &row->measure;
    buf_printf(out, "%s\n{\"sequence\": %zu, \"code\": \"%s\"", first ? "" : ",", row->sequence, plate->code);
    append_member(out, "url", row->url);
    append_member(out, "site", plate->site);
    append_member(out, "title", plate->title);
    append_texts(out, "titles", &plate->titles);
    append_texts(out, "rank", &plate->rank);
    append_texts(out, "address", &plate->address);
    append_member(out, "place", plate->place);
    buf_printf(out, ", \"copies\": %u, \"width_mm\": %.2f, \"height_mm\": %.2f", plate->copies, row->width_mm,
               row->height_mm);
    buf_printf(
        out,
        ", \"version\": %d, \"modules\": %d, \"level\": \"%c\", \"module_mm\": %.3f, \"symbol_mm\": %.2f",
        row->version, row->size, row->level, measure_module_mm(m), measure_symbol_mm(m, row->size));
    buf_printf(out, ", \"reads_from_m\": %.2f", row->distance_m);
    if (row->margin > 0)
        buf_printf(out, ", \"margin\": %.1f, \"weakest\": \"%s\"", row->margin, row->weakest);
    buf_printf(out, ", \"checked\": %s, \"files\": [", row->checked ? "true" : "false");
    for (size_t i = 0; i < row->file_count; i++) {
        buf_append_str(out, i ? ", " : "");
        append_file(out, &row->files[i]);
    }
    buf_append_str(out, "]}");
}

void manifest_json_tail(struct buf *out, const struct manifest_file *files, size_t count)
{
    buf_append_str(out, "\n],\n\"files\": [");
    for (size_t i = 0; i < count; i++) {
        buf_append_str(out, i ? ",\n" : "\n");
        append_file(out, &files[i]);
    }
    buf_append_str(out, "\n]\n}\n");
}
