#include "tests/unit/unit.h"

#include "content/code/code.h"

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void made_codes_are_valid(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char code[CODE_SIZE];
        code_make(code);
        assert_true(code_is_valid(code));
    }
}

static void every_single_wrong_symbol_is_caught(void **state)
{
    (void)state;
    for (int n = 0; n < 200; n++) {
        char code[CODE_SIZE];
        code_make(code);
        for (int i = 0; i < CODE_LENGTH; i++) {
            char right = code[i];
            for (const char *c = alphabet; *c; c++) {
                code[i] = *c;
                assert_int_equal(code_is_valid(code), *c == right);
            }
            code[i] = right;
        }
    }
}

static void every_swap_of_neighbours_is_caught(void **state)
{
    (void)state;
    for (int n = 0; n < 2000; n++) {
        char code[CODE_SIZE];
        code_make(code);
        for (int i = 0; i + 1 < CODE_LENGTH; i++) {
            char swapped[CODE_SIZE];
            memcpy(swapped, code, sizeof swapped);
            swapped[i] = code[i + 1];
            swapped[i + 1] = code[i];
            assert_int_equal(code_is_valid(swapped), code[i] == code[i + 1]);
        }
    }
}

static void what_people_type_is_read(void **state)
{
    (void)state;
    char code[CODE_SIZE], got[CODE_SIZE], words[CODE_WORDS_SIZE];
    assert_true(code_complete("k7m39q0", code));
    code_words(code, words);
    assert_int_equal(code_read(words, got), CODE_READ_OK);
    assert_string_equal(got, code);

    assert_true(code_complete("0101010", code));
    char typed[32] = "oIol ";
    strcat(typed, "O\xE2\x80\x93Lo");
    strcat(typed, code + CODE_LENGTH - 1);
    assert_int_equal(code_read(typed, got), CODE_READ_OK);
    assert_string_equal(got, code);
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    char got[CODE_SIZE] = "before";
    static const char *const bad[] = {"", "abc", "k7m39qxu", "k7m39qx22", "k7m3\xC3\xA9qx2", "--------"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(code_read(bad[i], got), CODE_READ_NOT_CODE);
    assert_string_equal(got, "before");
    char code[CODE_SIZE];
    assert_true(code_complete("k7m39qx", code));
    code[7] = code[7] == '0' ? '1' : '0';
    assert_int_equal(code_read(code, got), CODE_READ_BAD_CHECK);
    assert_string_equal(got, code);
    assert_false(code_complete("k7m39qu", got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_codes_are_valid),
        cmocka_unit_test(every_single_wrong_symbol_is_caught),
        cmocka_unit_test(every_swap_of_neighbours_is_caught),
        cmocka_unit_test(what_people_type_is_read),
        cmocka_unit_test(what_is_no_code_is_refused),
    };
    return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
