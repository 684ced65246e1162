// The kinds of files that are made of each plate: one row each, with how a file is made and how it is
// checked.
#pragma once

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/check/check.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/job/order.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"

// A plate that files are made of.
struct kind_plate {
    const struct matrix *matrix;
    const struct measure *measure;
    const struct drawing *drawing; // of the trimmed plate; not used where only a bare symbol's PNG is made
    double width_mm, height_mm;    // trimmed
    unsigned symbol_px[2];         // where the quiet zone begins, at measure->dpi
    bool bare;                     // the symbol alone, without a design
    bool crop_marks;
    const char *url;
};

struct kind_row {
    const char *folder; // of such files within the parcel
    const char *suffix; // of their names, one of job_suffixes
    // Writes the file's bytes into *ret (initialised; replaced).
    enum err (*make)(const struct kind_plate *plate, struct buf *ret, struct problem *p);
    // The gate: looks at the bytes as they were written. *margin is as check_board has it.
    enum err (*check)(struct check *c, const struct kind_plate *plate, const struct buf *written,
                      struct check_margin *margin, struct problem *p);
};

extern const struct kind_row kind_rows[ORDER_KINDS];
