#include "tests/unit/unit.h"

#include "server/visitor/address.h"
#include "server/visitor/choices.h"
#include "server/visitor/distance.h"
#include "server/visitor/paging.h"
#include "server/visitor/plate.h"

static void addresses_have_one_form(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    assert_string_equal(address_sites(&a, NULL, NULL, 1), "/sites");
    assert_string_equal(address_sites(&a, "pagoda", NULL, 1), "/sites?kind=pagoda");
    assert_string_equal(address_sites(&a, NULL, "o-mon", 3), "/sites?area=o-mon&page=3");
    assert_string_equal(address_sites(&a, "tomb", "o-mon", 2), "/sites?kind=tomb&area=o-mon&page=2");
    assert_string_equal(address_sites(&a, NULL, NULL, 12), "/sites?page=12");
    assert_string_equal(address_site(&a, "dinh-binh-thuy"), "/sites/dinh-binh-thuy");
    assert_string_equal(address_tour(&a, "ben-ninh-kieu"), "/tours/ben-ninh-kieu");
    assert_string_equal(address_search(&a, NULL, 1), "/search");
    assert_string_equal(address_search(&a, "đình & chùa", 2),
                        "/search?q=%C4%91%C3%ACnh%20%26%20ch%C3%B9a&page=2");
    assert_string_equal(address_media(&a, "0a1b", "320.jpg"), "/media/0a1b/320.jpg");
    assert_string_equal(address_geo(&a, 10.07273, 105.752467), "geo:10.072730,105.752467");
    assert_string_equal(address_geo(&a, -0.5, -70), "geo:-0.500000,-70.000000");
}

static void page_numbers_are_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",   "0",  "01",  "-1",         "+1",   " 1",
                                        "1 ", "1a", "1.0", "1000000000", "0x10", "١"};
    int64_t page = 77;
    assert_true(paging_read(NULL, &page));
    assert_int_equal(page, 1);
    assert_true(paging_read("999999999", &page));
    assert_int_equal(page, 999999999);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        page = 77;
        if (paging_read(wrong[i], &page) || page != 77)
            fail_msg("\"%s\" was read as %lld", wrong[i], (long long)page);
    }
}

static void lists_are_cut_into_pages(void **state)
{
    (void)state;
    struct paging p = {.page = 77};
    assert_true(paging_make(1, 0, &p));
    assert_int_equal(p.pages, 1);
    assert_true(paging_make(1, PAGING_SIZE, &p));
    assert_int_equal(p.pages, 1);
    assert_true(paging_make(2, PAGING_SIZE + 1, &p));
    assert_int_equal(p.pages, 2);
    assert_int_equal(p.offset, PAGING_SIZE);
    assert_true(paging_make(1667, 40000, &p));
    assert_int_equal(p.pages, 1667);
    p.page = 77;
    assert_false(paging_make(2, PAGING_SIZE, &p));
    assert_false(paging_make(0, PAGING_SIZE, &p));
    assert_false(paging_make(999999999, 40000, &p));
    assert_int_equal(p.page, 77);
}

static void distances_are_rounded(void **state)
{
    (void)state;
    static const struct {
        double metres;
        struct distance want;
    } cases[] = {
        {0, {false, 10}},   {14, {false, 10}},   {16, {false, 20}},   {994, {false, 990}},
        {996, {true, 1.0}}, {1049, {true, 1.0}}, {1051, {true, 1.1}}, {9949, {true, 9.9}},
        {9951, {true, 10}}, {12499, {true, 12}}, {19999, {true, 20}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct distance got = distance_round(cases[i].metres);
        if (got.kilometres != cases[i].want.kilometres || got.number != cases[i].want.number)
            fail_msg("%g m gave %g %s", cases[i].metres, got.number, got.kilometres ? "km" : "m");
    }
}

// country > two provinces > wards
static struct term areas[] = {
    {.key = "land"},
    {.key = "north", .parent = "land"},
    {.key = "n1", .parent = "north"},
    {.key = "n2", .parent = "north"},
    {.key = "south", .parent = "land"},
    {.key = "s1", .parent = "south"},
    {.key = "s2", .parent = "south"},
};
static const struct terms all = {.items = areas, .count = sizeof areas / sizeof areas[0]};

static void few_areas_are_told_as_they_are(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct term used[] = {{.key = "n1", .count = 2}, {.key = "s2", .count = 5}};
    struct terms out;
    assert_true(choices_roll(&a, &all, &(struct terms){.items = used, .count = 2}, 2, &out));
    assert_int_equal(out.count, 2);
    assert_string_equal(out.items[1].key, "s2");
    assert_int_equal(out.items[1].count, 5);
}

static void many_areas_are_told_by_wider_ones(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct term used[] = {{.key = "n1", .count = 2},
                          {.key = "n2", .count = 3},
                          {.key = "s1", .count = 4},
                          {.key = "south", .count = 1}};
    struct terms out;
    assert_true(choices_roll(&a, &all, &(struct terms){.items = used, .count = 4}, 3, &out));
    assert_int_equal(out.count, 2);
    assert_string_equal(out.items[0].key, "north");
    assert_int_equal(out.items[0].count, 5);
    assert_string_equal(out.items[1].key, "south");
    assert_int_equal(out.items[1].count, 5);
    assert_true(choices_roll(&a, &all, &(struct terms){.items = used, .count = 4}, 1, &out));
    assert_int_equal(out.count, 1);
    assert_string_equal(out.items[0].key, "land");
    assert_int_equal(out.items[0].count, 10);
}

static void codes_are_told_from_words(void **state)
{
    (void)state;
    char code[CODE_SIZE];
    assert_true(code_complete("k7m39qx", code));
    char typed[CODE_SIZE];
    assert_int_equal(plate_read_code(code, typed), CODE_READ_OK);
    assert_string_equal(typed, code);
    code[7] = code[7] == 'd' ? 'e' : 'd';
    assert_int_equal(plate_read_code(code, typed), CODE_READ_BAD_CHECK);
    assert_string_equal(typed, code);
    strcpy(typed, "before");
    assert_int_equal(plate_read_code("nonsense", typed), CODE_READ_NOT_CODE);
    assert_int_equal(plate_read_code("about", typed), CODE_READ_NOT_CODE);
    assert_string_equal(typed, "before");
    // A right code is one, with or without a digit.
    assert_true(code_complete("hkmnpqr", code));
    assert_int_equal(plate_read_code(code, typed), CODE_READ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_have_one_form),        cmocka_unit_test(page_numbers_are_read),
        cmocka_unit_test(lists_are_cut_into_pages),       cmocka_unit_test(distances_are_rounded),
        cmocka_unit_test(few_areas_are_told_as_they_are), cmocka_unit_test(many_areas_are_told_by_wider_ones),
        cmocka_unit_test(codes_are_told_from_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
