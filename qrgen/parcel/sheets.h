// Sheets: plates side by side on paper, each as often as its copies say, with lines to cut along in the
// gutters and margins. Plates keep their size; the paper is turned whichever way holds more of them.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/drawing/lettering.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"

// Draws plate `i` (from 0) into *ret, which is replaced; its trimmed page begins at 0, 0 and is *ret_width mm
// × *ret_height mm. `arg` belongs to the thread that composes.
typedef enum err sheets_plate_fn(void *arg, size_t i, struct drawing *ret, double *ret_width,
                                 double *ret_height, struct problem *p);

#define SHEETS_VOLUME_PLACES 240 // plates in one PDF, about: libharu keeps a whole document in memory

// Where plates stand on every sheet, and how many sheets there are. Plain memory.
struct sheets {
    const struct job *job;
    const char *name;             // of the batch; ""
    double paper_mm[2];           // width, height; turned as it is best
    double cell_mm[2], gutter_mm; // the largest plate, and the space between
    double origin_mm[2];          // of the first cell: the grid stands in the middle of the paper
    size_t columns, rows;
    size_t pages, volume_pages, volumes;
};

// Plans sheets for all plates of the job, none of which is larger than `width_mm` × `height_mm`.
// ERR_TOO_LARGE with field "--sheets" when such a plate does not fit on the paper within its margins.
enum err sheets_plan(const struct order *order, const struct job *job, double width_mm, double height_mm,
                     struct sheets *ret, struct problem *p);

// Where a copy of a plate stands: its cell's upper left corner.
struct sheets_place {
    size_t plate; // from 0
    double x, y;  // mm
};

// How many stand on page `page` (from 0), and where: at most columns × rows, in the order of the plates.
size_t sheets_on_page(const struct sheets *s, size_t page, struct sheets_place *ret);

// Composes volume `number` (from 0) as a PDF into *ret (initialised; replaced). ERR_TOO_LARGE when a plate
// has a bleed that would reach into its neighbour; ERR_MEMORY and what `plate` returns. Thread-safe with
// different `lettering` and `arg`.
enum err sheets_volume(const struct sheets *s, size_t number, struct lettering *lettering,
                       sheets_plate_fn *plate, void *arg, struct buf *ret, struct problem *p);
