#include "qrgen/check.h"

#include <png.h>
#include <stdint.h>
#include <string.h>
#include <zbar.h>

#include "common/cleanup.h"
#include "qrgen/symbol/matrix.h"

#define SHOWN_PX 4 // pixels a cell in what zbar is shown

struct check {
    zbar_image_scanner_t *scanner;
    uint8_t *shown; // grey, one byte a pixel
    size_t shown_capacity;
    uint8_t *row, *first; // packed pixels: the row just read, and the first of its row of cells
    size_t row_capacity;
};

// One picture being read. `at` is how far libpng has come.
struct reading {
    const uint8_t *at;
    size_t left;
    unsigned side, cells, cell_px;
    struct problem *p;
    enum err e;
};

struct check *check_new(void)
{
    struct check *c = calloc(1, sizeof *c);
    if (c)
        c->scanner = zbar_image_scanner_create();
    if (!c || !c->scanner) {
        free(c);
        return NULL;
    }
    zbar_image_scanner_set_config(c->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(c->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    return c;
}

void check_free(struct check *c)
{
    if (!c)
        return;
    zbar_image_scanner_destroy(c->scanner);
    free(c->shown);
    free(c->row);
    free(c->first);
    free(c);
}

static void on_read(png_structp png, png_bytep data, size_t len)
{
    struct reading *r = png_get_io_ptr(png);
    if (len > r->left)
        png_error(png, "the file ends too early");
    memcpy(data, r->at, len);
    r->at += len;
    r->left -= len;
}

static void on_error(png_structp png, png_const_charp message)
{
    struct reading *r = png_get_error_ptr(png);
    r->e = problem_set(r->p, ERR_CORRUPT, NULL, "the picture cannot be read back: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    on_error(png, message); // a picture that we wrote gives no reason for any
}

static bool has_form(png_structp png, png_infop info, unsigned dpi)
{
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    png_get_pHYs(png, info, &x, &y, &unit);
    return png_get_bit_depth(png, info) == 1 && png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY &&
           unit == PNG_RESOLUTION_METER && x == y && (x * 254u + 5000) / 10000 == dpi;
}

static enum err check_form(png_structp png, png_infop info, const struct measure *measure, struct reading *r)
{
    unsigned side = png_get_image_width(png, info), px = measure->module_px;
    if (side != png_get_image_height(png, info) || !has_form(png, info, measure->dpi))
        return problem_set(r->p, ERR_CORRUPT, NULL,
                           "the picture is not a square of 1-bit grey at %u dots an inch", measure->dpi);
    if (side % px != 0 || side / px < 21 + 2 * MATRIX_QUIET || side > MEASURE_SIDE_PX_MAX)
        return problem_set(r->p, ERR_CORRUPT, NULL, "%u pixels a side are no symbol of %u pixels a module",
                           side, px);
    r->side = side;
    r->cells = side / px;
    r->cell_px = px;
    return ERR_NONE;
}

// Makes room for at least `need` bytes in *block; what it held may be lost.
static bool ensure(uint8_t **block, size_t capacity, size_t need)
{
    if (capacity >= need)
        return true;
    free(*block);
    *block = malloc(need);
    return *block;
}

static enum err make_room(struct check *c, const struct reading *r)
{
    size_t row = (r->side + 7) / 8, shown = (size_t)r->cells * SHOWN_PX * r->cells * SHOWN_PX;
    bool had = ensure(&c->row, c->row_capacity, row) && ensure(&c->first, c->row_capacity, row);
    c->row_capacity = !had ? 0 : row > c->row_capacity ? row : c->row_capacity;
    bool shows = ensure(&c->shown, c->shown_capacity, shown);
    c->shown_capacity = !shows ? 0 : shown > c->shown_capacity ? shown : c->shown_capacity;
    if (had) { // libpng leaves the bits behind the last pixel as they are, and rows are compared whole
        memset(c->row, 0, row);
        memset(c->first, 0, row);
    }
    return had && shows ? ERR_NONE : problem_set(r->p, ERR_MEMORY, NULL, "out of memory while checking");
}

// The colour of the pixels from..from+n-1, all of which must have it: 0 black, 1 white, -1 mixed.
static int cell_colour(const uint8_t *row, unsigned from, unsigned n)
{
    int colour = row[from / 8] >> (7 - from % 8) & 1;
    for (unsigned i = from + 1; i < from + n; i++)
        if ((row[i / 8] >> (7 - i % 8) & 1) != colour)
            return -1;
    return colour;
}

static bool is_quiet(const struct reading *r, unsigned x, unsigned y)
{
    return x < MATRIX_QUIET || y < MATRIX_QUIET || x >= r->cells - MATRIX_QUIET ||
           y >= r->cells - MATRIX_QUIET;
}

// Takes the cells of row `y` out of c->first into the picture that zbar is shown.
static enum err take_cells(struct check *c, const struct reading *r, unsigned y)
{
    size_t width = (size_t)r->cells * SHOWN_PX;
    uint8_t *out = c->shown + y * SHOWN_PX * width;
    for (unsigned x = 0; x < r->cells; x++) {
        int colour = cell_colour(c->first, x * r->cell_px, r->cell_px);
        if (colour < 0)
            return problem_set(r->p, ERR_CORRUPT, NULL, "the module in column %u, row %u has two colours", x,
                               y);
        if (!colour && is_quiet(r, x, y))
            return problem_set(r->p, ERR_CORRUPT, NULL, "the quiet zone is not empty in column %u, row %u", x,
                               y);
        memset(out + (size_t)x * SHOWN_PX, colour ? 0xFF : 0, SHOWN_PX);
    }
    for (int i = 1; i < SHOWN_PX; i++)
        memcpy(out + (size_t)i * width, out, width);
    return ERR_NONE;
}

static enum err read_cells(struct check *c, png_structp png, const struct reading *r)
{
    for (unsigned y = 0; y < r->side; y++) {
        bool first = y % r->cell_px == 0;
        png_read_row(png, first ? c->first : c->row, NULL);
        enum err e = ERR_NONE;
        if (first)
            e = take_cells(c, r, y / r->cell_px);
        else if (memcmp(c->first, c->row, (r->side + 7) / 8) != 0)
            e = problem_set(r->p, ERR_CORRUPT, NULL, "the row of pixels %u differs within its modules", y);
        if (e)
            return e;
    }
    png_read_end(png, NULL);
    return ERR_NONE;
}

static enum err read_guarded(struct check *c, png_structp png, png_infop info, const struct measure *measure,
                             struct reading *r)
{
    if (setjmp(png_jmpbuf(png)))
        return r->e;
    png_set_read_fn(png, r, on_read);
    png_read_info(png, info);
    enum err e = check_form(png, info, measure, r);
    if (!e)
        e = make_room(c, r);
    return e ? e : read_cells(c, png, r);
}

static enum err read_picture(struct check *c, const struct measure *measure, struct reading *r)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    enum err e = info ? read_guarded(c, png, info, measure, r)
                      : problem_set(r->p, ERR_MEMORY, NULL, "out of memory while checking");
    png_destroy_read_struct(&png, &info, NULL);
    return e;
}

static enum err compare(const zbar_image_t *image, const char *url, struct problem *p)
{
    const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
    if (!symbol)
        return problem_set(p, ERR_CORRUPT, NULL, "the picture does not scan: zbar finds no symbol in it");
    if (zbar_symbol_next(symbol))
        return problem_set(p, ERR_CORRUPT, NULL, "zbar finds more than one symbol in the picture");
    const char *data = zbar_symbol_get_data(symbol);
    size_t len = zbar_symbol_get_data_length(symbol);
    if (len != strlen(url) || memcmp(data, url, len) != 0)
        return problem_set(p, ERR_CORRUPT, NULL, "the picture says \"%.*s\" and not \"%s\"",
                           (int)(len < 300 ? len : 300), data, url);
    return ERR_NONE;
}

static enum err scan(struct check *c, unsigned cells, const char *url, struct problem *p)
{
    zbar_image_t *image = zbar_image_create();
    if (!image)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    unsigned width = cells * SHOWN_PX;
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, width, width);
    zbar_image_set_data(image, c->shown, (unsigned long)width * width, NULL);
    zbar_scan_image(c->scanner, image);
    enum err e = compare(image, url, p);
    zbar_image_destroy(image);
    return e;
}

enum err check_picture(struct check *c, const void *png, size_t len, const struct measure *measure,
                       const char *url, struct problem *p)
{
    struct reading r = {.at = png, .left = len, .p = p};
    enum err e = read_picture(c, measure, &r);
    if (!e && r.left > 0)
        e = problem_set(p, ERR_CORRUPT, NULL, "%zu bytes stand behind the end of the picture", r.left);
    return e ? e : scan(c, r.cells, url, p);
}
