// Grey pixels and what can happen to them on the way to a camera. For the files of this room alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One byte a pixel, 0 is black, row by row. Memory is kept from one use to the next; release with grey_free.
struct grey {
    uint8_t *px;
    unsigned width, height;
    size_t capacity;
};

// Makes *g so large; what it held is lost. False when memory is out.
bool grey_size(struct grey *g, unsigned width, unsigned height);
void grey_free(struct grey *g);

struct grey_rect {
    unsigned x, y, width, height;
};

// Each of these writes *to from *from, another one. False when memory is out.
bool grey_crop(const struct grey *from, const struct grey_rect *rect, struct grey *to);
bool grey_scale(const struct grey *from, double scale, struct grey *to); // 0 < scale < 1; by areas
bool grey_blur(const struct grey *from, double sigma_px, struct grey *to);
// Seen from `degrees` beside the perpendicular, by a camera four times as far away as the picture is wide.
// White stands around it.
bool grey_tilt(const struct grey *from, double degrees, struct grey *to);
// A dark disc in the middle of the square `rect`, over `part` of its area.
bool grey_stain(const struct grey *from, const struct grey_rect *rect, double part, struct grey *to);
