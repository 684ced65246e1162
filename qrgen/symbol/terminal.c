#include "qrgen/symbol/terminal.h"

#include <string.h>

// Colours 16 and 231 of the xterm palette are the black and white of its fixed cube: unlike 0 and 15, colour
// schemes leave them alone. Whole dark cells are background, as block characters leave gaps in some fonts.
#define BLACK_ON_WHITE "\x1b[38;5;16;48;5;231m"
#define ALL_BLACK      "\x1b[48;5;16m"
#define RESET          "\x1b[0m"

// [upper half dark][lower half dark] -> what draws it.
static const struct cell {
    const char *colours;
    const char *text;
} cells[2][2] = {
    {{BLACK_ON_WHITE, " "}, {BLACK_ON_WHITE, "\xE2\x96\x84"}}, // U+2584 lower half block
    {{BLACK_ON_WHITE, "\xE2\x96\x80"}, {ALL_BLACK, " "}},      // U+2580 upper half block
};

static void draw_line(const struct matrix *m, int y, struct buf *out)
{
    const char *colours = NULL;
    for (int x = -MATRIX_QUIET; x < m->size + MATRIX_QUIET; x++) {
        const struct cell *cell = &cells[matrix_dark(m, x, y)][matrix_dark(m, x, y + 1)];
        if (!colours || strcmp(colours, cell->colours) != 0)
            buf_append_str(out, cell->colours);
        colours = cell->colours;
        buf_append_str(out, cell->text);
    }
    buf_append_str(out, RESET "\n");
}

void terminal_draw(const struct matrix *m, struct buf *out)
{
    for (int y = -MATRIX_QUIET; y < m->size + MATRIX_QUIET; y += 2)
        draw_line(m, y, out);
}
