#include "tests/unit/unit.h"

#include <stdio.h>

#include "common/buf.h"
#include "qrgen/job/job_json.h"

#define HEAD  "{\"stele-job\": 1, \"base_url\": \"https://ditich.example.vn\""
#define PLATE "{\"code\": \"00000000\"}"

struct read {
    struct arena arena;
    struct job job;
    struct order order;
};

static enum err parse(const char *text, struct read *r, struct problem *p)
{
    job_clear(&r->job);
    arena_clear(&r->arena);
    r->order = (struct order){.dpi = 600, .kinds = 1};
    *p = PROBLEM_INIT;
    return job_json_parse(text, strlen(text), &r->arena, &r->job, &r->order, p);
}

static void clear(struct read *r)
{
    job_clear(&r->job);
    arena_clear(&r->arena);
}

static void reads_all_that_a_job_can_say(void **state)
{
    (void)state;
    struct read r = {.job = JOB_INIT};
    struct problem p;
    assert_int_equal(
        parse(
            "\xef\xbb\xbf{\"plates\": [{\"code\": \"0000-0000\", \"site\": \"dinh-binh-thuy\", \"titles\": "
            "{\"vi\": "
            "\"Đình Bình Thủy\", \"en\": \"Bình Thủy Communal House\"}, \"rank\": {\"vi\": \"Di tích quốc "
            "gia\"}, "
            "\"address\": {\"vi\": \"Bình Thủy\"}, \"place\": \"cổng chính\", \"copies\": 2}, {\"code\": "
            "\"80e30002\", \"site\": null}], \"stele-job\": 1, \"name\": \"Đợt in 12\", \"base_url\": "
            "\"https://x.vn\", "
            "\"design\": \"board-a5\", \"designs\": \"/d\", \"logo\": \"/l.png\", \"formats\": [\"svg\", "
            "\"pdf\"], "
            "\"dpi\": 300, \"module_mm\": 1.5, \"size_mm\": null, \"distance_m\": 0.5, \"crop_marks\": true, "
            "\"sheets\": {\"paper\": {\"width_mm\": 320, \"height_mm\": 450}, \"margin_mm\": 12.5}, "
            "\"proof\": true, "
            "\"material\": \"Nhôm\"}\n",
            &r, &p),
        ERR_NONE);
    assert_int_equal(r.job.count, 2);
    assert_int_equal(r.job.copies, 3);
    assert_string_equal(r.job.plates[0].code, "00000000");
    assert_string_equal(r.job.plates[0].title, "Đình Bình Thủy");
    assert_string_equal(r.job.plates[0].place, "cổng chính");
    assert_string_equal(r.order.name, "Đợt in 12");
    assert_string_equal(r.order.design, "board-a5");
    assert_int_equal(r.order.kinds, 1u << ORDER_SVG | 1u << ORDER_PDF);
    assert_int_equal(r.order.dpi, 300);
    assert_true(r.order.module_mm == 1.5 && r.order.size_mm == 0 && r.order.distance_m == 0.5);
    assert_true(r.order.sheets.width_mm == 320 && r.order.sheets.height_mm == 450);
    assert_true(r.order.sheets.margin_mm == 12.5 && r.order.sheets.gutter_mm == ORDER_GUTTER_MM_DEFAULT);
    assert_true(r.order.proof && r.order.crop_marks);
    assert_string_equal(r.order.material, "Nhôm");
    clear(&r);
}

static void leaves_what_is_not_named(void **state)
{
    (void)state;
    struct read r = {.job = JOB_INIT};
    struct problem p;
    assert_int_equal(parse(HEAD ", \"plates\": [" PLATE "], \"sheets\": null, \"dpi\": null}", &r, &p),
                     ERR_NONE);
    assert_int_equal(r.order.dpi, 600);
    assert_int_equal(r.order.kinds, 1);
    assert_true(r.order.sheets.width_mm == 0 && !r.order.proof && !r.order.design);
    assert_int_equal(r.job.plates[0].copies, 1);
    clear(&r);
}

static void refuses_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *sentence;
        unsigned long line;
        enum err code;
    } cases[] = {
        {"", "", "must be one JSON object", 1, ERR_INVALID},
        {"[]", "", "must be one JSON object", 1, ERR_INVALID},
        {"{}", "stele-job", "\"stele-job\" is missing", 0, ERR_INVALID},
        {"{\"stele-job\": 2}", "stele-job", "is not 1", 1, ERR_UNSUPPORTED},
        {"{\"stele-job\": 1, \"plates\": []}", "base_url", "\"base_url\" is missing", 0, ERR_INVALID},
        {HEAD "}", "plates", "\"plates\" is missing", 0, ERR_INVALID},
        {HEAD ",\n\"plates\": [], \"plates\": []}", "", "twice", 2, ERR_INVALID},
        {HEAD ",\n\"dpi\": 1, \"dpi\": 2}", "dpi", "\"dpi\" stands twice", 2, ERR_INVALID},
        {HEAD ",\n\"dpi\": 300.5}", "dpi", "whole number", 2, ERR_INVALID},
        {HEAD ",\n\"colour\": 1}", "colour", "\"colour\" is not a known member", 2, ERR_INVALID},
        {HEAD ", \"formats\": [\"png\", \"eps\"]}", "formats[1]", "must be one of", 1, ERR_INVALID},
        {HEAD ", \"formats\": []}", "formats", "empty", 1, ERR_INVALID},
        {HEAD ", \"sheets\": {\"paper\": \"B5\"}}", "sheets.paper", "A4", 1, ERR_INVALID},
        {HEAD ", \"sheets\": {}}", "sheets.paper", "missing", 1, ERR_INVALID},
        {HEAD ", \"sheets\": {\"paper\": {\"width_mm\": 5, \"height_mm\": 100}}}", "sheets.paper.width_mm",
         "from 50 to 2000", 1, ERR_INVALID},
        {HEAD ", \"sheets\": {\"paper\": \"A4\", \"gutter_mm\": -1}}", "sheets.gutter_mm", "from 0 to 50", 1,
         ERR_INVALID},
        {HEAD ", \"crop_marks\": 1}", "crop_marks", "true or false", 1, ERR_INVALID},
        {HEAD ", \"name\": \"\"}", "name", "empty", 1, ERR_INVALID},
        {HEAD ", \"plates\": {}}", "", "must be a list", 1, ERR_INVALID},
        {HEAD ", \"plates\": [" PLATE, "", "not closed", 1, ERR_INVALID},
        {HEAD ", \"plates\": [" PLATE "]", "", "too early", 1, ERR_INVALID},
        {HEAD ", \"plates\": [" PLATE "]} x", "", "behind the end", 1, ERR_INVALID},
        {HEAD ", \"plates\": [\n" PLATE ",\n7]}", "plates[1]", "must be an object", 3, ERR_INVALID},
        {HEAD ", \"plates\": [\n{}]}", "plates[0].code", "missing", 2, ERR_INVALID},
        {HEAD ", \"plates\": [\n{\"code\": \"pagoda\"}]}", "plates[0].code",
         "\"pagoda\" is not a plate's code", 2, ERR_INVALID},
        {HEAD ", \"plates\": [{\"code\": \"00000000\", \"copies\": 0}]}", "plates[0].copies",
         "from 1 to 1000", 1, ERR_INVALID},
        {HEAD ", \"plates\": [{\"code\": \"00000000\", \"copies\": 1.5}]}", "plates[0].copies",
         "whole number", 1, ERR_INVALID},
        {HEAD ", \"plates\": [{\"code\": \"00000000\", \"titel\": {}}]}", "plates[0].titel", "typing error",
         1, ERR_INVALID},
        {HEAD ", \"plates\": [{\"code\": \"00000000\", \"titles\": {\"VI\": \"x\"}}]}", "plates[0].titles",
         "language", 1, ERR_INVALID},
        {HEAD ", \"plates\": [{\"code\": \"00000000\", \"code\": \"00000000\"}]}", "", "no valid JSON", 1,
         ERR_INVALID},
        {HEAD ", \"name\": \"\xff\"}", "", "not UTF-8", 1, ERR_INVALID},
    };
    struct read r = {.job = JOB_INIT};
    struct problem p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse(cases[i].text, &r, &p), cases[i].code);
        assert_problem(p, cases[i].code, cases[i].sentence);
        assert_string_equal(p.field, cases[i].field);
        assert_int_equal(p.line, cases[i].line);
    }
    clear(&r);
}

static void a_plate_too_many_is_refused(void **state)
{
    (void)state;
    struct read r = {.job = JOB_INIT};
    struct problem p;
    cleanup_buf struct buf text = BUF_INIT;
    buf_append_str(&text, HEAD ", \"plates\": [" PLATE);
    for (size_t i = 0; i < JOB_PLATE_MAX; i++)
        buf_append_str(&text, "," PLATE);
    buf_append_str(&text, "]}");
    assert_false(text.failed);
    assert_int_equal(parse(text.data, &r, &p), ERR_TOO_LARGE);
    assert_problem(p, ERR_TOO_LARGE, "at most 1000000 plates: divide the list");
    assert_int_equal(r.job.count, JOB_PLATE_MAX);
    clear(&r);
}

static void reads_papers(void **state)
{
    (void)state;
    double width = 0, height = 0;
    assert_true(order_read_paper("a3", &width, &height) && width == 297 && height == 420);
    assert_true(order_read_paper("320x450", &width, &height) && width == 320 && height == 450);
    assert_true(order_read_paper("100.5X200", &width, &height) && width == 100.5);
    static const char *const wrong[] = {"",          "A0",       "x",     "320x",    "x450",
                                        "320x450mm", "-320x450", "1e9x5", "nanxnan", "49x100"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(order_read_paper(wrong[i], &width, &height));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_that_a_job_can_say),
        cmocka_unit_test(leaves_what_is_not_named),
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(a_plate_too_many_is_refused),
        cmocka_unit_test(reads_papers),
    };
    return cmocka_run_group_tests_name("job_json", tests, NULL, NULL);
}
