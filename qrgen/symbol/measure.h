// How large a symbol becomes: modules, millimetres and pixels. A module is always a whole number of pixels,
// so the millimetres asked for are met to the nearest pixel and the true ones are reported.
#pragma once

#include "common/err.h"

#define MEASURE_MODULE_MM_DEFAULT 2.032 // 48 px at 600 dpi
#define MEASURE_MODULE_MM_MIN     1.0   // smaller modules do not survive weather and worn cameras
#define MEASURE_MODULE_MM_MAX     100.0
#define MEASURE_DPI_DEFAULT       600
#define MEASURE_DPI_MIN           72
#define MEASURE_DPI_MAX           2400
#define MEASURE_SIDE_PX_MAX       30000 // 1.27 m at 600 dpi

struct measure {
    unsigned dpi;       // pixels an inch (25.4 mm), MEASURE_DPI_MIN to MEASURE_DPI_MAX
    unsigned module_px; // pixels a module, at least 3
};

// The module nearest to `mm`, never under MEASURE_MODULE_MM_MIN. ERR_INVALID with field "--dpi" or
// "--module-mm" when one is out of its range.
enum err measure_from_module(double mm, unsigned dpi, struct measure *ret, struct problem *p);

// The largest module with which a symbol of `size` modules and its quiet zone are at most `mm` wide.
// ERR_TOO_LARGE with field "--size-mm" when that module would be under MEASURE_MODULE_MM_MIN; ERR_INVALID
// with field "--dpi" or "--size-mm" when one is out of its range.
enum err measure_from_side(double mm, unsigned dpi, int size, struct measure *ret, struct problem *p);

double measure_module_mm(const struct measure *m);
double measure_symbol_mm(const struct measure *m, int size);  // the symbol alone, `size` modules a side
double measure_picture_mm(const struct measure *m, int size); // with its quiet zone

// From how far a symbol of `size` modules reads, in metres: a symbol of 25 modules may be ten times as far
// away as it is wide, one with more modules in proportion less.
double measure_distance_m(const struct measure *m, int size);

// Pixels a side of the picture, quiet zone included.
unsigned measure_picture_px(const struct measure *m, int size);
