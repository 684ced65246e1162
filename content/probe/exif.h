// What a camera wrote beside a picture (EXIF 2.32, CIPA DC-008): when and where it was taken. Read from the
// TIFF structure alone, with every offset checked; nothing is followed twice. Pure and thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exif {
    int orientation; // 1 to 8; 0 when not told
    char taken[11];  // "2023-04-30", a day that the calendar has; "" when not told
    bool has_position;
    double lat, lon; // WGS 84 degrees, when has_position
};

// `data` is the EXIF block as JPEG, WebP, PNG or HEIF hold it: "Exif\0\0" (which may be missing) and a TIFF
// header. Whatever is missing or makes no sense is left out; (0, 0) counts as no position, for phones write
// it when they do not know.
void exif_read(const void *data, size_t len, struct exif *ret);

// The same of a whole file of the type `mime` (as probe_kind tells it), where its container says that the
// block is, without decoding anything. Nothing found: all is missing.
void exif_find(const char *mime, const void *data, size_t len, struct exif *ret);
