#include "qrgen/design/figure.h"

#include <math.h>

#define QUARTER 0.5522847498307936 // see drawing.c

// A figure inside its box moved inwards by `inset`.
struct figure {
    double left, top, right, bottom, radius, rise;
};

static void line_of_rectangle(struct drawing *d, const struct figure *f)
{
    drawing_move(d, f->left, f->top);
    drawing_line(d, f->right, f->top);
    drawing_line(d, f->right, f->bottom);
    drawing_line(d, f->left, f->bottom);
    drawing_close(d);
}

static void line_of_rounded(struct drawing *d, const struct figure *f)
{
    double r = f->radius, c = r * (1 - QUARTER);
    drawing_move(d, f->left + r, f->top);
    drawing_line(d, f->right - r, f->top);
    drawing_curve(d, f->right - c, f->top, f->right, f->top + c, f->right, f->top + r);
    drawing_line(d, f->right, f->bottom - r);
    drawing_curve(d, f->right, f->bottom - c, f->right - c, f->bottom, f->right - r, f->bottom);
    drawing_line(d, f->left + r, f->bottom);
    drawing_curve(d, f->left + c, f->bottom, f->left, f->bottom - c, f->left, f->bottom - r);
    drawing_line(d, f->left, f->top + r);
    drawing_curve(d, f->left, f->top + c, f->left + c, f->top, f->left + r, f->top);
    drawing_close(d);
}

// The outline of a stele: straight sides, and half an ellipse of height `rise` on top.
static void line_of_arch(struct drawing *d, const struct figure *f)
{
    double middle = (f->left + f->right) / 2, half = (f->right - f->left) / 2, shoulder = f->top + f->rise;
    double across = half * QUARTER, up = f->rise * QUARTER;
    drawing_move(d, f->left, f->bottom);
    drawing_line(d, f->left, shoulder);
    drawing_curve(d, f->left, shoulder - up, middle - across, f->top, middle, f->top);
    drawing_curve(d, middle + across, f->top, f->right, shoulder - up, f->right, shoulder);
    drawing_line(d, f->right, f->bottom);
    drawing_close(d);
}

static void line_of_lozenge(struct drawing *d, const struct figure *f)
{
    double x = (f->left + f->right) / 2, y = (f->top + f->bottom) / 2;
    drawing_move(d, x, f->top);
    drawing_line(d, f->right, y);
    drawing_line(d, x, f->bottom);
    drawing_line(d, f->left, y);
    drawing_close(d);
}

static void line_of_circle(struct drawing *d, const struct figure *f)
{
    struct figure round = *f;
    round.radius = fmin(f->right - f->left, f->bottom - f->top) / 2;
    line_of_rounded(d, &round);
}

static void (*const lines[])(struct drawing *, const struct figure *) = {
    [DESIGN_RECTANGLE] = line_of_rectangle, [DESIGN_ROUNDED] = line_of_rounded, [DESIGN_ARCH] = line_of_arch,
    [DESIGN_LOZENGE] = line_of_lozenge,     [DESIGN_CIRCLE] = line_of_circle,
};

static struct figure inset(const struct design_element *element, double by)
{
    const struct design_box *b = &element->box;
    double most = fmin(b->width, b->height) / 2 - by;
    return (struct figure){
        .left = b->x + by,
        .top = b->y + by,
        .right = b->x + b->width - by,
        .bottom = b->y + b->height - by,
        .radius = fmin(fmax(element->radius - by, 0), fmax(most, 0)),
        .rise = fmax(element->rise - by, 0),
    };
}

void figure_frame(struct drawing *d, const struct design_element *element)
{
    const struct figure outer = inset(element, 0), inner = inset(element, element->stroke);
    drawing_shape(d, element->k, DRAWING_EVENODD);
    lines[element->figure](d, &outer);
    lines[element->figure](d, &inner);
}

void figure_fill(struct drawing *d, const struct design_element *element)
{
    const struct figure whole = inset(element, 0);
    drawing_shape(d, element->k, DRAWING_NONZERO);
    lines[element->figure](d, &whole);
}
