// Names within texts: what is a name of its own, and what only begins or ends like it.
#include "common/word.h"

#include <string.h>

#include "tests/unit/unit.h"

static void names_are_found_as_whole_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        int at; // bytes; -1: not
    } cases[] = {
        {"Phường 1, Quận 3", "Phường 1", 0},
        {"Phường 11, Quận 3", "Phường 1", -1},
        {"Phường 1A", "Phường 1", -1},
        {"Phường 1a", "Phường 1", -1},
        {"Phường 11, Phường 1", "Phường 1", 14},
        {"Tân Phường 1", "Phường 1", 5},
        {"xPhường 1", "Phường 1", -1},
        {"phường 1", "Phường 1", -1},
        {"Phường 1", "Phương 1", -1}, // another accent
        {"Phường 1.", "Phường 1", 0},
        {"(Phường 1)", "Phường 1", 1},
        {"Phường 1/2", "Phường 1", -1},
        {"Đường 3/2, Phường 1", "Đường 3", -1},
        {"Đường 3/2", "Đường 3/2", 0},
        {"12/3 Đường Lê Lợi", "3 Đường", -1},
        {"Phường 1,Quận 3", "Phường 1", 0},
        {"Phường 1,5", "Phường 1", -1},
        {"Phường 1-2", "Phường 1", -1},
        {"Phường 1-Quận 3", "Phường 1", 0},
        {"TP.Cần Thơ", "Cần Thơ", 3},
        {"xã Đắk R'lấp", "Đắk R", -1},
        {"xã Đắk R’lấp", "Đắk R", -1},
        {"xã Đắk R'lấp", "Đắk R'lấp", 4},
        {"Bình Thủy", "Bình Thu", -1},
        {"An Hội ward", "An", 0},
        {"Tân An", "An", 5},
        {"金瓯市第五坊", "第五坊", 9}, // no spaces, so every character may begin a word
        {"ភូមិស្រែ", "ភូម", -1},           // but a vowel sign belongs to its letter
        {"a\xcc\x80", "a", -1},        // as does an accent
        {"a", "", -1},
        {"", "a", -1},
        {"1", "1", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = word_find(cases[i].text, cases[i].text, cases[i].words);
        int at = found ? (int)(found - cases[i].text) : -1;
        if (at != cases[i].at)
            fail_msg("“%s” in “%s”: at %d, not %d", cases[i].words, cases[i].text, at, cases[i].at);
    }
}

static void the_search_goes_on_behind_what_was_found(void **state)
{
    (void)state;
    const char *text = "Phường 1, Phường 11, Phường 1", *words = "Phường 1";
    const char *first = word_find(text, text, words), *second = word_find(text, first + strlen(words), words);
    assert_ptr_equal(first, text);
    assert_ptr_equal(second, strrchr(text, 'P'));
    assert_null(word_find(text, second + strlen(words), words));
}

static void words_are_found_in_other_capitals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        int at, len;
    } cases[] = {
        {"phường Bình Thủy", "Phường Bình Thủy", 0, 22},
        {"Ấp 1, PHƯỜNG ĐẤT", "phường đất", 8, 16},
        {"phường 11", "Phường 1", -1, 0},
        {"phương", "phường", -1, 0},
        {"ⱥ", "Ⱥ", 0, 3}, // one is longer
        {"", "a", -1, 0},
        {"a", "", -1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = 0;
        const char *found = word_find_any_case(cases[i].text, cases[i].text, cases[i].words, true, &len);
        int at = found ? (int)(found - cases[i].text) : -1;
        if (at != cases[i].at || (found && (int)len != cases[i].len))
            fail_msg("“%s” in “%s”: at %d, %zu long", cases[i].words, cases[i].text, at, len);
    }
    size_t len;
    assert_non_null(word_find_any_case("phường 11", "phường 11", "Phường 1", false, &len));
}

static void new_words_begin_as_the_old_ones(void **state)
{
    (void)state;
    static const struct {
        const char *words, *asked, *found, *made;
    } rows[] = {
        {"Phường Mai", "Phường Hoa", "phường Hoa", "phường Mai"},
        {"phường Mai", "phường Hoa", "Phường Hoa", "Phường Mai"},
        {"đường Mai", "đường Hoa", "ĐƯỜNG HOA", "Đường Mai"},
        {"Ninh Kiều", "phường 1", "phường 1", "Ninh Kiều"},
        {"1 Mai", "Phường Hoa", "phường Hoa", "1 Mai"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        word_append_as(&out, rows[i].words, rows[i].asked, rows[i].found);
        assert_string_equal(out.data, rows[i].made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_as_whole_words),
        cmocka_unit_test(the_search_goes_on_behind_what_was_found),
        cmocka_unit_test(words_are_found_in_other_capitals),
        cmocka_unit_test(new_words_begin_as_the_old_ones),
    };
    return cmocka_run_group_tests_name("word", tests, NULL, NULL);
}
