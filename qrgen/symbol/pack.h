// Writing PNGs (ISO/IEC 15948) whose rows mostly repeat the row above, as all print does: several times
// faster than compressing every row. Greyscale; the exact physical size in the pHYs chunk and no chunk that
// holds a time or a text. The same rows give the same bytes with the same zlib.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "common/buf.h"
#include "common/cleanup.h"

// A block of compressed rows that repeat the row above.
struct pack_block {
    struct buf bytes;
    unsigned rows;
    uLong adler;
};

struct pack {
    z_stream z;
    size_t row_len;  // bytes of one row without its filter byte
    uint8_t *before; // the row above
    uint8_t *delta;  // filter byte and the difference between the two
    struct pack_block many, one;
    struct buf out; // the zlib stream
    uLong adler;
    bool pending; // rows were packed since the last flush
};

#define PACK_INIT ((struct pack){.many = {.bytes = BUF_INIT}, .one = {.bytes = BUF_INIT}, .out = BUF_INIT})

// Begins a picture whose rows have `row_len` bytes. Repeats are fastest in multiples of `many` rows (at least
// 1). False when memory is out; release with pack_free in any case.
bool pack_begin(struct pack *pk, size_t row_len, unsigned many);

// Adds a row of pixels; failures are told by pack_png.
void pack_row(struct pack *pk, const uint8_t *row);
// Adds the row before `rows` times more. Not the first.
void pack_repeat(struct pack *pk, unsigned rows);

// Ends the rows, of which there must have been `height`, and writes the PNG into *ret (initialised;
// replaced). `depth` is 1 or 8 bits a pixel. False when memory is out.
bool pack_png(struct pack *pk, unsigned width, unsigned height, int depth, unsigned dpi, struct buf *ret);

void pack_free(struct pack *pk);

#define cleanup_pack CLEANUP(pack_free)
