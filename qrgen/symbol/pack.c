#include "qrgen/symbol/pack.h"

#include <png.h>
#include <string.h>

#include "qrgen/symbol/pack_zeros.h"

// With the filter Up a row that repeats the one above is zeros. Blocks of compressed zero rows are made once
// and then copied wherever rows repeat. They end on a byte and refer to nothing before them, which is what
// makes them fit together with what deflate makes of other rows, up to a full flush.

#define FILTER_UP   2 // ISO/IEC 15948, 9.2
#define LONG_ROW    1024
#define WINDOW_BITS 13 // 8 KiB: more than two rows of the widest symbol
// RFC 1950, 2.2: method 8, a window of 2^13 bytes, fastest level, and the check bits that make it divide by
// 31.
static const uint8_t zlib_header[2] = {0x58, 0x09};
static const uint8_t last_block[2] = {0x03, 0x00}; // RFC 1951: an empty final block with fixed codes

void pack_free(struct pack *pk)
{
    deflateEnd(&pk->z);
    free(pk->before);
    free(pk->delta);
    buf_free(&pk->many.bytes);
    buf_free(&pk->one.bytes);
    buf_free(&pk->out);
}

// Compresses `len` bytes of the delta row; with Z_FULL_FLUSH the block ends and what comes next is
// independent of it.
static void deflate_row(struct pack *pk, size_t len, struct buf *out, int flush)
{
    pk->z.next_in = pk->delta;
    pk->z.avail_in = (uInt)len;
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

// Makes the block that repeats the row above `rows` times. Short rows are bits, which compress best by
// matches over several rows; long ones are bytes, of which there are so many that the time to read them
// counts.
static void make_block(struct pack *pk, unsigned rows, struct pack_block *block)
{
    bool is_long = pk->row_len >= LONG_ROW;
    block->rows = rows;
    block->adler = adler32(0, NULL, 0);
    for (unsigned i = 0; i < rows; i++) {
        block->adler = adler32(block->adler, pk->delta, (uInt)(pk->row_len + 1));
        if (!is_long)
            deflate_row(pk, pk->row_len + 1, &block->bytes, i + 1 < rows ? Z_NO_FLUSH : Z_FULL_FLUSH);
    }
    if (is_long)
        pack_zeros(rows, pk->row_len, FILTER_UP, &block->bytes);
}

bool pack_begin(struct pack *pk, size_t row_len, unsigned many)
{
    pk->row_len = row_len;
    pk->before = calloc(1, row_len);
    pk->delta = calloc(1, row_len + 1);
    if (!pk->before || !pk->delta ||
        deflateInit2(&pk->z, 9, Z_DEFLATED, -WINDOW_BITS, 4, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    pk->delta[0] = FILTER_UP;
    make_block(pk, many, &pk->many);
    make_block(pk, 1, &pk->one);
    // The blocks above are made once and copied often: worth the best level. Changed rows are runs of bytes.
    pk->z.avail_in = 0;
    deflateParams(&pk->z, 6, Z_RLE);
    pk->adler = adler32(0, NULL, 0);
    buf_append(&pk->out, zlib_header, sizeof zlib_header);
    return true;
}

void pack_row(struct pack *pk, const uint8_t *row)
{
    for (size_t i = 0; i < pk->row_len; i++)
        pk->delta[i + 1] = (uint8_t)(row[i] - pk->before[i]);
    memcpy(pk->before, row, pk->row_len);
    pk->adler = adler32(pk->adler, pk->delta, (uInt)(pk->row_len + 1));
    deflate_row(pk, pk->row_len + 1, &pk->out, Z_NO_FLUSH);
    pk->pending = true;
}

static void end_block(struct pack *pk)
{
    if (pk->pending)
        deflate_row(pk, 0, &pk->out, Z_FULL_FLUSH);
    pk->pending = false;
}

void pack_repeat(struct pack *pk, unsigned rows)
{
    end_block(pk);
    while (rows > 0) {
        const struct pack_block *block = rows >= pk->many.rows ? &pk->many : &pk->one;
        buf_append(&pk->out, block->bytes.data, block->bytes.len);
        pk->adler = adler32_combine(pk->adler, block->adler, (z_off_t)(block->rows * (pk->row_len + 1)));
        rows -= block->rows;
    }
}

// --- the file

static void on_write(png_structp png, png_bytep data, size_t len)
{
    buf_append(png_get_io_ptr(png), data, len);
}

static void on_flush(png_structp png)
{
    (void)png;
}

// What stands around the rows.
struct frame {
    unsigned width, height, dpi;
    int depth;
};

// False when libpng gives up, which is when memory is out.
static bool write_chunks(png_structp png, png_infop info, const struct frame *f, const struct buf *packed)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    unsigned per_metre = (f->dpi * 10000u + 127) / 254;
    png_set_IHDR(png, info, f->width, f->height, f->depth, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    png_write_chunk(png, (png_const_bytep) "IDAT", (png_const_bytep)packed->data, packed->len);
    png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0);
    return true;
}

static bool write_png(const struct frame *f, const struct buf *packed, struct buf *ret)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool done = false;
    if (info) {
        png_set_write_fn(png, ret, on_write, on_flush);
        done = write_chunks(png, info, f, packed);
    }
    png_destroy_write_struct(&png, &info);
    return done && !ret->failed;
}

bool pack_png(struct pack *pk, unsigned width, unsigned height, int depth, unsigned dpi, struct buf *ret)
{
    end_block(pk);
    buf_append(&pk->out, last_block, sizeof last_block);
    uint8_t adler[4] = {(uint8_t)(pk->adler >> 24), (uint8_t)(pk->adler >> 16), (uint8_t)(pk->adler >> 8),
                        (uint8_t)pk->adler};
    buf_append(&pk->out, adler, sizeof adler);
    buf_reset(ret);
    return !pk->many.bytes.failed && !pk->one.bytes.failed && !pk->out.failed &&
           write_png(&(struct frame){width, height, dpi, depth}, &pk->out, ret);
}
