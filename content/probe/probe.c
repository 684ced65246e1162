#include "content/probe/probe.h"

#include <stdbool.h>
#include <string.h>

struct signature {
    size_t offset;
    const char *bytes;
    size_t len;
    const char *second; // at `second_offset`, or NULL
    size_t second_offset;
    const char *mime; // NULL: known, and refused
    const char *media_class;
};

// Signatures: JPEG (T.81 B.1), PNG (W3C PNG 5.2), WebP (RIFF container), ISO BMFF brands (ISO 14496-12 4.3;
// HEIF 23008-12; MP4RA), Ogg (RFC 3533), EBML (RFC 8794), MPEG audio (ISO 11172-3; ID3v2).
static const struct signature signatures[] = {
    {0, "\xFF\xD8\xFF", 3, NULL, 0, "image/jpeg", "image"},
    {0, "\x89PNG\r\n\x1A\n", 8, NULL, 0, "image/png", "image"},
    {0, "RIFF", 4, "WEBP", 8, "image/webp", "image"},
    {4, "ftypheic", 8, NULL, 0, "image/heic", "image"},
    {4, "ftypheix", 8, NULL, 0, "image/heic", "image"},
    {4, "ftypmif1", 8, NULL, 0, "image/heic", "image"},
    {4, "ftypmsf1", 8, NULL, 0, NULL, NULL}, // sequences of pictures, and AVIF, which no camera makes
    {4, "ftyphevc", 8, NULL, 0, NULL, NULL},
    {4, "ftyphevx", 8, NULL, 0, NULL, NULL},
    {4, "ftypavif", 8, NULL, 0, NULL, NULL},
    {4, "ftypavis", 8, NULL, 0, NULL, NULL},
    {4, "ftypM4A ", 8, NULL, 0, "audio/mp4", "audio"},
    {4, "ftypM4B ", 8, NULL, 0, "audio/mp4", "audio"},
    {4, "ftyp", 4, NULL, 0, "video/mp4", "video"},
    {0, "OggS", 4, NULL, 0, "audio/ogg", "audio"},
    {0, "ID3", 3, NULL, 0, "audio/mpeg", "audio"},
    {0, "\xFF\xFB", 2, NULL, 0, "audio/mpeg", "audio"},
    {0, "\xFF\xF3", 2, NULL, 0, "audio/mpeg", "audio"},
    {0, "\xFF\xF2", 2, NULL, 0, "audio/mpeg", "audio"},
    {0, "\x1A\x45\xDF\xA3", 4, NULL, 0, "video/webm", "video"},
};

static bool matches(const struct signature *s, const unsigned char *data, size_t len)
{
    if (len < s->offset + s->len || memcmp(data + s->offset, s->bytes, s->len) != 0)
        return false;
    size_t second = s->second ? strlen(s->second) : 0;
    return !second ||
           (len >= s->second_offset + second && memcmp(data + s->second_offset, s->second, second) == 0);
}

const char *probe_kind(const void *data, size_t len, const char **ret_class)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (matches(&signatures[i], data, len)) {
            if (signatures[i].mime)
                *ret_class = signatures[i].media_class;
            return signatures[i].mime;
        }
    return NULL;
}

enum { HEIF_HEAD = 1 << 20 };

static int64_t be(const unsigned char *at, int bytes)
{
    int64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | *at++;
    return value;
}

static void png_size(const unsigned char *d, size_t len, int64_t *w, int64_t *h)
{
    if (len >= 24 && memcmp(d + 12, "IHDR", 4) == 0) {
        *w = be(d + 16, 4);
        *h = be(d + 20, 4);
    }
}

// Walks the segments to the frame header SOFn (T.81 B.2.2); C4, C8 and CC are no frame headers.
static void jpeg_size(const unsigned char *d, size_t len, int64_t *w, int64_t *h)
{
    for (size_t at = 2; at + 9 < len && d[at] == 0xFF;) {
        unsigned marker = d[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (marker == 0xD9 || marker == 0xDA)
            return; // the picture's data, or its end: there was no frame header
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            *h = be(d + at + 5, 2);
            *w = be(d + at + 7, 2);
            return;
        }
        at += 2 + (size_t)be(d + at + 2, 2);
    }
}

static void webp_size(const unsigned char *d, size_t len, int64_t *w, int64_t *h)
{
    if (len < 30)
        return;
    if (memcmp(d + 12, "VP8X", 4) == 0) { // canvas less one, 24 bits each, little-endian
        *w = 1 + (d[24] | d[25] << 8 | d[26] << 16);
        *h = 1 + (d[27] | d[28] << 8 | d[29] << 16);
    } else if (memcmp(d + 12, "VP8 ", 4) == 0) { // 14 bits each
        *w = (d[26] | d[27] << 8) & 0x3FFF;
        *h = (d[28] | d[29] << 8) & 0x3FFF;
    } else if (memcmp(d + 12, "VP8L", 4) == 0) { // less one, 14 bits each
        *w = 1 + ((d[21] | d[22] << 8) & 0x3FFF);
        *h = 1 + ((d[22] >> 6 | d[23] << 2 | d[24] << 10) & 0x3FFF);
    }
}

// The largest of the sizes that the properties of a HEIF file tell (ISO 23008-12, 6.5.3 `ispe`): the pictures
// of a grid are smaller than the whole. `meta` stands near the beginning of what cameras write.
static void heif_size(const unsigned char *d, size_t len, int64_t *w, int64_t *h)
{
    size_t end = len < HEIF_HEAD ? len : HEIF_HEAD;
    for (size_t at = 4; at + 16 <= end; at++) {
        if (d[at] != 'i' || memcmp(d + at, "ispe", 4) != 0)
            continue;
        int64_t width = be(d + at + 8, 4), height = be(d + at + 12, 4);
        if (width * height > *w * *h) {
            *w = width;
            *h = height;
        }
    }
}

void probe_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height)
{
    static const struct {
        const char *mime;
        void (*read)(const unsigned char *d, size_t len, int64_t *w, int64_t *h);
    } readers[] = {{"image/png", png_size},
                   {"image/jpeg", jpeg_size},
                   {"image/webp", webp_size},
                   {"image/heic", heif_size}};
    *ret_width = *ret_height = 0;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (strcmp(mime, readers[i].mime) == 0)
            readers[i].read(data, len, ret_width, ret_height);
}
