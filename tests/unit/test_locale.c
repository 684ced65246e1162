#include "server/view/locale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/file.h"

static struct assets *assets;
static struct locales *locales;

static int open_embedded(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    if (assets_open(NULL, &assets, &p) != ERR_NONE || locales_open(assets, "vi", &locales, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    return 0;
}

static int close_embedded(void **state)
{
    (void)state;
    locales_close(locales);
    assets_close(assets);
    return 0;
}

static void dates_are_spoken(void **state)
{
    (void)state;
    static const struct {
        const char *edtf, *vi, *en;
    } cases[] = {
        {"1909", "1909", "1909"},
        {"1993-06-21", "21 tháng 6 năm 1993", "21 June 1993"},
        {"1993-06-01", "1 tháng 6 năm 1993", "1 June 1993"},
        {"1993-06", "tháng 6 năm 1993", "June 1993"},
        {"1846~", "khoảng 1846", "about 1846"},
        {"1890?", "có lẽ 1890", "possibly 1890"},
        {"1890-05%", "có lẽ khoảng tháng 5 năm 1890", "possibly about May 1890"},
        {"187X", "thập niên 1870", "1870s"},
        {"187X~", "khoảng thập niên 1870", "about 1870s"},
        {"18XX", "thế kỷ XIX", "19th century"},
        {"20XX", "thế kỷ XXI", "21st century"},
        {"01XX", "thế kỷ II", "2nd century"},
        {"02XX", "thế kỷ III", "3rd century"},
        {"11XX", "thế kỷ XII", "12th century"},
        {"-00XX", "thế kỷ I trước Công nguyên", "1st century BC"},
        {"-0043", "44 trước Công nguyên", "44 BC"},
        {"0000", "1 trước Công nguyên", "1 BC"},
        {"-012X", "thập niên 120 trước Công nguyên", "120s BC"},
        {"2001-22", "mùa hè năm 2001", "summer 2001"},
        {"2001-24", "mùa đông năm 2001", "winter 2001"},
        {"1878/1886", "1878–1886", "1878–1886"},
        {"1878~/1886", "khoảng 1878 – 1886", "about 1878 – 1886"},
        {"1993-06-21/1993-07", "21 tháng 6 năm 1993 – tháng 7 năm 1993", "21 June 1993 – July 1993"},
        {"1985/..", "từ 1985", "since 1985"},
        {"../1985", "đến 1985", "until 1985"},
        {"/1985", "không rõ – 1985", "unknown – 1985"},
        {"đầu thế kỷ", "đầu thế kỷ", "đầu thế kỷ"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf vi = BUF_INIT, en = BUF_INIT;
        locale_date_text(locales_get(locales, "vi"), cases[i].edtf, &vi);
        locale_date_text(locales_get(locales, "en"), cases[i].edtf, &en);
        assert_string_equal(vi.data, cases[i].vi);
        assert_string_equal(en.data, cases[i].en);
    }
}

static void instants_are_spoken(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT;
    const struct locale *vi = locales_get(locales, "vi");
    locale_instant(vi, 1784999100, 7 * 60, &out); // 2026-07-25T17:05:00Z
    assert_string_equal(out.data, "26/7/2026, 00:05");
    buf_reset(&out);
    locale_instant(vi, INT64_MAX, 0, &out);
    assert_string_equal(out.data, "31/12/9999, 23:59");
    buf_reset(&out);
    locale_instant(vi, INT64_MIN, 0, &out);
    assert_string_equal(out.data, "1/1/1970, 00:00");
}

static void numbers_are_written(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *vi, *en;
    } cases[] = {{0, "0", "0"},
                 {999, "999", "999"},
                 {1234, "1.234", "1,234"},
                 {-8800, "−8.800", "−8,800"},
                 {1000000, "1.000.000", "1,000,000"},
                 {INT64_MIN, "−9.223.372.036.854.775.808", "−9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf vi = BUF_INIT, en = BUF_INIT;
        locale_number(locales_get(locales, "vi"), cases[i].n, &vi);
        locale_number(locales_get(locales, "en"), cases[i].n, &en);
        assert_string_equal(vi.data, cases[i].vi);
        assert_string_equal(en.data, cases[i].en);
    }
    static const struct {
        double value;
        int decimals;
        const char *vi;
    } decimals[] = {{1234.5, 1, "1.234,5"}, {0.05, 1, "0,1"},       {2, 2, "2,00"},  {-1.25, 1, "−1,3"},
                    {-0.01, 1, "0,0"},      {999.96, 1, "1.000,0"}, {12.7, 0, "13"}, {1e300, 1, ""}};
    for (size_t i = 0; i < sizeof decimals / sizeof decimals[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        locale_decimal(locales_get(locales, "vi"), decimals[i].value, decimals[i].decimals, &out);
        assert_string_equal(out.data, decimals[i].vi);
    }
}

static void languages_are_found(void **state)
{
    (void)state;
    assert_string_equal(locale_tag(locales_get(locales, "en")), "en");
    assert_string_equal(locale_tag(locales_get(locales, "EN-gb-oed")), "en");
    assert_string_equal(locale_tag(locales_get(locales, "km")), "vi");
    assert_string_equal(locale_tag(locales_get(locales, "e")), "vi");
    assert_string_equal(locale_tag(locales_get(locales, "")), "vi");
    assert_string_equal(locale_tag(locales_get(locales, NULL)), "vi");
    assert_true(locales_has(locales, "VI"));
    assert_false(locales_has(locales, "en-gb"));
    assert_false(locales_has(locales, NULL));
    assert_string_equal(locale_language_name("km"), "ភាសាខ្មែរ");
    assert_string_equal(locale_language_name("zh-Hant"), "繁體中文");
    assert_string_equal(locale_language_name("zh-sg"), "中文");
    assert_string_equal(locale_language_name("tlh"), "tlh");
    assert_true(locale_knows_language("zh-sg") && !locale_knows_language("tlh"));
    for (size_t i = 0; locale_known_language(i); i++)
        assert_true(locale_knows_language(locale_known_language(i)));
    assert_string_equal(locale_direction("ar-eg"), "rtl");
    assert_string_equal(locale_direction("vi"), "ltr");
}

// ---- files of one's own

struct folder {
    char path[64];
    struct assets *assets;
};

static void write_locale(const struct folder *f, const char *tag, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/locales/%s.json", f->path, tag);
    assert_int_equal(file_write_atomic(path, text, strlen(text), NULL), ERR_NONE);
}

static int make_folder(void **state)
{
    static struct folder f;
    char path[128];
    strcpy(f.path, "/tmp/test_locale_XXXXXX");
    assert_non_null(mkdtemp(f.path));
    snprintf(path, sizeof path, "%s/locales", f.path);
    assert_int_equal(file_make_folder(path, NULL), ERR_NONE);
    assert_int_equal(assets_open(f.path, &f.assets, NULL), ERR_NONE);
    *state = &f;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *f = *state;
    assets_close(f->assets);
    return file_remove_tree(f->path, NULL) != ERR_NONE;
}

static void check_text(const struct locales *l, const char *lang, const char *key, const char *values,
                       const char *want)
{
    cleanup_buf struct buf out = BUF_INIT;
    json_t *object = values ? json_loads(values, 0, NULL) : NULL;
    locale_text(locales_get(l, lang), key, object, &out);
    assert_string_equal(out.data, want);
    json_decref(object);
}

static void messages_take_forms_and_values(void **state)
{
    const struct folder *f = *state;
    cleanup_locales struct locales *l = NULL;
    struct problem p = PROBLEM_INIT;
    write_locale(f, "vi",
                 "{\"a\":{\"b\":\"Chào {who}!\",\"n\":{\"other\":\"{count} di tích\"}},\"only\":\"chỉ có\","
                 "\"r\":{\"by\":\"roman\",\"other\":\"đời {count}\"}}");
    write_locale(
        f, "en",
        "{\"a\":{\"b\":\"{who}, hi\",\"n\":{\"one\":\"{count} site\",\"other\":\"{count} sites\"}},"
        "\"o\":{\"by\":\"ordinal\",\"one\":\"{count}st\",\"two\":\"{count}nd\",\"few\":\"{count}rd\","
        "\"other\":\"{count}th\"}}");
    write_locale(f, "ru",
                 "{\"a\":{\"n\":{\"one\":\"{count} one\",\"few\":\"{count} few\",\"many\":\"{count} many\","
                 "\"other\":\"{count} other\"}}}");
    if (locales_open(f->assets, "vi", &l, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    check_text(l, "vi", "a.b", "{\"who\":\"Đình\"}", "Chào Đình!");
    check_text(l, "en", "a.b", "{\"who\":\"<b>\"}", "<b>, hi");
    check_text(l, "vi", "a.b", "{\"x\":1}", "Chào {who}!");
    check_text(l, "vi", "a.b", NULL, "Chào {who}!");
    check_text(l, "vi", "a.n", "{\"count\":1234}", "1.234 di tích");
    check_text(l, "en", "a.n", "{\"count\":1}", "1 site");
    check_text(l, "en", "a.n", "{\"count\":0}", "0 sites");
    check_text(l, "en", "a.n", "{\"count\":1234}", "1,234 sites");
    check_text(l, "en", "a.n", "{\"count\":\"1\"}", "1 sites");
    check_text(l, "en", "o", "{\"count\":22}", "22nd");
    check_text(l, "en", "o", "{\"count\":113}", "113th");
    check_text(l, "ru", "a.n", "{\"count\":21}", "21 one");
    check_text(l, "ru", "a.n", "{\"count\":3}", "3 few");
    check_text(l, "ru", "a.n", "{\"count\":12}", "12 many");
    check_text(l, "vi", "r", "{\"count\":1994}", "đời MCMXCIV");
    check_text(l, "en", "only", NULL, "chỉ có"); // the default language has it
    check_text(l, "en", "no.such", NULL, "no.such");
    cleanup_buf struct buf out = BUF_INIT;
    assert_false(locale_text(locales_get(l, "en"), "no.such", NULL, &out));
    assert_true(locale_text(locales_get(l, "en"), "only", NULL, &out));
}

static void bad_files_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
        unsigned long line;
    } cases[] = {
        {"{\n\"a\": \"b\",\n}", "line 3", 3},
        {"{\"a\":\"1\",\"a\":\"2\"}", "duplicate", 1},
        {"[]", "not an object", 0},
        {"{\"a\":{\"b\":3}}", "\"a.b\"", 0},
        {"{\"a\":\"{who\"}", "braces", 0},
        {"{\"a\":\"who}\"}", "braces", 0},
        {"{\"a\":\"{}\"}", "braces", 0},
        {"{\"a\":\"{a {b}}\"}", "braces", 0},
        {"{\"a.b\":\"c\"}", "dots", 0},
        {"{\"\":\"c\"}", "empty", 0},
        {"{\"a\":{\"other\":\"x\",\"lots\":\"y\"}}", "plural", 0},
        {"{\"a\":{\"other\":\"x\",\"by\":\"name\"}}", "\"by\"", 0},
        {"{\"a\":{\"other\":{}}}", "plural", 0},
    };
    const struct folder *f = *state;
    write_locale(f, "vi", "{}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problem p = PROBLEM_INIT;
        struct locales *l = NULL;
        write_locale(f, "xx", cases[i].text);
        assert_int_equal(locales_open(f->assets, "vi", &l, &p), ERR_INVALID);
        assert_null(l);
        if (!strstr(p.text, cases[i].says) || !strstr(p.text, "locales/xx.json"))
            fail_msg("\"%s\" does not say \"%s\"", p.text, cases[i].says);
        if (cases[i].line)
            assert_int_equal(p.line, cases[i].line);
    }
}

static void the_default_language_must_be_there(void **state)
{
    const struct folder *f = *state;
    struct problem p = PROBLEM_INIT;
    struct locales *l = NULL;
    assert_int_equal(locales_open(f->assets, "km", &l, &p), ERR_NOT_FOUND);
    assert_non_null(strstr(p.text, "locales/km.json"));
}

// ---- all languages say the same

static void list_key(void *arg, const char *key, const char *placeholders)
{
    buf_printf(arg, "%s: %s\n", key, placeholders);
}

static size_t count_differences(const struct locales *l, bool report)
{
    size_t tags, differences = 0;
    const char *const *tag = locales_tags(l, &tags);
    cleanup_buf struct buf standard = BUF_INIT;
    locale_each(locales_get(l, NULL), list_key, &standard);
    for (size_t i = 0; i < tags; i++) {
        cleanup_buf struct buf other = BUF_INIT;
        locale_each(locales_get(l, tag[i]), list_key, &other);
        const char *a = standard.data, *b = other.data;
        while (*a || *b) {
            size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
            int order = !*a ? 1 : !*b ? -1 : strncmp(a, b, (n < m ? n : m) + 1);
            differences += order != 0;
            if (order && report)
                print_error("%s and the default language differ: \"%.*s\"\n", tag[i],
                            (int)(order < 0 ? n : m), order < 0 ? a : b);
            if (order <= 0)
                a += n + (a[n] == '\n');
            if (order >= 0)
                b += m + (b[m] == '\n');
        }
    }
    return differences;
}

static void every_language_has_every_key(void **state)
{
    (void)state;
    assert_int_equal(count_differences(locales, true), 0);
}

static void a_missing_key_would_be_seen(void **state)
{
    static const struct {
        const char *vi, *en;
        size_t differences;
    } cases[] = {
        {"{\"a\":\"x\",\"b\":{\"c\":\"{n} y\"}}", "{\"b\":{\"c\":\"z {n}\"},\"a\":\"w\"}", 0},
        {"{\"a\":\"x\",\"b\":\"y\"}", "{\"a\":\"x\"}", 1},
        {"{\"a\":\"x\"}", "{\"a\":\"x\",\"b\":\"y\"}", 1},
        {"{\"a\":\"x {n}\"}", "{\"a\":\"x {m}\"}", 2},
        {"{\"a\":\"x\"}", "{}", 1},
    };
    const struct folder *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_locales struct locales *l = NULL;
        write_locale(f, "vi", cases[i].vi);
        write_locale(f, "en", cases[i].en);
        assert_int_equal(locales_open(f->assets, "vi", &l, NULL), ERR_NONE);
        assert_int_equal(count_differences(l, false), cases[i].differences);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_spoken),
        cmocka_unit_test(instants_are_spoken),
        cmocka_unit_test(numbers_are_written),
        cmocka_unit_test(languages_are_found),
        cmocka_unit_test_setup_teardown(messages_take_forms_and_values, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(bad_files_are_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_default_language_must_be_there, make_folder, remove_folder),
        cmocka_unit_test(every_language_has_every_key),
        cmocka_unit_test_setup_teardown(a_missing_key_would_be_seen, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, open_embedded, close_embedded);
}
