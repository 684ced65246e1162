#include "tests/unit/unit.h"

#include "server/http/syntax.h"

static void tokens(void **state)
{
    (void)state;
    assert_true(syntax_is_token("X-Real_IP.1!#$%&'*+^`|~", 23));
    static const char *const wrong[] = {"a b", "a:", "a\t", "(a)", "a/b", "a\"", "a\x7f", "\xc3\xa9", "a,b"};
    assert_false(syntax_is_token("", 0));
    assert_false(syntax_is_token("a\0b", 3));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (syntax_is_token(wrong[i], strlen(wrong[i])))
            fail_msg("\"%s\" was taken for a token", wrong[i]);
}

static void control_characters(void **state)
{
    (void)state;
    assert_false(syntax_has_control("", 0, ""));
    assert_false(syntax_has_control("đình làng", strlen("đình làng"), ""));
    assert_true(syntax_has_control("a\tb", 3, ""));
    assert_false(syntax_has_control("a\tb", 3, "\t"));
    assert_true(syntax_has_control("a\nb", 3, "\t"));
    assert_false(syntax_has_control("a\r\nb", 4, "\t\n\r"));
    assert_true(syntax_has_control("a\0b", 3, "\t\n\r"));
    assert_true(syntax_has_control("a\x7f", 2, "\t\n\r"));
    assert_true(syntax_has_control("\x1f", 1, "\t\n\r"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tokens), cmocka_unit_test(control_characters)};
    return cmocka_run_group_tests_name("syntax", tests, NULL, NULL);
}
