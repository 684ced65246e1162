#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/probe/exif.h"
#include "content/probe/probe.h"

// --- kinds and sizes

static void kinds_are_told_by_content(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *mime, *media_class;
    } rows[] = {
        {"\xFF\xD8\xFF\xE0", 4, "image/jpeg", "image"},
        {"\x89PNG\r\n\x1A\n", 8, "image/png", "image"},
        {"RIFF\0\0\0\0WEBPVP8 ", 16, "image/webp", "image"},
        {"\0\0\0\x18"
         "ftypheic",
         12, "image/heic", "image"},
        {"\0\0\0\x18"
         "ftypmif1",
         12, "image/heic", "image"},
        {"\0\0\0\x18"
         "ftypisom",
         12, "video/mp4", "video"},
        {"\0\0\0\x18"
         "ftypM4A ",
         12, "audio/mp4", "audio"},
        {"OggS", 4, "audio/ogg", "audio"},
        {"ID3\4", 4, "audio/mpeg", "audio"},
        {"\xFF\xFB\x90\x64", 4, "audio/mpeg", "audio"},
        {"\x1A\x45\xDF\xA3", 4, "video/webm", "video"},
        {"\0\0\0\x18"
         "ftypavif",
         12, NULL, NULL},
        {"\0\0\0\x18"
         "ftyphevc",
         12, NULL, NULL},
        {"<svg xmlns=\"http://www.w3.org/2000/svg\">", 40, NULL, NULL},
        {"GIF89a", 6, NULL, NULL},
        {"%PDF-1.7", 8, NULL, NULL},
        {"RIFF\0\0\0\0WAVE", 12, NULL, NULL},
        {"\x89PNG", 4, NULL, NULL},
        {"", 0, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *media_class = NULL, *mime = probe_kind(rows[i].bytes, rows[i].len, &media_class);
        if (!mime != !rows[i].mime || (mime && strcmp(mime, rows[i].mime) != 0) ||
            (mime && strcmp(media_class, rows[i].media_class) != 0))
            fail_msg("row %zu: %s, %s", i, mime, media_class);
    }
}

static void check_size(const char *mime, const void *data, size_t len, int64_t width, int64_t height)
{
    int64_t w = -1, h = -1;
    probe_size(mime, data, len, &w, &h);
    assert_int_equal(w, width);
    assert_int_equal(h, height);
    for (size_t cut = 0; cut < len; cut++) { // an exact copy, for the sanitizer to see a byte too much
        void *part = malloc(cut ? cut : 1);
        memcpy(part, data, cut);
        probe_size(mime, part, cut, &w, &h);
        free(part);
    }
}

static void sizes_stand_in_headers(void **state)
{
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\x90\0\0\0\xC8\x08\x02\0\0\0";
    static const char jpeg[] =
        "\xFF\xD8\xFF\xE0\0\x04xx\xFF\xFF\xC2\0\x11\x08\x0B\xB8\x0F\xA0\x03\1\2\3\4\5\6";
    static const char no_frame[] = "\xFF\xD8\xFF\xDA\0\x04xx\xFF\xC0\0\x11\x08\x0B\xB8\x0F\xA0\x03";
    static const char heic[] =
        "\0\0\0\x14ispe\0\0\0\0\0\0\2\0\0\0\2\0\0\0\0\x14ispe\0\0\0\0\0\0\x0F\xA0\0\0\x0B\xB8";
    check_size("image/png", png, sizeof png - 1, 400, 200);
    check_size("image/jpeg", jpeg, sizeof jpeg - 1, 4000, 3000);
    check_size("image/jpeg", no_frame, sizeof no_frame - 1, 0, 0);
    check_size("image/heic", heic, sizeof heic - 1, 4000, 3000);
}

// --- EXIF: a block as a camera writes it, made in either byte order

struct block {
    unsigned char data[512];
    size_t len;
    bool little;
};

static void put(struct block *b, size_t at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        b->data[at + (size_t)(b->little ? i : bytes - 1 - i)] = (unsigned char)(value >> 8 * i);
    if (at + (size_t)bytes > b->len)
        b->len = at + (size_t)bytes;
}

static void put_entry(struct block *b, size_t at, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    put(b, at, tag, 2);
    put(b, at + 2, type, 2);
    put(b, at + 4, count, 4);
    put(b, at + 8, value, type == 3 ? 2 : 4);
}

static void put_angle(struct block *b, size_t at, uint32_t degrees, uint32_t minutes, uint32_t hundredths)
{
    const uint32_t parts[] = {degrees, 1, minutes, 1, hundredths, 100};
    for (size_t i = 0; i < 6; i++)
        put(b, at + 4 * i, parts[i], 4);
}

// The tags of a photo taken upright on its side, on 30 April 2023, at 10°2'42.72" N, 105°44'48.84" W.
static struct block camera_block(bool little)
{
    struct block b = {.little = little};
    memcpy(b.data, little ? "II" : "MM", 2);
    put(&b, 2, 42, 2);
    put(&b, 4, 8, 4);
    put(&b, 8, 3, 2); // the first directory
    put_entry(&b, 10, 0x0112, 3, 1, 6);
    put_entry(&b, 22, 0x8769, 4, 1, 60);
    put_entry(&b, 34, 0x8825, 4, 1, 100);
    put(&b, 60, 1, 2); // EXIF
    put_entry(&b, 62, 0x9003, 2, 20, 80);
    memcpy(b.data + 80, "2023:04:30 10:11:12", 20);
    put(&b, 100, 4, 2); // GPS
    put_entry(&b, 102, 1, 2, 2, 0);
    b.data[110] = 'N';
    put_entry(&b, 114, 2, 5, 3, 160);
    put_entry(&b, 126, 3, 2, 2, 0);
    b.data[134] = 'W';
    put_entry(&b, 138, 4, 5, 3, 184);
    put_angle(&b, 160, 10, 2, 4272);
    put_angle(&b, 184, 105, 44, 4884);
    return b;
}

static void the_camera_s_notes_are_read(void **state)
{
    (void)state;
    for (int little = 0; little < 2; little++) {
        struct block b = camera_block(little);
        struct exif got;
        exif_read(b.data, b.len, &got);
        assert_int_equal(got.orientation, 6);
        assert_string_equal(got.taken, "2023-04-30");
        assert_true(got.has_position);
        assert_float_equal(got.lat, 10.0452, 1e-6);
        assert_float_equal(got.lon, -105.7469, 1e-6);
        unsigned char with_mark[600] = "Exif\0\0";
        memcpy(with_mark + 6, b.data, b.len);
        exif_read(with_mark, b.len + 6, &got);
        assert_string_equal(got.taken, "2023-04-30");
    }
}

static void what_makes_no_sense_is_left_out(void **state)
{
    (void)state;
    static const char *const dates[] = {"2023:02:30", "0000:00:00", "2023-04-30", "20230430xx", "          "};
    struct exif got;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        struct block b = camera_block(true);
        memcpy(b.data + 80, dates[i], 10);
        exif_read(b.data, b.len, &got);
        assert_string_equal(got.taken, "");
        assert_true(got.has_position);
    }
    static const struct {
        size_t at;
        uint32_t value;
        const char *what;
    } breaks[] = {
        {160, 91, "a latitude of 91 degrees"},
        {184, 181, "a longitude of 181 degrees"},
        {164, 0, "a fraction over nothing"},
        {122, 0xFFFFFFF0, "an offset outside"},
        {118, 0x20000003, "a count beyond all bounds"},
        {110, 'X', "no hemisphere"},
        {42, 100000, "a directory outside"},
        {42, 0, "a directory in the header"},
    };
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        struct block b = camera_block(true);
        put(&b, breaks[i].at, breaks[i].value, 4);
        exif_read(b.data, b.len, &got);
        if (got.has_position)
            fail_msg("%s gave a position", breaks[i].what);
    }
    struct block zero = camera_block(true);
    put_angle(&zero, 160, 0, 0, 0);
    put_angle(&zero, 184, 0, 0, 0);
    exif_read(zero.data, zero.len, &got);
    assert_false(got.has_position);
}

static void a_cut_block_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    struct block b = camera_block(false);
    for (size_t len = 0; len < b.len; len++) {
        struct exif got;
        unsigned char *part = malloc(len ? len : 1);
        memcpy(part, b.data, len);
        exif_read(part, len, &got);
        assert_false(got.has_position);
        free(part);
    }
}

// Puts `before`, the block and `after` together, and finds the notes in them; also that no cut of it leads
// astray.
static void check_found(const char *mime, const void *before, size_t before_len, const void *after,
                        size_t after_len)
{
    struct block b = camera_block(false);
    unsigned char file[1200];
    struct exif got;
    size_t len = before_len + b.len + after_len;
    memcpy(file, before, before_len);
    memcpy(file + before_len, b.data, b.len);
    memcpy(file + before_len + b.len, after, after_len);
    exif_find(mime, file, len, &got);
    assert_string_equal(got.taken, "2023-04-30");
    assert_float_equal(got.lat, 10.0452, 1e-6);
    for (size_t cut = 0; cut < len; cut++) {
        unsigned char *part = malloc(cut ? cut : 1);
        memcpy(part, file, cut);
        exif_find(mime, part, cut, &got);
        free(part);
    }
    exif_find("image/gif", file, len, &got);
    assert_string_equal(got.taken, "");
}

static void notes_are_found_in_each_container(void **state)
{
    (void)state;
    size_t len = camera_block(false).len;
    unsigned char jpeg[] = "\xFF\xD8\xFF\xE0\0\4xx\xFF\xFF\xE1\0\0"
                           "Exif\0";
    unsigned char png[] = "\x89PNG\r\n\x1A\n\0\0\0\1IHDRxcrc!\0\0\0\0eXIf";
    unsigned char webp[] = "RIFF\0\0\0\0WEBPVP8X\3\0\0\0abc\0EXIF\0\0\0";
    static const char heic[] = "\0\0\0\x18"
                               "ftypheic\0\0\0\0mdat....Exif\0";
    jpeg[11] = (unsigned char)((len + 8) >> 8);
    jpeg[12] = (unsigned char)(len + 8);
    png[23] = (unsigned char)(len >> 8);
    png[24] = (unsigned char)len;
    webp[28] = (unsigned char)len;
    webp[29] = (unsigned char)(len >> 8);
    check_found("image/jpeg", jpeg, sizeof jpeg, "\xFF\xDA\0\2....", 8);
    check_found("image/png", png, sizeof png - 1, "crc!", 4);
    check_found("image/webp", webp, sizeof webp, "", 0);
    check_found("image/heic", heic, sizeof heic, "", 0);
}

// --- how long

static void check_duration(const char *mime, const void *data, size_t len, int64_t ms)
{
    assert_int_equal(probe_duration(mime, data, len), ms);
    for (size_t cut = 0; cut < len; cut++) {
        void *part = malloc(cut ? cut : 1);
        memcpy(part, data, cut);
        probe_duration(mime, part, cut);
        free(part);
    }
}

static void containers_tell_how_long_they_last(void **state)
{
    (void)state;
    static const char mp4[] = "\0\0\0\x08"
                              "free"
                              "\0\0\0\x24"
                              "moov"
                              "\0\0\0\x1C"
                              "mvhd"
                              "\0\0\0\0"
                              "\0\0\0\0"
                              "\0\0\0\0"
                              "\0\0\x03\xE8"
                              "\0\0\x30\x39";
    static const char webm[] = "\x1A\x45\xDF\xA3\x80"
                               "\x18\x53\x80\x67\xFF"
                               "\x15\x49\xA9\x66\x8E"
                               "\x2A\xD7\xB1\x83\x0F\x42\x40"
                               "\x44\x89\x84\x46\x40\xE4\0";
    static const char opus[] = "OggS\0\2\0\0\0\0\0\0\0\0"
                               "abcd"
                               "\0\0\0\0"
                               "crc!"
                               "\1\x13"
                               "OpusHead\1\1\x38\1\x80\xBB\0\0\0\0\0"
                               "OggS\0\4\x38\xEF\2\0\0\0\0\0"
                               "abcd"
                               "\1\0\0\0"
                               "crc!"
                               "\1\1x";
    char mp3[417 * 3] = "\xFF\xFB\x90\x64";
    memcpy(mp3 + 36, "Info\0\0\0\1\0\0\3\xE8", 12);
    check_duration("video/mp4", mp4, sizeof mp4 - 1, 12345);
    check_duration("video/webm", webm, sizeof webm - 1, 12345);
    check_duration("audio/ogg", opus, sizeof opus - 1, 4000);
    check_duration("audio/mpeg", mp3, sizeof mp3, 26122); // 1,000 frames of 1,152 samples at 44.1 kHz
    memset(mp3 + 36, 0, 12);
    check_duration("audio/mpeg", mp3, sizeof mp3, 78); // 1,251 bytes at 128 kbit/s
    check_duration("audio/mpeg", "ID3\4\0\0\x7F\x7F\x7F\x7F", 10, 0);
    check_duration("image/png", mp4, sizeof mp4 - 1, 0);
    assert_true(probe_has_track("audio/ogg", opus, sizeof opus - 1));
    assert_true(probe_has_track("audio/mpeg", mp3, sizeof mp3));
    assert_false(probe_has_track("audio/mpeg", "ID3\4\0\0\0\0\0\0", 10));
    assert_false(probe_has_track("audio/ogg", opus, 28));
    assert_false(probe_has_track("video/mp4", mp4, sizeof mp4 - 1));
    assert_false(probe_has_track("video/webm", webm, sizeof webm - 1));
    assert_false(probe_has_track("image/png", mp4, sizeof mp4 - 1));
}

// --- how large a film is

static void check_film(const char *file, const char *mime, int64_t width, int64_t height, int64_t ms)
{
    cleanup_buf struct buf data = BUF_INIT;
    char path[512];
    int64_t w = -1, h = -1;
    snprintf(path, sizeof path, "%s/tests/fixtures/media/%s", getenv("STELE_SOURCE_ROOT"), file);
    assert_int_equal(file_read(path, 1 << 20, &data, NULL), ERR_NONE);
    probe_film_size(mime, data.data, data.len, &w, &h);
    assert_int_equal(w, width);
    assert_int_equal(h, height);
    assert_int_equal(probe_duration(mime, data.data, data.len), ms);
    assert_true(probe_has_track(mime, data.data, data.len));
    assert_false(probe_has_track(mime, data.data, 40)); // its kind is told by then, and nothing more
    for (size_t cut = 0; cut < data.len; cut += cut < 1500 ? 1 : 97) {
        void *part = malloc(cut ? cut : 1);
        memcpy(part, data.data, cut);
        probe_film_size(mime, part, cut, &w, &h);
        probe_has_track(mime, part, cut);
        free(part);
    }
}

static void films_tell_their_size(void **state)
{
    (void)state;
    check_film("film.webm", "video/webm", 320, 180, 3008);
    check_film("tall.mp4", "video/mp4", 180, 320, 2000);
    check_film("voice.m4a", "video/mp4", 0, 0, 4000); // sound alone
}

// A track header as phones write it, with what the film is turned by and its sides.
static void check_track(int turned, uint32_t width, uint32_t height, int64_t w, int64_t h)
{
    struct block b = {.little = false};
    int64_t got_w = -1, got_h = -1;
    put(&b, 0, 108, 4);
    memcpy(b.data + 4, "moov", 4);
    put(&b, 8, 100, 4);
    memcpy(b.data + 12, "trak", 4);
    put(&b, 16, 92, 4);
    memcpy(b.data + 20, "tkhd", 4);
    put(&b, 24 + 40, turned ? 0 : 0x10000, 4);
    put(&b, 24 + 76, width, 4);
    put(&b, 24 + 80, height, 4);
    probe_film_size("video/mp4", b.data, b.len, &got_w, &got_h);
    assert_int_equal(got_w, w);
    assert_int_equal(got_h, h);
}

static void a_turned_film_is_told_upright_and_a_lie_is_not_told(void **state)
{
    (void)state;
    check_track(0, 1920u << 16, 1080u << 16, 1920, 1080);
    check_track(1, 1920u << 16, 1080u << 16, 1080, 1920);
    check_track(0, 60000u << 16, 1080u << 16, 0, 0);
    check_track(0, 1920u << 16, 0, 0, 0);
    check_track(0, 0x8000, 0x8000, 0, 0); // half a pixel
}

// --- where it was taken

static size_t put_box(struct block *b, size_t at, const char *type, const char *content, size_t len)
{
    put(b, at, (uint32_t)(8 + len), 4);
    memcpy(b->data + at + 4, type, 4);
    memcpy(b->data + at + 8, content, len);
    if (at + 8 + len > b->len)
        b->len = at + 8 + len;
    return at + 8 + len;
}

static void a_place_is_found_where_containers_tell_it(void **state)
{
    (void)state;
    static const char apple[] = "\xA9xyz\0\x12\x15\xC7+10.0452+105.7469/";
    struct block b = {.little = false};
    size_t at = put_box(&b, 0, "ftyp", "mp42", 4);
    size_t moov = at;
    at = put_box(&b, at + 8, "udta", "\xA9nam\0\0", 6); // tells a name alone
    size_t first = at + 4;
    at = put_box(&b, at, "udta", apple, sizeof apple - 1);
    size_t track = at;
    at = put_box(&b, at + 8, "tkhd", "location", 8); // not one of the parts that may hold anything
    size_t second = at + 4;
    at = put_box(&b, at, "meta", "com.apple.quicktime.location.ISO6709", 36);
    put(&b, track, (uint32_t)(at - track), 4);
    memcpy(b.data + track + 4, "trak", 4);
    put(&b, moov, (uint32_t)(at - moov), 4);
    memcpy(b.data + moov + 4, "moov", 4);
    size_t third = at + 4;
    at = put_box(&b, at, "uuid", "exif:GPSLatitude", 16);
    at = put_box(&b, at, "mdat", apple, sizeof apple - 1);
    size_t places[PROBE_PLACES_MAX];
    assert_int_equal(probe_places("video/mp4", b.data, b.len, places), 3);
    assert_int_equal(places[0], third);
    assert_int_equal(places[1], first);
    assert_int_equal(places[2], second);
    assert_int_equal(probe_places("audio/mp4", b.data, b.len, places), 3);
    assert_int_equal(probe_places("video/webm", b.data, b.len, places), 0);
    for (size_t i = 0; i < 3; i++)
        memcpy(b.data + (size_t[]){first, second, third}[i], "free", 4);
    assert_int_equal(probe_places("video/mp4", b.data, b.len, places), 0);
    struct block many = {.little = false};
    for (at = 0; at + 12 < sizeof many.data;)
        at = put_box(&many, at, "meta", "loci", 4);
    assert_int_equal(probe_places("video/mp4", many.data, many.len, places), PROBE_PLACES_MAX);
    for (size_t cut = 0; cut < many.len; cut++) {
        void *part = malloc(cut ? cut : 1);
        memcpy(part, many.data, cut);
        probe_places("video/mp4", part, cut, places);
        free(part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_content),
        cmocka_unit_test(sizes_stand_in_headers),
        cmocka_unit_test(the_camera_s_notes_are_read),
        cmocka_unit_test(what_makes_no_sense_is_left_out),
        cmocka_unit_test(a_cut_block_is_read_as_far_as_it_goes),
        cmocka_unit_test(notes_are_found_in_each_container),
        cmocka_unit_test(containers_tell_how_long_they_last),
        cmocka_unit_test(films_tell_their_size),
        cmocka_unit_test(a_place_is_found_where_containers_tell_it),
        cmocka_unit_test(a_turned_film_is_told_upright_and_a_lie_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
