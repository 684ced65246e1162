#include "tests/unit/unit.h"

#include "server/http/negotiate.h"

static const char *const tags[] = {"vi", "en", "zh-hant", "pt-br", NULL};

struct language_case {
    const char *header;
    int expected;
};

static void languages(void **state)
{
    static const struct language_case cases[] = {
        {NULL, -1},
        {"", -1},
        {",,, ;q=1,", -1},
        {"vi", 0},
        {"EN", 1},
        {"en-US,en;q=0.9,vi;q=0.8", 1},
        {"fr-FR, fr;q=0.9, en;q=0.8, vi;q=0.7", 1},
        {"vi;q=0.5, en;q=0.9", 1},
        {"vi;q=0.9, en;q=0.9", 0},         // the first of equals
        {"en;q=0, vi;q=0.1", 0},           // refused
        {"en-GB, en;q=0", -1},             // what it would be shortened to is refused
        {"*", -1},                         // says nothing: the default
        {"*, en;q=0.1", 1},                // "*" takes no part in lookup
        {"zh-Hant-TW", 2},                 // shortened
        {"zh", 2},                         // begins a longer one of ours
        {"zh-Hans", -1},                   // is shortened to zh, which no tag is
        {"en-a-very-long-x-extension", 1}, // single letters go with what follows
        {"e", -1},
        {"enx", -1},
        {"pt", 3},
        {"vi ; q=0.3 , en ; Q=0.4", 1},
        {"vi;q=nonsense, en;q=0.001", 1}, // a weight that cannot be read is none
        {"vi;q=1.001, en;q=0.1", 1},
        {"vi;q=0.1234, en;q=0.1", 1},
        {"vi;level=1;q=0.2, en;q=0.3", 1},
        {"\xff\xfe, en", 1},
        {"-", -1},
        {"--en", -1},
        {"en-", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (negotiate_language(cases[i].header, tags) != cases[i].expected)
            fail_msg("\"%s\" gives %d", cases[i].header, negotiate_language(cases[i].header, tags));
}

static void more_items_than_we_look_at(void **state)
{
    char header[4096] = "";
    (void)state;
    for (int i = 0; i < NEGOTIATE_MAX_ITEMS; i++)
        strcat(header, "fr, ");
    strcat(header, "en");
    assert_int_equal(negotiate_language(header, tags), -1);
    assert_int_equal(negotiate_language(header + 4, tags), 1);
}

struct encoding_case {
    const char *header;
    enum negotiate_encoding expected;
};

static void encodings(void **state)
{
    static const struct encoding_case cases[] = {
        {NULL, NEGOTIATE_IDENTITY},
        {"", NEGOTIATE_IDENTITY},
        {"gzip, deflate, br", NEGOTIATE_BROTLI},
        {"gzip, deflate", NEGOTIATE_GZIP},
        {"x-gzip", NEGOTIATE_GZIP},
        {"GZIP;Q=1", NEGOTIATE_GZIP},
        {"br;q=0.5, gzip;q=0.8", NEGOTIATE_GZIP},
        {"br;q=0.8, gzip;q=0.8", NEGOTIATE_BROTLI},
        {"br;q=0", NEGOTIATE_IDENTITY},
        {"br;q=0, *", NEGOTIATE_GZIP},
        {"*", NEGOTIATE_BROTLI},
        {"*;q=0", NEGOTIATE_IDENTITY},
        {"gzip;q=0.5, identity", NEGOTIATE_IDENTITY},
        {"gzip;q=0.5, identity;q=0.5", NEGOTIATE_GZIP},
        {"gzip;q=0.001", NEGOTIATE_GZIP}, // named beats what is not
        {"identity;q=0", NEGOTIATE_IDENTITY},
        {"identity;q=0, gzip;q=0.1", NEGOTIATE_GZIP},
        {"identity;q=0, *;q=0", NEGOTIATE_IDENTITY},
        {"zstd, deflate", NEGOTIATE_IDENTITY},
        {"brotli", NEGOTIATE_IDENTITY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (negotiate_encoding(cases[i].header) != cases[i].expected)
            fail_msg("\"%s\" gives %d", cases[i].header, negotiate_encoding(cases[i].header));
}

static void who_wants_html(void **state)
{
    (void)state;
    assert_true(negotiate_html(NULL));
    assert_true(negotiate_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    assert_true(negotiate_html("*/*"));
    assert_true(negotiate_html("application/json, text/html"));
    assert_false(negotiate_html("application/json"));
    assert_false(negotiate_html("application/json, */*;q=0.1"));
    assert_false(negotiate_html("text/plain"));
    assert_false(negotiate_html("text/html;q=0.1, application/json"));
    assert_true(negotiate_html("image/png"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages),
        cmocka_unit_test(more_items_than_we_look_at),
        cmocka_unit_test(encodings),
        cmocka_unit_test(who_wants_html),
    };
    return cmocka_run_group_tests_name("negotiate", tests, NULL, NULL);
}
