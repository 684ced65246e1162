// A plate design: how a plate looks, read from one file that people write. docs/plate-designs.md tells its
// form to them. All measures are millimetres from the upper left corner of the trimmed plate.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/lettering.h"

#define DESIGN_ELEMENTS_MAX 64
#define DESIGN_FILE_MAX     (256u << 10)
#define DESIGN_SIDE_MM_MIN  20.0
#define DESIGN_SIDE_MM_MAX  2000.0

struct design_box {
    double x, y, width, height;
};

// What an element draws.
enum design_kind {
    DESIGN_PAGE,     // the section [design] itself: nothing
    DESIGN_SYMBOL,   // the symbol with its quiet zone, as large as its box allows
    DESIGN_COLUMN,   // a box for the texts that follow it
    DESIGN_TEXT,     // one of them
    DESIGN_LOGO,     // the logo, when there is one
    DESIGN_RULE,     // a filled box
    DESIGN_FRAME,    // an outline
    DESIGN_ORNAMENT, // a small filled figure
    DESIGN_KIND_COUNT,
};

enum design_what {
    DESIGN_WORDS, // the design's own words
    DESIGN_NAME,
    DESIGN_RANK,
    DESIGN_ADDRESS,
    DESIGN_PLACE, // where the board stands
    DESIGN_HOST,  // what stands before the code in the plate's address, without https://
    DESIGN_CODE,  // the code in words: K7M3-9QX2
    DESIGN_WHAT_COUNT,
};

enum design_figure { DESIGN_RECTANGLE, DESIGN_ROUNDED, DESIGN_ARCH, DESIGN_LOZENGE, DESIGN_CIRCLE };

// One section of the file. Members that its kind does not know are 0 or the default.
struct design_element {
    enum design_kind kind;
    const char *name;   // behind the kind in the file: "title"; "" for the symbol
    unsigned long line; // of its section in the file
    unsigned given;     // a bit for each key that was given, by its place in the table of keys
    struct design_box box;
    int what, figure, align, stand; // the enums above and lettering's
    const char *lang, *words, *family;
    double weight, size, floor, gap, leading, tracking, k;
    double stroke, radius, rise; // of a frame: thickness of the line, of corners, height of the arch
};

// `arena` owns everything. Initialise with DESIGN_INIT, release with design_clear.
struct design {
    struct arena arena;
    const char *name;                // "board-a5"
    const char *label_vi, *label_en; // what people call it
    double width, height;
    struct design_element *elements; // in the order of the file, which is the order of drawing
    size_t count;
    const struct design_element *symbol; // one of them
};

#define DESIGN_INIT ((struct design){.arena = ARENA_INIT})

// Reads a design from the text of a file. ERR_INVALID with line and reason for everything that is not as
// docs/plate-designs.md says: an unknown section or key, a key twice or missing, a value out of its range,
// boxes that leave the page or lie over each other, no symbol. ERR_MEMORY. *ret (DESIGN_INIT) is unchanged on
// failure. Thread-safe.
enum err design_parse(const char *name, const char *text, size_t len, struct design *ret, struct problem *p);

// The design called `name`: from the file NAME.ini in the folder `folder` (NULL: none) when it is there, else
// the one that comes with the program. ERR_NOT_FOUND with field "--design" and the names that there are; what
// design_parse says, with the file's name before it, and what reading a file says.
enum err design_load(const char *folder, const char *name, struct design *ret, struct problem *p);

// Calls `each` with the name of every design, of the folder (NULL: none) and of the program, once each, in
// byte order; stops when it returns anything but ERR_NONE, and returns that. ERR_NOT_FOUND, ERR_DENIED,
// ERR_IO, field
// "--designs", when the folder cannot be read; ERR_MEMORY.
enum err design_each(const char *folder, enum err (*each)(void *arg, const char *name, struct problem *p),
                     void *arg, struct problem *p);

void design_clear(struct design *d);

#define cleanup_design CLEANUP(design_clear)
