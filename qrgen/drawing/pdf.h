// Drawings as a PDF for the press: black ink alone ("0 0 0 K k"), nothing but filled paths, so no fonts and
// no pictures inside; MediaBox, BleedBox and TrimBox on every page. No times and no random identifiers: the
// same drawings give the same bytes. Written by libharu, which keeps the whole document in memory: who has
// many pages makes several documents. A document belongs to one thread at a time.
#pragma once

#include <stdbool.h>

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/drawing.h"

#define PDF_SIDE_MM_MAX     5000.0 // of a page with its margins: 14,400 units (ISO 32000-1, annex C.2)
#define PDF_BLEED_MM        3.0    // what print shops ask for
#define PDF_MARKS_MARGIN_MM 10.0   // paper around the trimmed page where crop marks stand, bleed included

struct pdf_page {
    double width_mm, height_mm; // trimmed
    double bleed_mm;            // around it: 0 to PDF_MARKS_MARGIN_MM
    bool crop_marks;            // at the corners, outside the bleed, on paper added for them
};

struct pdf;

enum err pdf_new(struct pdf **ret, struct problem *p); // ERR_MEMORY
void pdf_free(struct pdf *pdf);                        // NULL is fine

static inline void pdf_free_fn(struct pdf **pdf)
{
    pdf_free(*pdf);
}

#define cleanup_pdf CLEANUP(pdf_free_fn)

// Adds a page that shows the drawing. ERR_INVALID for a page of no size or beyond PDF_SIDE_MM_MAX;
// ERR_MEMORY; after a failure the document is good for nothing but pdf_free.
enum err pdf_add(struct pdf *pdf, const struct pdf_page *page, const struct drawing *d, struct problem *p);

// The bytes of the document, which has at least one page, into *ret (initialised; replaced). Nothing can be
// added afterwards. ERR_MEMORY.
enum err pdf_finish(struct pdf *pdf, struct buf *ret, struct problem *p);

// A document of one page. Failures are those of the three.
enum err pdf_write(const struct pdf_page *page, const struct drawing *d, struct buf *ret, struct problem *p);
