#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "content/probe/exif.h"
#include "content/probe/probe.h"

static void check_exif(const struct exif *exif)
{
    REQUIRE(exif->orientation >= 0 && exif->orientation <= 8);
    REQUIRE(!exif->has_position || (fabs(exif->lat) <= 90 && fabs(exif->lon) <= 180));
    REQUIRE(exif->taken[0] == '\0' || strlen(exif->taken) == 10);
}

// What a file says of itself is read without going astray, whatever kind it is taken for.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"image/jpeg", "image/png", "image/webp", "image/heic", "audio/mpeg",
                                        "audio/mp4",  "audio/ogg", "video/mp4",  "video/webm"};
    const char *media_class = NULL;
    const char *mime = probe_kind(data, size, &media_class);
    REQUIRE(!mime == !media_class);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        int64_t width = -1, height = -1;
        probe_size(types[i], data, size, &width, &height);
        REQUIRE(width >= 0 && height >= 0);
        // MP4 and WebM tell of the whole apart from the tracks.
        bool whole = strstr(types[i], "mp4") || strstr(types[i], "webm");
        int64_t lasts = probe_duration(types[i], data, size);
        REQUIRE(lasts >= 0);
        REQUIRE(lasts == 0 || whole || probe_has_track(types[i], data, size));
        size_t at[PROBE_PLACES_MAX], places = probe_places(types[i], data, size, at);
        for (size_t k = 0; k < places; k++)
            REQUIRE(at[k] >= 4 && at[k] + 4 <= size);
        probe_film_size(types[i], data, size, &width, &height);
        REQUIRE((width > 0) == (height > 0) && width <= 16384 && height <= 16384 && width >= 0);
    }
    struct exif exif;
    exif_read(data, size, &exif);
    check_exif(&exif);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        exif_find(types[i], data, size, &exif);
        check_exif(&exif);
    }
    return 0;
}
