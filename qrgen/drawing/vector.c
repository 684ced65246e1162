#include "qrgen/drawing/vector.h"

#include <math.h>

#define UNITS_PER_MM 10000 // a tenth of a micrometre

// Appends millimetres without a zero that says nothing: 12.5, 0.0339, -3.
static void append_mm(struct buf *out, double mm)
{
    long long units = llround(mm * UNITS_PER_MM);
    if (units < 0) {
        buf_append_char(out, '-');
        units = -units;
    }
    buf_append_int(out, units / UNITS_PER_MM);
    int rest = (int)(units % UNITS_PER_MM);
    if (rest == 0)
        return;
    char digits[] = {'.', (char)('0' + rest / 1000), (char)('0' + rest / 100 % 10),
                     (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t len = sizeof digits;
    while (digits[len - 1] == '0')
        len--;
    buf_append(out, digits, len);
}

static void append_path(struct buf *out, const struct drawing *d, size_t shape)
{
    static const struct {
        char letter;
        int points;
    } ops[] = {[DRAWING_MOVE] = {'M', 1},
               [DRAWING_LINE] = {'L', 1},
               [DRAWING_CURVE] = {'C', 3},
               [DRAWING_CLOSE] = {'Z', 0}};
    struct drawing_walk walk = drawing_walk_over(d, shape);
    enum drawing_op op;
    const struct drawing_point *to;
    while (drawing_walk_next(&walk, &op, &to)) {
        buf_append_char(out, ops[op].letter);
        for (int i = 0; i < ops[op].points; i++) {
            if (i > 0)
                buf_append_char(out, ' ');
            append_mm(out, to[i].x);
            buf_append_char(out, ' ');
            append_mm(out, to[i].y);
        }
    }
}

static void append_shape(struct buf *out, const struct drawing *d, size_t i)
{
    unsigned grey = (unsigned)lround((1 - d->shapes[i].k) * 255);
    buf_append_str(out, "<path");
    if (grey > 0)
        buf_printf(out, " fill=\"#%02x%02x%02x\"", grey, grey, grey);
    if (d->shapes[i].rule == DRAWING_EVENODD)
        buf_append_str(out, " fill-rule=\"evenodd\"");
    buf_append_str(out, " d=\"");
    append_path(out, d, i);
    buf_append_str(out, "\"/>\n");
}

enum err vector_svg(const struct drawing *d, double width_mm, double height_mm, struct buf *ret,
                    struct problem *p)
{
    buf_reset(ret);
    const char *const parts[] = {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
                                 "mm\" height=\"",
                                 "mm\" viewBox=\"0 0 ",
                                 " ",
                                 "\">\n<rect width=\"",
                                 "\" height=\""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_append_str(ret, parts[i]);
        append_mm(ret, i % 2 ? height_mm : width_mm);
    }
    buf_append_str(ret, "\" fill=\"#fff\"/>\n");
    for (size_t i = 0; i < d->shape_count; i++)
        append_shape(ret, d, i);
    buf_append_str(ret, "</svg>\n");
    if (!ret->failed && !d->failed)
        return ERR_NONE;
    return problem_set(p, ERR_MEMORY, NULL, "out of memory while writing an SVG");
}
