#include "qrgen/check/check_parts.h"

#include <stdlib.h>
#include <string.h>

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
    grey_free(&c->page);
    grey_free(&c->symbol);
    grey_free(&c->worse);
    grey_free(&c->other);
    grey_free(&c->tried);
    free(c->row);
    free(c->first);
    free(c);
}

bool check_rows(struct check *c, size_t need)
{
    if (c->row_capacity < need) {
        free(c->row);
        free(c->first);
        c->row = malloc(need);
        c->first = malloc(need);
        c->row_capacity = c->row && c->first ? need : 0;
    }
    if (c->row_capacity < need)
        return false;
    memset(c->row, 0, need);
    memset(c->first, 0, need);
    return true;
}

static enum err compare(const zbar_image_t *image, const char *what, const char *url, struct problem *p)
{
    const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
    if (!symbol)
        return problem_set(p, ERR_CORRUPT, NULL, "%s does not scan: zbar finds no symbol in it", what);
    if (zbar_symbol_next(symbol))
        return problem_set(p, ERR_CORRUPT, NULL, "zbar finds more than one symbol in %s", what);
    const char *data = zbar_symbol_get_data(symbol);
    size_t len = zbar_symbol_get_data_length(symbol);
    if (len != strlen(url) || memcmp(data, url, len) != 0)
        return problem_set(p, ERR_CORRUPT, NULL, "%s says \"%.*s\" and not \"%s\"", what,
                           (int)(len < 200 ? len : 200), data, url);
    return ERR_NONE;
}

enum err check_scan(const struct check *c, const struct grey *g, const char *what, const char *url,
                    struct problem *p)
{
    zbar_image_t *image = zbar_image_create();
    if (!image)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, g->width, g->height);
    zbar_image_set_data(image, g->px, (unsigned long)g->width * g->height, NULL);
    zbar_scan_image(c->scanner, image);
    enum err e = compare(image, what, url, p);
    zbar_image_destroy(image);
    return e;
}

// --- reading a PNG

static void on_read(png_structp png, png_bytep data, size_t len)
{
    struct check_reading *r = png_get_io_ptr(png);
    if (len > r->left)
        png_error(png, "the file ends too early");
    memcpy(data, r->at, len);
    r->at += len;
    r->left -= len;
}

static void on_error(png_structp png, png_const_charp message)
{
    struct check_reading *r = png_get_error_ptr(png);
    r->e = problem_set(r->p, ERR_CORRUPT, NULL, "the picture cannot be read back: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    on_error(png, message); // a picture that we wrote gives no reason for any
}

unsigned check_png_dpi(png_structp png, png_infop info)
{
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    png_get_pHYs(png, info, &x, &y, &unit);
    return unit == PNG_RESOLUTION_METER && x == y ? (x * 254u + 5000) / 10000 : 0;
}

static enum err read_guarded(struct check *c, png_structp png, png_infop info,
                             enum err (*read)(struct check *, png_structp, png_infop, struct check_reading *),
                             struct check_reading *r)
{
    if (setjmp(png_jmpbuf(png)))
        return r->e;
    png_set_read_fn(png, r, on_read);
    png_read_info(png, info);
    enum err e = read(c, png, info, r);
    if (e)
        return e;
    png_read_end(png, NULL);
    return ERR_NONE;
}

enum err check_read_png(struct check *c, const void *data, size_t len,
                        enum err (*read)(struct check *c, png_structp png, png_infop info,
                                         struct check_reading *r),
                        void *arg, struct problem *p)
{
    struct check_reading r = {.at = data, .left = len, .arg = arg, .p = p};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    enum err e = info ? read_guarded(c, png, info, read, &r)
                      : problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    png_destroy_read_struct(&png, &info, NULL);
    if (!e && r.left > 0)
        e = problem_set(p, ERR_CORRUPT, NULL, "%zu bytes stand behind the end of the picture", r.left);
    return e;
}
