#include "qrgen/symbol/svg.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum direction { RIGHT, DOWN, LEFT, UP };

static const int step_x[] = {1, 0, -1, 0}, step_y[] = {0, 1, 0, -1};

// Where the pen is: a corner between modules, and where it goes. Dark is on its right-hand side.
struct pen {
    int x, y;
    enum direction way;
};

// The modules beyond the corner that the pen has come to: on its right, and on its left.
static bool dark_ahead(const struct matrix *m, const struct pen *pen, bool right)
{
    static const int column[2][4] = {{0, 0, -1, -1}, {0, -1, -1, 0}}; // left, right
    static const int row[2][4] = {{-1, 0, 0, -1}, {0, 0, -1, -1}};
    return matrix_dark(m, pen->x + column[right][pen->way], pen->y + row[right][pen->way]);
}

// Modules that touch at a corner alone are kept apart: the pen turns right there.
static enum direction next_way(const struct matrix *m, const struct pen *pen)
{
    if (!dark_ahead(m, pen, true))
        return (pen->way + 1) % 4;
    if (!dark_ahead(m, pen, false))
        return pen->way;
    return (pen->way + 3) % 4;
}

static void draw_line(struct buf *out, enum direction way, int length)
{
    buf_append_char(out, way == RIGHT || way == LEFT ? 'h' : 'v');
    buf_append_int(out, way == RIGHT || way == DOWN ? length : -length);
}

// One outline, from the upper left corner of a dark module whose upper neighbour is light. `seen` marks the
// upper edges that an outline has gone along.
static void draw_outline(const struct matrix *m, int x, int y, bool *seen, struct buf *out)
{
    struct pen pen = {x, y, RIGHT};
    int length = 0;
    buf_append_char(out, 'M');
    buf_append_int(out, x + MATRIX_QUIET);
    buf_append_char(out, ' ');
    buf_append_int(out, y + MATRIX_QUIET);
    for (;;) {
        if (pen.way == RIGHT)
            seen[pen.y * m->size + pen.x] = true;
        pen.x += step_x[pen.way], pen.y += step_y[pen.way], length++;
        enum direction way = next_way(m, &pen);
        bool home = pen.x == x && pen.y == y && way == RIGHT;
        if (home)
            break; // the path's z draws the last line
        if (way == pen.way)
            continue;
        draw_line(out, pen.way, length);
        pen.way = way, length = 0;
    }
    buf_append_char(out, 'z');
}

static void draw_path(const struct matrix *m, struct buf *out)
{
    bool seen[MATRIX_SIZE_MAX * MATRIX_SIZE_MAX];
    memset(seen, 0, (size_t)m->size * (size_t)m->size);
    buf_append_str(out, "<path d=\"");
    for (int y = 0; y < m->size; y++)
        for (int x = 0; x < m->size; x++)
            if (matrix_dark(m, x, y) && !matrix_dark(m, x, y - 1) && !seen[y * m->size + x])
                draw_outline(m, x, y, seen, out);
    buf_append_str(out, "\"/>\n");
}

enum err svg_draw(const struct matrix *m, const struct measure *measure, struct buf *ret, struct problem *p)
{
    size_t before = ret->len;
    int side = m->size + 2 * MATRIX_QUIET;
    long long um = llround(measure_picture_mm(measure, m->size) * 1000);
    buf_printf(ret,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%lld.%03lldmm\" height=\"%lld.%03lldmm\""
               " viewBox=\"0 0 %d %d\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
               um / 1000, um % 1000, um / 1000, um % 1000, side, side, side, side);
    draw_path(m, ret);
    buf_append_str(ret, "</svg>\n");
    if (!ret->failed)
        return ERR_NONE;
    buf_truncate(ret, before);
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}
