#include "content/probe/exif.h"

#include <math.h>
#include <string.h>

#include "common/edtf.h"

// Tags and types of TIFF 6.0 and EXIF 2.32 (tables 3, 4, 15).
enum tag {
    TAG_GPS_LAT_REF = 0x0001,
    TAG_GPS_LAT = 0x0002,
    TAG_GPS_LON_REF = 0x0003,
    TAG_GPS_LON = 0x0004,
    TAG_ORIENTATION = 0x0112,
    TAG_EXIF_IFD = 0x8769,
    TAG_GPS_IFD = 0x8825,
    TAG_DATE_TIME_ORIGINAL = 0x9003,
};
enum type { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };
enum { ENTRY_SIZE = 12, ENTRIES_MAX = 512 };

struct block {
    const unsigned char *data; // offsets count from here
    size_t len;
    bool little;
};

struct entry {
    const unsigned char *value;
    unsigned type;
    uint32_t count;
};

static uint32_t number(const struct block *b, const unsigned char *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[b->little ? bytes - 1 - i : i];
    return value;
}

// Bytes of `type`; 0 for types that nothing here asks for.
static size_t size_of(unsigned type)
{
    static const size_t sizes[] = {[TYPE_ASCII] = 1, [TYPE_SHORT] = 2, [TYPE_LONG] = 4, [TYPE_RATIONAL] = 8};
    return type < sizeof sizes / sizeof sizes[0] ? sizes[type] : 0;
}

static bool read_entry(const struct block *b, const unsigned char *at, struct entry *ret)
{
    struct entry e = {.type = number(b, at + 2, 2), .count = number(b, at + 4, 4)};
    uint64_t bytes = (uint64_t)e.count * size_of(e.type);
    if (bytes == 0)
        return false;
    e.value = at + 8; // four bytes or less stand in the entry itself
    if (bytes > 4) {
        uint32_t offset = number(b, at + 8, 4);
        if (offset > b->len || bytes > b->len - offset)
            return false;
        e.value = b->data + offset;
    }
    *ret = e;
    return true;
}

// The entry of `tag` in the directory at `offset`.
static bool find(const struct block *b, uint32_t offset, enum tag tag, unsigned type, uint32_t count,
                 struct entry *ret)
{
    if (offset < 8 || b->len < 2 || offset > b->len - 2)
        return false;
    uint32_t entries = number(b, b->data + offset, 2);
    size_t room = (b->len - offset - 2) / ENTRY_SIZE;
    for (uint32_t i = 0; i < entries && i < room && i < ENTRIES_MAX; i++) {
        const unsigned char *at = b->data + offset + 2 + (size_t)i * ENTRY_SIZE;
        struct entry e;
        if (number(b, at, 2) != tag || !read_entry(b, at, &e))
            continue;
        if (e.type != type || e.count < count)
            return false;
        *ret = e;
        return true;
    }
    return false;
}

static uint32_t find_number(const struct block *b, uint32_t offset, enum tag tag, unsigned type)
{
    struct entry e;
    return find(b, offset, tag, type, 1, &e) ? number(b, e.value, (int)size_of(type)) : 0;
}

// "2023:04:30 10:11:12" becomes "2023-04-30".
static void read_date(const struct block *b, uint32_t ifd, struct exif *ret)
{
    struct entry e;
    char day[11];
    if (!find(b, ifd, TAG_DATE_TIME_ORIGINAL, TYPE_ASCII, 19, &e))
        return;
    memcpy(day, e.value, 10);
    day[10] = '\0';
    for (int i = 0; i < 10; i++)
        if ((i == 4 || i == 7) ? day[i] != ':' : day[i] < '0' || day[i] > '9')
            return;
    day[4] = day[7] = '-';
    struct edtf date;
    if (memcmp(day, "0000", 4) != 0 && edtf_parse(day, NULL, &date, NULL) == ERR_NONE)
        memcpy(ret->taken, day, sizeof day);
}

// Three rationals (degrees, minutes, seconds) and the letter of the hemisphere; NAN when there is none.
static double read_angle(const struct block *b, uint32_t ifd, enum tag value, enum tag ref,
                         const char letters[3])
{
    struct entry e, r;
    static const double units[] = {1, 60, 3600};
    double angle = 0;
    if (!find(b, ifd, value, TYPE_RATIONAL, 3, &e) || !find(b, ifd, ref, TYPE_ASCII, 1, &r))
        return NAN;
    for (size_t i = 0; i < 3; i++) {
        uint32_t over = number(b, e.value + i * 8, 4), under = number(b, e.value + i * 8 + 4, 4);
        if (under == 0 && over != 0)
            return NAN;
        angle += under ? over / (double)under / units[i] : 0;
    }
    return r.value[0] == (unsigned char)letters[0]   ? angle
           : r.value[0] == (unsigned char)letters[1] ? -angle
                                                     : NAN;
}

static void read_position(const struct block *b, uint32_t ifd, struct exif *ret)
{
    double lat = read_angle(b, ifd, TAG_GPS_LAT, TAG_GPS_LAT_REF, "NS");
    double lon = read_angle(b, ifd, TAG_GPS_LON, TAG_GPS_LON_REF, "EW");
    if (!(fabs(lat) <= 90) || !(fabs(lon) <= 180) || (lat == 0 && lon == 0))
        return;
    ret->has_position = true;
    ret->lat = lat;
    ret->lon = lon;
}

void exif_read(const void *data, size_t len, struct exif *ret)
{
    *ret = (struct exif){.orientation = 0};
    struct block b = {.data = data, .len = len};
    if (len >= 6 && memcmp(data, "Exif\0\0", 6) == 0) {
        b.data += 6;
        b.len -= 6;
    }
    if (b.len < 8)
        return;
    b.little = memcmp(b.data, "II*\0", 4) == 0;
    if (!b.little && memcmp(b.data, "MM\0*", 4) != 0)
        return;
    uint32_t first = number(&b, b.data + 4, 4);
    uint32_t orientation = find_number(&b, first, TAG_ORIENTATION, TYPE_SHORT);
    ret->orientation = orientation <= 8 ? (int)orientation : 0;
    read_date(&b, find_number(&b, first, TAG_EXIF_IFD, TYPE_LONG), ret);
    read_position(&b, find_number(&b, first, TAG_GPS_IFD, TYPE_LONG), ret);
}
