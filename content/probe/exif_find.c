#include <string.h>

#include "content/probe/exif.h"

struct found {
    const unsigned char *data; // NULL: none
    size_t len;
};

static size_t be(const unsigned char *at, int bytes)
{
    size_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | *at++;
    return value;
}

static size_t le32(const unsigned char *at)
{
    return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

// The segment APP1 (T.81 B.1.1.3; EXIF 2.32 section 4.7.2).
static struct found in_jpeg(const unsigned char *d, size_t len)
{
    for (size_t at = 2; at + 10 < len && d[at] == 0xFF;) {
        unsigned marker = d[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (marker == 0xD9 || marker == 0xDA)
            break;
        size_t size = be(d + at + 2, 2);
        if (size < 2 || size > len - at - 2)
            break;
        if (marker == 0xE1 && size > 8 && memcmp(d + at + 4, "Exif\0\0", 6) == 0)
            return (struct found){d + at + 4, size - 2};
        at += 2 + size;
    }
    return (struct found){NULL, 0};
}

// The chunk eXIf (W3C PNG, third edition, 11.3.4.3).
static struct found in_png(const unsigned char *d, size_t len)
{
    for (size_t at = 8; at + 12 <= len;) {
        size_t size = be(d + at, 4);
        if (size > len - at - 12)
            break;
        if (memcmp(d + at + 4, "eXIf", 4) == 0)
            return (struct found){d + at + 8, size};
        at += 12 + size;
    }
    return (struct found){NULL, 0};
}

// The chunk EXIF of the RIFF container (RFC 9649 section 2.7.1.5).
static struct found in_webp(const unsigned char *d, size_t len)
{
    for (size_t at = 12; at + 8 <= len;) {
        size_t size = le32(d + at + 4);
        if (size > len - at - 8)
            break;
        if (memcmp(d + at, "EXIF", 4) == 0)
            return (struct found){d + at + 8, size};
        at += 8 + size + (size & 1);
    }
    return (struct found){NULL, 0};
}

// The item's bytes begin with their own offset and then as in a JPEG (ISO 23008-12 annex A.2.1). Looked for
// by what it begins with: where the item lies is told in three boxes, and a stray likeness tells nothing.
static struct found in_heif(const unsigned char *d, size_t len)
{
    static const char *const heads[] = {"Exif\0\0MM\0*", "Exif\0\0II*\0"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const unsigned char *at = memmem(d, len, heads[i], 10);
        if (at)
            return (struct found){at, len - (size_t)(at - d)};
    }
    return (struct found){NULL, 0};
}

void exif_find(const char *mime, const void *data, size_t len, struct exif *ret)
{
    static const struct {
        const char *mime;
        struct found (*find)(const unsigned char *d, size_t len);
    } finders[] = {
        {"image/jpeg", in_jpeg}, {"image/png", in_png}, {"image/webp", in_webp}, {"image/heic", in_heif}};
    struct found found = {NULL, 0};
    *ret = (struct exif){.orientation = 0};
    for (size_t i = 0; i < sizeof finders / sizeof finders[0]; i++)
        if (strcmp(mime, finders[i].mime) == 0)
            found = finders[i].find(data, len);
    if (found.data)
        exif_read(found.data, found.len, ret);
}
