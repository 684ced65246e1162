#include "qrgen/drawing/pdf.h"

#include <hpdf.h>
#include <math.h>

#define POINTS_PER_MM    (72 / 25.4)
#define MARK_LENGTH_MM   5.0
#define MARK_WIDTH_MM    0.1 // a quarter of a point, hairline that every press holds
#define MARK_DISTANCE_MM 1.0 // from the bleed, so that no mark is left on a cut that went wrong

struct pdf {
    HPDF_Doc doc;
    HPDF_STATUS failed; // libharu's first error, or 0
};

// One page being filled.
struct filling {
    struct pdf *pdf;
    HPDF_Page page;
    double left, top; // of the trimmed page on the paper, in mm; PDF's y goes up
};

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *user)
{
    struct pdf *pdf = user;
    (void)detail;
    if (!pdf->failed)
        pdf->failed = error;
}

static enum err say(const struct pdf *pdf, bool failed, struct problem *p)
{
    if (failed || pdf->failed == HPDF_FAILD_TO_ALLOC_MEM)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while writing a PDF");
    if (pdf->failed)
        return problem_set(p, ERR_UNSUPPORTED, NULL, "the PDF cannot be written: libharu's error %04lX",
                           (unsigned long)pdf->failed);
    return ERR_NONE;
}

enum err pdf_new(struct pdf **ret, struct problem *p)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    if (pdf)
        pdf->doc = HPDF_New(on_error, pdf);
    if (!pdf || !pdf->doc) {
        free(pdf);
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while writing a PDF");
    }
    HPDF_SetCompressionMode(pdf->doc, HPDF_COMP_ALL);
    *ret = pdf;
    return ERR_NONE;
}

void pdf_free(struct pdf *pdf)
{
    if (!pdf)
        return;
    HPDF_Free(pdf->doc);
    free(pdf);
}

// Thousandths of a point (a third of a micrometre) are enough for any press, and keep the files small.
static HPDF_REAL points(double mm)
{
    return (HPDF_REAL)(round(mm * POINTS_PER_MM * 1000) / 1000);
}

static HPDF_REAL at_x(const struct filling *f, double x)
{
    return points(f->left + x);
}

static HPDF_REAL at_y(const struct filling *f, double y)
{
    return points(f->top - y);
}

static void on_move(const struct filling *f, const struct drawing_point *to)
{
    HPDF_Page_MoveTo(f->page, at_x(f, to->x), at_y(f, to->y));
}

static void on_line(const struct filling *f, const struct drawing_point *to)
{
    HPDF_Page_LineTo(f->page, at_x(f, to->x), at_y(f, to->y));
}

static void on_curve(const struct filling *f, const struct drawing_point *to)
{
    HPDF_Page_CurveTo(f->page, at_x(f, to[0].x), at_y(f, to[0].y), at_x(f, to[1].x), at_y(f, to[1].y),
                      at_x(f, to[2].x), at_y(f, to[2].y));
}

static void on_close(const struct filling *f, const struct drawing_point *to)
{
    (void)to;
    HPDF_Page_ClosePath(f->page);
}

static void (*const draw[])(const struct filling *, const struct drawing_point *) = {
    [DRAWING_MOVE] = on_move,
    [DRAWING_LINE] = on_line,
    [DRAWING_CURVE] = on_curve,
    [DRAWING_CLOSE] = on_close,
};

static HPDF_STATUS (*const fill[])(HPDF_Page) = {
    [DRAWING_NONZERO] = HPDF_Page_Fill,
    [DRAWING_EVENODD] = HPDF_Page_Eofill,
};

static void fill_page(const struct filling *f, const struct drawing *d)
{
    double k = -1;
    for (size_t i = 0; i < d->shape_count && !f->pdf->failed; i++) {
        struct drawing_walk walk = drawing_walk_over(d, i);
        enum drawing_op op;
        const struct drawing_point *to;
        if (walk.op == walk.op_end)
            continue;
        if (d->shapes[i].k != k)
            HPDF_Page_SetCMYKFill(f->page, 0, 0, 0, (HPDF_REAL)d->shapes[i].k);
        k = d->shapes[i].k;
        while (drawing_walk_next(&walk, &op, &to))
            draw[op](f, to);
        fill[d->shapes[i].rule](f->page);
    }
}

static void draw_marks(const struct filling *f, const struct pdf_page *page)
{
    cleanup_drawing struct drawing marks = DRAWING_INIT;
    double from = page->bleed_mm + MARK_DISTANCE_MM, half = MARK_WIDTH_MM / 2;
    const double across[] = {0, page->width_mm}, down[] = {0, page->height_mm};
    const double outside_x[] = {-from - MARK_LENGTH_MM, page->width_mm + from};
    const double outside_y[] = {-from - MARK_LENGTH_MM, page->height_mm + from};
    for (int i = 0; i < 4; i++) {
        drawing_rect(&marks, outside_x[i % 2], down[i / 2] - half, MARK_LENGTH_MM, MARK_WIDTH_MM, 1);
        drawing_rect(&marks, across[i % 2] - half, outside_y[i / 2], MARK_WIDTH_MM, MARK_LENGTH_MM, 1);
    }
    if (marks.failed)
        f->pdf->failed = HPDF_FAILD_TO_ALLOC_MEM;
    fill_page(f, &marks);
}

// libharu has no call for the boxes beside the MediaBox; a page is a dictionary, and takes them as entries.
static void add_box(HPDF_Page page, const char *name, double left, double bottom, double width, double height)
{
    HPDF_Box box = {points(left), points(bottom), points(left + width), points(bottom + height)};
    HPDF_Array array = HPDF_Box_Array_New(page->mmgr, box);
    if (array)
        HPDF_Dict_Add(page, name, array);
}

static HPDF_Page add_page(struct pdf *pdf, const struct pdf_page *page, double margin)
{
    HPDF_Page added = HPDF_AddPage(pdf->doc);
    if (!added)
        return NULL;
    double width = page->width_mm, height = page->height_mm, bleed = page->bleed_mm;
    HPDF_Page_SetWidth(added, points(width + 2 * margin));
    HPDF_Page_SetHeight(added, points(height + 2 * margin));
    add_box(added, "BleedBox", margin - bleed, margin - bleed, width + 2 * bleed, height + 2 * bleed);
    add_box(added, "TrimBox", margin, margin, width, height);
    return added;
}

static enum err check_page(const struct pdf_page *page, double margin, struct problem *p)
{
    double least = fmin(page->width_mm, page->height_mm), most = fmax(page->width_mm, page->height_mm);
    if (least >= 2 && most + 2 * margin <= PDF_SIDE_MM_MAX)
        return ERR_NONE;
    return problem_set(
        p, ERR_INVALID, NULL,
        "a page of %g × %g mm cannot be written as PDF: give 2 mm to %g mm a side, margins included",
        page->width_mm, page->height_mm, PDF_SIDE_MM_MAX);
}

enum err pdf_add(struct pdf *pdf, const struct pdf_page *page, const struct drawing *d, struct problem *p)
{
    double margin = page->crop_marks ? fmax(PDF_MARKS_MARGIN_MM, page->bleed_mm) : page->bleed_mm;
    enum err e = check_page(page, margin, p);
    if (e)
        return e;
    struct filling filling = {
        .pdf = pdf, .page = add_page(pdf, page, margin), .left = margin, .top = page->height_mm + margin};
    if (filling.page)
        fill_page(&filling, d);
    if (filling.page && page->crop_marks)
        draw_marks(&filling, page);
    return say(pdf, d->failed, p);
}

enum err pdf_finish(struct pdf *pdf, struct buf *ret, struct problem *p)
{
    buf_reset(ret);
    HPDF_SaveToStream(pdf->doc);
    HPDF_UINT32 size = pdf->failed ? 0 : HPDF_GetStreamSize(pdf->doc);
    char *room = buf_reserve(ret, size);
    if (room && size > 0) {
        HPDF_ResetStream(pdf->doc);
        HPDF_ReadFromStream(pdf->doc, (HPDF_BYTE *)room, &size);
        buf_grew(ret, size);
    }
    return say(pdf, ret->failed, p);
}

enum err pdf_write(const struct pdf_page *page, const struct drawing *d, struct buf *ret, struct problem *p)
{
    cleanup_pdf struct pdf *pdf = NULL;
    enum err e = pdf_new(&pdf, p);
    if (e || !pdf)
        return e;
    e = pdf_add(pdf, page, d, p);
    return e ? e : pdf_finish(pdf, ret, p);
}
