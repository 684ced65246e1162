#include "tests/unit/unit.h"

#include "common/arena.h"
#include "content/json_text.h"
#include "content/words.h"

// Whatever the text is, the quick way and jansson's own must agree.
static void check_same(const char *text)
{
    json_t *quick = json_text_read(text), *slow = json_loads(text, 0, NULL);
    if ((quick == NULL) != (slow == NULL) || (quick && !json_equal(quick, slow)))
        fail_msg("read differently: %s", text);
    json_decref(quick);
    json_decref(slow);
}

static void both_ways_agree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        " { } ",
        "[]",
        "[ ]",
        "{\"a\":1}",
        "{\"a\" : -12 , \"b\":[1,2.5,-0.25,true,false,null]}",
        "{\"vi\":\"Đình\",\"en\":\"Communal house\"}",
        "{\"a\":\"x\\ny\"}",
        "{\"a\":\"\\u0110\"}",
        "{\"a\":1e3}",
        "{\"a\":1.5E-2}",
        "{\"a\":123456789012345678}",
        "{\"a\":99999999999999999999}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":-0}",
        "{\"a\":0}",
        "{\"a\":0.5}",
        "{\"a\":1,}",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "[1 2]",
        "{\"a\":tru}",
        "{\"a\":truest}",
        "",
        "  ",
        "1",
        "\"text\"",
        "null",
        "{",
        "[",
        "{\"a\":[}",
        "[1]]",
        "{\"a\":1}x",
        "{\"a\":\"tab\there\"}",
        "{\"a\":\"unended}",
        "{\"a\":1,\"a\":2}",
        "{\"\":\"\"}",
        "{\"a-key-that-is-longer-than-the-sixty-three-bytes-which-the-quick-way-takes\":1}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_same(texts[i]);
}

static void check_pick(const char *words, const char *lang, const char *fallback, const char *want,
                       const char *want_lang)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *taken = NULL;
    const char *text = words_pick_text(&a, words, lang, fallback, &taken);
    if (!want) {
        assert_null(text);
        return;
    }
    assert_string_equal(text, want);
    assert_string_equal(taken, want_lang);
}

static void words_are_picked(void **state)
{
    (void)state;
    const char *words = "{\"vi\": \"Đình\", \"en\": \"House\", \"vie\": \"x\"}";
    check_pick(words, "en", "vi", "House", "en");
    check_pick(words, "km", "vi", "Đình", "vi");
    check_pick(words, "km", NULL, "Đình", "vi");
    check_pick("{\"km\":\"a\",\"lo\":\"b\"}", "en", "vi", "a", "km");
    check_pick("{\"en\":\"say \\\"x\\\"\",\"vi\":\"b\"}", "en", "vi", "say \"x\"", "en");
    check_pick("{\"vi\":\"b\",\"en\":\"a\\u0041\"}", "en", "vi", "aA", "en");
    check_pick("{}", "en", "vi", NULL, NULL);
    check_pick("{\"en\":", "en", "vi", NULL, NULL);
    check_pick("", "en", "vi", NULL, NULL);
    check_pick(NULL, "en", "vi", NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_agree),
        cmocka_unit_test(words_are_picked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
