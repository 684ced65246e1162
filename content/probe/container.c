#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "content/probe/probe.h"

typedef unsigned char byte;

static uint64_t big(const byte *at, int bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | *at++;
    return value;
}

static uint64_t little(const byte *at, int bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

// A week is longer than anything that one file holds here.
static int64_t in_ms(double units, double units_per_second)
{
    double ms = units_per_second > 0 ? units * 1000 / units_per_second : 0;
    return ms > 0 && ms < 7 * 86400e3 ? llround(ms) : 0;
}

// --- MP4 (ISO 14496-12): moov/mvhd, moov/trak/tkhd

// The content of the next box of that type among those in data[*from..len), behind which *from is moved; NULL
// when there is none.
static const byte *next_box(const byte *data, size_t len, size_t *from, const char *type, size_t *ret_len)
{
    for (size_t at = *from; len - at >= 8;) {
        uint64_t size = big(data + at, 4), head = 8;
        if (size == 1 && len - at >= 16) {
            size = big(data + at + 8, 8);
            head = 16;
        } else if (size == 0) {
            size = len - at; // to the end of the file
        }
        if (size < head || size > len - at)
            return NULL;
        if (memcmp(data + at + 4, type, 4) == 0) {
            *ret_len = (size_t)(size - head);
            *from = at + (size_t)size;
            return data + at + head;
        }
        at += (size_t)size;
    }
    return NULL;
}

// Where the type of the box with that content stands: four bytes before it, or twelve, where a long size
// comes between.
static const byte *type_of(const byte *content, const char *type)
{
    return memcmp(content - 4, type, 4) == 0 ? content - 4 : content - 12;
}

static const byte *find_box(const byte *data, size_t len, const char *type, size_t *ret_len)
{
    size_t from = 0;
    return next_box(data, len, &from, type, ret_len);
}

static int64_t mp4_duration(const byte *data, size_t len)
{
    size_t n = 0;
    const byte *box = find_box(data, len, "moov", &n);
    box = box ? find_box(box, n, "mvhd", &n) : NULL;
    if (!box || n < 20 || (box[0] == 1 && n < 32))
        return 0;
    return box[0] == 1 ? in_ms((double)big(box + 24, 8), (double)big(box + 20, 4))
                       : in_ms((double)big(box + 16, 4), (double)big(box + 12, 4));
}

static bool mp4_has_track(const byte *data, size_t len)
{
    size_t n = 0, track_len = 0, media_len = 0;
    const byte *moov = find_box(data, len, "moov", &n);
    const byte *track = moov ? find_box(moov, n, "trak", &track_len) : NULL;
    return track && find_box(track, track_len, "mdia", &media_len);
}

// A track header (8.3.2): its matrix turns by a quarter where the first number is 0. Both sides are 16.16.
static void track_size(const byte *box, size_t n, int64_t *w, int64_t *h)
{
    size_t longer = n > 0 && box[0] == 1 ? 12 : 0;
    if (n < 84 + longer)
        return;
    bool turned = big(box + 40 + longer, 4) == 0;
    *w = (int64_t)big(box + (turned ? 80 : 76) + longer, 2);
    *h = (int64_t)big(box + (turned ? 76 : 80) + longer, 2);
}

static void mp4_size(const byte *data, size_t len, int64_t *w, int64_t *h)
{
    size_t n = 0, from = 0, track_len, header_len;
    const byte *moov = find_box(data, len, "moov", &n), *track;
    while (moov && (*w == 0 || *h == 0) && (track = next_box(moov, n, &from, "trak", &track_len))) {
        const byte *header = find_box(track, track_len, "tkhd", &header_len);
        if (header)
            track_size(header, header_len, w, h);
    }
}

// Parts that are free to hold anything: what they say of a place is told by one of these. (QuickTime File
// Format, user data and metadata; 3GPP TS 26.244, 8.2; XMP as `uuid`.)
static bool tells_a_place(const byte *data, size_t len)
{
    static const char *const marks[] = {"\xA9xyz", "loci", "ISO6709", "location", "GPS"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (memmem(data, len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

struct places {
    const byte *start; // of the file
    size_t *at;
    size_t count;
};

static void find_places(const byte *data, size_t len, struct places *places)
{
    static const char *const types[] = {"udta", "meta", "uuid"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t from = 0, n = 0;
        const byte *box;
        while (places->count < PROBE_PLACES_MAX && (box = next_box(data, len, &from, types[i], &n)))
            if (tells_a_place(box, n))
                places->at[places->count++] = (size_t)(type_of(box, types[i]) - places->start);
    }
}

static size_t mp4_places(const byte *data, size_t len, size_t *ret_at)
{
    struct places places = {.start = data, .at = ret_at};
    size_t n = 0, from = 0, track_len;
    const byte *moov = find_box(data, len, "moov", &n), *track;
    find_places(data, len, &places);
    if (moov)
        find_places(moov, n, &places);
    while (moov && (track = next_box(moov, n, &from, "trak", &track_len)))
        find_places(track, track_len, &places);
    return places.count;
}

// --- WebM (RFC 8794, RFC 9559): Segment/Info with TimestampScale and Duration, Segment/Tracks

enum { TRACKS = 0x1654AE6B, TRACK_ENTRY = 0xAE };

struct element {
    uint64_t id;
    const byte *content;
    size_t len;
};

// Reads the element at *at and moves behind it; false at the end or where there is none.
static bool next_element(const byte *data, size_t len, size_t *at, struct element *ret)
{
    uint64_t values[2] = {0, 0};
    size_t p = *at;
    bool endless = false;
    for (int i = 0; i < 2; i++) { // the id keeps its mark of length, the size does not
        if (p >= len || data[p] == 0)
            return false;
        size_t n = (size_t)__builtin_clz(data[p]) - 24 + 1;
        if (n > len - p)
            return false;
        values[i] = big(data + p, (int)n);
        uint64_t mask = ((uint64_t)1 << (7 * n)) - 1;
        endless = (values[i] & mask) == mask;
        if (i == 1)
            values[i] &= mask;
        p += n;
    }
    size_t room = len - p, size = endless || values[1] > room ? room : (size_t)values[1];
    *ret = (struct element){values[0], data + p, size};
    *at = p + size;
    return true;
}

static bool find_element(const byte *data, size_t len, uint64_t id, struct element *ret)
{
    for (size_t at = 0; next_element(data, len, &at, ret);)
        if (ret->id == id)
            return true;
    return false;
}

static double float_of(const struct element *e)
{
    uint64_t bits = e->len == 4 || e->len == 8 ? big(e->content, (int)e->len) : 0;
    uint32_t short_bits = (uint32_t)bits;
    float single;
    double value;
    memcpy(&single, &short_bits, sizeof single);
    memcpy(&value, &bits, sizeof value);
    return e->len == 4 ? (double)single : value;
}

// The element of that id in the file's Segment, which is there once.
static bool find_in_segment(const byte *data, size_t len, uint64_t id, struct element *ret)
{
    enum { SEGMENT = 0x18538067 };
    struct element segment;
    return find_element(data, len, SEGMENT, &segment) && find_element(segment.content, segment.len, id, ret);
}

static int64_t webm_duration(const byte *data, size_t len)
{
    enum { INFO = 0x1549A966, SCALE = 0x2AD7B1, DURATION = 0x4489 };
    struct element info, scale, duration;
    if (!find_in_segment(data, len, INFO, &info) ||
        !find_element(info.content, info.len, DURATION, &duration))
        return 0;
    uint64_t ns = 1000000;
    if (find_element(info.content, info.len, SCALE, &scale) && scale.len <= 8)
        ns = big(scale.content, (int)scale.len);
    return in_ms(float_of(&duration) * (double)ns, 1e9);
}

static int64_t number_in(const struct element *parent, uint64_t id)
{
    struct element e;
    return find_element(parent->content, parent->len, id, &e) && e.len <= 4
               ? (int64_t)big(e.content, (int)e.len)
               : 0;
}

static bool webm_has_track(const byte *data, size_t len)
{
    struct element tracks, entry;
    return find_in_segment(data, len, TRACKS, &tracks) &&
           find_element(tracks.content, tracks.len, TRACK_ENTRY, &entry);
}

static void webm_size(const byte *data, size_t len, int64_t *w, int64_t *h)
{
    enum { VIDEO = 0xE0, WIDTH = 0xB0, HEIGHT = 0xBA };
    struct element tracks, entry, video;
    if (!find_in_segment(data, len, TRACKS, &tracks))
        return;
    for (size_t at = 0; *w == 0 && next_element(tracks.content, tracks.len, &at, &entry);)
        if (entry.id == TRACK_ENTRY && find_element(entry.content, entry.len, VIDEO, &video)) {
            *w = number_in(&video, WIDTH);
            *h = number_in(&video, HEIGHT);
        }
}

// --- Ogg (RFC 3533): the last page's position; Opus (RFC 7845) counts 48,000 a second, Vorbis its own rate

enum { PAGE_HEAD = 27, PAGE_MAX = 65307 };

struct ogg_sound {
    double rate;    // samples a second
    double skipped; // samples before the first that is heard
};

static bool read_ogg_head(const byte *data, size_t len, struct ogg_sound *ret)
{
    size_t head = len > PAGE_HEAD ? PAGE_HEAD + (size_t)data[26] : len;
    if (head + 19 > len)
        return false;
    bool opus = memcmp(data + head, "OpusHead", 8) == 0, vorbis = memcmp(data + head, "\1vorbis", 7) == 0;
    *ret = opus ? (struct ogg_sound){48000, (double)little(data + head + 10, 2)}
                : (struct ogg_sound){(double)little(data + head + 12, 4), 0};
    return opus || vorbis;
}

static bool ogg_has_track(const byte *data, size_t len)
{
    struct ogg_sound sound;
    return read_ogg_head(data, len, &sound);
}

static int64_t ogg_duration(const byte *data, size_t len)
{
    struct ogg_sound sound;
    if (!read_ogg_head(data, len, &sound))
        return 0;
    size_t stop = len > PAGE_MAX ? len - PAGE_MAX : 0;
    for (size_t at = len - PAGE_HEAD + 1; at-- > stop;)
        if (memcmp(data + at, "OggS", 4) == 0)
            return in_ms((double)(int64_t)little(data + at + 6, 8) - sound.skipped, sound.rate);
    return 0;
}

// --- MPEG audio layer III (ISO 11172-3, 13818-3); the counts of "Xing" and "Info" are LAME's

struct mp3_frame {
    double rate;    // samples a second
    double samples; // in one frame
    double bits;    // a second
    size_t side;    // bytes from the frame's beginning to its data
};

static bool read_mp3_frame(const byte *at, struct mp3_frame *ret)
{
    static const int rates[] = {44100, 48000, 32000};
    static const int kbits[2][15] = {
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},      // version 2
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}}; // version 1
    int version = at[1] >> 3 & 3, layer = at[1] >> 1 & 3, bits = at[2] >> 4, rate = at[2] >> 2 & 3;
    if (at[0] != 0xFF || (at[1] & 0xE0) != 0xE0 || version == 1 || layer != 1 || bits == 15 || rate == 3)
        return false;
    bool first = version == 3, mono = at[3] >> 6 == 3;
    *ret = (struct mp3_frame){
        .rate = rates[rate] / (double)(first          ? 1
                                       : version == 2 ? 2
                                                      : 4),
        .samples = first ? 1152 : 576,
        .bits = kbits[first][bits] * 1000.0,
        .side = 4u + (size_t)(first ? (mono ? 17 : 32) : (mono ? 9 : 17)),
    };
    return true;
}

// Where the first frame begins; `len` when there is none.
static size_t find_mp3_frame(const byte *data, size_t len, struct mp3_frame *ret)
{
    enum { PADDING_MAX = 8192 }; // what may lie between the tag and the first frame
    size_t at = 0;
    if (len >= 10 && memcmp(data, "ID3", 3) == 0) // ID3v2.4 3.1: a size of four times seven bits
        at = 10 + ((size_t)(data[6] & 127) << 21 | (size_t)(data[7] & 127) << 14 |
                   (size_t)(data[8] & 127) << 7 | (data[9] & 127));
    for (size_t stop = at + PADDING_MAX; at < stop && at + 4 <= len; at++)
        if (read_mp3_frame(data + at, ret))
            return at;
    return len;
}

static bool mp3_has_track(const byte *data, size_t len)
{
    struct mp3_frame f;
    return find_mp3_frame(data, len, &f) < len;
}

static int64_t mp3_duration(const byte *data, size_t len)
{
    struct mp3_frame f;
    size_t at = find_mp3_frame(data, len, &f);
    if (at == len)
        return 0;
    const byte *tag = data + at + f.side;
    if (at + f.side + 12 <= len && (memcmp(tag, "Xing", 4) == 0 || memcmp(tag, "Info", 4) == 0) && tag[7] & 1)
        return in_ms((double)big(tag + 8, 4) * f.samples, f.rate);
    return in_ms((double)(len - at) * 8, f.bits);
}

struct reader {
    const char *mime;
    bool (*has_track)(const byte *data, size_t len);
    int64_t (*duration)(const byte *data, size_t len);
};

static const struct reader *reader_for(const char *mime)
{
    static const struct reader readers[] = {{"video/mp4", mp4_has_track, mp4_duration},
                                            {"audio/mp4", mp4_has_track, mp4_duration},
                                            {"video/webm", webm_has_track, webm_duration},
                                            {"audio/ogg", ogg_has_track, ogg_duration},
                                            {"audio/mpeg", mp3_has_track, mp3_duration}};
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (strcmp(mime, readers[i].mime) == 0)
            return &readers[i];
    return NULL;
}

bool probe_has_track(const char *mime, const void *data, size_t len)
{
    const struct reader *reader = reader_for(mime);
    return reader && reader->has_track(data, len);
}

int64_t probe_duration(const char *mime, const void *data, size_t len)
{
    const struct reader *reader = reader_for(mime);
    return reader ? reader->duration(data, len) : 0;
}

void probe_film_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height)
{
    enum { SIDE_MAX = 16384 };
    int64_t w = 0, h = 0;
    if (strcmp(mime, "video/mp4") == 0)
        mp4_size(data, len, &w, &h);
    else if (strcmp(mime, "video/webm") == 0)
        webm_size(data, len, &w, &h);
    bool good = w > 0 && h > 0 && w <= SIDE_MAX && h <= SIDE_MAX;
    *ret_width = good ? w : 0;
    *ret_height = good ? h : 0;
}

size_t probe_places(const char *mime, const void *data, size_t len, size_t ret_at[PROBE_PLACES_MAX])
{
    bool is_mp4 = strcmp(mime, "video/mp4") == 0 || strcmp(mime, "audio/mp4") == 0;
    return is_mp4 ? mp4_places(data, len, ret_at) : 0;
}
