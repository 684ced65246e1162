// A symbol as a picture: PNG (ISO/IEC 15948), greyscale of 1 bit, quiet zone included, with the exact
// physical size in its pHYs chunk and no chunk that holds a time or a text.
#pragma once

#include "common/buf.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"

// Writes the PNG into *ret (initialised by the caller; what it held is replaced, its memory is used again).
// The same matrix and measure give the same bytes with the same zlib. ERR_TOO_LARGE when the picture would be
// wider than MEASURE_SIDE_PX_MAX; ERR_MEMORY. *ret holds nothing useful after a failure. Thread-safe.
enum err raster_png(const struct matrix *m, const struct measure *measure, struct buf *ret,
                    struct problem *p);
