#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

#include "common/buf.h"
#include "qrgen/check/check.h"
#include "qrgen/check/grey.h"
#include "qrgen/drawing/pdf.h"
#include "qrgen/drawing/picture.h"
#include "qrgen/drawing/vector.h"

#define URL    "https://ditich.example.vn/k7m39qx2"
#define OTHER  "https://ditich.example.vn/k7m39qx3"
#define DPI    300
#define PX     15 // pixels a module: 1.27 mm
#define WIDTH  80.0
#define HEIGHT 100.0

// A plate of 80 × 100 mm with its symbol on whole pixels, and what it must show.
struct plate {
    struct matrix matrix;
    struct measure measure;
    struct drawing drawing;
    struct check_plate wanted;
};

static void make(struct plate *plate)
{
    *plate = (struct plate){.measure = {DPI, PX}, .drawing = DRAWING_INIT};
    assert_int_equal(matrix_make(URL, &plate->matrix, NULL), ERR_NONE);
    double mm = 25.4 / DPI;
    drawing_symbol(&plate->drawing, &plate->matrix, (100 + 4 * PX) * mm, (120 + 4 * PX) * mm, PX * mm);
    plate->wanted = (struct check_plate){.url = URL,
                                         .measure = &plate->measure,
                                         .size = plate->matrix.size,
                                         .symbol_px = {100, 120},
                                         .width_mm = WIDTH,
                                         .height_mm = HEIGHT};
}

static enum err check_png(struct plate *plate, struct check_margin *margin, struct problem *p)
{
    cleanup_check struct check *c = check_new();
    cleanup_buf struct buf png = BUF_INIT;
    const struct picture picture = {DPI, picture_px(WIDTH, DPI), picture_px(HEIGHT, DPI)};
    assert_int_equal(picture_png(&plate->drawing, &picture, &png, NULL), ERR_NONE);
    *margin = (struct check_margin){0};
    return check_board(c, png.data, png.len, &plate->wanted, margin, p);
}

// A module in column x, row y of the symbol with its quiet zone, covered by ink of strength k.
static void cover(struct plate *plate, double x, double y, double width, double height, double k)
{
    double mm = 25.4 / DPI;
    drawing_rect(&plate->drawing, (100 + x * PX) * mm, (120 + y * PX) * mm, width * PX * mm, height * PX * mm,
                 k);
}

static void a_good_plate_passes_with_a_margin(void **state)
{
    (void)state;
    struct plate plate;
    make(&plate);
    struct check_margin margin;
    struct problem p = PROBLEM_INIT;
    if (check_png(&plate, &margin, &p))
        fail_msg("%s", p.text);
    assert_true(margin.times >= 1 && margin.times <= CHECK_MARGIN_MAX);
    assert_non_null(margin.weakest);
    drawing_free(&plate.drawing);
}

static void what_is_wrong_with_a_plate_is_found(void **state)
{
    (void)state;
    static const struct {
        double x, y, width, height, k;
        const char *part;
    } cases[] = {
        {1, 1, 1, 1, 1, "the quiet zone is not empty in column 1, row 1"},
        {20, 20.5, 1, 0.25, 0.5, "differs within its modules"},
        {20, 20, 1, 1, 0.5, "is not of one colour"},
        {4, 4, 7, 7, 1, "the picture does not scan"}, // a finder pattern
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plate plate;
        struct check_margin margin;
        struct problem p = PROBLEM_INIT;
        make(&plate);
        cover(&plate, cases[i].x, cases[i].y, cases[i].width, cases[i].height, cases[i].k);
        assert_int_equal(check_png(&plate, &margin, &p), ERR_CORRUPT);
        assert_problem(p, ERR_CORRUPT, cases[i].part);
        assert_true(margin.times == 0);
        drawing_free(&plate.drawing);
    }
}

// Damage that grows is noticed by the hardships before the symbol as it is stops to scan.
static void a_plate_that_bears_no_hardship_is_refused(void **state)
{
    (void)state;
    struct check_margin margin;
    struct problem p = PROBLEM_INIT;
    enum err e = ERR_NONE;
    for (int rows = 1; rows < 20 && !e; rows++) {
        struct plate plate;
        make(&plate);
        cover(&plate, 22, 12, 15, rows, 0);
        e = check_png(&plate, &margin, &p);
        drawing_free(&plate.drawing);
    }
    assert_int_equal(e, ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the picture with a stain on a tenth of the symbol does not scan");
}

// The PNG is good; then the SVG and the PDF that are given for it have more and more of the symbol missing.
static void each_kind_must_bear_the_hardships(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct plate good;
    make(&good);
    good.wanted.paper_mm = 3;
    cleanup_buf struct buf png = BUF_INIT;
    const struct picture picture = {DPI, picture_px(WIDTH, DPI), picture_px(HEIGHT, DPI)};
    assert_int_equal(picture_png(&good.drawing, &picture, &png, NULL), ERR_NONE);
    for (int pdf = 0; pdf < 2; pdf++) {
        enum err e = ERR_NONE;
        for (int rows = 0; rows < 20 && !e; rows++) {
            cleanup_check struct check *c = check_new();
            cleanup_buf struct buf file = BUF_INIT;
            struct check_margin margin = {0};
            struct plate plate;
            make(&plate);
            cover(&plate, 22, 12, 15, rows, 0);
            assert_int_equal(check_board(c, png.data, png.len, &good.wanted, &margin, &p), ERR_NONE);
            double least = margin.times;
            const struct pdf_page page = {WIDTH, HEIGHT, 3, false};
            e = pdf ? pdf_write(&page, &plate.drawing, &file, NULL)
                    : vector_svg(&plate.drawing, WIDTH, HEIGHT, &file, NULL);
            assert_int_equal(e, ERR_NONE);
            e = pdf ? check_pdf(c, file.data, file.len, &good.wanted, &margin, &p)
                    : check_svg(c, file.data, file.len, &good.wanted, &margin, &p);
            assert_true(margin.times <= least);
            drawing_free(&plate.drawing);
        }
        assert_int_equal(e, ERR_CORRUPT);
        assert_problem(p, ERR_CORRUPT, "the picture with a stain on a tenth of the symbol does not scan");
    }
    drawing_free(&good.drawing);
}

static void another_address_is_refused_in_every_kind(void **state)
{
    (void)state;
    struct plate plate;
    struct check_margin margin;
    struct problem p = PROBLEM_INIT;
    cleanup_check struct check *c = check_new();
    cleanup_buf struct buf file = BUF_INIT;
    make(&plate);
    plate.wanted.url = OTHER;
    assert_int_equal(check_png(&plate, &margin, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "says \"" URL "\" and not \"" OTHER "\"");
    assert_int_equal(vector_svg(&plate.drawing, WIDTH, HEIGHT, &file, NULL), ERR_NONE);
    assert_int_equal(check_svg(c, file.data, file.len, &plate.wanted, NULL, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the SVG says");
    assert_int_equal(pdf_write(&(struct pdf_page){WIDTH, HEIGHT, 3, false}, &plate.drawing, &file, NULL),
                     ERR_NONE);
    plate.wanted.paper_mm = 3;
    assert_int_equal(check_pdf(c, file.data, file.len, &plate.wanted, NULL, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the PDF says");
    drawing_free(&plate.drawing);
}

static void files_of_another_size_or_form_are_refused(void **state)
{
    (void)state;
    struct plate plate;
    struct problem p = PROBLEM_INIT;
    struct check_margin margin = {0};
    cleanup_check struct check *c = check_new();
    cleanup_buf struct buf file = BUF_INIT;
    make(&plate);
    assert_int_equal(vector_svg(&plate.drawing, WIDTH, HEIGHT, &file, NULL), ERR_NONE);
    assert_int_equal(check_svg(c, file.data, file.len, &plate.wanted, &margin, &p), ERR_NONE);
    assert_true(margin.times >= 1);
    assert_int_equal(check_svg(c, file.data, file.len / 2, &plate.wanted, NULL, &p), ERR_CORRUPT);
    plate.wanted.height_mm++;
    assert_int_equal(check_svg(c, file.data, file.len, &plate.wanted, NULL, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "does not say that it is 80 × 101 mm");
    assert_int_equal(pdf_write(&(struct pdf_page){WIDTH, HEIGHT, 3, true}, &plate.drawing, &file, NULL),
                     ERR_NONE);
    plate.wanted.paper_mm = PDF_MARKS_MARGIN_MM;
    assert_int_equal(check_pdf(c, file.data, file.len, &plate.wanted, NULL, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "mm and not 100 × 121 mm");
    plate.wanted.height_mm--;
    margin.times = 0;
    if (check_pdf(c, file.data, file.len, &plate.wanted, &margin, &p))
        fail_msg("%s", p.text);
    assert_true(margin.times >= 1);
    assert_int_equal(check_pdf(c, "%PDF-1.3", 8, &plate.wanted, NULL, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "cannot be rendered by pdftoppm");
    drawing_free(&plate.drawing);
}

// --- hardships

static double mean(const struct grey *g)
{
    double sum = 0;
    for (size_t i = 0; i < (size_t)g->width * g->height; i++)
        sum += g->px[i];
    return sum / g->width / g->height;
}

static void hardships_do_what_they_say(void **state)
{
    (void)state;
    struct grey from = {0}, to = {0};
    assert_true(grey_size(&from, 100, 100));
    for (int i = 0; i < 10000; i++)
        from.px[i] = i % 100 < 50 ? 0 : 255;
    assert_true(grey_blur(&from, 4, &to));
    assert_in_range(to.px[50 * 100 + 54], 255 * 0.80,
                    255 * 0.92); // one sigma from the edge: 84 %, within a pixel
    assert_float_equal(mean(&to), mean(&from), 0.5);
    assert_true(grey_scale(&from, 0.4, &to));
    assert_int_equal(to.width, 40);
    assert_float_equal(mean(&to), mean(&from), 0.5);
    const struct grey_rect rect = {50, 25, 50, 50};
    assert_true(grey_stain(&from, &rect, 0.1, &to));
    int stained = 0;
    for (int i = 0; i < 10000; i++)
        stained += to.px[i] != from.px[i];
    assert_in_range(stained, 235, 265); // a tenth of 2,500
    memset(from.px, 0, 10000);
    assert_true(grey_tilt(&from, 60, &to));
    int wide = 0;
    for (int x = 0; x < 100; x++)
        wide += to.px[50 * 100 + x] < 128;
    assert_in_range(wide, 48, 56); // cos 60 degrees, a little more for what comes nearer
    grey_free(&from);
    grey_free(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_plate_passes_with_a_margin),
        cmocka_unit_test(what_is_wrong_with_a_plate_is_found),
        cmocka_unit_test(a_plate_that_bears_no_hardship_is_refused),
        cmocka_unit_test(each_kind_must_bear_the_hardships),
        cmocka_unit_test(another_address_is_refused_in_every_kind),
        cmocka_unit_test(files_of_another_size_or_form_are_refused),
        cmocka_unit_test(hardships_do_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
