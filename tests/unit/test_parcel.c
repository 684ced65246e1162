#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"
#include "qrgen/check/check.h"
#include "qrgen/parcel/names.h"
#include "qrgen/parcel/output.h"
#include "qrgen/parcel/proof.h"
#include "qrgen/parcel/read_me.h"
#include "qrgen/parcel/sheets.h"
#include "tests/unit/scratch.h"

#define BIG (1 << 20)

// An output with a large file, as of pictures, and a text.
static void fill(struct output *o)
{
    char *data = malloc(BIG);
    uint8_t sha256[HASH_SIZE];
    assert_non_null(data);
    for (size_t i = 0; i < BIG; i++)
        data[i] = (char)(i * 2654435761u >> 13);
    assert_int_equal(output_write(o, "png/0001_00000000.png", data, BIG, NULL), ERR_NONE);
    assert_int_equal(output_create(o, "manifest.csv", NULL), ERR_NONE);
    assert_int_equal(output_append(o, "manifest.csv", "code\n", 5, NULL), ERR_NONE);
    assert_int_equal(output_append(o, "manifest.csv", "00000000\n", 9, NULL), ERR_NONE);
    assert_int_equal(output_end(o, "manifest.csv", sha256, NULL), ERR_NONE);
    char hex[HASH_HEX_SIZE], expected[HASH_HEX_SIZE];
    hash_to_hex(sha256, hex);
    hash_bytes("code\n00000000\n", 14, expected);
    assert_string_equal(hex, expected);
    free(data);
}

static void zip_is_whole_and_always_the_same(void **state)
{
    (void)state;
    struct output_facts facts[2];
    static const char *const zones[] = {"UTC", "Asia/Ho_Chi_Minh"};
    for (int i = 0; i < 2; i++) {
        cleanup_output struct output o = OUTPUT_INIT;
        setenv("TZ", zones[i], 1);
        tzset();
        const char *path = in_root(i ? "two.ZIP" : "deep/er/one.zip");
        assert_int_equal(output_begin(path, false, &o, NULL), ERR_NONE);
        assert_true(o.is_zip);
        fill(&o);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(output_finish(&o, NULL, &facts[i], NULL), ERR_NONE);
        char hex[HASH_HEX_SIZE];
        assert_int_equal(hash_file(path, hex, NULL), ERR_NONE);
        assert_string_equal(hex, facts[i].sha256);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, facts[i].bytes);
        assert_int_equal(facts[i].files, 2);
    }
    assert_string_equal(facts[0].sha256, facts[1].sha256);
}

static void zip_that_reads_back_otherwise_is_not_kept(void **state)
{
    (void)state;
    cleanup_output struct output o = OUTPUT_INIT;
    struct output_facts facts;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(output_begin(in_root("damaged/x.zip"), false, &o, NULL), ERR_NONE);
    fill(&o);
    cleanup_close int fd = open(o.zip.staging, O_RDWR);
    char byte;
    assert_int_equal(pread(fd, &byte, 1, 100000), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 100000), 1);
    assert_int_equal(output_finish(&o, NULL, &facts, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "png/0001_00000000.png in ");
    output_close(&o);
    assert_int_equal(access(in_root("damaged"), F_OK), -1);
}

// A directory of more than 65,535 entries needs ZIP64 (APPNOTE.TXT, 4.4.22).
static void many_files_make_a_zip64(void **state)
{
    (void)state;
    enum { MANY = 66000, TAIL = 200 };
    cleanup_output struct output o = OUTPUT_INIT;
    struct output_facts facts;
    assert_int_equal(output_begin(in_root("many.zip"), false, &o, NULL), ERR_NONE);
    for (int i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof name, "png/%05d.png", i);
        assert_int_equal(output_write(&o, name, name, 9, NULL), ERR_NONE);
    }
    assert_int_equal(output_finish(&o, NULL, &facts, NULL), ERR_NONE);
    assert_int_equal(facts.files, MANY);
    cleanup_close int fd = open(in_root("many.zip"), O_RDONLY);
    char tail[TAIL];
    assert_int_equal(pread(fd, tail, TAIL, (off_t)facts.bytes - TAIL), TAIL);
    assert_non_null(memmem(tail, TAIL, "PK\6\6", 4));
}

static void zip_is_replaced_only_when_asked(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct output_facts facts;
    assert_int_equal(file_write_atomic(in_root("there.zip"), "mine", 4, NULL), ERR_NONE);
    cleanup_output struct output o = OUTPUT_INIT;
    assert_int_equal(output_begin(in_root("there.zip"), false, &o, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "--force");
    output_close(&o);
    o = OUTPUT_INIT;
    assert_int_equal(output_begin(in_root("there.zip"), true, &o, NULL), ERR_NONE);
    output_close(&o); // given up: the old one stays
    char hex[HASH_HEX_SIZE], mine[HASH_HEX_SIZE];
    hash_bytes("mine", 4, mine);
    assert_int_equal(hash_file(in_root("there.zip"), hex, NULL), ERR_NONE);
    assert_string_equal(hex, mine);
    o = OUTPUT_INIT;
    assert_int_equal(output_begin(in_root("there.zip"), true, &o, NULL), ERR_NONE);
    fill(&o);
    assert_int_equal(output_finish(&o, NULL, &facts, NULL), ERR_NONE);
    assert_int_equal(hash_file(in_root("there.zip"), hex, NULL), ERR_NONE);
    assert_string_equal(hex, facts.sha256);
    assert_int_equal(mkdir(in_root("folder.zip"), 0755), 0);
    output_close(&o);
    o = OUTPUT_INIT;
    assert_int_equal(output_begin(in_root("folder.zip"), true, &o, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "is a folder");
}

static void names_of_volumes_sort(void **state)
{
    (void)state;
    char name[NAMES_VOLUME_SIZE];
    names_volume("sheets", 1, 1, name);
    assert_string_equal(name, "sheets.pdf");
    names_volume("sheets", 3, 12, name);
    assert_string_equal(name, "sheets-03.pdf");
    names_volume("proof", 7, 1000, name);
    assert_string_equal(name, "proof-0007.pdf");
    static const char *const ours[] = {"sheets.pdf",    "sheets-01.pdf",  "proof-0007.pdf",   "manifest.csv",
                                       "manifest.json", "READ-ME.vi.txt", "0001_00000000.png"};
    static const char *const others[] = {"sheets-1.pdf", "sheets-.pdf", "sheets-01.pdf.bak",
                                         "proofs.pdf",   "READ-ME.txt", "notes.txt"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(names_is_ours(ours[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(names_is_ours(others[i]));
}

static struct job_plate plates[] = {{.copies = 1}, {.copies = 100}, {.copies = 3}};
static const struct job job = {.plates = plates, .count = 3, .copies = 104};

static struct sheets plan(double paper_width, double paper_height, double width, double height)
{
    const struct order order = {
        .name = "",
        .sheets = {.width_mm = paper_width, .height_mm = paper_height, .gutter_mm = 4, .margin_mm = 10},
    };
    struct sheets s = {.columns = 0};
    struct problem p = PROBLEM_INIT;
    if (sheets_plan(&order, &job, width, height, &s, &p))
        assert_problem(p, ERR_TOO_LARGE, "does not fit on paper of");
    return s;
}

static void sheets_turn_the_paper_to_hold_more(void **state)
{
    (void)state;
    struct sheets s = plan(210, 297, 60, 90); // upright 3 x 2, across 4 x 2
    assert_true(s.columns == 4 && s.rows == 2);
    assert_true(s.paper_mm[0] == 297 && s.paper_mm[1] == 210);
    assert_int_equal(s.pages, 13);
    assert_int_equal(s.volumes, 1);
    s = plan(297, 210, 60, 90);
    assert_true(s.columns == 4 && s.rows == 2 && s.paper_mm[0] == 297);
    s = plan(210, 297, 190, 277); // to the very margins
    assert_true(s.columns == 1 && s.rows == 1 && s.pages == 104);
    assert_int_equal(plan(210, 297, 190.1, 277).columns, 0);
    assert_int_equal(plan(210, 297, 278, 191).columns, 0);
    s = plan(297, 420, 83.31, 83.31); // 3 x 4 upright
    assert_true(s.columns == 3 && s.rows == 4);
    double left = s.origin_mm[0], right = 297 - left - 3 * 83.31 - 2 * 4;
    assert_true(left > right - 0.001 && left < right + 0.001); // in the middle
}

static void many_plates_make_volumes(void **state)
{
    (void)state;
    struct job many = job;
    many.count = 100000, many.copies = 100000;
    const struct order order = {.name = "", .sheets = {.width_mm = 210, .height_mm = 297, .margin_mm = 10}};
    struct sheets s;
    assert_int_equal(sheets_plan(&order, &many, 83.31, 83.31, &s, NULL), ERR_NONE);
    assert_true(s.volumes > 100 && s.volume_pages * s.columns * s.rows <= SHEETS_VOLUME_PLACES);
    assert_true(s.volumes * s.volume_pages >= s.pages && (s.volumes - 1) * s.volume_pages < s.pages);
    struct proof proof = proof_plan(&order, &many, 148, 210);
    assert_true(proof.rows >= 3 && proof.volume_pages * proof.rows * PROOF_COLUMNS <= PROOF_VOLUME_PLACES);
    proof = proof_plan(&order, &many, 20, 2000);
    assert_true(proof.rows >= 2);
    proof = proof_plan(&order, &many, 2000, 20);
    assert_true(proof.rows >= 3);
}

#define BASE "https://ditich.example.vn/0000000"

// Plate `i` is a symbol with modules of 1.2 mm that says its number.
static enum err draw_plate(void *arg, size_t i, struct drawing *ret, double *ret_width, double *ret_height,
                           struct problem *p)
{
    (void)arg;
    char url[80];
    struct matrix matrix;
    snprintf(url, sizeof url, BASE "%zu", i);
    enum err e = matrix_make(url, &matrix, p);
    drawing_reset(ret);
    drawing_symbol(ret, &matrix, 4 * 1.2, 4 * 1.2, 1.2);
    *ret_width = *ret_height = (matrix.size + 8) * 1.2;
    return e;
}

static enum err look(struct check *check, const struct buf *pdf, const struct sheets *s, size_t page,
                     const size_t shift[2], struct problem *p)
{
    struct sheets_place on_page[40];
    struct check_place places[40];
    char urls[40][80];
    size_t count = sheets_on_page(s, page, on_page);
    assert_true(count > 0 && count <= s->columns * s->rows);
    for (size_t i = 0; i < count; i++) {
        snprintf(urls[i], sizeof urls[i], BASE "%zu", (on_page[i].plate + shift[0]) % 3);
        places[i] = (struct check_place){on_page[i].x + (double)shift[1], on_page[i].y, s->cell_mm[0],
                                         s->cell_mm[1], urls[i]};
    }
    const struct check_sheet sheet = {s->paper_mm[0], s->paper_mm[1], 1.2, places, count};
    return check_sheet(check, pdf->data, pdf->len, page + 1, &sheet, p);
}

static void every_place_of_a_sheet_is_read(void **state)
{
    (void)state;
    struct job_plate some[] = {{.copies = 1}, {.copies = 22}, {.copies = 3}};
    const struct job three = {.plates = some, .count = 3, .copies = 26};
    const struct order order = {
        .name = "", .sheets = {.width_mm = 210, .height_mm = 297, .gutter_mm = 4, .margin_mm = 10}};
    struct sheets s;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf pdf = BUF_INIT;
    cleanup_lettering struct lettering *lettering = lettering_new();
    cleanup_check struct check *check = check_new();
    assert_int_equal(sheets_plan(&order, &three, 49.2, 49.2, &s, NULL), ERR_NONE);
    assert_int_equal(s.pages, 2); // of 3 x 5
    assert_int_equal(sheets_volume(&s, 0, lettering, draw_plate, NULL, &pdf, &p), ERR_NONE);
    static const size_t right[2] = {0, 0}, other[2] = {1, 0}, beside[2] = {0, 20};
    for (size_t page = 0; page < s.pages; page++)
        assert_int_equal(look(check, &pdf, &s, page, right, &p), ERR_NONE);
    assert_int_equal(look(check, &pdf, &s, 0, other, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the plate " BASE "1 on page 1 of the sheets");
    assert_int_equal(look(check, &pdf, &s, 1, beside, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "on page 2 of the sheets");
    s.paper_mm[0] += 2;
    assert_int_equal(look(check, &pdf, &s, 0, right, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "the sheet is ");
}

static void read_me_is_for_notepad_and_names_the_figures(void **state)
{
    (void)state;
    const struct order order = {.name = "Đợt in 12",
                                .base_url = "https://x.vn",
                                .material = "Nhôm",
                                .kinds = 1u << ORDER_PDF,
                                .dpi = 600,
                                .proof = true};
    const struct read_me r = {
        .order = &order,
        .plates = 1,
        .copies = 2,
        .plate_mm = {{83.31, 83.31}, {83.31, 83.31}},
        .symbol_mm = {67.06, 67.06},
        .module_mm = {2.032, 2.5},
        .distance_m = {0.51, 0.62},
        .sheet_file = "",
        .proof_file = "proof.pdf",
    };
    struct buf text[2] = {BUF_INIT, BUF_INIT};
    for (int language = 0; language < 2; language++) {
        read_me_write(&r, (enum read_me_language)language, &text[language]);
        const char *data = text[language].data;
        assert_memory_equal(data, "\xef\xbb\xbf", 3);
        for (const char *lf = strchr(data, '\n'); lf; lf = strchr(lf + 1, '\n'))
            assert_int_equal(lf[-1], '\r');
        assert_non_null(strstr(data, "Đợt in 12\r\n"));
        assert_non_null(strstr(data, "Nhôm"));
        assert_null(strchr(data, '{'));
        assert_non_null(strstr(data, "  pdf/"));
        assert_null(strstr(data, "  png/"));
        assert_null(strstr(data, "  sheets"));
    }
    assert_non_null(strstr(text[READ_ME_VI].data, "67,1 mm"));
    assert_non_null(strstr(text[READ_ME_VI].data, "2,032 – 2,500 mm"));
    assert_non_null(strstr(text[READ_ME_EN].data, "67.1 mm"));
    assert_non_null(strstr(text[READ_ME_EN].data, "1 plate, 2 copies in all"));
    assert_non_null(strstr(text[READ_ME_EN].data, "0.51 m"));
    buf_free(&text[0]);
    buf_free(&text[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zip_is_whole_and_always_the_same),
        cmocka_unit_test(zip_that_reads_back_otherwise_is_not_kept),
        cmocka_unit_test(many_files_make_a_zip64),
        cmocka_unit_test(zip_is_replaced_only_when_asked),
        cmocka_unit_test(names_of_volumes_sort),
        cmocka_unit_test(sheets_turn_the_paper_to_hold_more),
        cmocka_unit_test(many_plates_make_volumes),
        cmocka_unit_test(every_place_of_a_sheet_is_read),
        cmocka_unit_test(read_me_is_for_notepad_and_names_the_figures),
    };
    return cmocka_run_group_tests_name("parcel", tests, make_root, remove_root);
}
