#include "tests/unit/unit.h"

#include "server/http/cookie.h"

static void expect(const char *header, const char *name, const char *value)
{
    size_t len = 99;
    const char *found = cookie_find(header, name, &len);
    if (!value) {
        assert_null(found);
        assert_int_equal(len, 99);
        return;
    }
    assert_non_null(found);
    assert_int_equal(len, strlen(value));
    assert_memory_equal(found, value, len);
}

static void cookies(void **state)
{
    (void)state;
    expect(NULL, "lang", NULL);
    expect("", "lang", NULL);
    expect("lang=vi", "lang", "vi");
    expect("a=b; lang=vi; c=d", "lang", "vi");
    expect("a=b;lang=vi", "lang", "vi");
    expect("lang=vi ; a=b", "lang", "vi");
    expect("lang=\"vi\"", "lang", "vi");
    expect("lang=\"", "lang", "\"");
    expect("lang=", "lang", "");
    expect("lang", "lang", NULL);
    expect("xlang=no; lang=yes", "lang", "yes");
    expect("lang2=no; lang=yes", "lang", "yes");
    expect("Lang=no; lang=yes", "lang", "yes");
    expect("lang=one; lang=two", "lang", "one");
    expect("a=lang=vi", "lang", NULL);
    expect("a=b=c", "a", "b=c");
    expect(";;; lang=vi", "lang", "vi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cookies)};
    return cmocka_run_group_tests_name("cookie", tests, NULL, NULL);
}
