// A plate's values put into a design: one plate becomes a drawing.
#pragma once

#include "common/err.h"
#include "qrgen/design/design.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/job/job.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"

// A logo: its drawing begins at the origin.
struct logo {
    struct drawing drawing;
    double width, height; // in units of its own
};

#define LOGO_INIT ((struct logo){.drawing = DRAWING_INIT})

struct plate_values {
    const char *url; // the plate's address, as the symbol says it
    const struct job_plate *plate;
    const struct matrix *matrix;
    const struct measure *measure;
    const struct logo *logo; // NULL: none
};

// The widest symbol, quiet zone included, that the design has room for, in mm.
double design_symbol_mm(const struct design *d);

// Where the symbol's quiet zone begins, in pixels of measure->dpi: its box's middle, on a whole pixel, so
// that every module covers whole pixels.
void design_symbol_at(const struct design *d, const struct matrix *m, const struct measure *measure,
                      unsigned ret_px[2]);

// Adds the plate to *out. Texts that the plate does not have are left out, and leave no gap. A text without a
// language in the design is the plate's original; one with a language is that language's, and left out when
// that is the original. ERR_TOO_LARGE, ERR_UNSUPPORTED, ERR_INVALID as lettering_column says them, with the
// text's name and language; ERR_MEMORY.
enum err design_compose(const struct design *d, const struct plate_values *values, struct lettering *l,
                        struct drawing *out, struct problem *p);
