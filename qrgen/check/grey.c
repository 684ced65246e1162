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

// One pass of a blur: `step` and `line` are the distances between the pixels of a line and between lines.
static void blur_lines(const uint8_t *from, uint8_t *to, const float *weights, int radius, unsigned length,
                       unsigned lines, size_t step, size_t line)
{
    for (unsigned l = 0; l < lines; l++)
        for (int i = 0; i < (int)length; i++) {
            float sum = 0;
            for (int k = -radius; k <= radius; k++) {
                int at = i + k < 0 ? 0 : i + k >= (int)length ? (int)length - 1 : i + k;
                sum += weights[k + radius] * from[l * line + (size_t)at * step];
            }
            to[l * line + (size_t)i * step] = (uint8_t)(sum + 0.5F);
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
    float *weights = calloc(2 * (size_t)radius + 1, sizeof *weights);
    uint8_t *half = malloc((size_t)from->width * from->height);
    bool has = weights && half && grey_size(to, from->width, from->height);
    if (has) {
        gauss(sigma_px, radius, weights);
        blur_lines(from->px, half, weights, radius, from->width, from->height, 1, from->width);
        blur_lines(half, to->px, weights, radius, from->height, from->width, from->width, 1);
    }
    free(weights);
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
    for (unsigned y = 0; y < to->height; y++)
        for (unsigned x = 0; x < to->width; x++) {
            double u = (x - middle_x) / distance, v = (y - middle_y) / distance;
            double along = distance * u / (cos(turn) - u * sin(turn));
            double deep = distance + along * sin(turn);
            to->px[(size_t)y * to->width + x] =
                (uint8_t)lround(grey_between(from, middle_x + along, middle_y + v * deep));
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
