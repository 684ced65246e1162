#include "qrgen/symbol/svg.h"

#include <math.h>

#include "qrgen/symbol/outline.h"

// Writes outlines as a path's data, each line relative to where the last one ended.
struct path {
    struct buf *out;
    int x, y;
};

static void on_move(void *arg, int x, int y)
{
    struct path *path = arg;
    buf_append_char(path->out, 'M');
    buf_append_int(path->out, x + MATRIX_QUIET);
    buf_append_char(path->out, ' ');
    buf_append_int(path->out, y + MATRIX_QUIET);
    path->x = x, path->y = y;
}

static void on_line(void *arg, int x, int y)
{
    struct path *path = arg;
    buf_append_char(path->out, y == path->y ? 'h' : 'v');
    buf_append_int(path->out, y == path->y ? x - path->x : y - path->y);
    path->x = x, path->y = y;
}

static void on_close(void *arg)
{
    struct path *path = arg;
    buf_append_char(path->out, 'z'); // which draws the last line
}

static void draw_path(const struct matrix *m, struct buf *out)
{
    struct path path = {.out = out};
    buf_append_str(out, "<path d=\"");
    outline_trace(m, &(struct outline_pen){&path, on_move, on_line, on_close});
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
