#include "tests/unit/unit.h"

#include <png.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/hash.h"
#include "qrgen/drawing/drawing.h"
#include "qrgen/drawing/lettering.h"
#include "qrgen/drawing/lettering_parts.h"
#include "qrgen/drawing/pdf.h"
#include "qrgen/drawing/picture.h"
#include "qrgen/drawing/vector.h"
#include "qrgen/symbol/svg.h"

#define URL "https://ditich.example.vn/k7m39qx2"

// --- shapes

struct bounds {
    double left, top, right, bottom;
};

static struct bounds bounds_of(const struct drawing *d)
{
    struct bounds b = {1e9, 1e9, -1e9, -1e9};
    for (size_t i = 0; i < d->point_count; i++) {
        b.left = d->points[i].x < b.left ? d->points[i].x : b.left;
        b.top = d->points[i].y < b.top ? d->points[i].y : b.top;
        b.right = d->points[i].x > b.right ? d->points[i].x : b.right;
        b.bottom = d->points[i].y > b.bottom ? d->points[i].y : b.bottom;
    }
    return b;
}

static void a_drawing_holds_shapes_and_takes_others_in(void **state)
{
    (void)state;
    cleanup_drawing struct drawing one = DRAWING_INIT, two = DRAWING_INIT;
    drawing_rect(&one, 1, 2, 10, 20, 0.5);
    drawing_circle(&one, 5, 5, 2, 7); // more than full ink is full ink
    assert_int_equal(one.shape_count, 2);
    assert_true(one.shapes[0].k == 0.5 && one.shapes[1].k == 1);
    drawing_append(&two, &one, 100, 50, 0.5);
    drawing_append(&two, &one, 0, 0, 1);
    assert_int_equal(two.shape_count, 4);
    struct bounds b = bounds_of(&two);
    assert_float_equal(b.left, 1, 1e-9);
    assert_float_equal(b.right, 105.5, 1e-9);
    assert_float_equal(b.bottom, 61, 1e-9);
    struct drawing_walk walk = drawing_walk_over(&two, 2);
    enum drawing_op op;
    const struct drawing_point *points;
    assert_true(drawing_walk_next(&walk, &op, &points));
    assert_int_equal(op, DRAWING_MOVE);
    assert_true(points[0].x == 1 && points[0].y == 2);
    size_t more = 0;
    while (drawing_walk_next(&walk, &op, &points))
        more++;
    assert_int_equal(more, 4);
    drawing_reset(&two);
    assert_int_equal(two.shape_count + two.point_count + two.op_count, 0);
}

// --- files

static struct matrix symbol(void)
{
    struct matrix m;
    assert_int_equal(matrix_make(URL, &m, NULL), ERR_NONE);
    return m;
}

// The pixels of a grey PNG, read by libpng's simple reader.
static uint8_t *pixels(const struct buf *png, unsigned *ret_width, unsigned *ret_height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, png->data, png->len));
    image.format = PNG_FORMAT_GRAY;
    uint8_t *grey = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(grey);
    assert_true(png_image_finish_read(&image, NULL, grey, 0, NULL));
    *ret_width = image.width;
    *ret_height = image.height;
    return grey;
}

static void modules_fall_on_whole_pixels(void **state)
{
    (void)state;
    struct matrix m = symbol();
    const unsigned px = 7, dpi = 300;
    double module_mm = px * 25.4 / dpi, at = 31 * 25.4 / dpi;
    cleanup_drawing struct drawing d = DRAWING_INIT;
    drawing_symbol(&d, &m, at, at, module_mm);
    assert_int_equal(d.shape_count, 1);
    cleanup_buf struct buf png = BUF_INIT;
    const struct picture picture = {.dpi = dpi, .width_px = 300, .height_px = 700}; // more than two bands
    assert_int_equal(picture_png(&d, &picture, &png, NULL), ERR_NONE);
    unsigned width, height;
    cleanup_free uint8_t *grey = pixels(&png, &width, &height);
    assert_int_equal(width, 300);
    assert_int_equal(height, 700);
    for (int y = 0; y < 700; y++)
        for (int x = 0; x < 300; x++) {
            int column = (x + 7 * 100 - 31) / 7 - 100, row = (y + 7 * 100 - 31) / 7 - 100;
            assert_int_equal(grey[y * 300 + x], matrix_dark(&m, column, row) ? 0 : 255);
        }
}

static void ink_covers_with_its_own_strength(void **state)
{
    (void)state;
    cleanup_drawing struct drawing d = DRAWING_INIT;
    drawing_rect(&d, 0, 0, 25.4, 25.4, 1);
    drawing_rect(&d, 2.54, 2.54, 12.7, 12.7, 0.25);
    drawing_rect(&d, 5.08, 5.08, 2.54, 2.54, 0);
    cleanup_buf struct buf png = BUF_INIT;
    assert_int_equal(picture_png(&d, &(struct picture){100, 100, 100}, &png, NULL), ERR_NONE);
    unsigned width, height;
    cleanup_free uint8_t *grey = pixels(&png, &width, &height);
    assert_int_equal(grey[5 * 100 + 5], 0);
    assert_in_range(grey[15 * 100 + 15], 190, 192);
    assert_int_equal(grey[25 * 100 + 25], 255);
    struct problem p = PROBLEM_INIT;
    assert_int_equal(picture_png(&d, &(struct picture){100, 100, 0}, &png, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "100 × 0 pixels");
}

static void an_svg_has_millimetres_and_one_path_a_shape(void **state)
{
    (void)state;
    cleanup_drawing struct drawing d = DRAWING_INIT;
    drawing_rect(&d, -0.5, 1.25, 3.00004, 2, 1);
    drawing_rect(&d, 0, 0, 1, 1, 0.5);
    cleanup_buf struct buf svg = BUF_INIT;
    assert_int_equal(vector_svg(&d, 148, 210.5, &svg, NULL), ERR_NONE);
    assert_string_equal(svg.data,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"148mm\" height=\"210.5mm\""
                        " viewBox=\"0 0 148 210.5\">\n<rect width=\"148\" height=\"210.5\" fill=\"#fff\"/>\n"
                        "<path d=\"M-0.5 1.25L2.5 1.25L2.5 3.25L-0.5 3.25Z\"/>\n"
                        "<path fill=\"#808080\" d=\"M0 0L1 0L1 1L0 1Z\"/>\n</svg>\n");
}

static void a_pdf_is_the_same_each_time(void **state)
{
    (void)state;
    struct matrix m = symbol();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    drawing_symbol(&d, &m, 10, 10, 1);
    const struct pdf_page page = {
        .width_mm = 60, .height_mm = 80, .bleed_mm = PDF_BLEED_MM, .crop_marks = true};
    cleanup_buf struct buf one = BUF_INIT, two = BUF_INIT;
    assert_int_equal(pdf_write(&page, &d, &one, NULL), ERR_NONE);
    assert_int_equal(pdf_write(&page, &d, &two, NULL), ERR_NONE);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    assert_memory_equal(one.data, "%PDF-1.", 7);
    assert_non_null(memmem(one.data, one.len, "/TrimBox", 8));
    assert_non_null(memmem(one.data, one.len, "/BleedBox", 9));
    assert_null(memmem(one.data, one.len, "/CreationDate", 13));
    assert_null(memmem(one.data, one.len, "/ID", 3));
}

static void a_page_of_no_size_is_refused(void **state)
{
    (void)state;
    cleanup_drawing struct drawing d = DRAWING_INIT;
    cleanup_buf struct buf out = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(pdf_write(&(struct pdf_page){.width_mm = 0, .height_mm = 80}, &d, &out, &p),
                     ERR_INVALID);
    assert_problem(p, ERR_INVALID, "0 × 80 mm");
    assert_int_equal(pdf_write(&(struct pdf_page){.width_mm = 60, .height_mm = 6000}, &d, &out, &p),
                     ERR_INVALID);
}

// --- lettering

static const struct lettering_text plain = {.name = "name",
                                            .lang = "vi",
                                            .family = "Noto Serif",
                                            .weight = 400,
                                            .size_mm = 10,
                                            .floor_mm = 4,
                                            .k = 1};

static struct lettering_text words(const char *text)
{
    struct lettering_text t = plain;
    t.words = text;
    return t;
}

static void text_becomes_outlines_within_its_box(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text text = words("Đình Bình Thủy");
    const struct lettering_box box = {20, 30, 100, 40, LETTERING_CENTRE, LETTERING_MIDDLE};
    double height = 0;
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, &height, NULL), ERR_NONE);
    assert_int_equal(d.shape_count, 1);
    struct bounds b = bounds_of(&d);
    assert_in_range((int)(b.right - b.left), 60, 90);
    assert_float_equal(b.left - 20, 120 - b.right, 1.5);
    assert_true(b.top >= 30 && b.bottom <= 70);
    assert_float_equal(height, 10, 1.0); // one line: capital and depth
}

static void long_text_wraps_then_shrinks_then_is_refused(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    const struct lettering_box box = {0, 0, 100, 40, LETTERING_LEFT, LETTERING_TOP};
    char name[27 * 16 + 1] = "";
    double height[3] = {0};
    static const int repeats[] = {1, 4, 10};
    for (int i = 0; i < 3; i++) {
        name[0] = '\0';
        for (int j = 0; j < repeats[i]; j++)
            strcat(name, "Đình Bình ");
        struct lettering_text text = words(name);
        drawing_reset(&d);
        assert_int_equal(lettering_column(l, &text, 1, &box, &d, &height[i], NULL), ERR_NONE);
        struct bounds b = bounds_of(&d);
        assert_true(b.left >= -0.5 && b.right <= 100.5 && b.top >= -0.01 && b.bottom <= 40.01);
    }
    assert_true(height[0] < height[1] && height[1] < height[2]);
    strcpy(name, "");
    for (int j = 0; j < 27; j++)
        strcat(name, "Đình Bình ");
    struct lettering_text text = words(name);
    struct problem p = PROBLEM_INIT;
    size_t before = d.point_count;
    assert_int_equal(lettering_column(l, &text, 1, &(struct lettering_box){0, 0, 60, 30}, &d, NULL, &p),
                     ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "the name \"Đình Bình");
    assert_problem(p, ERR_TOO_LARGE, "(270 characters) does not fit into 60 × 30 mm even in letters of 4 mm");
    assert_int_equal(d.point_count, before);
}

static void one_long_word_is_never_broken(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text text = words("ditich.quanbinhthuy.thanhphocantho.gov.vn");
    struct problem p = PROBLEM_INIT;
    const struct lettering_box narrow = {0, 0, 40, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, &text, 1, &narrow, &d, NULL, &p), ERR_TOO_LARGE);
    double height;
    const struct lettering_box wide = {0, 0, 110, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, &text, 1, &wide, &d, &height, NULL), ERR_NONE);
    assert_true(height < 8); // smaller, on one line
}

// cairo leaves out what it thinks nobody can see.
static void a_long_line_is_whole(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text text = words("nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn");
    const struct lettering_box box = {0, 0, 1000, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, NULL, NULL), ERR_NONE);
    size_t outlines = 0;
    for (size_t i = 0; i < d.op_count; i++)
        outlines += d.ops[i] == DRAWING_CLOSE;
    assert_int_equal(outlines, 60);
    assert_true(bounds_of(&d).right > 350);
}

static void khmer_without_spaces_breaks_between_letters(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text text = words("វត្តពោធិ៍សំរោងវត្តពោធិ៍សំរោងវត្តពោធិ៍សំរោង");
    text.lang = "km";
    const struct lettering_box box = {0, 0, 50, 60, LETTERING_LEFT, LETTERING_TOP};
    double height = 0;
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, &height, NULL), ERR_NONE);
    assert_true(height > 15);
    assert_true(bounds_of(&d).right <= 50.5);
}

static void names_break_between_their_parts(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum lettering_breaks breaks;
        const char *expected; // with _ for a no-break space, / for a line end; NULL: as it is
    } cases[] = {
        {"Chùa Ông (Quảng Triệu)", LETTERING_PARTS_WHOLE, "Chùa_Ông (Quảng_Triệu)"},
        {"Chùa Ông (Quảng Triệu)", LETTERING_PARTS_APART, "Chùa Ông/(Quảng_Triệu)"},
        {"Chùa Ông (Quảng Triệu)", LETTERING_BRACKETS_KEPT, "Chùa Ông (Quảng_Triệu)"},
        {"Chùa Ông (Quảng Triệu)", LETTERING_ANYWHERE, NULL},
        {"Ba Láng – Cái Răng", LETTERING_PARTS_WHOLE, "Ba_Láng_– Cái_Răng"},
        {"Ba Láng - Cái Răng", LETTERING_PARTS_APART, "Ba Láng_- Cái Răng"},
        {"Ba Láng – Cái Răng", LETTERING_ANYWHERE, "Ba Láng_– Cái Răng"},
        {"Chùa Ông (Quảng Triệu)", LETTERING_PARTS_LOOSE, "Chùa Ông/(Quảng Triệu)"},
        {"Đình Bình Thủy", LETTERING_PARTS_WHOLE, NULL},
        {"Ô Môn (Phong Điền", LETTERING_PARTS_APART, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[LETTERING_KEPT_SIZE] = "", shown[LETTERING_KEPT_SIZE], *out = shown;
        bool changed = lettering_break_parts(cases[i].words, cases[i].breaks, got);
        for (const char *at = got; *at; at++) {
            bool space = memcmp(at, "\u00A0", 2) == 0;
            *out++ = space ? '_' : *at == '\n' ? '/' : *at;
            at += space;
        }
        *out = '\0';
        assert_int_equal(changed, cases[i].expected != NULL);
        if (changed)
            assert_string_equal(shown, cases[i].expected);
    }
}

// How far to the right anything reaches below `top`.
static double reach(const struct drawing *d, double top)
{
    double right = 0;
    for (size_t i = 0; i < d->point_count; i++)
        if (d->points[i].y > top && d->points[i].x > right)
            right = d->points[i].x;
    return right;
}

static void a_bracket_that_needs_a_line_gets_its_own(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing alone = DRAWING_INIT, name = DRAWING_INIT;
    const struct lettering_box box = {0, 0, 110, 60, LETTERING_LEFT, LETTERING_TOP};
    struct lettering_text text = words("(Cổ Miếu)");
    double height = 0;
    assert_int_equal(lettering_column(l, &text, 1, &box, &alone, NULL, NULL), ERR_NONE);
    text = words("Đình Bình Thủy ở Long Tuyền (Cổ Miếu)"); // "Tuyền (Cổ Miếu)" would save a line
    assert_int_equal(lettering_column(l, &text, 1, &box, &name, &height, NULL), ERR_NONE);
    assert_in_range((int)height, 32, 42); // three lines at full size
    assert_float_equal(reach(&name, height - 10), reach(&alone, 0), 0.1);
}

static void lines_with_stacked_marks_do_not_touch(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text texts[2] = {words("ỰẶỘỰẶỘ"), words("ỀỂỖẪẲỀ")};
    texts[0].leading = texts[1].leading = 0.5;
    const struct lettering_box box = {0, 0, 100, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, texts, 2, &box, &d, NULL, NULL), ERR_NONE);
    double first_bottom = -1e9, second_top = 1e9;
    for (size_t i = 0; i < d.point_count; i++) {
        if (i < d.shapes[1].first_point)
            first_bottom = d.points[i].y > first_bottom ? d.points[i].y : first_bottom;
        else
            second_top = d.points[i].y < second_top ? d.points[i].y : second_top;
    }
    assert_true(first_bottom <= second_top);
    drawing_reset(&d);
    struct lettering_text both = words("ỰẶỘỰẶỘ ỀỂỖẪẲỀ");
    both.leading = 0.5;
    both.floor_mm = both.size_mm;
    double height = 0;
    const struct lettering_box narrow = {0, 0, 60, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, &both, 1, &narrow, &d, &height, NULL), ERR_NONE);
    assert_true(height > 20);
}

static void what_no_font_has_is_refused(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    const struct lettering_box box = {0, 0, 100, 40, LETTERING_LEFT, LETTERING_TOP};
    struct problem p = PROBLEM_INIT;
    struct lettering_text text = words("Chùa \U0001FFFE");
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, NULL, &p), ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "(U+1FFFE) of the name: install the package fonts-noto-core");
    text = words("Chùa");
    text.family = "No Such Face";
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, NULL, &p), ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "the font \"No Such Face\"");
    text = words("Ch\xC3");
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, NULL, &p), ERR_INVALID);
    assert_int_equal(d.shape_count, 0);
    text = words("\n \t");
    double height = 9;
    assert_int_equal(lettering_column(l, &text, 1, &box, &d, &height, NULL), ERR_NONE);
    assert_true(height == 0 && d.shape_count == 0);
}

static void an_address_breaks_before_its_dots_alone(void **state)
{
    (void)state;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    struct lettering_text dots = words("ditich.cantho.example.vn"),
                          hyphens = words("ditich-cantho-example-vn");
    dots.floor_mm = dots.size_mm;
    hyphens.floor_mm = hyphens.size_mm;
    const struct lettering_box narrow = {0, 0, 70, 100, LETTERING_LEFT, LETTERING_TOP};
    assert_int_equal(lettering_column(l, &dots, 1, &narrow, &d, NULL, NULL), ERR_TOO_LARGE);
    assert_int_equal(lettering_column(l, &hyphens, 1, &narrow, &d, NULL, NULL), ERR_NONE);
    dots.is_address = hyphens.is_address = true;
    assert_int_equal(lettering_column(l, &dots, 1, &narrow, &d, NULL, NULL), ERR_NONE);
    assert_int_equal(lettering_column(l, &hyphens, 1, &narrow, &d, NULL, NULL), ERR_TOO_LARGE);
}

#define THREADS 4

static void *set_many(void *arg)
{
    static const char *const names[] = {"Đình Bình Thủy", "វត្តពោធិ៍សំរោង", "廣肇會館",
                                        "Chùa Ông (Quảng Triệu Hội Quán)"};
    char *hex = arg;
    cleanup_lettering struct lettering *l = lettering_new();
    cleanup_drawing struct drawing d = DRAWING_INIT;
    const struct lettering_box box = {0, 0, 60, 60, LETTERING_CENTRE, LETTERING_TOP};
    for (int i = 0; i < 40; i++) {
        struct lettering_text text = words(names[i % 4]);
        if (lettering_column(l, &text, 1, &box, &d, NULL, NULL))
            return NULL;
    }
    hash_bytes(d.points, d.point_count * sizeof *d.points, hex);
    return hex;
}

static void threads_set_the_same_outlines(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    char hex[THREADS][HASH_HEX_SIZE] = {""};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, set_many, hex[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *done = NULL;
        pthread_join(threads[i], &done);
        assert_non_null(done);
        assert_string_equal(hex[i], hex[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drawing_holds_shapes_and_takes_others_in),
        cmocka_unit_test(modules_fall_on_whole_pixels),
        cmocka_unit_test(ink_covers_with_its_own_strength),
        cmocka_unit_test(an_svg_has_millimetres_and_one_path_a_shape),
        cmocka_unit_test(a_pdf_is_the_same_each_time),
        cmocka_unit_test(a_page_of_no_size_is_refused),
        cmocka_unit_test(text_becomes_outlines_within_its_box),
        cmocka_unit_test(long_text_wraps_then_shrinks_then_is_refused),
        cmocka_unit_test(one_long_word_is_never_broken),
        cmocka_unit_test(a_long_line_is_whole),
        cmocka_unit_test(khmer_without_spaces_breaks_between_letters),
        cmocka_unit_test(names_break_between_their_parts),
        cmocka_unit_test(a_bracket_that_needs_a_line_gets_its_own),
        cmocka_unit_test(lines_with_stacked_marks_do_not_touch),
        cmocka_unit_test(an_address_breaks_before_its_dots_alone),
        cmocka_unit_test(what_no_font_has_is_refused),
        cmocka_unit_test(threads_set_the_same_outlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
