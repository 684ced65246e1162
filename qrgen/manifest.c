#include "qrgen/manifest.h"

#include <string.h>

static const char *const columns[] = {
    "sequence", "code",   "site", "url",    "version", "level",      "module_mm", "symbol_mm",
    "pixels",   "dpi",    "sha256", "file", "picture_mm", "title", "place", "checked",
};

static void add_text(struct buf *out, const char *text)
{
    bool formula = text[0] && (strchr("=+-@", text[0]) || (unsigned char)text[0] < 0x20);
    bool quoted = strpbrk(text, ",\"\r\n") || text[0] == ' ';
    if (quoted)
        buf_append_char(out, '"');
    if (formula)
        buf_append_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buf_append_char(out, '"');
        buf_append_char(out, *text);
    }
    if (quoted)
        buf_append_char(out, '"');
}

void manifest_head(struct buf *out)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        buf_printf(out, "%s%s", i ? "," : "", columns[i]);
    buf_append_str(out, "\r\n");
}

void manifest_add(struct buf *out, const struct manifest_row *row)
{
    const struct measure *m = &row->measure;
    buf_printf(out, "%zu,%s,", row->sequence, row->plate->code);
    add_text(out, row->plate->site);
    buf_append_char(out, ',');
    add_text(out, row->url);
    buf_printf(out, ",%d,%c,%.3f,%.1f,%u,%u,%s,%s,%.1f,", row->version, row->level, measure_module_mm(m),
               measure_symbol_mm(m, row->size), measure_picture_px(m, row->size), m->dpi, row->sha256,
               row->file, measure_picture_mm(m, row->size));
    add_text(out, row->plate->title);
    buf_append_char(out, ',');
    add_text(out, row->plate->place);
    buf_append_str(out, row->checked ? ",yes\r\n" : ",no\r\n");
}
