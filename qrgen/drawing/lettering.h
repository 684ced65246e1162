// Text as outlines: shaped by pango and harfbuzz, so that Vietnamese diacritics stack and Khmer and Chinese
// stand right, and added to a drawing as filled shapes. Long text is wrapped, then made smaller down to a
// floor, and then refused: nothing is cut off and nothing overlaps.
//
// The fonts are the system's. One that is missing is refused with the Debian package that brings it, and so
// is a character that no installed font has: no plate is printed with a box in place of a letter. The same
// text gives the same outlines with the same fonts and libraries.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"
#include "qrgen/drawing/drawing.h"

#define LETTERING_TEXTS_MAX 16   // of one column
#define LETTERING_BYTES_MAX 4000 // of one text; nobody reads more on a board

enum lettering_align { LETTERING_LEFT, LETTERING_CENTRE, LETTERING_RIGHT };
enum lettering_stand { LETTERING_TOP, LETTERING_MIDDLE, LETTERING_BOTTOM };

// One text of a column. Sizes are those of the type's em: capital letters are about 0.71 of it.
struct lettering_text {
    const char *words;  // UTF-8 without line ends; control characters count as spaces
    const char *name;   // what a person calls it, for problems: "name"
    const char *lang;   // language tag, "" when it is not known; decides between forms of Chinese characters
    const char *family; // "Noto Serif"; its relatives for Khmer, Chinese … follow by themselves
    int weight;         // 100 to 900, 400 is regular
    double size_mm;     // at best
    double floor_mm;    // at least; at most size_mm
    double gap_mm;      // above it, to the text before; not above the first
    double leading;  // from one line to the next, in ems; more where marks would touch. 0: what the font says
    double tracking; // added between letters, in ems
    double k;        // strength of the ink, 0 to 1
    bool is_address; // a host or a code: breaks before its dots alone, never at a hyphen, which would look
                     // added
};

// Where a column stands. Its texts stand one below the other, in its order; empty ones leave no gap.
struct lettering_box {
    double x, y, width, height; // mm
    enum lettering_align align;
    enum lettering_stand stand;
};

// What fonts and shaped text are kept in; one thread at a time, any number of them.
struct lettering;

struct lettering *lettering_new(void);    // NULL when memory is out
void lettering_free(struct lettering *l); // NULL is fine

static inline void lettering_free_fn(struct lettering **l)
{
    lettering_free(*l);
}

#define cleanup_lettering CLEANUP(lettering_free_fn)

// Sets the texts into the box and appends their outlines to *d, a shape for each text. All of them shrink
// together, each between its size and its floor, until lines fit the width and the column fits the height;
// lines of one text are made about equally long, and break before a bracket and behind a dash rather than
// within what stands there. Text without spaces between words (Khmer, Thai, Lao) breaks between letters where
// it must.
//
// *ret_height (may be NULL) gets the height that is used, from the top of the first line to the bottom of the
// last, 0 when all texts are empty.
//
// ERR_TOO_LARGE when they do not fit even at their floors, with the name of the one that takes the most room;
// ERR_UNSUPPORTED for a character or a family that no font has; ERR_INVALID for what is no UTF-8; ERR_MEMORY.
// *d is unchanged on failure but for ERR_MEMORY.
enum err lettering_column(struct lettering *l, const struct lettering_text *texts, size_t count,
                          const struct lettering_box *box, struct drawing *d, double *ret_height,
                          struct problem *p);
