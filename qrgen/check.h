// The proof that a picture scans: the PNG, as it was written, is unpacked by libpng and read by zbar.
#pragma once

#include "common/err.h"
#include "qrgen/symbol/measure.h"

struct check; // a reader and its memory; one thread at a time, any number of them

// NULL when memory is out. Release with check_free, which accepts NULL.
struct check *check_new(void);
void check_free(struct check *c);

static inline void check_free_fn(struct check **c)
{
    check_free(*c);
}

#define cleanup_check CLEANUP(check_free_fn)

// Looks at the `len` bytes of a PNG. Right when all of these hold:
//  - it is a square 1-bit greyscale picture whose pHYs says `measure->dpi`;
//  - it is a grid of square cells of measure->module_px pixels, each all black or all white;
//  - the outermost MATRIX_QUIET cells on each side are white;
//  - zbar finds one symbol in it, and that symbol says `url`.
// As every cell is of one colour, zbar is shown the same grid at 4 pixels a cell: nothing is lost by it, and
// it reads in a thirtieth of the time.
// ERR_CORRUPT with a sentence that says what is wrong with the picture; ERR_MEMORY.
enum err check_picture(struct check *c, const void *png, size_t len, const struct measure *measure,
                       const char *url, struct problem *p);
