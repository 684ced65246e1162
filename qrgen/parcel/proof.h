// The proof: every plate of a batch small on A4, with its code in words, its site's name and address, and on
// each page a ruler that shows whether the page was scaled. What the customer signs and the print shop checks
// against.
#pragma once

#include "qrgen/parcel/sheets.h"

#define PROOF_VOLUME_PLACES 240 // as SHEETS_VOLUME_PLACES

// Where plates stand on every page, and how many pages there are. Plain memory.
struct proof {
    const struct job *job;
    const struct order *order;
    double thumb_mm; // height of the field for one plate's picture
    double row_mm;   // with the words below it
    size_t rows;     // of PROOF_COLUMNS
    size_t pages, volume_pages, volumes;
};

#define PROOF_COLUMNS 5

// Plans the proof of plates that are at most width_mm × height_mm.
struct proof proof_plan(const struct order *order, const struct job *job, double width_mm, double height_mm);

// Composes volume `number` (from 0) as a PDF into *ret (initialised; replaced). Names and addresses that are
// too long for their place are cut off with "…". ERR_UNSUPPORTED for a character that no font has; ERR_MEMORY
// and what `plate` returns. Thread-safe with different `lettering` and `arg`.
enum err proof_volume(const struct proof *proof, size_t number, struct lettering *lettering,
                      sheets_plate_fn *plate, void *arg, struct buf *ret, struct problem *p);
