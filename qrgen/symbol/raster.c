#include "qrgen/symbol/raster.h"

#include <string.h>

#include "qrgen/symbol/pack.h"

// Clears the bits from..to-1 of the row: makes those pixels black.
static void blacken(uint8_t *row, unsigned from, unsigned to)
{
    unsigned first = from / 8, last = to / 8;
    uint8_t head = (uint8_t)(0xFF >> from % 8), tail = (uint8_t) ~(0xFF >> to % 8);
    if (first == last) {
        row[first] &= (uint8_t) ~(head & tail);
        return;
    }
    row[first] &= (uint8_t)~head;
    memset(row + first + 1, 0, last - first - 1);
    if (tail)
        row[last] &= (uint8_t)~tail;
}

static void draw_row(uint8_t *row, size_t row_len, const struct matrix *m, int y, unsigned module_px)
{
    memset(row, 0xFF, row_len);
    for (int x = 0; x < m->size;) {
        int end = x;
        while (matrix_dark(m, end, y))
            end++;
        if (end > x)
            blacken(row, (unsigned)(x + MATRIX_QUIET) * module_px,
                    (unsigned)(end + MATRIX_QUIET) * module_px);
        x = end + 1;
    }
}

// All rows of pixels in one row of modules are the same.
static void draw_rows(const struct matrix *m, const struct measure *measure, uint8_t *row, struct pack *pk)
{
    for (int y = -MATRIX_QUIET; y < m->size + MATRIX_QUIET; y++) {
        draw_row(row, pk->row_len, m, y, measure->module_px);
        pack_row(pk, row);
        pack_repeat(pk, measure->module_px - 1);
    }
}

// False when memory is out.
static bool draw(const struct matrix *m, const struct measure *measure, struct pack *pk, struct buf *ret)
{
    unsigned side = measure_picture_px(measure, m->size);
    size_t row_len = (side + 7) / 8;
    uint8_t *row = calloc(1, row_len + 1); // blacken may look at the byte behind the last
    bool done = row && pack_begin(pk, row_len, measure->module_px - 1);
    if (done)
        draw_rows(m, measure, row, pk);
    free(row);
    return done && pack_png(pk, side, side, 1, measure->dpi, ret);
}

enum err raster_png(const struct matrix *m, const struct measure *measure, struct buf *ret, struct problem *p)
{
    unsigned side = measure_picture_px(measure, m->size);
    if (side > MEASURE_SIDE_PX_MAX)
        return problem_set(p, ERR_TOO_LARGE, "--module-mm",
                           "the picture would be %u pixels wide, more than the limit of %d: use a smaller "
                           "module or fewer dots an inch",
                           side, MEASURE_SIDE_PX_MAX);
    cleanup_pack struct pack pk = PACK_INIT;
    buf_reset(ret);
    if (!draw(m, measure, &pk, ret))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a picture");
    return ERR_NONE;
}
