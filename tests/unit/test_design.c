#include "tests/unit/unit.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/file.h"
#include "qrgen/design/compose.h"
#include "qrgen/design/logo.h"

#define HEAD   "[design]\nlabel.vi = Nhỏ\nlabel.en = Small\nwidth = 60\nheight = 80\n"
#define SYMBOL "[symbol]\nbox = 5 5 50 50\n"
#define COLUMN "[column title]\nbox = 5 56 50 20\n"
#define NAME   "[text name]\nwhat = name\nsize = 5\nfloor = 3\n"

static enum err parse(const char *text, struct design *ret, struct problem *p)
{
    return design_parse("small", text, strlen(text), ret, p);
}

static void a_design_is_read(void **state)
{
    (void)state;
    cleanup_design struct design d = DESIGN_INIT;
    struct problem p = PROBLEM_INIT;
    const char *text =
        "# a comment\n" HEAD "\n" SYMBOL COLUMN "align = right\nstand = bottom\n" NAME
        "weight = 600\n[text words]\nwhat = words\nwords = Quét mã\nlang = vi\nsize = 3\ngap = 1.5\n"
        "[frame edge]\nbox = 2 2 56 76\nstroke = 0.5\nshape = arch\nrise = 9\n"
        "[rule line]\nbox = 5 77 50 0.2\nink = 0.5\n[logo mark]\nbox = 56 70 3 5\n";
    assert_int_equal(parse(text, &d, &p), ERR_NONE);
    assert_string_equal(d.name, "small");
    assert_string_equal(d.label_vi, "Nhỏ");
    assert_true(d.width == 60 && d.height == 80);
    assert_int_equal(d.count, 7);
    assert_int_equal(d.symbol->kind, DESIGN_SYMBOL);
    assert_true(design_symbol_mm(&d) == 50);
    const struct design_element *column = &d.elements[1], *name = &d.elements[2], *words = &d.elements[3];
    assert_int_equal(column->align, LETTERING_RIGHT);
    assert_int_equal(column->stand, LETTERING_BOTTOM);
    assert_int_equal(name->what, DESIGN_NAME);
    assert_true(name->size == 5 && name->floor == 3 && name->weight == 600 && name->k == 1);
    assert_string_equal(name->family, "Noto Sans");
    assert_true(words->floor == 3 && words->gap == 1.5);
    assert_string_equal(words->words, "Quét mã");
    assert_int_equal(d.elements[4].figure, DESIGN_ARCH);
    assert_int_equal(d.elements[4].line, 25);
    assert_true(d.elements[5].k == 0.5);
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "line 1: begin with [design]"},
        {"width = 3\n", "line 1: begin with [design]"},
        {SYMBOL, "line 1: [design] stands once, before everything else"},
        {HEAD, "line 1: the design has no [symbol]"},
        {HEAD SYMBOL HEAD, "line 8: [design] stands once"},
        {"[design]\nlabel.vi = a\nlabel.en = b\nheight = 80\n" SYMBOL, "line 1: [design] has no width"},
        {HEAD "width = 70\n" SYMBOL, "line 6: width is given twice in [design]"},
        {HEAD "depth = 70\n" SYMBOL,
         "line 6: [design] has no \"depth\" (it has: label.vi, label.en, width, height)"},
        {HEAD "[symbol]\nbox = 5 5 50\n", "line 7: box = 5 5 50 is not four numbers"},
        {HEAD "[symbol]\nbox = 5 5 50 50 50\n", "line 7: box = 5 5 50 50 50 is not four numbers"},
        {HEAD "[symbol]\nbox = 5 5 fifty 50\n", "line 7: box = 5 5 fifty 50 is not four numbers"},
        {HEAD "[symbol]\nbox = 5 5 5e9 50\n", "line 7: box"},
        {HEAD "[symbol]\nbox = 5 5 -50 50\n", "line 6: [symbol] has no width or no height"},
        {HEAD "[symbol]\nbox = 5 5 60 50\n", "line 6: [symbol] leaves the page"},
        {HEAD "[symbol middle]\nbox = 5 5 50 50\n", "line 6: [symbol] stands without a name"},
        {HEAD SYMBOL "[symbol]\nbox = 5 5 50 50\n", "line 8: [symbol] stands in line 6 already"},
        {HEAD SYMBOL "[picture x]\nbox = 1 1 1 1\n", "line 8: there is no [picture x]"},
        {HEAD SYMBOL "[column]\nbox = 5 56 50 20\n", "line 8: give [column] a name of its own"},
        {HEAD SYMBOL "[column title]\nbox = 5 50 50 20\n" NAME,
         "line 8: [column title] lies over [symbol] (line 6)"},
        {HEAD SYMBOL COLUMN, "line 8: [column title] has no [text …] below it"},
        {HEAD SYMBOL NAME, "line 8: [text name] stands below no column"},
        {HEAD SYMBOL COLUMN "[text name]\nwhat = title\nsize = 5\n",
         "line 11: what = title: give one of words, name,"},
        {HEAD SYMBOL COLUMN "[text name]\nwhat = name\n", "line 10: [text name] has no size"},
        {HEAD SYMBOL COLUMN "[text name]\nwhat = name\nsize = 0.5\n",
         "line 12: size = 0.5 is out of range: give 1.5 to 500"},
        {HEAD SYMBOL COLUMN NAME "[text x]\nwhat = name\nsize = 3\nfloor = 4\n",
         "line 14: [text x] has a floor larger than its size"},
        {HEAD SYMBOL COLUMN NAME "lang = vietnamese!\n", "line 14: lang = vietnamese! is no language"},
        {HEAD SYMBOL COLUMN "[text x]\nwhat = words\nsize = 3\n",
         "line 10: [text x] has what = words without words"},
        {HEAD SYMBOL "[frame edge]\nbox = 10 10 40 60\nstroke = 1\n",
         "line 8: [frame edge] runs through the symbol"},
        {HEAD SYMBOL "[frame edge]\nbox = 2 2 56 76\nstroke = 0.01\n",
         "line 10: stroke = 0.01 is out of range"},
        {HEAD SYMBOL "[rule line]\nbox = 10 20 40 1\n", "line 8: [rule line] lies over [symbol]"},
        {HEAD "what is this\n" SYMBOL, "line 6: it is neither a comment nor"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_design struct design d = DESIGN_INIT;
        struct problem p = PROBLEM_INIT;
        assert_int_equal(parse(cases[i].text, &d, &p), ERR_INVALID);
        assert_problem(p, ERR_INVALID, cases[i].part);
        assert_int_equal(d.count, 0);
    }
    cleanup_design struct design d = DESIGN_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(parse(HEAD "\xff" SYMBOL, &d, &p), ERR_INVALID);
    assert_int_equal(parse(HEAD SYMBOL COLUMN NAME, &d, &p), ERR_NONE);
}

static enum err count_design(void *arg, const char *name, struct problem *p)
{
    cleanup_design struct design d = DESIGN_INIT;
    enum err e = design_load(NULL, name, &d, p);
    *(size_t *)arg += 1;
    return e;
}

static void the_designs_of_the_program_are_right(void **state)
{
    (void)state;
    size_t count = 0;
    struct problem p = PROBLEM_INIT;
    if (design_each(NULL, count_design, &count, &p))
        fail_msg("%s", p.text);
    assert_int_equal(count, 5);
    cleanup_design struct design d = DESIGN_INIT;
    assert_int_equal(design_load(NULL, "nothing", &d, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "(there are: bare, board-a4, board-a5, board-a6, label-60x80, stele)");
    assert_int_equal(design_load(NULL, "../plates/stele", &d, &p), ERR_NOT_FOUND);
}

static void a_folder_adds_and_replaces_designs(void **state)
{
    (void)state;
    char folder[] = "/tmp/stele-designs-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/stele.ini", folder);
    assert_int_equal(file_write_atomic(path, HEAD SYMBOL, strlen(HEAD SYMBOL), NULL), ERR_NONE);
    snprintf(path, sizeof path, "%s/ours.ini", folder);
    assert_int_equal(file_write_atomic(path, HEAD, strlen(HEAD), NULL), ERR_NONE);
    cleanup_design struct design d = DESIGN_INIT, other = DESIGN_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(design_load(folder, "stele", &d, &p), ERR_NONE);
    assert_true(d.width == 60);
    assert_int_equal(design_load(folder, "board-a4", &other, &p), ERR_NONE);
    assert_true(other.width == 210);
    assert_int_equal(design_load(folder, "ours", &other, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "/ours.ini, line 1: the design has no [symbol]");
    assert_int_equal(design_load("/nowhere", "stele", &other, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "/nowhere");
    assert_int_equal(file_remove_tree(folder, NULL), ERR_NONE);
}

// --- a plate in its design

static const struct job_text titles[] = {{"vi", "Đình Bình Thủy"}, {"en", "Bình Thủy Communal House"}};
static const struct job_text ranks[] = {{"en", "National site"}};

// How many shapes the design makes of the plate; 0 for a failure.
static size_t shapes_of(const char *text, const struct job_plate *plate, const struct logo *logo)
{
    cleanup_design struct design d = DESIGN_INIT;
    cleanup_drawing struct drawing out = DRAWING_INIT;
    cleanup_lettering struct lettering *l = lettering_new();
    struct matrix m;
    struct measure measure;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(matrix_make("https://ditich.example.vn/k7m39qx2", &m, NULL), ERR_NONE);
    assert_int_equal(measure_from_side(50, 600, m.size, &measure, NULL), ERR_NONE);
    assert_int_equal(parse(text, &d, &p), ERR_NONE);
    const struct plate_values values = {.url = "https://ditich.example.vn/k7m39qx2",
                                        .plate = plate,
                                        .matrix = &m,
                                        .measure = &measure,
                                        .logo = logo};
    return design_compose(&d, &values, l, &out, &p) ? 0 : out.shape_count;
}

static void texts_that_a_plate_lacks_are_left_out(void **state)
{
    (void)state;
    struct job_plate plate = {.code = "k7m39qx2", .title = "Đình Bình Thủy", .place = ""};
    const char *text =
        HEAD SYMBOL COLUMN NAME "[text en]\nwhat = name\nlang = en\nsize = 3\n"
                                "[text vi]\nwhat = name\nlang = vi\nsize = 3\n"
                                "[text rank]\nwhat = rank\nsize = 3\n[text rank-en]\nwhat = rank\nlang = en\n"
                                "size = 3\n[text place]\nwhat = place\nsize = 3\n";
    assert_int_equal(shapes_of(text, &plate, NULL), 1 + 1); // the symbol, and the title without a language
    plate.titles = (struct job_texts){titles, 2};
    assert_int_equal(shapes_of(text, &plate, NULL), 1 + 2); // the original once, and English
    plate.titles = (struct job_texts){titles + 1, 1};
    assert_int_equal(shapes_of(text, &plate, NULL), 1 + 1); // the original is English: not twice
    plate.titles = (struct job_texts){titles, 2};
    plate.rank = (struct job_texts){ranks, 1};
    plate.place = "cổng";
    assert_int_equal(shapes_of(text, &plate, NULL), 1 + 2 + 1 + 1);
}

static void a_symbol_stands_on_whole_pixels(void **state)
{
    (void)state;
    cleanup_design struct design d = DESIGN_INIT;
    struct matrix m;
    struct measure measure;
    assert_int_equal(parse(HEAD "[symbol]\nbox = 3.3 7.7 50.1 60\n", &d, NULL), ERR_NONE);
    assert_int_equal(matrix_make("https://ditich.example.vn/k7m39qx2", &m, NULL), ERR_NONE);
    assert_int_equal(measure_from_side(design_symbol_mm(&d), 600, m.size, &measure, NULL), ERR_NONE);
    unsigned px[2];
    design_symbol_at(&d, &m, &measure, px);
    double side = measure_picture_mm(&measure, m.size);
    assert_float_equal(px[0] * 25.4 / 600, 3.3 + (50.1 - side) / 2, 0.022);
    assert_float_equal(px[1] * 25.4 / 600, 7.7 + (60 - side) / 2, 0.022);
}

// --- logos

#define LOGO_PX 40

static void write_png(const uint8_t *grey, unsigned side, struct buf *ret)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = side, .height = side, .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = 0;
    assert_true(png_image_write_get_memory_size(image, size, 0, grey, 0, NULL));
    char *room = buf_reserve(ret, size);
    assert_non_null(room);
    assert_true(png_image_write_to_memory(&image, room, &size, 0, grey, 0, NULL));
    buf_grew(ret, size);
}

static void a_logo_becomes_few_smooth_outlines(void **state)
{
    (void)state;
    uint8_t grey[LOGO_PX * LOGO_PX];
    for (int y = 0; y < LOGO_PX; y++)
        for (int x = 0; x < LOGO_PX; x++) { // a soft-edged ring of radius 12 and width 6
            double off = 3 - fabs(hypot(x - 19.5, y - 19.5) - 12) + 0.5;
            grey[y * LOGO_PX + x] = (uint8_t)(255 - 255 * fmin(fmax(off, 0), 1));
        }
    cleanup_buf struct buf png = BUF_INIT;
    write_png(grey, LOGO_PX, &png);
    cleanup_logo struct logo logo = LOGO_INIT;
    assert_int_equal(logo_parse("logo.png", png.data, png.len, &logo, NULL), ERR_NONE);
    assert_int_equal(logo.drawing.shape_count, 1);
    assert_float_equal(logo.width, 30, 0.3);
    assert_float_equal(logo.height, 30, 0.3);
    assert_in_range(logo.drawing.point_count, 20, 120); // two circles, and not their four hundred steps
    size_t closed = 0;
    for (size_t i = 0; i < logo.drawing.op_count; i++)
        closed += logo.drawing.ops[i] == DRAWING_CLOSE;
    assert_int_equal(closed, 2);
    for (size_t i = 0; i < logo.drawing.point_count; i++) {
        const struct drawing_point *at = &logo.drawing.points[i];
        double radius = hypot(at->x - logo.width / 2, at->y - logo.height / 2);
        assert_true(fabs(radius - 15) < 0.5 || fabs(radius - 9) < 0.5);
    }
    struct job_plate plate = {.code = "k7m39qx2", .title = "x", .place = ""};
    const char *text = HEAD SYMBOL "[logo mark]\nbox = 5 60 10 10\n";
    assert_int_equal(shapes_of(text, &plate, NULL), 1);
    assert_int_equal(shapes_of(text, &plate, &logo), 2);
}

static void what_is_no_logo_is_refused(void **state)
{
    (void)state;
    cleanup_logo struct logo logo = LOGO_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(logo_parse("a.png", "GIF89a", 6, &logo, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the logo a.png is no PNG");
    uint8_t grey[LOGO_PX * LOGO_PX];
    memset(grey, 255, sizeof grey);
    cleanup_buf struct buf png = BUF_INIT;
    write_png(grey, LOGO_PX, &png);
    assert_int_equal(logo_parse("a.png", png.data, png.len, &logo, &p), ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "nothing in the logo a.png is dark");
    assert_int_equal(logo_parse("a.png", png.data, png.len - 20, &logo, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "damaged");
    const unsigned side = 700;
    cleanup_free uint8_t *noise = malloc((size_t)side * side);
    for (size_t i = 0; i < (size_t)side * side; i++)
        noise[i] = (i / side + i % side) & 1 ? 255 : 0; // a chessboard of pixels
    buf_reset(&png);
    write_png(noise, side, &png);
    assert_int_equal(logo_parse("a.png", png.data, png.len, &logo, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "too many details");
    assert_int_equal(logo.drawing.point_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_is_read),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(the_designs_of_the_program_are_right),
        cmocka_unit_test(a_folder_adds_and_replaces_designs),
        cmocka_unit_test(texts_that_a_plate_lacks_are_left_out),
        cmocka_unit_test(a_symbol_stands_on_whole_pixels),
        cmocka_unit_test(a_logo_becomes_few_smooth_outlines),
        cmocka_unit_test(what_is_no_logo_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
