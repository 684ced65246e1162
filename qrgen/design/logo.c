#include "qrgen/design/logo.h"

#include <math.h>
#include <png.h>
#include <string.h>

#include "common/file.h"

#define MIDDLE       127.5 // grey below it is ink
#define TOLERANCE_PX 0.3   // how far a straight line may leave the outline that it stands for

// Grey pixels; outside all is white.
struct pixels {
    uint8_t *grey;
    int width, height;
    uint8_t *seen; // a bit for each side of each cell through which an outline has come
};

static void pixels_free(struct pixels *px)
{
    free(px->grey);
    free(px->seen);
}

// --- outlines
//
// Marching squares: a cell is the square between the middles of four pixels; its corners and sides are
// counted clockwise from the upper left, side i from corner i to corner i + 1. An outline comes into a cell
// through one side and leaves through another, with ink on its right hand.

static const int corner_x[] = {0, 1, 1, 0}, corner_y[] = {0, 0, 1, 1};
static const int beyond_x[] = {0, 1, 0, -1}, beyond_y[] = {-1, 0, 1, 0};

static double grey_at(const struct pixels *px, int x, int y)
{
    return x < 0 || y < 0 || x >= px->width || y >= px->height
               ? 255
               : px->grey[(size_t)y * (size_t)px->width + (size_t)x];
}

static double corner(const struct pixels *px, int x, int y, int i)
{
    return grey_at(px, x + corner_x[i % 4], y + corner_y[i % 4]);
}

static bool is_ink(const struct pixels *px, int x, int y, int i)
{
    return corner(px, x, y, i) < MIDDLE;
}

static bool comes_in(const struct pixels *px, int x, int y, int side)
{
    return is_ink(px, x, y, side) && !is_ink(px, x, y, side + 1);
}

// Inks that touch at a corner alone are kept apart, as in a symbol.
static int goes_out(const struct pixels *px, int x, int y, int side)
{
    if (!is_ink(px, x, y, side + 3))
        return (side + 3) % 4;
    return is_ink(px, x, y, side + 2) ? (side + 1) % 4 : (side + 2) % 4;
}

// Where the middle grey lies on a side, in pixels.
static struct drawing_point crossing(const struct pixels *px, int x, int y, int side)
{
    double from = corner(px, x, y, side), to = corner(px, x, y, side + 1);
    double part = (MIDDLE - from) / (to - from);
    int a = side, b = (side + 1) % 4;
    return (struct drawing_point){x + 0.5 + corner_x[a] + part * (corner_x[b] - corner_x[a]),
                                  y + 0.5 + corner_y[a] + part * (corner_y[b] - corner_y[a])};
}

static uint8_t *seen_at(const struct pixels *px, int x, int y)
{
    return &px->seen[(size_t)(y + 1) * (size_t)(px->width + 1) + (size_t)(x + 1)];
}

// --- straight lines instead of many points
//
// From the last corner that was kept, all directions that pass near enough to every point since are a wedge;
// the first point outside it makes the one before it a corner.

struct pen {
    struct drawing *out;
    struct drawing_point kept, last;
    double low, high; // the wedge, in radians around `middle`
    double middle;
    bool open; // there is a wedge
};

static double turned(double angle)
{
    return remainder(angle, 2 * M_PI);
}

static void widen_from(struct pen *pen, struct drawing_point to)
{
    double dx = to.x - pen->kept.x, dy = to.y - pen->kept.y, far = hypot(dx, dy);
    pen->last = to;
    if (far <= TOLERANCE_PX)
        return;
    double angle = atan2(dy, dx), half = asin(fmin(TOLERANCE_PX / far, 1));
    if (!pen->open)
        pen->middle = angle, pen->low = -half, pen->high = half, pen->open = true;
    double at = turned(angle - pen->middle);
    pen->low = fmax(pen->low, at - half);
    pen->high = fmin(pen->high, at + half);
}

static bool in_wedge(const struct pen *pen, struct drawing_point to)
{
    double at = turned(atan2(to.y - pen->kept.y, to.x - pen->kept.x) - pen->middle);
    return !pen->open || (at >= pen->low && at <= pen->high);
}

static void pen_to(struct pen *pen, struct drawing_point to)
{
    if (!in_wedge(pen, to)) {
        drawing_line(pen->out, pen->last.x, pen->last.y);
        pen->kept = pen->last;
        pen->open = false;
    }
    widen_from(pen, to);
}

static void walk_around(struct pixels *px, int x, int y, int side, struct drawing *out)
{
    struct drawing_point start = crossing(px, x, y, side);
    struct pen pen = {.out = out, .kept = start, .last = start};
    drawing_move(out, start.x, start.y);
    while (!(*seen_at(px, x, y) & 1u << side)) {
        *seen_at(px, x, y) |= (uint8_t)(1u << side);
        int exit = goes_out(px, x, y, side);
        pen_to(&pen, crossing(px, x, y, exit));
        x += beyond_x[exit], y += beyond_y[exit];
        side = (exit + 2) % 4;
    }
    drawing_close(out);
}

static enum err trace(const char *path, struct pixels *px, struct drawing *out, struct problem *p)
{
    drawing_shape(out, 1, DRAWING_EVENODD);
    for (int y = -1; y < px->height; y++)
        for (int x = -1; x < px->width; x++)
            for (int side = 0; side < 4; side++) {
                if (comes_in(px, x, y, side) && !(*seen_at(px, x, y) & 1u << side))
                    walk_around(px, x, y, side, out);
                if (out->point_count > LOGO_POINTS_MAX)
                    return problem_set(
                        p, ERR_TOO_LARGE, "--logo",
                        "the logo %s has too many details for one ink: give a plain drawing in black "
                        "on white, no photo",
                        path);
            }
    if (out->failed)
        return problem_set(p, ERR_MEMORY, "--logo", "out of memory while reading the logo");
    if (out->point_count == 0)
        return problem_set(p, ERR_UNSUPPORTED, "--logo",
                           "nothing in the logo %s is dark: give one that is black on white", path);
    return ERR_NONE;
}

// --- the file

static enum err unpack(const char *path, png_image *image, struct pixels *px, struct problem *p)
{
    px->width = (int)image->width;
    px->height = (int)image->height;
    image->format = PNG_FORMAT_GRAY;
    px->grey = malloc(PNG_IMAGE_SIZE(*image));
    px->seen = calloc((size_t)px->width + 1, (size_t)px->height + 1);
    if (!px->grey || !px->seen)
        return problem_set(p, ERR_MEMORY, "--logo", "out of memory while reading the logo");
    const png_color white = {255, 255, 255};
    if (png_image_finish_read(image, &white, px->grey, 0, NULL)) // warnings, as of odd profiles, are no harm
        return ERR_NONE;
    return problem_set(p, ERR_CORRUPT, "--logo", "the logo %s is a damaged PNG (%s): save it again", path,
                       image->message);
}

static enum err read_pixels(const char *path, const void *png, size_t len, struct pixels *px,
                            struct problem *p)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, png, len))
        return problem_set(p, ERR_CORRUPT, "--logo",
                           "the logo %s is no PNG (%s): save it as PNG, black on white", path, image.message);
    enum err e = ERR_NONE;
    if (image.width > LOGO_SIDE_MAX || image.height > LOGO_SIDE_MAX)
        e = problem_set(p, ERR_TOO_LARGE, "--logo",
                        "the logo %s is %u × %u pixels, more than %d a side: make it smaller", path,
                        image.width, image.height, LOGO_SIDE_MAX);
    if (!e)
        e = unpack(path, &image, px, p);
    png_image_free(&image);
    return e;
}

// Moves the drawing so that its ink begins at the origin.
static void crop(struct logo *logo)
{
    struct drawing *d = &logo->drawing;
    struct drawing_point least = d->points[0], most = d->points[0];
    for (size_t i = 1; i < d->point_count; i++) {
        least = (struct drawing_point){fmin(least.x, d->points[i].x), fmin(least.y, d->points[i].y)};
        most = (struct drawing_point){fmax(most.x, d->points[i].x), fmax(most.y, d->points[i].y)};
    }
    for (size_t i = 0; i < d->point_count; i++)
        d->points[i].x -= least.x, d->points[i].y -= least.y;
    logo->width = fmax(most.x - least.x, 1);
    logo->height = fmax(most.y - least.y, 1);
}

enum err logo_parse(const char *path, const void *png, size_t len, struct logo *ret, struct problem *p)
{
    struct pixels px = {0};
    cleanup_logo struct logo logo = LOGO_INIT;
    enum err e = read_pixels(path, png, len, &px, p);
    if (!e)
        e = trace(path, &px, &logo.drawing, p);
    pixels_free(&px);
    if (e)
        return e;
    crop(&logo);
    *ret = logo;
    logo = LOGO_INIT;
    return ERR_NONE;
}

enum err logo_read(const char *path, struct logo *ret, struct problem *p)
{
    cleanup_buf struct buf png = BUF_INIT;
    struct problem about = PROBLEM_INIT;
    enum err e = file_read(path, LOGO_FILE_MAX, &png, &about);
    if (e)
        return problem_set(p, e, "--logo", "the logo cannot be read: %s", about.text);
    return logo_parse(path, png.data, png.len, ret, p);
}

void logo_free(struct logo *logo)
{
    drawing_free(&logo->drawing);
    *logo = LOGO_INIT;
}
