#include "qrgen/drawing/drawing.h"

#include <math.h>

#include "qrgen/symbol/outline.h"

// How far the two inner points of a Bézier curve stand from its ends, as a part of the radius, so that the
// curve is a quarter of a circle within 0.03 %: (4 / 3) (sqrt 2 - 1).
#define QUARTER 0.5522847498307936

static const uint8_t points_of[] = {
    [DRAWING_MOVE] = 1, [DRAWING_LINE] = 1, [DRAWING_CURVE] = 3, [DRAWING_CLOSE] = 0};

// Room for `extra` more elements of `size` bytes behind `count`. False, and failed, when memory is out.
static bool grow(struct drawing *d, void *block, size_t *capacity, size_t count, size_t extra, size_t size)
{
    if (d->failed)
        return false;
    if (*capacity - count >= extra)
        return true;
    size_t wanted = *capacity ? *capacity * 2 : 256;
    if (wanted < count + extra)
        wanted = count + extra;
    void **held = block;
    void *larger = reallocarray(*held, wanted, size);
    if (!larger) {
        d->failed = true;
        return false;
    }
    *held = larger;
    *capacity = wanted;
    return true;
}

static bool grow_all(struct drawing *d, size_t shapes, size_t ops, size_t points)
{
    return grow(d, &d->shapes, &d->shape_capacity, d->shape_count, shapes, sizeof *d->shapes) &&
           grow(d, &d->ops, &d->op_capacity, d->op_count, ops, sizeof *d->ops) &&
           grow(d, &d->points, &d->point_capacity, d->point_count, points, sizeof *d->points);
}

static double within(double value, double least, double most)
{
    return fmin(fmax(value, least), most);
}

void drawing_shape(struct drawing *d, double k, enum drawing_rule rule)
{
    if (grow_all(d, 1, 0, 0))
        d->shapes[d->shape_count++] = (struct drawing_shape){
            .first_op = d->op_count, .first_point = d->point_count, .k = within(k, 0, 1), .rule = rule};
}

static void add(struct drawing *d, enum drawing_op op, const struct drawing_point *points)
{
    if (!grow_all(d, 0, 1, points_of[op]))
        return;
    d->ops[d->op_count++] = (uint8_t)op;
    for (int i = 0; i < points_of[op]; i++)
        d->points[d->point_count++] = points[i];
}

void drawing_move(struct drawing *d, double x, double y)
{
    add(d, DRAWING_MOVE, &(struct drawing_point){x, y});
}

void drawing_line(struct drawing *d, double x, double y)
{
    add(d, DRAWING_LINE, &(struct drawing_point){x, y});
}

void drawing_curve(struct drawing *d, double x1, double y1, double x2, double y2, double x, double y)
{
    add(d, DRAWING_CURVE, (struct drawing_point[]){{x1, y1}, {x2, y2}, {x, y}});
}

void drawing_close(struct drawing *d)
{
    add(d, DRAWING_CLOSE, NULL);
}

void drawing_rect(struct drawing *d, double x, double y, double width, double height, double k)
{
    drawing_shape(d, k, DRAWING_NONZERO);
    drawing_move(d, x, y);
    drawing_line(d, x + width, y);
    drawing_line(d, x + width, y + height);
    drawing_line(d, x, y + height);
    drawing_close(d);
}

void drawing_round_rect(struct drawing *d, double x, double y, double width, double height, double radius,
                        double k)
{
    double r = within(radius, 0, fmin(width, height) / 2), c = r * (1 - QUARTER);
    double right = x + width, bottom = y + height;
    drawing_shape(d, k, DRAWING_NONZERO);
    drawing_move(d, x + r, y);
    drawing_line(d, right - r, y);
    drawing_curve(d, right - c, y, right, y + c, right, y + r);
    drawing_line(d, right, bottom - r);
    drawing_curve(d, right, bottom - c, right - c, bottom, right - r, bottom);
    drawing_line(d, x + r, bottom);
    drawing_curve(d, x + c, bottom, x, bottom - c, x, bottom - r);
    drawing_line(d, x, y + r);
    drawing_curve(d, x, y + c, x + c, y, x + r, y);
    drawing_close(d);
}

void drawing_circle(struct drawing *d, double x, double y, double radius, double k)
{
    drawing_round_rect(d, x - radius, y - radius, 2 * radius, 2 * radius, radius, k);
}

// A symbol being drawn.
struct tracing {
    struct drawing *drawing;
    double x, y, module_mm;
};

static void on_move(void *arg, int x, int y)
{
    const struct tracing *t = arg;
    drawing_move(t->drawing, t->x + x * t->module_mm, t->y + y * t->module_mm);
}

static void on_line(void *arg, int x, int y)
{
    const struct tracing *t = arg;
    drawing_line(t->drawing, t->x + x * t->module_mm, t->y + y * t->module_mm);
}

static void on_close(void *arg)
{
    const struct tracing *t = arg;
    drawing_close(t->drawing);
}

void drawing_symbol(struct drawing *d, const struct matrix *m, double x, double y, double module_mm)
{
    struct tracing tracing = {d, x, y, module_mm};
    drawing_shape(d, 1, DRAWING_EVENODD);
    outline_trace(m, &(struct outline_pen){&tracing, on_move, on_line, on_close});
}

void drawing_append(struct drawing *d, const struct drawing *src, double x, double y, double scale)
{
    d->failed |= src->failed;
    if (!grow_all(d, src->shape_count, src->op_count, src->point_count))
        return;
    for (size_t i = 0; i < src->shape_count; i++) {
        struct drawing_shape shape = src->shapes[i];
        shape.first_op += d->op_count;
        shape.first_point += d->point_count;
        d->shapes[d->shape_count++] = shape;
    }
    for (size_t i = 0; i < src->op_count; i++)
        d->ops[d->op_count++] = src->ops[i];
    for (size_t i = 0; i < src->point_count; i++)
        d->points[d->point_count++] =
            (struct drawing_point){x + scale * src->points[i].x, y + scale * src->points[i].y};
}

struct drawing_walk drawing_walk_over(const struct drawing *d, size_t shape)
{
    bool last = shape + 1 == d->shape_count;
    return (struct drawing_walk){
        .drawing = d,
        .op = d->shapes[shape].first_op,
        .op_end = last ? d->op_count : d->shapes[shape + 1].first_op,
        .point = d->shapes[shape].first_point,
    };
}

bool drawing_walk_next(struct drawing_walk *w, enum drawing_op *ret_op,
                       const struct drawing_point **ret_points)
{
    if (w->op == w->op_end)
        return false;
    enum drawing_op op = w->drawing->ops[w->op++];
    *ret_op = op;
    *ret_points = w->drawing->points + w->point;
    w->point += points_of[op];
    return true;
}

void drawing_reset(struct drawing *d)
{
    d->op_count = d->point_count = d->shape_count = 0;
    d->failed = false;
}

void drawing_free(struct drawing *d)
{
    free(d->ops);
    free(d->points);
    free(d->shapes);
    *d = DRAWING_INIT;
}
