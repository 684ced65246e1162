#include "tests/unit/unit.h"

#include <stdio.h>

#include "qrgen/job/plates_csv.h"

static enum err parse(const char *text, const char *mapping, struct job *job, struct problem_list *bad,
                      struct problem *p)
{
    job_clear(job);
    problem_list_clear(bad);
    return plates_csv_parse(text, strlen(text), mapping, job, bad, p);
}

static void reads_what_export_writes(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(parse("code,site,tour,state,place,reason\n"
                           "00000000,dinh-binh-thuy,,planned,\"Cổng chính, bên trái\",\n"
                           "nothing,,lo-trinh-1,retired,,broken\n",
                           NULL, &job, &bad, &p),
                     ERR_NONE);
    assert_int_equal(job.count, 1);
    assert_int_equal(job.retired, 1);
    assert_string_equal(job.plates[0].site, "dinh-binh-thuy");
    assert_string_equal(job.plates[0].place, "Cổng chính, bên trái");
    assert_int_equal(job.plates[0].line, 2);
}

static void reads_what_people_write(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(parse("\xEF\xBB\xBFSTT;Mã;Tên di tích;Trạng thái\r\n1;0000-0000;Đình Bình Thủy;\r\n",
                           NULL, &job, &bad, &p),
                     ERR_NONE);
    assert_int_equal(job.count, 1);
    assert_string_equal(job.plates[0].code, "00000000");
    assert_string_equal(job.plates[0].title, "Đình Bình Thủy");
    assert_int_equal(parse("Nr,Wo\n00000000,hier\n", "code=Nr,place=Wo", &job, &bad, &p), ERR_NONE);
    assert_string_equal(job.plates[0].place, "hier");
}

static void reports_every_bad_row(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(
        parse("code,state\n00000000,\n00000001,\n00000000,lost\npagoda,\n", NULL, &job, &bad, &p),
        ERR_INVALID);
    assert_problem(p, ERR_INVALID, "3 rows");
    assert_int_equal(bad.count, 3);
    assert_int_equal(bad.items[0].line, 3);
    assert_int_equal(bad.items[1].line, 4);
    assert_problem(bad.items[1], ERR_INVALID, "\"lost\" is not a plate's state");
    assert_int_equal(bad.items[2].line, 5);
    assert_int_equal(parse("site\nx\n", NULL, &job, &bad, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "code");
    assert_int_equal(bad.count, 0);
    assert_int_equal(plates_csv_read("/nonexistent/plates.csv", NULL, &job, &bad, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "/nonexistent/plates.csv");
    problem_list_clear(&bad);
}

static void counts_copies(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    const char *list = "Mã;Số bản\n00000000;3\n";
    assert_int_equal(parse(list, NULL, &job, &bad, &p), ERR_NONE);
    assert_int_equal(job.plates[0].copies, 3);
    assert_int_equal(job.copies, 3);
    assert_int_equal(parse("code,copies\n00000000,\n", NULL, &job, &bad, &p), ERR_NONE);
    assert_int_equal(job.plates[0].copies, 1);
    static const char *const wrong[] = {"0", "1001", "-1", "2.5", "two", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[80];
        snprintf(text, sizeof text, "code,copies\n00000000,%s\n", wrong[i]);
        assert_int_equal(parse(text, NULL, &job, &bad, &p), ERR_INVALID);
        assert_problem(bad.items[0], ERR_INVALID, wrong[i]);
        assert_int_equal(bad.items[0].line, 2);
    }
    problem_list_clear(&bad);
}

static void reads_what_boards_say_in_each_language(void **state)
{
    (void)state;
    cleanup_job struct job job = JOB_INIT;
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    const char *list = "code,title_VI,title_en,title_zh_Hant,rank_en,address,address_vi\n"
                       "00000000,Chùa Ông,,廣肇會館,City site,Ninh Kiều,32 Hai Bà Trưng\n";
    assert_int_equal(parse(list, NULL, &job, &bad, &p), ERR_NONE);
    const struct job_plate *plate = &job.plates[0];
    assert_int_equal(plate->titles.count, 2);
    assert_string_equal(plate->titles.items[0].lang, "vi");
    assert_string_equal(plate->titles.items[0].text, "Chùa Ông");
    assert_string_equal(plate->titles.items[1].lang, "zh-hant");
    assert_string_equal(plate->title, "Chùa Ông");
    assert_int_equal(plate->rank.count, 1);
    assert_string_equal(plate->rank.items[0].lang, "en");
    assert_int_equal(plate->address.count, 2);
    assert_string_equal(plate->address.items[0].lang, ""); // nobody said which
    assert_string_equal(plate->address.items[1].text, "32 Hai Bà Trưng");
    problem_list_clear(&bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_export_writes),
        cmocka_unit_test(reads_what_people_write),
        cmocka_unit_test(reports_every_bad_row),
        cmocka_unit_test(counts_copies),
        cmocka_unit_test(reads_what_boards_say_in_each_language),
    };
    return cmocka_run_group_tests_name("plates_csv", tests, NULL, NULL);
}
