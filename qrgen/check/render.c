// PDF and SVG, made into pixels by the renderers that others wrote: poppler in a process of its own, since
// its licence (GPL) asks that of ours, and librsvg.
#include "qrgen/check/check_parts.h"

#include <errno.h>
#include <librsvg/rsvg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/child.h"
#include "common/file.h"

#define PAGE_PX_MAX 20000 // a side of what is rendered

// Dots an inch at which a module has CHECK_BOARD_PX pixels.
static double dots_for(const struct check_plate *plate)
{
    return CHECK_BOARD_PX * 25.4 / measure_module_mm(plate->measure);
}

enum err check_size(const struct grey *g, double width_mm, double height_mm, double dpi, const char *what,
                    struct problem *p)
{
    if (fabs(g->width - width_mm * dpi / 25.4) <= 1.5 && fabs(g->height - height_mm * dpi / 25.4) <= 1.5)
        return ERR_NONE;
    return problem_set(p, ERR_CORRUPT, NULL, "%s is %.1f × %.1f mm and not %g × %g mm", what,
                       g->width * 25.4 / dpi, g->height * 25.4 / dpi, width_mm, height_mm);
}

// --- PDF

// Reads a number and the white space before it. 0 for what is none, or beyond `most`.
static unsigned read_number(const char **at, unsigned most)
{
    char *end;
    unsigned long number = strtoul(*at, &end, 10);
    *at = end;
    return number > most ? 0 : (unsigned)number;
}

// Reads a PGM as pdftoppm writes it: "P5", width, height, 255, one white space, pixels.
static bool read_pgm(const struct buf *pgm, struct grey *ret)
{
    if (strncmp(pgm->data, "P5", 2) != 0)
        return false;
    const char *at = pgm->data + 2;
    unsigned width = read_number(&at, PAGE_PX_MAX), height = read_number(&at, PAGE_PX_MAX);
    unsigned most = read_number(&at, 255);
    size_t head = (size_t)(at - pgm->data) + 1, pixels = (size_t)width * height;
    if (pixels == 0 || most != 255 || pgm->len != head + pixels || !grey_size(ret, width, height))
        return false;
    memcpy(ret->px, pgm->data + head, pixels);
    return true;
}

// The bytes as a file without a name, from which a child can read.
static enum err make_input(const void *data, size_t len, int *ret, struct problem *p)
{
    int fd = memfd_create("plate", MFD_CLOEXEC);
    if (fd < 0)
        return problem_errno(p, NULL, "cannot hand a PDF to pdftoppm");
    enum err e = file_write_all(fd, data, len, "pdftoppm", p);
    if (!e && lseek(fd, 0, SEEK_SET) < 0)
        e = problem_errno(p, NULL, "cannot hand a PDF to pdftoppm");
    if (e)
        close(fd);
    else
        *ret = fd;
    return e;
}

static enum err run_pdftoppm(int input, size_t page, double dpi, struct child_result *result,
                             struct problem *p)
{
    char dots[32], number[32];
    snprintf(dots, sizeof dots, "%.3f", dpi);
    snprintf(number, sizeof number, "%zu", page);
    const char *const argv[] = {"pdftoppm", "-f", number, "-r", dots, "-gray", "-singlefile", "-", NULL};
    const struct child_options options = {
        .argv = argv, .input = input, .timeout_ms = CHECK_PDF_MS, .output_max = 256u << 20};
    enum err e = child_run(&options, result, p);
    if (e == ERR_NOT_FOUND)
        return problem_set(p, ERR_UNSUPPORTED, "--format",
                           "pdftoppm, which reads every PDF again, is not installed: install the package "
                           "poppler-utils, or leave pdf out of --format");
    return e;
}

enum err check_render_pdf(struct check *c, const void *pdf, size_t len, size_t page, double dpi,
                          struct problem *p)
{
    cleanup_close int input = -1;
    cleanup_child struct child_result result = CHILD_RESULT_INIT;
    enum err e = make_input(pdf, len, &input, p);
    if (!e)
        e = run_pdftoppm(input, page, dpi, &result, p);
    if (e)
        return e;
    if (result.timed_out)
        return problem_set(p, ERR_CORRUPT, NULL, "the PDF keeps pdftoppm busy for more than %d s",
                           CHECK_PDF_MS / 1000);
    if (result.exit_status != 0 || strstr(result.errors.data, "Syntax") ||
        !read_pgm(&result.output, &c->page))
        return problem_set(p, ERR_CORRUPT, NULL, "the PDF cannot be rendered by pdftoppm: %.200s",
                           result.errors.len > 0 ? result.errors.data : "it gives no picture");
    return ERR_NONE;
}

enum err check_pdf(struct check *c, const void *pdf, size_t len, const struct check_plate *plate,
                   struct check_margin *margin, struct problem *p)
{
    double dpi = dots_for(plate), paper = 2 * plate->paper_mm;
    enum err e = check_render_pdf(c, pdf, len, 1, dpi, p);
    if (!e)
        e = check_size(&c->page, plate->width_mm + paper, plate->height_mm + paper, dpi, "the PDF's page", p);
    if (!e)
        e = check_scan(c, &c->page, "the PDF", plate->url, p);
    return e || !margin ? e : check_hardships(c, plate, dpi / 25.4, plate->paper_mm, margin, p);
}

// --- SVG

static enum err not_svg(const GError *error, struct problem *p)
{
    return problem_set(p, ERR_CORRUPT, NULL, "the SVG cannot be rendered by librsvg: %.200s",
                       error ? error->message : "it has no size");
}

static bool is_mm(const RsvgLength *length, double mm)
{
    return length->unit == RSVG_UNIT_MM && fabs(length->length - mm) <= 0.001;
}

static enum err check_svg_size(RsvgHandle *svg, const struct check_plate *plate, struct problem *p)
{
    gboolean has_width, has_height, has_box;
    RsvgLength width, height;
    RsvgRectangle box;
    rsvg_handle_get_intrinsic_dimensions(svg, &has_width, &width, &has_height, &height, &has_box, &box);
    if (has_width && has_height && is_mm(&width, plate->width_mm) && is_mm(&height, plate->height_mm))
        return ERR_NONE;
    return problem_set(p, ERR_CORRUPT, NULL, "the SVG does not say that it is %g × %g mm", plate->width_mm,
                       plate->height_mm);
}

static bool take_grey(cairo_surface_t *surface, struct grey *ret)
{
    cairo_surface_flush(surface);
    const uint8_t *px = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    if (!grey_size(ret, (unsigned)cairo_image_surface_get_width(surface),
                   (unsigned)cairo_image_surface_get_height(surface)))
        return false;
    for (unsigned y = 0; y < ret->height; y++, px += stride)
        for (unsigned x = 0; x < ret->width; x++)
            ret->px[(size_t)y * ret->width + x] = px[4 * x + 1]; // green; red and blue are the same in grey
    return true;
}

static enum err render_svg(struct check *c, RsvgHandle *svg, const struct check_plate *plate,
                           struct problem *p)
{
    double px_per_mm = dots_for(plate) / 25.4;
    double width = round(plate->width_mm * px_per_mm), height = round(plate->height_mm * px_per_mm);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_t *cairo = cairo_create(surface);
    const RsvgRectangle viewport = {0, 0, width, height};
    GError *error = NULL;
    enum err e = ERR_NONE;
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    else if (!rsvg_handle_render_document(svg, cairo, &viewport, &error))
        e = not_svg(error, p);
    else if (!take_grey(surface, &c->page))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    g_clear_error(&error);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return e;
}

enum err check_svg(struct check *c, const void *data, size_t len, const struct check_plate *plate,
                   struct check_margin *margin, struct problem *p)
{
    GError *error = NULL;
    RsvgHandle *svg = rsvg_handle_new_from_data(data, len, &error);
    if (!svg) {
        enum err bad = not_svg(error, p);
        g_clear_error(&error);
        return bad;
    }
    enum err e = check_svg_size(svg, plate, p);
    if (!e)
        e = render_svg(c, svg, plate, p);
    g_object_unref(svg);
    if (!e)
        e = check_scan(c, &c->page, "the SVG", plate->url, p);
    return e || !margin ? e : check_hardships(c, plate, dots_for(plate) / 25.4, 0, margin, p);
}
