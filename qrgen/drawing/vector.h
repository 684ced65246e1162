// A drawing as SVG 1.1, its size in millimetres, one unit of its coordinates a millimetre. SVG knows no ink:
// black is RGB 0, which a printer may mix from four colours, so files of it say "rgb" in their names.
#pragma once

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/drawing.h"

// Writes the trimmed page of width_mm × height_mm into *ret (initialised; replaced): a white ground and a
// path for each shape. The same drawing gives the same bytes. ERR_MEMORY. Thread-safe.
enum err vector_svg(const struct drawing *d, double width_mm, double height_mm, struct buf *ret,
                    struct problem *p);
