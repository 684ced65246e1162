// What people choose designs by: the list of them, and the first plate of a job as one picture for a screen.
#pragma once

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"

#define PREVIEW_DPI 150

// Appends one JSON object and a line end for each design, of the folder (NULL: none) and of the program:
// {"name": "board-a5", "labels": {"vi": "…", "en": "…"}, "width_mm": 148, "height_mm": 210, "symbol_mm": 90,
// "logo": false}. "bare" comes first and has no sizes, as its size is the symbol's; "symbol_mm" is the widest
// symbol, quiet zone included; "logo" tells whether the design has a place for one. What design_each and
// design_load say.
enum err preview_designs(const char *folder, struct buf *out, struct problem *p);

// Writes the job's first plate as PNG into *ret (initialised; replaced), as large as it will be printed. What
// look_read, maker_plan, maker_draw and picture_png say; ERR_INVALID for a job without plates.
enum err preview_plate(const struct order *order, const struct job *job, struct buf *ret, struct problem *p);
