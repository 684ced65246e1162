// manifest.csv: one line for each picture of a batch, for the print shop and for whoever counts the plates
// afterwards. UTF-8, written by csv_append_row.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/hash.h"
#include "qrgen/job.h"
#include "qrgen/symbol/measure.h"

// What came of one plate.
struct manifest_row {
    size_t sequence; // from 1
    const struct job_plate *plate;
    const char *url;
    const char *file;
    int version; // of the symbol
    int size;    // modules a side
    char level;  // of error correction
    struct measure measure;
    const char *sha256; // of the file, lower-case hexadecimal
    bool checked;       // decoded again from the file and compared with the URL
};

// Appends the line of column names.
void manifest_head(struct buf *out);

// Appends one line. Cells that a spreadsheet would take for a formula (beginning with = + - @ or a control
// character) get an apostrophe in front. Failure is the buffer's.
void manifest_add(struct buf *out, const struct manifest_row *row);
