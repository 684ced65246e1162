#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hash.h"
#include "qrgen/batch.h"
#include "qrgen/check/check.h"
#include "qrgen/job/job.h"
#include "qrgen/parcel/output.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/raster.h"
#include "tests/unit/scratch.h"

#define BASE "https://ditich.example.vn"

static size_t count_entries(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    if (!d)
        return 0;
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

// `count` plates with right codes: the number, spelled in letters, and its check symbol. Letters, as digits
// pack more densely and would make some symbols smaller.
static void fill_job(struct job *job, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char seven[7], code[CODE_SIZE];
        size_t rest = i;
        for (int at = 6; at >= 0; at--, rest /= 22)
            seven[at] = "abcdefghjkmnpqrstvwxyz"[rest % 22];
        assert_true(code_complete(seven, code));
        const struct job_plate plate = {.site = "dinh-binh-thuy", .line = i + 2};
        assert_int_equal(job_add(job, code, &plate, NULL), ERR_NONE);
    }
}

static void job_reads_codes_as_people_write_them(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    char code[CODE_SIZE], words[CODE_WORDS_SIZE];
    assert_true(code_complete("k7m39qx", code));
    code_words(code, words);
    assert_int_equal(job_add(&job, words, &(struct job_plate){.line = 7}, NULL), ERR_NONE);
    assert_string_equal(job.plates[0].code, code);
    assert_string_equal(job.plates[0].site, "");
    struct problem p = PROBLEM_INIT;
    code[3] = code[3] == '3' ? '4' : '3';
    code[4] = 'z';
    assert_int_equal(job_add(&job, code, &(struct job_plate){.line = 8}, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "mistyped");
    assert_int_equal(p.line, 8);
    assert_int_equal(job_add(&job, "pagoda", &(struct job_plate){.line = 9}, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "8 symbols");
    assert_int_equal(job_add(&job, "", &(struct job_plate){.line = 10}, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "no code");
    assert_int_equal(job.count, 1);
}

static void job_names_both_lines_of_a_code_that_stands_twice(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 300);
    struct problem p = PROBLEM_INIT;
    assert_int_equal(job_check_unique(&job, &p), ERR_NONE);
    assert_int_equal(job_add(&job, job.plates[41].code, &(struct job_plate){.line = 999}, &p), ERR_NONE);
    assert_int_equal(job_check_unique(&job, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "in line 43 and again in line 999");
    assert_int_equal(p.line, 999);
}

static void file_names_are_plain_whatever_the_site_is_called(void **state)
{
    (void)state;
    static const struct {
        const char *site, *title, *expected;
    } cases[] = {
        {"dinh-binh-thuy", "", "_dinh-binh-thuy.png"},
        {"", "Đình Bình Thủy", "_dinh-binh-thuy.png"},
        {"../../etc/passwd", "", "_etc-passwd.png"},
        {"a\nb\x1b[31m", "", "_a-b-31m.png"},
        {"វត្ត", "", "_site.png"},
        {"\xff\xfe", "", "_site.png"},
        {"-rf *", "", "_rf.png"},
        {"CON", "", "_con.png"},
        {"", "", ".png"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_job struct job job = JOB_INIT;
        fill_job(&job, 1);
        job.plates[0].site = cases[i].site;
        job.plates[0].title = cases[i].title;
        char name[JOB_FILE_MAX], expected[JOB_FILE_MAX];
        snprintf(expected, sizeof expected, "0001_%s%s", job.plates[0].code, cases[i].expected);
        assert_int_equal(job_file_name(&job, 1, ".png", name, NULL), ERR_NONE);
        assert_string_equal(name, expected);
        assert_true(job_is_file_name(name));
    }
}

static void file_names_widen_beyond_9999(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 9999);
    char name[JOB_FILE_MAX];
    assert_int_equal(job_file_name(&job, 1, ".png", name, NULL), ERR_NONE);
    assert_int_equal(strncmp(name, "0001_", 5), 0);
    char code[CODE_SIZE];
    assert_true(code_complete("zzzzzzz", code));
    assert_int_equal(job_add(&job, code, &(struct job_plate){.site = ""}, NULL), ERR_NONE);
    assert_int_equal(job_file_name(&job, 1, ".png", name, NULL), ERR_NONE);
    assert_int_equal(strncmp(name, "00001_", 6), 0);
    assert_int_equal(job_file_name(&job, 10000, ".png", name, NULL), ERR_NONE);
    assert_int_equal(strncmp(name, "10000_", 6), 0);
    assert_true(job_is_file_name(name));
}

static void only_our_own_names_are_taken_for_pictures_of_a_batch(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "manifest.csv",
        "0001_.png",
        "0001_abcdefgh.png",
        "holiday.png",
        "0001_0000000x.png",
        "0001.png",
        "00000000000000.png",
        "1_00000000_site.png",
        "0001_00000000",
        ".png",
        "0001_00000000_.png",
        "0001_00000000_../x.png",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (job_is_file_name(others[i]))
            fail_msg("\"%s\" was taken for a picture", others[i]);
    assert_true(job_is_file_name("0001_00000000.png"));
    assert_true(job_is_file_name("0001_00000000_x.png"));
}

struct picture {
    struct matrix matrix;
    struct measure measure;
    struct buf png;
};

static void draw(struct picture *pic, const char *url)
{
    pic->png = BUF_INIT;
    assert_int_equal(measure_from_module(1.0, 200, &pic->measure, NULL), ERR_NONE);
    assert_int_equal(matrix_make(url, &pic->matrix, NULL), ERR_NONE);
    assert_int_equal(raster_png(&pic->matrix, &pic->measure, &pic->png, NULL), ERR_NONE);
}

static void check_accepts_what_scans(void **state)
{
    (void)state;
    cleanup_check struct check *c = check_new();
    for (int i = 0; i < 60; i++) {
        char url[400];
        snprintf(url, sizeof url, BASE "/%0*d", 8 + i * 5, i);
        struct picture pic;
        draw(&pic, url);
        struct problem p = PROBLEM_INIT;
        if (check_picture(c, pic.png.data, pic.png.len, &pic.measure, url, &p))
            fail_msg("%s: %s", url, p.text);
        buf_free(&pic.png);
    }
}

static void check_refuses_everything_else(void **state)
{
    (void)state;
    cleanup_check struct check *c = check_new();
    struct picture pic;
    struct problem p = PROBLEM_INIT;
    draw(&pic, BASE "/k7m39qx2");
    assert_int_equal(check_picture(c, pic.png.data, pic.png.len, &pic.measure, BASE "/k7m39qx3", &p),
                     ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "says \"" BASE "/k7m39qx2\" and not");
    struct measure other = pic.measure;
    other.dpi++;
    assert_int_equal(check_picture(c, pic.png.data, pic.png.len, &other, BASE "/k7m39qx2", &p), ERR_CORRUPT);
    other = pic.measure;
    other.module_px++;
    assert_int_equal(check_picture(c, pic.png.data, pic.png.len, &other, BASE "/k7m39qx2", &p), ERR_CORRUPT);
    // Every byte of the file matters: whichever is changed, the picture is refused.
    for (size_t i = 0; i < pic.png.len; i++) {
        pic.png.data[i] ^= 0x10;
        if (!check_picture(c, pic.png.data, pic.png.len, &pic.measure, BASE "/k7m39qx2", &p))
            fail_msg("byte %zu may be wrong", i);
        pic.png.data[i] ^= 0x10;
    }
    for (size_t len = 0; len < pic.png.len; len += 7)
        assert_int_equal(check_picture(c, pic.png.data, len, &pic.measure, BASE "/k7m39qx2", &p),
                         ERR_CORRUPT);
    assert_int_equal(check_picture(c, pic.png.data, pic.png.len, &pic.measure, BASE "/k7m39qx2", &p),
                     ERR_NONE);
    buf_free(&pic.png);
}

// A symbol with so many modules turned over that error correction gives up, and one that is merely dirty in
// the quiet zone: both are pictures in perfect form.
static void check_refuses_symbols_that_do_not_scan(void **state)
{
    (void)state;
    cleanup_check struct check *c = check_new();
    struct picture pic;
    struct problem p = PROBLEM_INIT;
    draw(&pic, BASE "/k7m39qx2");
    for (int i = 9 * pic.matrix.size; i < 24 * pic.matrix.size; i += 2)
        pic.matrix.modules[i / 8] ^= (uint8_t)(0x80 >> i % 8);
    assert_int_equal(raster_png(&pic.matrix, &pic.measure, &pic.png, NULL), ERR_NONE);
    assert_int_equal(check_picture(c, pic.png.data, pic.png.len, &pic.measure, BASE "/k7m39qx2", &p),
                     ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "does not scan");
    buf_free(&pic.png);
}

static struct order order; // of the batch that was made last

static struct batch default_batch(const struct job *job, const char *out)
{
    order = ORDER_DEFAULT;
    order.base_url = BASE, order.dpi = 200, order.module_mm = 1.2, order.plain = true;
    return (struct batch){.job = job, .order = &order, .out = out};
}

static void batch_writes_pictures_and_a_manifest_that_agree(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 25);
    const char *out = in_root("parents/to/make");
    struct batch b = default_batch(&job, out);
    struct batch_result r;
    struct problem p = PROBLEM_INIT;
    if (batch_run(&b, &r, &p))
        fail_msg("%s", p.text);
    assert_int_equal(r.plates, 25);
    assert_int_equal(count_entries(out), 26);
    assert_int_equal(count_entries(in_root("parents/to")), 1);
    cleanup_buf struct buf manifest = BUF_INIT;
    char path[512], hex[HASH_HEX_SIZE];
    snprintf(path, sizeof path, "%s/manifest.csv", out);
    assert_int_equal(file_read(path, 1 << 20, &manifest, NULL), ERR_NONE);
    char *save = NULL, *line = strtok_r(manifest.data, "\n", &save);
    assert_string_equal(line,
                        "sequence,code,site,url,version,level,module_mm,symbol_mm,pixels,dpi,sha256,file,"
                        "picture_mm,title,place,checked,copies,design,width_mm,"
                        "height_mm,material,reads_from_m,margin,files,weakest");
    for (size_t i = 0; i < 25; i++) {
        char name[JOB_FILE_MAX], expected[512];
        assert_int_equal(job_file_name(&job, i + 1, ".png", name, NULL), ERR_NONE);
        snprintf(path, sizeof path, "%s/%s", out, name);
        assert_int_equal(hash_file(path, hex, NULL), ERR_NONE);
        const char *code = job.plates[i].code;
        // 1.2 mm at 200 dpi are 9.45 pixels: 9, which are 1.143 mm.
        snprintf(expected, sizeof expected,
                 "%zu,%s,dinh-binh-thuy,%s/"
                 "%s,4,H,1.143,37.7,369,200,%s,%s,46.9,,,yes,1,bare,46.86,46.86,,0.29,,%s,",
                 i + 1, code, BASE, code, hex, name, name);
        assert_string_equal(strtok_r(NULL, "\n", &save), expected);
    }
    assert_null(strtok_r(NULL, "\n", &save));
}

static void batch_is_the_same_with_any_number_of_threads(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 40);
    char manifests[3][HASH_HEX_SIZE];
    static const unsigned threads[] = {1, 2, 7};
    for (int i = 0; i < 3; i++) {
        char name[32], path[512];
        snprintf(name, sizeof name, "threads-%u", threads[i]);
        struct batch b = default_batch(&job, in_root(name));
        b.threads = threads[i];
        struct batch_result r;
        assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE);
        snprintf(path, sizeof path, "%s/manifest.csv", in_root(name));
        assert_int_equal(hash_file(path, manifests[i], NULL), ERR_NONE);
    }
    assert_string_equal(manifests[0], manifests[1]);
    assert_string_equal(manifests[0], manifests[2]);
}

static void assert_refused(const struct batch *b, enum err expected, const char *part)
{
    struct batch_result r = {.plates = 77};
    struct problem p = PROBLEM_INIT;
    size_t before = count_entries(scratch_root);
    assert_int_equal(batch_run(b, &r, &p), expected);
    assert_problem(p, expected, part);
    assert_int_equal(r.plates, 77);
    assert_int_equal(count_entries(scratch_root), before);
}

static void batch_refuses_with_a_sentence_and_leaves_nothing(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT, empty = JOB_INIT;
    fill_job(&job, 3);
    struct batch good = default_batch(&job, in_root("refused/deeper")), b = good;
    b.job = &empty;
    assert_refused(&b, ERR_INVALID, "no plates");
    empty.retired = 2;
    assert_refused(&b, ERR_INVALID, "retired");
    b = good, order.base_url = "";
    assert_refused(&b, ERR_INVALID, "base URL");
    order.base_url = "/plates";
    assert_refused(&b, ERR_INVALID, "/plates");
    order.base_url = BASE, order.module_mm = 0.9;
    assert_refused(&b, ERR_INVALID, "0.9 mm");
    order.module_mm = 1.2, order.dpi = 20;
    assert_refused(&b, ERR_INVALID, "20 dots");
    order.dpi = 200, order.size_mm = 40;
    assert_refused(&b, ERR_TOO_LARGE, "46.9 mm wide");
    order.module_mm = 0;
    assert_refused(&b, ERR_TOO_LARGE, "0.98 mm");
    order.size_mm = 0, order.module_mm = 1.2, b.out = "";
    assert_refused(&b, ERR_INVALID, "--out");
    b = good, b.out = "/proc/batch";
    assert_refused(&b, ERR_NOT_FOUND, "/proc/batch");
    assert_int_equal(job_add(&job, job.plates[1].code, &(struct job_plate){.line = 50}, NULL), ERR_NONE);
    assert_refused(&good, ERR_EXISTS, "line 3 and again in line 50");
}

static void size_alone_chooses_the_module(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 2);
    struct batch b = default_batch(&job, in_root("size"));
    order.module_mm = 0, order.size_mm = 80, order.dpi = 600;
    struct batch_result r;
    assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE);
    assert_true(r.plate_mm[1][0] <= 80 && r.plate_mm[0][0] > 78);
}

static void touch(const char *path)
{
    assert_int_equal(file_write_atomic(path, "mine", 4, NULL), ERR_NONE);
}

static void folder_with_something_in_it_is_only_replaced_when_asked(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 5);
    struct batch_result r;
    struct batch b = default_batch(&job, in_root("full"));
    assert_int_equal(mkdir(in_root("full"), 0755), 0);
    assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE); // empty: fine
    assert_int_equal(count_entries(in_root("full")), 6);
    touch(in_root("full/notes.txt"));
    assert_refused(&b, ERR_EXISTS, "not empty");
    assert_int_equal(count_entries(in_root("full")), 7);
    job.count = 2;
    b.replace = true;
    assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE);
    assert_int_equal(count_entries(in_root("full")), 4); // 2 pictures, manifest, notes
    assert_int_equal(access(in_root("full/notes.txt"), F_OK), 0);
    b.out = in_root("full/notes.txt");
    assert_refused(&b, ERR_EXISTS, "is a file");
}

// The name of the picture of plate `number` in a folder.
static void find_picture(const char *folder, const char *number, char ret[256])
{
    DIR *d = opendir(folder);
    assert_non_null(d);
    ret[0] = '\0';
    for (struct dirent *entry = readdir(d); entry; entry = readdir(d))
        if (strncmp(entry->d_name, number, strlen(number)) == 0)
            snprintf(ret, 256, "%s", entry->d_name);
    closedir(d);
    assert_true(ret[0]);
}

static void batch_that_cannot_be_replaced_stays_whole(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 5);
    struct batch_result r;
    struct batch b = default_batch(&job, in_root("all"));
    assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE);
    char name[256], path[600];
    find_picture(in_root("all"), "0003_", name);
    job.count = 2;
    b.out = in_root("kept");
    assert_int_equal(batch_run(&b, &r, NULL), ERR_NONE);
    cleanup_buf struct buf before = BUF_INIT, after = BUF_INIT;
    assert_int_equal(file_read(in_root("kept/manifest.csv"), 10000, &before, NULL), ERR_NONE);
    snprintf(path, sizeof path, "%s/%s", in_root("kept"), name);
    assert_int_equal(mkdir(path, 0755), 0); // nothing of ours, and in the way of the third picture
    job.count = 5;
    b.replace = true;
    assert_refused(&b, ERR_IO, "cannot write");
    assert_int_equal(count_entries(in_root("kept")), 4); // 2 pictures, manifest, what is in the way
    assert_int_equal(file_read(in_root("kept/manifest.csv"), 10000, &after, NULL), ERR_NONE);
    assert_string_equal(after.data, before.data);
}

static atomic_bool stop_now;

static void stop_after_some(void *arg, enum batch_stage stage, size_t done, size_t total)
{
    (void)arg, (void)stage, (void)done, (void)total;
    atomic_store(&stop_now, true);
}

static void stopped_batch_leaves_nothing(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    fill_job(&job, 20000);
    struct batch b = default_batch(&job, in_root("stopped/deeper"));
    b.stop = &stop_now, b.progress = stop_after_some, b.threads = 1;
    assert_refused(&b, ERR_CANCELLED, "stopped");
    assert_int_equal(access(in_root("stopped"), F_OK), -1);
    assert_int_equal(mkdir(in_root("was-there"), 0755), 0);
    b.out = in_root("was-there");
    assert_refused(&b, ERR_CANCELLED, "nothing of it was kept");
    assert_int_equal(count_entries(in_root("was-there")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(job_reads_codes_as_people_write_them),
        cmocka_unit_test(job_names_both_lines_of_a_code_that_stands_twice),
        cmocka_unit_test(file_names_are_plain_whatever_the_site_is_called),
        cmocka_unit_test(file_names_widen_beyond_9999),
        cmocka_unit_test(only_our_own_names_are_taken_for_pictures_of_a_batch),
        cmocka_unit_test(check_accepts_what_scans),
        cmocka_unit_test(check_refuses_everything_else),
        cmocka_unit_test(check_refuses_symbols_that_do_not_scan),
        cmocka_unit_test(batch_writes_pictures_and_a_manifest_that_agree),
        cmocka_unit_test(batch_is_the_same_with_any_number_of_threads),
        cmocka_unit_test(batch_refuses_with_a_sentence_and_leaves_nothing),
        cmocka_unit_test(size_alone_chooses_the_module),
        cmocka_unit_test(folder_with_something_in_it_is_only_replaced_when_asked),
        cmocka_unit_test(batch_that_cannot_be_replaced_stays_whole),
        cmocka_unit_test(stopped_batch_leaves_nothing),
    };
    return cmocka_run_group_tests_name("batch", tests, make_root, remove_root);
}
