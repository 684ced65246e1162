#include "qrgen/parcel/volume.h"

struct volume volume_of(size_t number, size_t volume_pages, size_t pages, double width_mm, double height_mm)
{
    struct volume v = {.first = number * volume_pages,
                       .paper = {.width_mm = width_mm, .height_mm = height_mm}};
    v.end = v.first + volume_pages < pages ? v.first + volume_pages : pages;
    return v;
}

enum err volume_write(const struct volume *v, volume_page_fn *each, void *arg, struct buf *ret,
                      struct problem *p)
{
    cleanup_pdf struct pdf *pdf = NULL;
    cleanup_drawing struct drawing page = DRAWING_INIT;
    enum err e = pdf_new(&pdf, p);
    for (size_t i = v->first; i < v->end && !e; i++) {
        drawing_reset(&page);
        e = each(arg, i, &page, p);
        if (!e)
            e = pdf_add(pdf, &v->paper, &page, p);
    }
    return e ? e : pdf_finish(pdf, ret, p);
}
