// What the helper tells of a file: one JSON object on one line.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "content/probe/exif.h"
#include "server/media/outputs.h"

struct variant {
    char name[OUTPUT_NAME_SIZE];
    const char *mime;
    int64_t width, height;
};

struct facts {
    const char *media_class, *mime;
    int64_t width, height; // upright; 0: not known
    bool has_track;        // of a sound or film: there is something to play
    int64_t duration_ms;   // 0: not known
    struct exif exif;
    struct variant variants[OUTPUTS_MAX];
    size_t variant_count;
};

// {"class":"image","mime":"image/jpeg","width":…,"height":…,"track":true,"duration_ms":…,"taken":"2023-04-30",
//  "position":{"lat":…,"lon":…},"variants":[{"name":"320.jpg","mime":"image/jpeg","width":…,"height":…},…]}
// What is not known is left out.
void facts_write(const struct facts *facts, struct buf *out);
