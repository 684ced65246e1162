// One picture becomes its variants: upright, sRGB, eight bits, without metadata, the same bytes every run.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "server/media/facts.h"
#include "server/media/outputs.h"

struct photo_limits {
    int64_t megapixels;
    int64_t side; // pixels
};

// Loads the library and lets it open JPEG, PNG, WebP and HEIF alone. To be called once, before cage_enter.
enum err photo_start(const char *program, struct problem *p);

// Decodes `data`, which probe_kind took for `facts->mime`, and writes the variants into `outputs`:
//   320, 640, 1280, 1920 (.jpg, .webp)  so many pixels wide; the last of them as wide as the picture, for
//   none
//                                       is ever enlarged; a very tall one is narrower (WebP's limit)
//   thumb (.jpg, .webp)                 at most 400 x 300, cut from the middle
//   thumb-X-Y (.jpg, .webp)             likewise, cut around `focus`, when that is told
//   original                            the whole picture; PNG stays PNG, all else is JPEG
// Fills the rest of *facts. Limits are looked at before anything is decoded: ERR_TOO_LARGE. ERR_INVALID when
// it cannot be decoded whole; ERR_IO when an output could not be written.
enum err photo_make(const void *data, size_t len, const struct photo_limits *limits, struct focus focus,
                    const struct outputs *outputs, struct facts *facts, struct problem *p);
