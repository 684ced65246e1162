// The PNG of a bare symbol.
#include "qrgen/check/check_parts.h"

#include <string.h>

// A picture being read.
struct grid {
    const struct measure *measure;
    unsigned side, cells, cell_px;
};

static enum err check_form(png_structp png, png_infop info, struct grid *g, struct problem *p)
{
    unsigned side = png_get_image_width(png, info), px = g->measure->module_px;
    if (side != png_get_image_height(png, info) || png_get_bit_depth(png, info) != 1 ||
        png_get_color_type(png, info) != PNG_COLOR_TYPE_GRAY || check_png_dpi(png, info) != g->measure->dpi)
        return problem_set(p, ERR_CORRUPT, NULL,
                           "the picture is not a square of 1-bit grey at %u dots an inch", g->measure->dpi);
    if (side % px != 0 || side / px < 21 + 2 * MATRIX_QUIET || side > MEASURE_SIDE_PX_MAX)
        return problem_set(p, ERR_CORRUPT, NULL, "%u pixels a side are no symbol of %u pixels a module", side,
                           px);
    g->side = side;
    g->cells = side / px;
    g->cell_px = px;
    return ERR_NONE;
}

// The colour of the pixels from..from+n-1, all of which must have it: 0 black, 1 white, -1 mixed.
static int cell_colour(const uint8_t *row, unsigned from, unsigned n)
{
    int colour = row[from / 8] >> (7 - from % 8) & 1;
    for (unsigned i = from + 1; i < from + n; i++)
        if ((row[i / 8] >> (7 - i % 8) & 1) != colour)
            return -1;
    return colour;
}

static bool is_quiet(const struct grid *g, unsigned x, unsigned y)
{
    return x < MATRIX_QUIET || y < MATRIX_QUIET || x >= g->cells - MATRIX_QUIET ||
           y >= g->cells - MATRIX_QUIET;
}

// Takes the cells of row `y` out of c->first into the picture that zbar is shown.
static enum err take_cells(struct check *c, const struct grid *g, unsigned y, struct problem *p)
{
    size_t width = (size_t)g->cells * CHECK_SHOWN_PX;
    uint8_t *out = c->page.px + y * CHECK_SHOWN_PX * width;
    for (unsigned x = 0; x < g->cells; x++) {
        int colour = cell_colour(c->first, x * g->cell_px, g->cell_px);
        if (colour < 0)
            return problem_set(p, ERR_CORRUPT, NULL, "the module in column %u, row %u has two colours", x, y);
        if (!colour && is_quiet(g, x, y))
            return problem_set(p, ERR_CORRUPT, NULL, "the quiet zone is not empty in column %u, row %u", x,
                               y);
        memset(out + (size_t)x * CHECK_SHOWN_PX, colour ? 0xFF : 0, CHECK_SHOWN_PX);
    }
    for (int i = 1; i < CHECK_SHOWN_PX; i++)
        memcpy(out + (size_t)i * width, out, width);
    return ERR_NONE;
}

static enum err read_cells(struct check *c, png_structp png, png_infop info, struct check_reading *r)
{
    struct grid *g = r->arg;
    enum err e = check_form(png, info, g, r->p);
    if (e)
        return e;
    size_t row_len = (g->side + 7) / 8; // libpng leaves the bits behind the last pixel as they are: 0
    if (!check_rows(c, row_len) || !grey_size(&c->page, g->cells * CHECK_SHOWN_PX, g->cells * CHECK_SHOWN_PX))
        return problem_set(r->p, ERR_MEMORY, NULL, "out of memory while checking");
    for (unsigned y = 0; y < g->side && !e; y++) {
        bool first = y % g->cell_px == 0;
        png_read_row(png, first ? c->first : c->row, NULL);
        if (first)
            e = take_cells(c, g, y / g->cell_px, r->p);
        else if (memcmp(c->first, c->row, row_len) != 0)
            e = problem_set(r->p, ERR_CORRUPT, NULL, "the row of pixels %u differs within its modules", y);
    }
    return e;
}

enum err check_picture(struct check *c, const void *png, size_t len, const struct measure *measure,
                       const char *url, struct problem *p)
{
    struct grid grid = {.measure = measure};
    enum err e = check_read_png(c, png, len, read_cells, &grid, p);
    return e ? e : check_scan(c, &c->page, "the picture", url, p);
}
