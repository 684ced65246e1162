#include <math.h>
#include <stdio.h>

#include "qrgen/check/check_parts.h"

// The pixels of a place, cut to what there is of the page.
static struct grey_rect rect_of(const struct grey *page, const struct check_place *place, double px_per_mm)
{
    double left = fmax(floor(place->x * px_per_mm), 0), top = fmax(floor(place->y * px_per_mm), 0);
    double right = fmin(ceil((place->x + place->width) * px_per_mm), page->width);
    double bottom = fmin(ceil((place->y + place->height) * px_per_mm), page->height);
    return (struct grey_rect){(unsigned)left, (unsigned)top, (unsigned)(right - left),
                              (unsigned)(bottom - top)};
}

enum err check_sheet(struct check *c, const void *pdf, size_t len, size_t page,
                     const struct check_sheet *sheet, struct problem *p)
{
    double dpi = CHECK_BOARD_PX * 25.4 / sheet->module_mm;
    enum err e = check_render_pdf(c, pdf, len, page, dpi, p);
    if (!e)
        e = check_size(&c->page, sheet->width_mm, sheet->height_mm, dpi, "the sheet", p);
    for (size_t i = 0; i < sheet->count && !e; i++) {
        const struct grey_rect rect = rect_of(&c->page, &sheet->places[i], dpi / 25.4);
        char what[160];
        snprintf(what, sizeof what, "the plate %.100s on page %zu of the sheets", sheet->places[i].url, page);
        if (!grey_crop(&c->page, &rect, &c->symbol))
            return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
        e = check_scan(c, &c->symbol, what, sheet->places[i].url, p);
    }
    return e;
}
