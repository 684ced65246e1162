#include "qrgen/kind.h"

#include "qrgen/drawing/pdf.h"
#include "qrgen/drawing/picture.h"
#include "qrgen/drawing/vector.h"
#include "qrgen/symbol/raster.h"

static struct check_plate to_check(const struct kind_plate *plate)
{
    return (struct check_plate){
        .url = plate->url,
        .measure = plate->measure,
        .size = plate->matrix->size,
        .symbol_px = {plate->symbol_px[0], plate->symbol_px[1]},
        .width_mm = plate->width_mm,
        .height_mm = plate->height_mm,
        .paper_mm = plate->crop_marks ? PDF_MARKS_MARGIN_MM : PDF_BLEED_MM,
    };
}

static enum err make_png(const struct kind_plate *plate, struct buf *ret, struct problem *p)
{
    if (plate->bare)
        return raster_png(plate->matrix, plate->measure, ret, p);
    unsigned dpi = plate->measure->dpi;
    const struct picture picture = {dpi, picture_px(plate->width_mm, dpi), picture_px(plate->height_mm, dpi)};
    return picture_png(plate->drawing, &picture, ret, p);
}

static enum err check_png(struct check *c, const struct kind_plate *plate, const struct buf *written,
                          struct check_margin *margin, struct problem *p)
{
    if (plate->bare)
        return check_picture(c, written->data, written->len, plate->measure, plate->url, p);
    const struct check_plate wanted = to_check(plate);
    return check_board(c, written->data, written->len, &wanted, margin, p);
}

static enum err make_pdf(const struct kind_plate *plate, struct buf *ret, struct problem *p)
{
    const struct pdf_page page = {plate->width_mm, plate->height_mm, PDF_BLEED_MM, plate->crop_marks};
    return pdf_write(&page, plate->drawing, ret, p);
}

static enum err check_pdf_file(struct check *c, const struct kind_plate *plate, const struct buf *written,
                               struct check_margin *margin, struct problem *p)
{
    const struct check_plate wanted = to_check(plate);
    return check_pdf(c, written->data, written->len, &wanted, plate->bare ? NULL : margin, p);
}

static enum err make_svg(const struct kind_plate *plate, struct buf *ret, struct problem *p)
{
    return vector_svg(plate->drawing, plate->width_mm, plate->height_mm, ret, p);
}

static enum err check_svg_file(struct check *c, const struct kind_plate *plate, const struct buf *written,
                               struct check_margin *margin, struct problem *p)
{
    const struct check_plate wanted = to_check(plate);
    return check_svg(c, written->data, written->len, &wanted, plate->bare ? NULL : margin, p);
}

// SVG knows no ink: its files say so in their names, and that they are not for CMYK.
const struct kind_row kind_rows[ORDER_KINDS] = {
    [ORDER_PNG] = {"png", ".png", make_png, check_png},
    [ORDER_PDF] = {"pdf", ".pdf", make_pdf, check_pdf_file},
    [ORDER_SVG] = {"svg", "_rgb.svg", make_svg, check_svg_file},
};
