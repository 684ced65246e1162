#include "qrgen/drawing/picture.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

#include "qrgen/symbol/pack.h"

#define BAND_ROWS       256
#define REPEATS_AT_ONCE 16

// A page being drawn. `surface` holds the ink of BAND_ROWS rows, one byte a pixel.
struct painting {
    const struct drawing *drawing;
    const struct picture *picture;
    cairo_surface_t *surface;
    cairo_t *cairo;
    double px_per_mm;
    struct pack pack;
    uint8_t *row, *before; // pixels; the ink of the row packed last
    unsigned repeats;      // rows since, that are the same
    bool any;
};

static void painting_free(struct painting *pt)
{
    pack_free(&pt->pack);
    cairo_destroy(pt->cairo);
    cairo_surface_destroy(pt->surface);
    free(pt->row);
    free(pt->before);
}

unsigned picture_px(double mm, unsigned dpi)
{
    return (unsigned)lround(mm * dpi / 25.4);
}

static void draw_path(cairo_t *cairo, const struct drawing *d, size_t shape)
{
    struct drawing_walk walk = drawing_walk_over(d, shape);
    enum drawing_op op;
    const struct drawing_point *to;
    cairo_new_path(cairo);
    while (drawing_walk_next(&walk, &op, &to)) {
        if (op == DRAWING_MOVE)
            cairo_move_to(cairo, to->x, to->y);
        else if (op == DRAWING_LINE)
            cairo_line_to(cairo, to->x, to->y);
        else if (op == DRAWING_CURVE)
            cairo_curve_to(cairo, to[0].x, to[0].y, to[1].x, to[1].y, to[2].x, to[2].y);
        else
            cairo_close_path(cairo);
    }
}

// A shape covers what is below it with its own strength. Full ink does so by itself; for less, what is below
// goes first (which is all that white does), then the ink is added.
static void fill_shape(cairo_t *cairo, const struct drawing *d, size_t i)
{
    static const cairo_fill_rule_t rules[] = {
        [DRAWING_NONZERO] = CAIRO_FILL_RULE_WINDING, [DRAWING_EVENODD] = CAIRO_FILL_RULE_EVEN_ODD};
    double k = d->shapes[i].k;
    draw_path(cairo, d, i);
    cairo_set_fill_rule(cairo, rules[d->shapes[i].rule]);
    if (k < 1) {
        cairo_set_operator(cairo, CAIRO_OPERATOR_DEST_OUT);
        cairo_set_source_rgba(cairo, 0, 0, 0, 1);
        cairo_fill_preserve(cairo);
    }
    cairo_set_operator(cairo, k < 1 ? CAIRO_OPERATOR_ADD : CAIRO_OPERATOR_OVER);
    cairo_set_source_rgba(cairo, 0, 0, 0, k);
    if (k > 0)
        cairo_fill(cairo);
}

static void draw_band(const struct painting *pt, unsigned top)
{
    cairo_t *cairo = pt->cairo;
    cairo_identity_matrix(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_CLEAR);
    cairo_paint(cairo);
    cairo_translate(cairo, 0, -(double)top);
    cairo_scale(cairo, pt->px_per_mm, pt->px_per_mm);
    for (size_t i = 0; i < pt->drawing->shape_count; i++)
        fill_shape(cairo, pt->drawing, i);
    cairo_surface_flush(pt->surface);
}

// Rows of print mostly repeat the row above: those are counted, and packed when another comes.
static void pack_band(struct painting *pt, unsigned rows)
{
    const uint8_t *ink = cairo_image_surface_get_data(pt->surface);
    int stride = cairo_image_surface_get_stride(pt->surface);
    for (unsigned y = 0; y < rows; y++, ink += stride) {
        if (pt->any && memcmp(ink, pt->before, pt->picture->width_px) == 0) {
            pt->repeats++;
            continue;
        }
        memcpy(pt->before, ink, pt->picture->width_px);
        for (unsigned x = 0; x < pt->picture->width_px; x++)
            pt->row[x] = (uint8_t)(255 - ink[x]);
        pack_repeat(&pt->pack, pt->repeats);
        pack_row(&pt->pack, pt->row);
        pt->repeats = 0;
        pt->any = true;
    }
}

// False when memory is out.
static bool paint(struct painting *pt, struct buf *ret)
{
    const struct picture *picture = pt->picture;
    for (unsigned top = 0; top < picture->height_px; top += BAND_ROWS) {
        unsigned rest = picture->height_px - top;
        draw_band(pt, top);
        pack_band(pt, rest < BAND_ROWS ? rest : BAND_ROWS);
    }
    pack_repeat(&pt->pack, pt->repeats);
    return pack_png(&pt->pack, picture->width_px, picture->height_px, 8, picture->dpi, ret) &&
           cairo_status(pt->cairo) == CAIRO_STATUS_SUCCESS;
}

static bool painting_init(struct painting *pt)
{
    unsigned width = pt->picture->width_px;
    pt->surface = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)width, BAND_ROWS);
    pt->cairo = cairo_create(pt->surface);
    pt->row = malloc(width);
    pt->before = malloc(width);
    pt->px_per_mm = pt->picture->dpi / 25.4;
    return pt->row && pt->before && pack_begin(&pt->pack, width, REPEATS_AT_ONCE) &&
           cairo_status(pt->cairo) == CAIRO_STATUS_SUCCESS;
}

enum err picture_png(const struct drawing *d, const struct picture *picture, struct buf *ret,
                     struct problem *p)
{
    if (picture->width_px == 0 || picture->height_px == 0 || picture->width_px > PICTURE_SIDE_PX_MAX ||
        picture->height_px > PICTURE_SIDE_PX_MAX)
        return problem_set(
            p, ERR_TOO_LARGE, "--dpi",
            "the picture would be %u × %u pixels, and 1 to %d a side can be made: give other dots an "
            "inch",
            picture->width_px, picture->height_px, PICTURE_SIDE_PX_MAX);
    struct painting pt = {.drawing = d, .picture = picture, .pack = PACK_INIT};
    buf_reset(ret);
    bool done = !d->failed && painting_init(&pt) && paint(&pt, ret);
    painting_free(&pt);
    return done ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a picture");
}
