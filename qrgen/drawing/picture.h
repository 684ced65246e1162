// A drawing as PNG (ISO/IEC 15948): greyscale of 8 bits, the exact physical size in its pHYs chunk and no
// chunk that holds a time or a text. Drawn by cairo in bands, so that memory does not grow with the page.
#pragma once

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/drawing.h"

#define PICTURE_SIDE_PX_MAX 32000 // 1.35 m at 600 dpi; cairo draws no wider than 32,767

struct picture {
    unsigned dpi;                 // pixels an inch
    unsigned width_px, height_px; // of the trimmed page; picture_px says how many
};

// Whole pixels that come nearest to so many millimetres.
unsigned picture_px(double mm, unsigned dpi);

// Writes the PNG into *ret (initialised; replaced). A pixel's grey is the part of it that is not covered by
// ink; shapes whose edges lie on whole pixels come out sharp. The same drawing gives the same bytes with the
// same cairo and zlib. ERR_TOO_LARGE beyond PICTURE_SIDE_PX_MAX; ERR_MEMORY. Thread-safe.
enum err picture_png(const struct drawing *d, const struct picture *picture, struct buf *ret,
                     struct problem *p);
