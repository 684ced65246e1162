// A ruler on paper: what tells whether a page was scaled on its way to the press.
#pragma once

#include "common/err.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/drawing/lettering.h"

#define RULER_MM        100.0
#define RULER_HEIGHT_MM 9.0 // with its figures

// Draws a ruler of RULER_MM: a bar whose outer edges are exactly that far apart, with a mark every
// millimetre, longer ones every 5 and 10, and figures. `x`, `y` is the upper left corner. What
// lettering_column returns.
enum err ruler_draw(struct lettering *l, double x, double y, struct drawing *d, struct problem *p);
