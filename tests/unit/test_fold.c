#include "tests/unit/unit.h"

#include <utf8proc.h>

#include "common/fold.h"

static void utf8_is_what_rfc_3629_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t good;
    } cases[] = {
        {"", 0},
        {"abcdefghi\xC4\x90", 11},
        {"\xF4\x8F\xBF\xBF", 4},
        {"abc\x80", 3},            // continuation without a start
        {"ab\xC0\xAF", 2},         // overlong
        {"ab\xE0\x80\xAF", 2},     // overlong
        {"ab\xF0\x80\x80\x80", 2}, // overlong
        {"a\xED\xA0\x80", 1},      // surrogate
        {"a\xF4\x90\x80\x80", 1},  // above U+10FFFF
        {"a\xC4", 1},              // cut short
        {"a\xE1\xBA", 1},          // cut short
        {"12345678\xFF\x80qq", 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = strlen(cases[i].text);
        assert_int_equal(fold_utf8_check(cases[i].text, len), cases[i].good);
        assert_int_equal(fold_utf8_valid(cases[i].text, len), len == cases[i].good);
    }
    assert_int_equal(fold_utf8_count("Đình", strlen("Đình")), 4);
    assert_int_equal(fold_utf8_cut("Đình", 6, 1), 0);
    assert_int_equal(fold_utf8_cut("Đình", 6, 3), 2);
    assert_int_equal(fold_utf8_cut("Đình", 6, 60), 6);
}

// All pairs of first bytes, with what can and cannot follow them.
static void every_sequence_is_judged_as_utf8proc_does(void **state)
{
    (void)state;
    static const unsigned char ends[][2] = {{'a', 'a'},   {0x80, 'a'},  {0x80, 0x80}, {0xBF, 0xBF},
                                            {0xC0, 0x80}, {0x80, 0xC0}, {0xBF, 0x7F}};
    for (unsigned pair = 0x8000; pair <= 0xFFFF; pair++)
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
            for (size_t len = 1; len <= 4; len++) {
                const unsigned char text[] = {(unsigned char)(pair >> 8), (unsigned char)pair, ends[i][0],
                                              ends[i][1]};
                utf8proc_int32_t c;
                utf8proc_ssize_t n = utf8proc_iterate(text, (utf8proc_ssize_t)len, &c);
                size_t good = fold_utf8_check((const char *)text, len);
                if (n < 0 ? good != 0 : good < (size_t)n)
                    fail_msg("%04X %02X%02X, %zu bytes: %zd here, %zu there", pair, ends[i][0], ends[i][1],
                             len, good, (size_t)n);
            }
}

// Every code point, between two letters, must come out as utf8proc alone would make it: this holds the table
// of settled ranges against the data.
static void every_code_point_normalizes_as_unicode_says(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT;
    for (int32_t c = 1; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char text[24] = "\xE1\xBA\xA1";
        size_t n = 3 + (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)text + 3);
        memcpy(text + n, "\xCC\x81z", 4);
        char *want = (char *)utf8proc_NFC((const utf8proc_uint8_t *)text);
        buf_reset(&out);
        assert_int_equal(fold_nfc(text, n + 3, &out, NULL), ERR_NONE);
        if (strcmp(out.data, want) != 0)
            fail_msg("U+%04X", (unsigned)c);
        free(want);
    }
}

static void nfc_joins_vietnamese_marks(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT;
    buf_append_str(&out, "> ");
    static const char nfd[] = "Bi\xCC\x80nh Thu\xCC\x89y, nga\xCC\x80y \xE2\x80\x9C"
                              "o\xCC\x9B\xCC\x80\xE2\x80\x9D.";
    assert_int_equal(fold_nfc(nfd, sizeof nfd - 1, &out, NULL), ERR_NONE);
    assert_string_equal(out.data, "> Bình Thủy, ngày “ờ”.");
}

static void nfc_refuses_what_is_no_text(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    buf_append_str(&out, "kept");
    assert_int_equal(fold_nfc("abc\xFF", 4, &out, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "byte 4 (0xFF)");
    char pile[2 + 2 * 1000] = "a";
    for (int i = 0; i < 1000; i++)
        memcpy(pile + 1 + 2 * i, i % 2 ? "\xCC\x81" : "\xCC\xA3", 3);
    assert_int_equal(fold_nfc(pile, strlen(pile), &out, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "marks on one letter");
    assert_int_equal(fold_search(pile, strlen(pile), &out, &p), ERR_INVALID);
    assert_string_equal(out.data, "kept");
    assert_int_equal(fold_nfc(pile, 1 + 2 * FOLD_MARKS_MAX, &out, &p), ERR_NONE);
}

static void search_folds_as_people_type(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"Đình Bình Thủy", "dinh binh thuy"},
        {"Đình Bình Thuỷ", "dinh binh thuy"},
        {"\xC3\x90\xC3\xACnh", "dinh"}, // Ð U+00D0
        {"\xC6\x89"
         "en",
         "den"}, // Ɖ U+0189
        {"hoà", "hoa"},
        {"hòa", "hoa"},
        {"HO\xCC\x80"
         "A",
         "hoa"},
        {"Ngưỡng Cửa-Trời", "nguong cua troi"},
        {"  Chùa\tMunir_Ansay (1948)!  ", "chua munir ansay 1948"},
        {"ＦＵＬＬ　ｗｉｄｔｈ", "full width"},
        {"Straße, Ærø, Łódź, İzmir", "strasse aero lodz izmir"},
        {"soft\xC2\xADhyphen", "softhyphen"},
        {"វត្ត\xE2\x80\x8Bមុនីរង្សី", "វត្ត មុនីរង្សី"},
        {"กรุงเทพ", "กรุงเทพ"},
        {"西贡", "西贡"},
        {"が", "が"},
        {"か\xE3\x82\x99", "が"},
        {"“”… — ·", ""},
        {"", ""},
    };
    cleanup_buf struct buf out = BUF_INIT, again = BUF_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_reset(&out);
        buf_reset(&again);
        assert_int_equal(fold_search(cases[i].text, strlen(cases[i].text), &out, NULL), ERR_NONE);
        assert_string_equal(out.data, cases[i].folded);
        assert_int_equal(fold_search(out.data, out.len, &again, NULL), ERR_NONE);
        assert_string_equal(again.data, out.data);
    }
}

static void slugs_are_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *title, *slug;
    } cases[] = {
        {"Đình Bình Thủy", "dinh-binh-thuy"},
        {"Chùa Munir Ansay (មុនីរង្សី)", "chua-munir-ansay"},
        {"វត្តមុនីរង្សី", "site-7"},
        {"", "site-7"},
        {"\xFF\xFE", "site-7"},
        {"Căn cứ của Thành ủy Cần Thơ – địa điểm lưu niệm những ngày kháng chiến chống Mỹ cứu nước oanh liệt",
         "can-cu-cua-thanh-uy-can-tho-dia-diem-luu-niem-nhung-ngay-khang-chien-chong-my"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "a",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char slug[FOLD_SLUG_SIZE];
        assert_int_equal(fold_slug(cases[i].title, strlen(cases[i].title), "site-7", slug), ERR_NONE);
        assert_string_equal(slug, cases[i].slug);
        assert_true(fold_is_slug(slug));
    }
    static const char *const bad[] = {"", "-a", "a-", "A", "a b", "đ", "a/b", "a.b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(fold_is_slug(bad[i]));
}

static void languages_are_tags_in_lower_case(void **state)
{
    (void)state;
    static const char *const good[] = {"vi", "en", "km", "zh-hant", "zh-hant-tw", "cmn", "en-us", "es-419"};
    static const char *const bad[] = {
        "",   "v",   "VI",      "vi-",    "-vi", "vietnamese",   "zh-h",
        "v1", "vi_", "zh-Hant", "zh--tw", "vi ", "de-abcdefghi", "en-abcdefgh-abcdef"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(fold_is_lang(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(fold_is_lang(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(every_sequence_is_judged_as_utf8proc_does),
        cmocka_unit_test(every_code_point_normalizes_as_unicode_says),
        cmocka_unit_test(nfc_joins_vietnamese_marks),
        cmocka_unit_test(nfc_refuses_what_is_no_text),
        cmocka_unit_test(search_folds_as_people_type),
        cmocka_unit_test(slugs_are_addresses),
        cmocka_unit_test(languages_are_tags_in_lower_case),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
