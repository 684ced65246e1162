// What the files of this room share, and nobody else includes.
#pragma once

#include <zbar.h>

#include "qrgen/check/check.h"
#include "qrgen/check/grey.h"

#define CHECK_SHOWN_PX 4 // pixels a module in what zbar is shown of a bare symbol
#define CHECK_BOARD_PX                                                                                       \
    6 // and at least of a designed plate: what a phone sees from the distance it is made for

struct check {
    zbar_image_scanner_t *scanner;
    struct grey page;         // what is shown: the whole plate
    struct grey symbol;       // the symbol with what is next to it
    struct grey worse, other; // the same after a hardship
    struct grey tried;        // the symbol that last went through the hardships
    uint8_t *row, *first;     // pixels of a PNG's row just read, and the first of its row of modules
    size_t row_capacity;
};

// Room for `need` bytes in c->row and c->first, all 0. False when memory is out.
bool check_rows(struct check *c, size_t need);

// zbar finds one symbol in the pixels, and it says `url`; otherwise ERR_CORRUPT. `what` is what problems call
// the pixels: "the picture".
enum err check_scan(const struct check *c, const struct grey *g, const char *what, const char *url,
                    struct problem *p);

// The hardships, on the symbol in c->page and what is next to it. *ret is what other files of the plate bore
// (times 0: none were tried) and gets the least. `px_per_mm` is the page's, and paper_mm the paper on its
// left and above it, outside of the trimmed plate.
enum err check_hardships(struct check *c, const struct check_plate *plate, double px_per_mm, double paper_mm,
                         struct check_margin *ret, struct problem *p);

// Page `page` (from 1) of the PDF into c->page, by pdftoppm. ERR_CORRUPT, ERR_UNSUPPORTED when it is not
// installed, ERR_IO, ERR_MEMORY.
enum err check_render_pdf(struct check *c, const void *pdf, size_t len, size_t page, double dpi,
                          struct problem *p);

// The pixels at `dpi` are so large, but for one; otherwise ERR_CORRUPT.
enum err check_size(const struct grey *g, double width_mm, double height_mm, double dpi, const char *what,
                    struct problem *p);

// --- reading a PNG that we wrote: any warning is a failure.
#include <png.h>

// One PNG being read. `at` is how far libpng has come.
struct check_reading {
    const uint8_t *at;
    size_t left;
    void *arg; // for read_rows
    struct problem *p;
    enum err e;
};

// Opens the PNG, calls `read` behind its header, and demands that nothing follows its end. Failures are
// ERR_CORRUPT, ERR_MEMORY and what `read` returns, which may be left by libpng's errors at any call.
enum err check_read_png(struct check *c, const void *png, size_t len,
                        enum err (*read)(struct check *c, png_structp png, png_infop info,
                                         struct check_reading *r),
                        void *arg, struct problem *p);

// The dots an inch that pHYs says; 0 when it says none, or not the same in both directions.
unsigned check_png_dpi(png_structp png, png_infop info);
