// What stands in a parcel, for the print shop and for whoever counts the plates afterwards: manifest.csv, one
// line for each plate, for spreadsheets; manifest.json, the same and every file of the parcel, for programs.
// Both are UTF-8 and written piece by piece. Failure is the buffer's.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/hash.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"
#include "qrgen/symbol/measure.h"

struct manifest_file {
    const char *name; // within the parcel, as "png/0001_k7m39qx2_dinh-binh-thuy.png"
    uint64_t bytes;
    uint8_t sha256[HASH_SIZE];
};

// What came of one plate.
struct manifest_row {
    size_t sequence; // from 1
    const struct job_plate *plate;
    const struct order *order;
    const char *url;
    int version; // of the symbol
    int size;    // modules a side
    char level;  // of error correction
    struct measure measure;
    double width_mm, height_mm; // of the trimmed plate
    double distance_m;          // from how far it reads
    double margin;              // how many times what is demanded it bears, see check.h; 0: not measured
    const char *weakest;        // the hardship of which it bears least; with a margin
    bool checked;               // decoded again from what was written and compared with the URL
    const struct manifest_file *files; // of this plate; columns that tell of one file tell of the first
    size_t file_count;                 // 1 to ORDER_KINDS
};

// Appends the line of column names, and one line. Cells that a spreadsheet would take for a formula
// (beginning with = + - @ or a control character) get an apostrophe in front.
void manifest_csv_head(struct buf *out);
void manifest_csv_row(struct buf *out, const struct manifest_row *row);

struct manifest_tool {
    const char *name, *version;
};

// What manifest.json says of the whole, see docs/batch-job.md.
struct manifest_whole {
    const struct order *order;
    const struct manifest_tool *tools; // what made the files; the same versions give the same bytes
    size_t tool_count;
    size_t plates, copies;
};

// manifest.json is written as: head, a row for each plate, tail. `first` is true for the first row. The tail
// names the files that are of no single plate.
void manifest_json_head(struct buf *out, const struct manifest_whole *whole);
void manifest_json_row(struct buf *out, const struct manifest_row *row, bool first);
void manifest_json_tail(struct buf *out, const struct manifest_file *files, size_t count);
