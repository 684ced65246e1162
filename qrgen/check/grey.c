#include "qrgen/check/grey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CAMERA_DISTANCE 4.0 // widths of the picture
#define STAIN_GREY      24  // as dark as ink, nearly: nothing of what is below can be made out

bool grey_size(struct grey *g, unsigned width, unsigned height)
{
    size_t need = (size_t)width * height;
    if (need > g->capacity) {
        free(g->px);
        g->px = malloc(need);
        g->capacity = g->px ? need : 0;
    }
    g->width = width;
    g->height = height;
    return g->px != NULL;
}

void grey_free(struct grey *g)
{
    free(g->px);
    *g = (struct grey){.px = NULL};
}

bool grey_crop(const struct grey *from, const struct grey_rect *rect, struct grey *to)
{
    if (!grey_size(to, rect->width, rect->height))
        return false;
    for (unsigned y = 0; y < rect->height; y++)
        memcpy(to->px + (size_t)y * rect->width, from->px + (size_t)(rect->y + y) * from->width + rect->x,
               rect->width);
    return true;
}

// The mean of the area from (x0, y0) to (x1, y1), whose pixels at the edges count by the part that lies
// inside.
static double area_mean(const struct grey *g, double x0, double y0, double x1, double y1)
{
    double sum = 0, area = 0;
    for (unsigned y = (unsigned)y0; y < g->height && y < y1; y++) {
        double high = fmin(y + 1, y1) - fmax(y, y0);
        for (unsigned x = (unsigned)x0; x < g->width && x < x1; x++) {
            double part = high * (fmin(x + 1, x1) - fmax(x, x0));
            sum += part * g->px[(size_t)y * g->width + x];
            area += part;
        }
    }
    return area > 0 ? sum / area : 255;
}

bool grey_scale(const struct grey *from, double scale, struct grey *to)
{
    unsigned width = (unsigned)ceil(from->width * scale), height = (unsigned)ceil(from->height * scale);
    if (!grey_size(to, width, height))
        return false;
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++)
            to->px[(size_t)y * width + x] =
                (uint8_t)lround(area_mean(from, x / scale, y / scale, (x + 1) / scale, (y + 1) / scale));
    return true;
}

// One pixel of each of `width` columns: the weighted sum of the rows, rows[0..2 × radius].
static void blur_row(const uint8_t *const *rows, const float *weights, int radius, unsigned width,
                     float *sums, uint8_t *to)
{
    memset(sums, 0, width * sizeof *sums);
    for (int k = 0; k <= 2 * radius; k++)
        for (unsigned x = 0; x < width; x++)
            sums[x] += weights[k] * rows[k][x];
    for (unsigned x = 0; x < width; x++)
        to[x] = (uint8_t)(sums[x] + 0.5F);
}

// Sums are taken row by row in both directions, so that the processor adds many at a time: for the horizontal
// one, `rows` are the same row, one pixel further each, in `line`, which goes on beyond both ends. `rows`,
// `line` and `sums` have room for 2 × radius + 1, width + 2 × radius and width.
static void blur_across(const struct grey *from, const float *weights, int radius, const uint8_t **rows,
                        uint8_t *line, float *sums, uint8_t *to)
{
    unsigned width = from->width;
    for (int k = 0; k <= 2 * radius; k++)
        rows[k] = line + k;
    for (unsigned y = 0; y < from->height; y++) {
        const uint8_t *row = from->px + (size_t)y * width;
        memset(line, row[0], (size_t)radius);
        memcpy(line + radius, row, width);
        memset(line + radius + width, row[width - 1], (size_t)radius);
        blur_row(rows, weights, radius, width, sums, to + (size_t)y * width);
    }
}

static void blur_down(const uint8_t *from, const float *weights, int radius, const uint8_t **rows,
                      float *sums, struct grey *to)
{
    int last = (int)to->height - 1;
    for (int y = 0; y <= last; y++) {
        for (int k = -radius; k <= radius; k++) {
            int at = y + k < 0 ? 0 : y + k > last ? last : y + k;
            rows[k + radius] = from + (size_t)at * to->width;
        }
        blur_row(rows, weights, radius, to->width, sums, to->px + (size_t)y * to->width);
    }
}

// The part that each pixel from -radius to radius has in the one between them.
static void gauss(double sigma, int radius, float *weights)
{
    double sum = 0;
    for (int k = -radius; k <= radius; k++)
        sum += exp(-k * k / (2 * sigma * sigma));
    for (int k = -radius; k <= radius; k++)
        weights[k + radius] = (float)(exp(-k * k / (2 * sigma * sigma)) / sum);
}

bool grey_blur(const struct grey *from, double sigma_px, struct grey *to)
{
    int radius = (int)ceil(3 * sigma_px);
    size_t taps = 2 * (size_t)radius + 1;
    float *weights = calloc(taps, sizeof *weights), *sums = calloc(from->width, sizeof *sums);
    const uint8_t **rows = calloc(taps, sizeof *rows);
    uint8_t *line = malloc(from->width + taps), *half = malloc((size_t)from->width * from->height);
    bool has = weights && sums && rows && line && half && grey_size(to, from->width, from->height);
    if (has) {
        gauss(sigma_px, radius, weights);
        blur_across(from, weights, radius, rows, line, sums, half);
        blur_down(half, weights, radius, rows, sums, to);
    }
    free(weights);
    free(sums);
    free(rows);
    free(line);
    free(half);
    return has;
}

// The grey between four pixels; white outside.
static double grey_between(const struct grey *g, double x, double y)
{
    int left = (int)floor(x), top = (int)floor(y);
    double sum = 0;
    for (int dy = 0; dy < 2; dy++)
        for (int dx = 0; dx < 2; dx++) {
            int px = left + dx, py = top + dy;
            bool inside = px >= 0 && py >= 0 && px < (int)g->width && py < (int)g->height;
            double part = (dx ? x - left : 1 - (x - left)) * (dy ? y - top : 1 - (y - top));
            sum += part * (inside ? g->px[(size_t)py * g->width + (size_t)px] : 255);
        }
    return sum;
}

// For each pixel of the camera's picture, the ray through it meets the tilted picture where its grey is
// taken.
bool grey_tilt(const struct grey *from, double degrees, struct grey *to)
{
    double turn = degrees * M_PI / 180, distance = CAMERA_DISTANCE * from->width;
    double middle_x = (from->width - 1) / 2.0, middle_y = (from->height - 1) / 2.0;
    if (!grey_size(to, from->width, from->height))
        return false;
    for (unsigned x = 0; x < to->width; x++) {
        double u = (x - middle_x) / distance;
        double along = distance * u / (cos(turn) - u * sin(turn));
        double deep = distance + along * sin(turn);
        for (unsigned y = 0; y < to->height; y++) {
            double v = (y - middle_y) / distance;
            double grey = grey_between(from, middle_x + along, middle_y + v * deep);
            to->px[(size_t)y * to->width + x] = (uint8_t)(grey + 0.5);
        }
    }
    return true;
}

bool grey_stain(const struct grey *from, const struct grey_rect *rect, double part, struct grey *to)
{
    const struct grey_rect all = {0, 0, from->width, from->height};
    if (!grey_crop(from, &all, to))
        return false;
    double x0 = rect->x + rect->width / 2.0, y0 = rect->y + rect->height / 2.0;
    double square = part * rect->width * rect->height / M_PI;
    for (unsigned y = 0; y < to->height; y++)
        for (unsigned x = 0; x < to->width; x++) {
            double dx = x + 0.5 - x0, dy = y + 0.5 - y0;
            if (dx * dx + dy * dy <= square)
                to->px[(size_t)y * to->width + x] = STAIN_GREY;
        }
    return true;
}
