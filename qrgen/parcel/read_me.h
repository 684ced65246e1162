// READ-ME for the print shop, in Vietnamese and in English: what is in the parcel, what must not be changed
// on the way to the press, and what to look at on the first piece, with the batch's own figures.
#pragma once

#include "common/buf.h"
#include "qrgen/job/order.h"

enum read_me_language { READ_ME_VI, READ_ME_EN };

// The batch's figures; ranges are the smallest and the largest.
struct read_me {
    const struct order *order;
    size_t plates, copies;
    size_t sheets;                       // pages; 0: none
    const char *sheet_file, *proof_file; // what the first of their files are called
    double plate_mm[2][2];               // width, height
    double symbol_mm[2];                 // without quiet zone
    double module_mm[2];
    double distance_m[2];
};

// Appends the text: UTF-8 with a byte order mark and lines that end in CR LF. The Notepad of older Windows,
// still met at print shops, takes a text without the mark for the machine's old code page, and shows lines
// that end in LF alone as one. Failure is the buffer's.
void read_me_write(const struct read_me *r, enum read_me_language language, struct buf *out);
