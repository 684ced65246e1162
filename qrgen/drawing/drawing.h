// A drawing: filled shapes on a white ground, in black ink of a given strength. Plates, sheets and proofs are
// drawings first, and become PDF (pdf.h), PNG (picture.h) and SVG (vector.h) from there; so every kind of
// file shows the same.
//
// Coordinates are millimetres from the upper left corner of the trimmed paper, x to the right and y down;
// what lies outside is the bleed. Later shapes cover earlier ones. Memory is kept between drawings:
// drawing_reset. One thread at a time. Failure is sticky, as a buffer's: once memory is out, `failed` stays
// true, further calls do nothing, and whoever writes the drawing to a file answers ERR_MEMORY.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "qrgen/symbol/matrix.h"

struct drawing_point {
    double x, y; // mm
};

// What the points of a shape are for: a move and a line take one each, a curve (cubic Bézier) three, a close
// none.
enum drawing_op { DRAWING_MOVE, DRAWING_LINE, DRAWING_CURVE, DRAWING_CLOSE };
enum drawing_rule { DRAWING_NONZERO, DRAWING_EVENODD };

// One filled path; its operations and points end where the next shape's begin.
struct drawing_shape {
    size_t first_op, first_point;
    double k; // strength of the ink, 0 (white, covers) to 1 (black)
    enum drawing_rule rule;
};

struct drawing {
    uint8_t *ops; // enum drawing_op
    struct drawing_point *points;
    struct drawing_shape *shapes;
    size_t op_count, point_count, shape_count;
    size_t op_capacity, point_capacity, shape_capacity;
    bool failed;
};

#define DRAWING_INIT ((struct drawing){.failed = false})

// Begins a shape; what follows belongs to it. `k` is brought into 0 to 1.
void drawing_shape(struct drawing *d, double k, enum drawing_rule rule);
void drawing_move(struct drawing *d, double x, double y);
void drawing_line(struct drawing *d, double x, double y);
void drawing_curve(struct drawing *d, double x1, double y1, double x2, double y2, double x, double y);
void drawing_close(struct drawing *d);

// Whole shapes. A radius is brought into 0 to half the shorter side.
void drawing_rect(struct drawing *d, double x, double y, double width, double height, double k);
void drawing_round_rect(struct drawing *d, double x, double y, double width, double height, double radius,
                        double k);
void drawing_circle(struct drawing *d, double x, double y, double radius, double k);

// The symbol as one shape in full black: `x`, `y` is the upper left corner of the symbol itself, without its
// quiet zone.
void drawing_symbol(struct drawing *d, const struct matrix *m, double x, double y, double module_mm);

// Adds all shapes of `src`, scaled by `scale` around its origin, which comes to x, y. `src` is another
// drawing.
void drawing_append(struct drawing *d, const struct drawing *src, double x, double y, double scale);

// Walks over one shape. Initialise with drawing_walk_over; `point` holds as many points as the operation has.
struct drawing_walk {
    const struct drawing *drawing;
    size_t op, op_end, point;
};
struct drawing_walk drawing_walk_over(const struct drawing *d, size_t shape);
// The next operation and its points; false behind the last.
bool drawing_walk_next(struct drawing_walk *w, enum drawing_op *ret_op,
                       const struct drawing_point **ret_points);

void drawing_reset(struct drawing *d); // empty and not failed; keeps its memory
void drawing_free(struct drawing *d);  // releases; the drawing is as after DRAWING_INIT

#define cleanup_drawing CLEANUP(drawing_free)
