#include "qrgen/symbol/raster.h"

#include <png.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "common/cleanup.h"

// All rows of pixels in one row of modules are the same. With the filter Up the first of them holds what
// changed and the others are zeros, so each picture has one block of compressed zero rows that is made once
// and then copied behind every changed row. The blocks are deflate streams that end on a byte and refer to
// nothing before them (a full flush), which is what makes them fit together. About ten times faster than
// compressing every row.

#define FILTER_UP   2  // ISO/IEC 15948, 9.2
#define WINDOW_BITS 13 // 8 KiB: more than two rows of the widest picture
// RFC 1950, 2.2: method 8, a window of 2^13 bytes, fastest level, and the check bits that make it divide by
// 31.
static const uint8_t zlib_header[2] = {0x58, 0x09};
static const uint8_t last_block[2] = {0x03, 0x00}; // RFC 1951: an empty final block with fixed codes

struct packer {
    z_stream z;
    size_t row_len;  // bytes of one row with its filter byte
    uint8_t *row;    // the pixels of the row now, without a filter byte; 1 is white
    uint8_t *before; // the row above it
    uint8_t *delta;  // filter byte and the difference between the two
    struct buf repeat;
    uLong repeat_adler;
    size_t repeat_len; // bytes that `repeat` unpacks to
    struct buf out;
    uLong adler;
};

static void packer_free(struct packer *pk)
{
    deflateEnd(&pk->z);
    free(pk->row);
    free(pk->before);
    free(pk->delta);
    buf_free(&pk->repeat);
    buf_free(&pk->out);
}

#define cleanup_packer CLEANUP(packer_free)

static bool packer_init(struct packer *pk, unsigned side)
{
    pk->row_len = (side + 7) / 8 + 1;
    pk->row = calloc(1, pk->row_len);
    pk->before = calloc(1, pk->row_len);
    pk->delta = calloc(1, pk->row_len);
    return pk->row && pk->before && pk->delta &&
           deflateInit2(&pk->z, 9, Z_DEFLATED, -WINDOW_BITS, 4, Z_DEFAULT_STRATEGY) == Z_OK;
}

// Compresses the delta row; with Z_FULL_FLUSH the block ends and what comes next is independent of it.
static void pack_delta(struct packer *pk, struct buf *out, int flush)
{
    pk->z.next_in = pk->delta;
    pk->z.avail_in = (uInt)pk->row_len;
    do {
        size_t room = pk->row_len + 64;
        char *at = buf_reserve(out, room);
        if (!at)
            return;
        pk->z.next_out = (Bytef *)at;
        pk->z.avail_out = (uInt)room;
        deflate(&pk->z, flush);
        buf_grew(out, room - pk->z.avail_out);
    } while (pk->z.avail_out == 0);
}

// Makes the block that repeats the row above `rows` times.
static void pack_repeat(struct packer *pk, unsigned rows)
{
    memset(pk->delta, 0, pk->row_len);
    pk->delta[0] = FILTER_UP;
    pk->repeat_adler = adler32(0, NULL, 0);
    for (unsigned i = 0; i < rows; i++) {
        pk->repeat_adler = adler32(pk->repeat_adler, pk->delta, (uInt)pk->row_len);
        pack_delta(pk, &pk->repeat, i + 1 < rows ? Z_NO_FLUSH : Z_FULL_FLUSH);
    }
    pk->repeat_len = rows * pk->row_len;
    // The block above is made once and copied often: worth the best level. Changed rows are runs of bytes.
    pk->z.avail_in = 0;
    deflateParams(&pk->z, 6, Z_RLE);
}

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

static void draw_row(struct packer *pk, const struct matrix *m, int y, unsigned module_px)
{
    memset(pk->row, 0xFF, pk->row_len - 1);
    for (int x = 0; x < m->size;) {
        int end = x;
        while (matrix_dark(m, end, y))
            end++;
        if (end > x)
            blacken(pk->row, (unsigned)(x + MATRIX_QUIET) * module_px,
                    (unsigned)(end + MATRIX_QUIET) * module_px);
        x = end + 1;
    }
}

static void pack_row(struct packer *pk)
{
    pk->delta[0] = FILTER_UP;
    for (size_t i = 0; i + 1 < pk->row_len; i++)
        pk->delta[i + 1] = (uint8_t)(pk->row[i] - pk->before[i]);
    memcpy(pk->before, pk->row, pk->row_len);
    pk->adler = adler32(pk->adler, pk->delta, (uInt)pk->row_len);
    pack_delta(pk, &pk->out, Z_FULL_FLUSH);
    buf_append(&pk->out, pk->repeat.data, pk->repeat.len);
    pk->adler = adler32_combine(pk->adler, pk->repeat_adler, (z_off_t)pk->repeat_len);
}

// The zlib stream of the whole picture (RFC 1950), in pk->out. False when memory is out.
static bool pack_picture(struct packer *pk, const struct matrix *m, unsigned module_px)
{
    pack_repeat(pk, module_px - 1);
    pk->adler = adler32(0, NULL, 0);
    buf_append(&pk->out, zlib_header, sizeof zlib_header);
    for (int y = -MATRIX_QUIET; y < m->size + MATRIX_QUIET; y++) {
        draw_row(pk, m, y, module_px);
        pack_row(pk);
    }
    buf_append(&pk->out, last_block, sizeof last_block);
    uint8_t adler[4] = {(uint8_t)(pk->adler >> 24), (uint8_t)(pk->adler >> 16), (uint8_t)(pk->adler >> 8),
                        (uint8_t)pk->adler};
    buf_append(&pk->out, adler, sizeof adler);
    return !pk->repeat.failed && !pk->out.failed;
}

static void on_write(png_structp png, png_bytep data, size_t len)
{
    buf_append(png_get_io_ptr(png), data, len);
}

static void on_flush(png_structp png)
{
    (void)png;
}

// False when libpng gives up, which is when memory is out.
static bool write_chunks(png_structp png, png_infop info, unsigned side, unsigned dpi,
                         const struct buf *packed)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    unsigned per_metre = (dpi * 10000u + 127) / 254;
    png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    png_write_chunk(png, (png_const_bytep) "IDAT", (png_const_bytep)packed->data, packed->len);
    png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0);
    return true;
}

static bool write_png(unsigned side, unsigned dpi, const struct buf *packed, struct buf *ret)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool done = false;
    if (info) {
        png_set_write_fn(png, ret, on_write, on_flush);
        done = write_chunks(png, info, side, dpi, packed);
    }
    png_destroy_write_struct(&png, &info);
    return done && !ret->failed;
}

enum err raster_png(const struct matrix *m, const struct measure *measure, struct buf *ret, struct problem *p)
{
    unsigned side = measure_picture_px(measure, m->size);
    if (side > MEASURE_SIDE_PX_MAX)
        return problem_set(p, ERR_TOO_LARGE, "--module-mm",
                           "the picture would be %u pixels wide, more than the limit of %d: use a smaller "
                           "module or fewer dots an inch",
                           side, MEASURE_SIDE_PX_MAX);
    cleanup_packer struct packer pk = {.repeat = BUF_INIT, .out = BUF_INIT};
    buf_reset(ret);
    if (!packer_init(&pk, side) || !pack_picture(&pk, m, measure->module_px) ||
        !write_png(side, measure->dpi, &pk.out, ret))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a picture");
    return ERR_NONE;
}
