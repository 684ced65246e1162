// A PDF of pages that are composed one after the other.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/drawing/pdf.h"

// Draws page `page` into *ret, which is empty.
typedef enum err volume_page_fn(void *arg, size_t page, struct drawing *ret, struct problem *p);

// Which pages, at least one, and on what paper.
struct volume {
    size_t first, end; // the pages first to end - 1
    struct pdf_page paper;
};

// The volume `number` (from 0) of `pages` pages, volume_pages in each.
struct volume volume_of(size_t number, size_t volume_pages, size_t pages, double width_mm, double height_mm);

// Writes the volume into *ret (initialised; replaced). ERR_MEMORY, what pdf_add says, and what `each`
// returns.
enum err volume_write(const struct volume *v, volume_page_fn *each, void *arg, struct buf *ret,
                      struct problem *p);
