#include "tests/unit/unit.h"

#include <png.h>
#include <pthread.h>
#include <qrencode.h>
#include <stdio.h>
#include <zlib.h>

#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"
#include "qrgen/symbol/pack_zeros.h"
#include "qrgen/symbol/payload.h"
#include "qrgen/symbol/raster.h"
#include "qrgen/symbol/svg.h"
#include "qrgen/symbol/terminal.h"

#define PLATE_URL "https://ditich.example.vn/k7m39qx2"

static int reference_version(const char *text, QRecLevel level, bool divided)
{
    QRcode *code =
        divided ? QRcode_encodeString(text, 0, level, QR_MODE_8, 1) : QRcode_encodeString8bit(text, 0, level);
    int version = code ? code->version : 99;
    QRcode_free(code);
    return version;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

// What the header promises, computed the long way: every mode and level encoded by the library.
static void assert_smallest(const char *text)
{
    struct matrix m;
    struct problem p = PROBLEM_INIT;
    int bytes = reference_version(text, QR_ECLEVEL_Q, false),
        divided = reference_version(text, QR_ECLEVEL_Q, true);
    if (smaller(bytes, divided) == 99) {
        assert_int_equal(matrix_make(text, &m, &p), ERR_TOO_LARGE);
        return;
    }
    assert_int_equal(matrix_make(text, &m, &p), ERR_NONE);
    assert_int_equal(m.version, smaller(bytes, divided));
    assert_int_equal(m.size, 17 + 4 * m.version);
    bool high = reference_version(text, QR_ECLEVEL_H, divided < bytes) == m.version;
    assert_int_equal(m.level, high ? 'H' : 'Q');
}

static void symbol_is_the_smallest_at_every_length(void **state)
{
    (void)state;
    char text[1800];
    for (size_t len = 1; len < 1700; len += len < 200 ? 1 : 29) {
        memset(text, 'a', len);
        text[len] = '\0';
        assert_smallest(text);
    }
    memset(text, 'a', MATRIX_TEXT_MAX);
    text[MATRIX_TEXT_MAX] = '\0';
    assert_smallest(text);
    text[MATRIX_TEXT_MAX] = 'a';
    text[MATRIX_TEXT_MAX + 1] = '\0';
    assert_smallest(text);
}

static void symbol_is_the_smallest_in_every_mixture(void **state)
{
    (void)state;
    static const char *const pieces[] = {"ditich", "0123456789",     "HTTPS://", "a",
                                         "7",      "-2345678901234", "/B:C",     "%"};
    char text[400];
    unsigned seed = 20260101;
    for (int round = 0; round < 400; round++) {
        text[0] = '\0';
        for (int i = 0; i < 1 + round % 20; i++) {
            seed = seed * 1103515245u + 12345u;
            strcat(text, pieces[seed >> 16 & 7]);
        }
        assert_smallest(text);
    }
}

static void matrix_has_finder_patterns_and_a_quiet_zone(void **state)
{
    (void)state;
    struct matrix m;
    assert_int_equal(matrix_make(PLATE_URL, &m, NULL), ERR_NONE);
    for (int i = 0; i < 7; i++) {
        assert_true(matrix_dark(&m, i, 0));
        assert_true(matrix_dark(&m, m.size - 1, i));
        assert_true(matrix_dark(&m, 0, m.size - 1 - i));
        assert_false(matrix_dark(&m, i, 7));
    }
    for (int i = -4; i < m.size + 4; i++)
        for (int edge = 1; edge <= 4; edge++) {
            assert_false(matrix_dark(&m, i, -edge));
            assert_false(matrix_dark(&m, m.size - 1 + edge, i));
        }
}

#define MANY 200

static void encode_one(int i, struct matrix *ret)
{
    char text[64];
    snprintf(text, sizeof text, "https://ditich.example.vn/%08d%0*d", i, i % 20, i);
    if (matrix_make(text, ret, NULL))
        ret->version = 0;
}

// Counts the matrices that differ from those made before by one thread alone.
static void *encode_many(void *arg)
{
    const struct matrix *expected = arg;
    size_t different = 0;
    for (int i = 0; i < MANY; i++) {
        struct matrix m;
        encode_one(i, &m);
        different += m.version != expected[i].version || m.level != expected[i].level ||
                     memcmp(m.modules, expected[i].modules, sizeof m.modules) != 0;
    }
    return (void *)different;
}

static void matrices_are_the_same_in_several_threads(void **state)
{
    (void)state;
    struct matrix *expected = calloc(MANY, sizeof *expected);
    for (int i = 0; i < MANY; i++) {
        encode_one(i, &expected[i]);
        assert_int_not_equal(expected[i].version, 0);
    }
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, encode_many, expected), 0);
    for (int i = 0; i < 4; i++) {
        void *different = NULL;
        pthread_join(threads[i], &different);
        assert_int_equal((size_t)different, 0);
    }
    free(expected);
}

static void default_plate_measures_as_designed(void **state)
{
    (void)state;
    struct measure m;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(measure_from_module(MEASURE_MODULE_MM_DEFAULT, MEASURE_DPI_DEFAULT, &m, &p), ERR_NONE);
    assert_int_equal(m.module_px, 48);
    assert_true(measure_module_mm(&m) > 2.0319 && measure_module_mm(&m) < 2.0321);
    assert_true(measure_symbol_mm(&m, 33) > 67.05 && measure_symbol_mm(&m, 33) < 67.06);
    assert_true(measure_picture_mm(&m, 33) > 83.31 && measure_picture_mm(&m, 33) < 83.32);
    assert_int_equal(measure_picture_px(&m, 33), 1968);
}

static void module_never_gets_under_a_millimetre(void **state)
{
    (void)state;
    struct measure m = {0};
    struct problem p = PROBLEM_INIT;
    for (unsigned dpi = MEASURE_DPI_MIN; dpi <= MEASURE_DPI_MAX; dpi++) {
        assert_int_equal(measure_from_module(1.0, dpi, &m, &p), ERR_NONE);
        assert_true(measure_module_mm(&m) >= 1.0);
        assert_true(m.module_px >= 3);
    }
    struct measure untouched = m;
    assert_int_equal(measure_from_module(0.99, 600, &m, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "0.99 mm is too small");
    assert_string_equal(p.field, "--module-mm");
    assert_int_equal(measure_from_module(0.0 / 0.0, 600, &m, &p), ERR_INVALID);
    assert_int_equal(measure_from_module(2, 71, &m, &p), ERR_INVALID);
    assert_string_equal(p.field, "--dpi");
    assert_memory_equal(&m, &untouched, sizeof m);
}

static void side_gives_the_largest_module_that_fits(void **state)
{
    (void)state;
    struct measure m;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(measure_from_side(80, 600, 33, &m, &p), ERR_NONE);
    assert_int_equal(m.module_px, 46); // 80 mm are 1889.8 px, 41 modules of 46 px are 1886
    assert_true(measure_picture_mm(&m, 33) <= 80);
    assert_int_equal(measure_from_side(83.312, 600, 33, &m, &p), ERR_NONE);
    assert_int_equal(m.module_px, 48);
    assert_int_equal(measure_from_side(40, 600, 33, &m, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "shorter base URL");
    assert_int_equal(measure_from_side(-1, 600, 33, &m, &p), ERR_INVALID);
    assert_int_equal(measure_from_side(1e9, 600, 33, &m, &p), ERR_INVALID);
}

struct reading {
    const char *at;
    size_t left;
};

static void on_read(png_structp png, png_bytep data, size_t len)
{
    struct reading *r = png_get_io_ptr(png);
    if (len > r->left)
        png_error(png, "short");
    memcpy(data, r->at, len);
    r->at += len;
    r->left -= len;
}

// Unpacks the picture with libpng's own reader, which checks every CRC and the Adler-32, and compares every
// pixel with the matrix.
static void assert_picture(const struct buf *b, const struct matrix *m, const struct measure *measure)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    struct reading r = {b->data, b->len};
    assert_int_equal(setjmp(png_jmpbuf(png)), 0);
    png_set_read_fn(png, &r, on_read);
    png_read_info(png, info);
    unsigned side = png_get_image_width(png, info), px = measure->module_px;
    assert_int_equal(side, measure_picture_px(measure, m->size));
    assert_int_equal(png_get_image_height(png, info), side);
    assert_int_equal(png_get_bit_depth(png, info), 1);
    assert_int_equal(png_get_color_type(png, info), PNG_COLOR_TYPE_GRAY);
    assert_int_equal(png_get_x_pixels_per_meter(png, info), (int)(measure->dpi / 0.0254 + 0.5));
    assert_int_equal(png_get_y_pixels_per_meter(png, info), (int)(measure->dpi / 0.0254 + 0.5));
    unsigned char *row = malloc(side / 8 + 1);
    for (unsigned y = 0; y < side; y++) {
        png_read_row(png, row, NULL);
        for (unsigned x = 0; x < side; x += side < 10000 ? 1 : 61) {
            bool dark = !(row[x / 8] & 0x80 >> x % 8);
            if (dark != matrix_dark(m, (int)(x / px) - MATRIX_QUIET, (int)(y / px) - MATRIX_QUIET))
                fail_msg("pixel %u, %u is wrong at %u px a module", x, y, px);
        }
    }
    png_read_end(png, info);
    assert_int_equal(r.left, 0);
    free(row);
    png_destroy_read_struct(&png, &info, NULL);
}

static void picture_shows_the_matrix_at_every_module_size(void **state)
{
    (void)state;
    static const unsigned sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 48, 100};
    struct matrix m;
    cleanup_buf struct buf b = BUF_INIT;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct measure measure = {.dpi = 72 + (unsigned)i * 100, .module_px = sizes[i]};
        assert_int_equal(matrix_make(i % 2 ? PLATE_URL : "https://a.vn/k7m39qx2", &m, NULL), ERR_NONE);
        assert_int_equal(raster_png(&m, &measure, &b, NULL), ERR_NONE);
        assert_picture(&b, &m, &measure);
    }
    char text[MATRIX_TEXT_MAX + 1];
    memset(text, 'x', MATRIX_TEXT_MAX);
    text[MATRIX_TEXT_MAX] = '\0';
    assert_int_equal(matrix_make(text, &m, NULL), ERR_NONE);
    struct measure widest = {.dpi = 600, .module_px = MEASURE_SIDE_PX_MAX / (177 + 8)};
    assert_int_equal(raster_png(&m, &widest, &b, NULL), ERR_NONE);
    assert_picture(&b, &m, &widest);
    widest.module_px++;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(raster_png(&m, &widest, &b, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "limit of 30000");
}

static void picture_is_the_same_bytes_again_and_small(void **state)
{
    (void)state;
    struct matrix m;
    struct measure measure = {.dpi = 600, .module_px = 48};
    cleanup_buf struct buf first = BUF_INIT, second = BUF_INIT;
    assert_int_equal(matrix_make(PLATE_URL, &m, NULL), ERR_NONE);
    assert_int_equal(raster_png(&m, &measure, &first, NULL), ERR_NONE);
    buf_append_str(&second, "what was here before");
    assert_int_equal(raster_png(&m, &measure, &second, NULL), ERR_NONE);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    assert_true(first.len < 6000);
}

static void payload_is_the_base_and_the_code(void **state)
{
    (void)state;
    char url[PAYLOAD_SIZE] = "before";
    struct problem p = PROBLEM_INIT;
    char code[CODE_SIZE];
    assert_true(code_complete("k7m39qx", code));
    assert_int_equal(payload_url("https://Ditich.Example.VN/", code, url, &p), ERR_NONE);
    assert_int_equal(strncmp(url, "https://ditich.example.vn/k7m39qx", 33), 0);
    assert_int_equal(strlen(url), 34);
    char kept[PAYLOAD_SIZE];
    strcpy(kept, url);
    code[7] = code[7] == '0' ? '1' : '0';
    assert_int_equal(payload_url("https://ditich.example.vn", code, url, &p), ERR_INVALID);
    assert_string_equal(p.field, "code");
    assert_true(code_complete("k7m39qx", code));
    static const char *const bad[] = {"", "ditich.example.vn", "/plates", "ftp://ditich.example.vn",
                                      "https://"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(payload_url(bad[i], code, url, &p), ERR_INVALID);
    assert_string_equal(url, kept);
}

// Reads the drawing back: two modules a character, by the colours in force.
static void terminal_drawing_shows_the_matrix(void **state)
{
    (void)state;
    struct matrix m;
    cleanup_buf struct buf b = BUF_INIT;
    assert_int_equal(matrix_make(PLATE_URL, &m, NULL), ERR_NONE);
    terminal_draw(&m, &b);
    assert_false(b.failed);
    int x = -MATRIX_QUIET, y = -MATRIX_QUIET, characters = 0;
    bool black = false;
    for (const char *c = b.data; *c;) {
        if (*c == '\x1b') {
            const char *end = strchr(c, 'm');
            black = strncmp(c, "\x1b[48;5;16m", 10) == 0;
            c = end + 1;
        } else if (*c == '\n') {
            assert_int_equal(x, m.size + MATRIX_QUIET);
            x = -MATRIX_QUIET, y += 2, c++;
        } else {
            bool upper = *c == ' ' ? black : strncmp(c, "\xE2\x96\x80", 3) == 0;
            bool lower = *c == ' ' ? black : strncmp(c, "\xE2\x96\x84", 3) == 0;
            assert_int_equal(upper, matrix_dark(&m, x, y));
            assert_int_equal(lower, matrix_dark(&m, x, y + 1));
            x++, characters++, c += *c == ' ' ? 1 : 3;
        }
    }
    assert_int_equal(characters, (m.size + 8) * ((m.size + 9) / 2));
}

// Reads the path back: every vertical line turns all modules on its right over, so that what lies inside an
// odd number of outlines is dark.
static void turn_over(bool *dark, int side, int x, int from, int to)
{
    for (int y = from < to ? from : to; y < (from < to ? to : from); y++)
        for (int column = x; column < side; column++)
            dark[y * side + column] = !dark[y * side + column];
}

static void read_path(const char *at, bool *dark, int side)
{
    int x = 0, y = 0, begin_x = 0, begin_y = 0;
    while (*at != '"') {
        char *end = (char *)at + 1;
        int from = y;
        if (*at == 'M') {
            begin_x = x = (int)strtol(end, &end, 10);
            begin_y = y = (int)strtol(end, &end, 10);
        } else if (*at == 'z') {
            assert_true(x == begin_x || y == begin_y); // a straight line closes it
            turn_over(dark, side, x, from, begin_y);
            x = begin_x, y = begin_y;
        } else if (*at == 'h') {
            x += (int)strtol(end, &end, 10);
        } else {
            assert_int_equal(*at, 'v');
            y += (int)strtol(end, &end, 10);
            turn_over(dark, side, x, from, y);
        }
        at = end;
    }
}

static void check_drawing(const char *text, unsigned dpi, const char *head)
{
    struct matrix m;
    struct measure measure;
    cleanup_buf struct buf b = BUF_INIT, again = BUF_INIT;
    assert_int_equal(matrix_make(text, &m, NULL), ERR_NONE);
    assert_int_equal(measure_from_module(MEASURE_MODULE_MM_DEFAULT, dpi, &measure, NULL), ERR_NONE);
    assert_int_equal(svg_draw(&m, &measure, &b, NULL), ERR_NONE);
    assert_int_equal(svg_draw(&m, &measure, &again, NULL), ERR_NONE);
    assert_string_equal(b.data, again.data);
    if (head)
        assert_int_equal(strncmp(b.data, head, strlen(head)), 0);
    int side = m.size + 2 * MATRIX_QUIET;
    bool *dark = calloc((size_t)side * (size_t)side, sizeof *dark);
    const char *path = strstr(b.data, "<path d=\"");
    assert_non_null(path);
    assert_null(strstr(path + 1, "<path"));
    read_path(path + strlen("<path d=\""), dark, side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            assert_int_equal(dark[y * side + x], matrix_dark(&m, x - MATRIX_QUIET, y - MATRIX_QUIET));
    free(dark);
}

static void vector_drawing_shows_the_matrix(void **state)
{
    (void)state;
    check_drawing(PLATE_URL, 600,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"83.312mm\" height=\"83.312mm\""
                  " viewBox=\"0 0 41 41\">");
    char text[MATRIX_TEXT_MAX + 1];
    for (size_t len = 1; len <= MATRIX_TEXT_MAX; len += 151) {
        for (size_t i = 0; i < len; i++)
            text[i] = (char)('a' + i * 7 % 26);
        text[len] = '\0';
        check_drawing(text, 300, NULL);
    }
}

// `rows` rows of zeros, read by zlib from a stream that goes on behind the block.
static void assert_zeros(unsigned rows, size_t row_len)
{
    cleanup_buf struct buf block = BUF_INIT;
    size_t len = rows * (row_len + 1);
    uint8_t *got = malloc(len + 1);
    z_stream z = {0};
    assert_non_null(got);
    pack_zeros(rows, row_len, 2, &block);
    assert_int_equal(inflateInit2(&z, -13), Z_OK);
    z.next_in = (Bytef *)block.data;
    z.avail_in = (uInt)block.len;
    z.next_out = got;
    z.avail_out = (uInt)len + 1;
    assert_int_equal(inflate(&z, Z_SYNC_FLUSH), Z_OK);
    assert_int_equal(z.avail_in, 0);
    assert_int_equal(z.total_out, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(got[i], i % (row_len + 1) == 0 ? 2 : 0);
    inflateEnd(&z);
    free(got);
}

static void repeated_rows_are_zeros_of_any_length(void **state)
{
    (void)state;
    for (size_t row_len = 1; row_len < 600; row_len++)
        assert_zeros(1 + row_len % 3, row_len);
    assert_zeros(47, 4961);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbol_is_the_smallest_at_every_length),
        cmocka_unit_test(symbol_is_the_smallest_in_every_mixture),
        cmocka_unit_test(matrix_has_finder_patterns_and_a_quiet_zone),
        cmocka_unit_test(matrices_are_the_same_in_several_threads),
        cmocka_unit_test(default_plate_measures_as_designed),
        cmocka_unit_test(module_never_gets_under_a_millimetre),
        cmocka_unit_test(side_gives_the_largest_module_that_fits),
        cmocka_unit_test(picture_shows_the_matrix_at_every_module_size),
        cmocka_unit_test(picture_is_the_same_bytes_again_and_small),
        cmocka_unit_test(repeated_rows_are_zeros_of_any_length),
        cmocka_unit_test(payload_is_the_base_and_the_code),
        cmocka_unit_test(terminal_drawing_shows_the_matrix),
        cmocka_unit_test(vector_drawing_shows_the_matrix),
    };
    return cmocka_run_group_tests_name("symbol", tests, NULL, NULL);
}
