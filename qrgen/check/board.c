// The PNG of a designed plate.
#include "qrgen/check/check_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A picture being read, row by row; `shrink` × `shrink` pixels become one of what is shown.
struct board {
    const struct check_plate *plate;
    unsigned width, height, shrink;
    unsigned left, top, end_x, end_y; // of the symbol with its quiet zone
    uint32_t *sums;                   // of the row of shown pixels under way
    uint32_t *row_sums;               // of the row just read, which is kept in `before`
    uint8_t *before;
};

static enum err check_form(png_structp png, png_infop info, struct board *b, struct problem *p)
{
    const struct check_plate *plate = b->plate;
    const struct measure *m = plate->measure;
    b->width = png_get_image_width(png, info);
    b->height = png_get_image_height(png, info);
    if (png_get_bit_depth(png, info) != 8 || png_get_color_type(png, info) != PNG_COLOR_TYPE_GRAY ||
        check_png_dpi(png, info) != m->dpi || b->width != lround(plate->width_mm * m->dpi / 25.4) ||
        b->height != lround(plate->height_mm * m->dpi / 25.4))
        return problem_set(p, ERR_CORRUPT, NULL,
                           "the picture is not 8-bit grey of %g × %g mm at %u dots an inch", plate->width_mm,
                           plate->height_mm, m->dpi);
    b->left = plate->symbol_px[0];
    b->top = plate->symbol_px[1];
    b->end_x = b->left + measure_picture_px(m, plate->size);
    b->end_y = b->top + measure_picture_px(m, plate->size);
    b->shrink = m->module_px > CHECK_BOARD_PX ? m->module_px / CHECK_BOARD_PX : 1;
    if (b->end_x <= b->width && b->end_y <= b->height)
        return ERR_NONE;
    return problem_set(p, ERR_CORRUPT, NULL, "the symbol leaves the picture");
}

// The symbol's part of the first row of pixels of a row of modules: each module black or white, the quiet
// zone white.
static enum err check_modules(const struct board *b, const uint8_t *row, unsigned module_y, struct problem *p)
{
    unsigned px = b->plate->measure->module_px, all = (unsigned)b->plate->size + 2 * MATRIX_QUIET;
    for (unsigned x = 0; x < all; x++) {
        const uint8_t *cell = row + b->left + (size_t)x * px;
        bool quiet = x < MATRIX_QUIET || module_y < MATRIX_QUIET || x >= all - MATRIX_QUIET ||
                     module_y >= all - MATRIX_QUIET;
        if (memcmp(cell, cell + 1, px - 1) != 0 || (cell[0] != 0 && cell[0] != 255))
            return problem_set(p, ERR_CORRUPT, NULL, "the module in column %u, row %u is not of one colour",
                               x, module_y);
        if (quiet && cell[0] == 0)
            return problem_set(p, ERR_CORRUPT, NULL, "the quiet zone is not empty in column %u, row %u", x,
                               module_y);
    }
    return ERR_NONE;
}

static enum err check_row(struct check *c, const struct board *b, unsigned y, struct problem *p)
{
    unsigned px = b->plate->measure->module_px;
    if (y < b->top || y >= b->end_y)
        return ERR_NONE;
    if ((y - b->top) % px == 0) {
        memcpy(c->first, c->row, b->width);
        return check_modules(b, c->row, (y - b->top) / px, p);
    }
    if (memcmp(c->first + b->left, c->row + b->left, b->end_x - b->left) == 0)
        return ERR_NONE;
    return problem_set(p, ERR_CORRUPT, NULL, "the row of pixels %u differs within its modules", y);
}

// The sums of `shrink` pixels each of the row just read. Most rows are the one before again.
static void sum_row(const struct check *c, struct board *b)
{
    if (memcmp(c->row, b->before, b->width) == 0)
        return;
    memcpy(b->before, c->row, b->width);
    for (unsigned x = 0; x < c->page.width; x++) {
        const uint8_t *px = c->row + (size_t)x * b->shrink;
        uint32_t sum = 0;
        for (unsigned i = 0; i < b->shrink; i++)
            sum += px[i];
        b->row_sums[x] = sum;
    }
}

// Adds a row to what is shown; rows and columns that fill no whole shown pixel at the far edges are left out.
static void show_row(struct check *c, struct board *b, unsigned y)
{
    unsigned shown = y / b->shrink;
    if (shown >= c->page.height)
        return;
    sum_row(c, b);
    for (unsigned x = 0; x < c->page.width; x++)
        b->sums[x] += b->row_sums[x];
    if (y % b->shrink + 1 < b->shrink)
        return;
    uint8_t *out = c->page.px + (size_t)shown * c->page.width;
    for (unsigned x = 0; x < c->page.width; x++)
        out[x] = (uint8_t)(b->sums[x] / (b->shrink * b->shrink));
    memset(b->sums, 0, c->page.width * sizeof *b->sums);
}

static bool make_room(struct check *c, struct board *b)
{
    b->sums = calloc(b->width, sizeof *b->sums);
    b->row_sums = calloc(b->width, sizeof *b->row_sums);
    b->before = calloc(b->width, 1);
    return b->sums && b->row_sums && b->before && check_rows(c, b->width) &&
           grey_size(&c->page, b->width / b->shrink, b->height / b->shrink);
}

static enum err read_board(struct check *c, png_structp png, png_infop info, struct check_reading *r)
{
    struct board *b = r->arg;
    enum err e = check_form(png, info, b, r->p);
    if (e)
        return e;
    if (!make_room(c, b))
        return problem_set(r->p, ERR_MEMORY, NULL, "out of memory while checking");
    for (unsigned y = 0; y < b->height && !e; y++) {
        png_read_row(png, c->row, NULL);
        e = check_row(c, b, y, r->p);
        show_row(c, b, y);
    }
    return e;
}

enum err check_board(struct check *c, const void *png, size_t len, const struct check_plate *plate,
                     struct check_margin *margin, struct problem *p)
{
    struct board board = {.plate = plate};
    enum err e = check_read_png(c, png, len, read_board, &board, p);
    free(board.sums);
    free(board.row_sums);
    free(board.before);
    if (!e)
        e = check_scan(c, &c->page, "the picture", plate->url, p);
    if (e)
        return e;
    double px_per_mm = plate->measure->dpi / 25.4 / board.shrink;
    return check_hardships(c, plate, px_per_mm, 0, margin, p);
}
