// The gate: the proof that a plate's files scan. Each file is taken as it was written, made into pixels by
// other people's programs (libpng, poppler, librsvg), read by zbar and compared with the plate's address.
#pragma once

#include "common/err.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"

struct check; // readers and their memory; one thread at a time, any number of them

// NULL when memory is out. Release with check_free, which accepts NULL.
struct check *check_new(void);
void check_free(struct check *c);

static inline void check_free_fn(struct check **c)
{
    check_free(*c);
}

#define cleanup_check CLEANUP(check_free_fn)

// Looks at the `len` bytes of the PNG of a bare symbol. Right when all of these hold:
//  - it is a square 1-bit greyscale picture whose pHYs says `measure->dpi`;
//  - it is a grid of square cells of measure->module_px pixels, each all black or all white;
//  - the outermost MATRIX_QUIET cells on each side are white;
//  - zbar finds one symbol in it, and that symbol says `url`.
// As every cell is of one colour, zbar is shown the same grid at 4 pixels a cell: nothing is lost by it, and
// it reads in a thirtieth of the time.
// ERR_CORRUPT with a sentence that says what is wrong with the picture; ERR_MEMORY.
enum err check_picture(struct check *c, const void *png, size_t len, const struct measure *measure,
                       const char *url, struct problem *p);

// What the files of a plate must show.
struct check_plate {
    const char *url;
    const struct measure *measure;
    int size;                   // modules a side
    unsigned symbol_px[2];      // where the quiet zone begins, at measure->dpi
    double width_mm, height_mm; // trimmed
    double paper_mm;            // more paper on each side of a PDF's page
};

// How much more than what is demanded a plate bears. Each of its files must scan after each of four
// hardships, and is then tried with more of each:
//  - blur: Gaussian, sigma a third of a module;
//  - small: half the size at which it was shown, three pixels a module or a little more;
//  - tilt: seen from 15 degrees aside;
//  - stain: a dark spot on a tenth of the symbol, in its middle, outside the finder patterns.
struct check_margin {
    double times;        // the least of the four and of all files, 1 to CHECK_MARGIN_MAX; 0: not tried
    const char *weakest; // the hardship that it was: "blur", "small", "tilt", "stain"; static
};

#define CHECK_MARGIN_MAX 2.0

// Looks at the PNG of a designed plate. Right when it is 8-bit greyscale of the plate's size at measure->dpi,
// each module of the symbol is all black or all white and its quiet zone white, zbar finds this one symbol on
// the whole plate, and finds it again after each hardship. *ret_margin is then written. ERR_CORRUPT,
// ERR_MEMORY.
enum err check_board(struct check *c, const void *png, size_t len, const struct check_plate *plate,
                     struct check_margin *margin, struct problem *p);

// Looks at a PDF of one page, rendered by poppler's pdftoppm in a process of its own, within CHECK_PDF_MS.
// Right when the page has the plate's size (with paper_mm around it) and zbar finds this one symbol.
// ERR_CORRUPT; ERR_UNSUPPORTED when pdftoppm is not installed; ERR_IO, ERR_MEMORY.
enum err check_pdf(struct check *c, const void *pdf, size_t len, const struct check_plate *plate,
                   struct check_margin *margin, struct problem *p);

#define CHECK_PDF_MS 30000

// Looks at an SVG, rendered by librsvg. Right as a PDF is.
// ERR_CORRUPT, ERR_MEMORY.
enum err check_svg(struct check *c, const void *svg, size_t len, const struct check_plate *plate,
                   struct check_margin *margin, struct problem *p);

// A place on a sheet, in mm from its upper left corner, where one plate stands.
struct check_place {
    double x, y, width, height;
    const char *url;
};

struct check_sheet {
    double width_mm, height_mm; // of the paper
    double module_mm;           // the smallest of its plates
    const struct check_place *places;
    size_t count;
};

// Looks at page `page` (from 1) of a PDF of sheets, rendered as check_pdf does. Right when the page has its
// size and zbar finds in each place, cut out of the page, one symbol, which is the place's. Failures as
// check_pdf's; a place that is not right is named by its plate's address.
enum err check_sheet(struct check *c, const void *pdf, size_t len, size_t page,
                     const struct check_sheet *sheet, struct problem *p);
