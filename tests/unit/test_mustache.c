#include "server/view/mustache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/hash.h"

// ---- the specification's behaviour, case by case, from tests/fixtures/mustache/

struct partials {
    struct {
        const char *name;
        struct mustache *template;
    } items[8];
    size_t count;
};

static const struct mustache *find_partial(void *arg, const char *name)
{
    const struct partials *partials = arg;
    for (size_t i = 0; i < partials->count; i++)
        if (strcmp(partials->items[i].name, name) == 0)
            return partials->items[i].template;
    return NULL;
}

static bool run_case(const char *file, const json_t *test)
{
    struct partials partials = {.count = 0};
    struct problem p = PROBLEM_INIT;
    const char *name = json_string_value(json_object_get(test, "name")), *key;
    const char *text = json_string_value(json_object_get(test, "template"));
    const char *expected = json_string_value(json_object_get(test, "expected"));
    json_t *value;
    json_object_foreach(json_object_get(test, "partials"), key, value)
    {
        struct mustache **slot = &partials.items[partials.count].template;
        partials.items[partials.count++].name = key;
        assert_int_equal(mustache_compile(key, json_string_value(value), json_string_length(value), slot, &p),
                         ERR_NONE);
    }
    const struct mustache_env env = {.partial = find_partial, .arg = &partials};
    cleanup_mustache struct mustache *m = NULL;
    cleanup_buf struct buf out = BUF_INIT;
    enum err e = mustache_compile(name, text, strlen(text), &m, &p);
    if (e == ERR_NONE)
        e = mustache_render(m, json_object_get(test, "data"), &env, &out, &p);
    bool passed = e == ERR_NONE && strcmp(out.data, expected) == 0;
    if (!passed)
        print_error("%s: %s\n  template %s\n  expected %s\n  got      %s %s\n", file, name, text, expected,
                    out.data, p.text);
    for (size_t i = 0; i < partials.count; i++)
        mustache_free(partials.items[i].template);
    return passed;
}

static void specification(void **state)
{
    const char *file = *state;
    char path[1024];
    json_error_t error;
    size_t i, failed = 0;
    json_t *test;
    snprintf(path, sizeof path, "%s/tests/fixtures/mustache/%s.json", getenv("STELE_SOURCE_ROOT"), file);
    json_t *tests = json_load_file(path, 0, &error);
    if (!tests)
        fail_msg("%s: %s", path, error.text);
    assert_true(json_array_size(tests) >= 10);
    json_array_foreach(tests, i, test) failed += !run_case(file, test);
    json_decref(tests);
    assert_int_equal(failed, 0);
}

// ---- what the specification leaves open

static void check_error(const char *text, enum err code, unsigned long line, unsigned long column,
                        const char *says)
{
    struct problem p = PROBLEM_INIT;
    struct mustache *m = (void *)&p;
    assert_int_equal(mustache_compile("pages/site", text, strlen(text), &m, &p), code);
    assert_ptr_equal(m, &p); // untouched
    assert_int_equal(p.code, code);
    assert_int_equal(p.line, line);
    assert_int_equal(p.column, column);
    if (!strstr(p.text, says) || !strstr(p.text, "pages/site"))
        fail_msg("\"%s\" does not say \"%s\"", p.text, says);
}

static void errors_name_the_place(void **state)
{
    (void)state;
    check_error("a\nb {{name", ERR_INVALID, 2, 3, "not closed");
    check_error("{{{name}}", ERR_INVALID, 1, 1, "}}}");
    check_error("x{{!", ERR_INVALID, 1, 2, "not closed");
    check_error("{{#a}}\n{{#b}}\n", ERR_INVALID, 2, 0, "\"b\" is never closed");
    check_error("{{#a}}\n{{#b}}{{/a}}{{/b}}", ERR_INVALID, 2, 7, "\"b\"");
    check_error("{{/a}}", ERR_INVALID, 1, 1, "\"a\"");
    check_error("{{}}", ERR_INVALID, 1, 1, "no name");
    check_error("\n\n {{# }}", ERR_INVALID, 3, 2, "no name");
    check_error("{{a b}}", ERR_INVALID, 1, 1, "blanks");
    check_error("{{a..b}}", ERR_INVALID, 1, 1, "empty part");
    check_error("{{<a}}", ERR_INVALID, 1, 1, "not known");
    check_error("{{=a=}}", ERR_INVALID, 1, 1, "Delimiters");
    check_error("{{= = = =}}", ERR_INVALID, 1, 1, "Delimiters");
    check_error("{{=12345678901234567890 b=}}", ERR_INVALID, 1, 1, "Delimiters");
}

static void limits_hold(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct mustache *m = NULL;
    cleanup_buf struct buf deep = BUF_INIT;
    for (int i = 0; i <= MUSTACHE_NESTING_MAX; i++)
        buf_append_str(&deep, "{{#a}}");
    assert_int_equal(mustache_compile("deep", deep.data, deep.len, &m, &p), ERR_TOO_LARGE);
    cleanup_buf struct buf large = BUF_INIT;
    assert_non_null(buf_reserve(&large, MUSTACHE_SIZE_MAX + 1));
    memset(large.data, 'x', MUSTACHE_SIZE_MAX + 1);
    assert_int_equal(mustache_compile("large", large.data, MUSTACHE_SIZE_MAX + 1, &m, &p), ERR_TOO_LARGE);
    assert_null(m);
    assert_int_equal(mustache_compile("large", large.data, MUSTACHE_SIZE_MAX, &m, &p), ERR_NONE);
    mustache_free(m);
}

static struct mustache *compile(const char *text)
{
    struct mustache *m = NULL;
    struct problem p = PROBLEM_INIT;
    if (mustache_compile("test", text, strlen(text), &m, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    return m;
}

static void endless_rendering_stops(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "before {{>p}}{{>p}}",                                          // never ends
        "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}", // 200^5 steps
        "{{#l}}{{#l}}"
        "{{{s}}}"
        "{{/l}}{{/l}}", // 40 MB
    };
    json_t *list = json_array(), *context = json_object();
    for (int i = 0; i < 200; i++)
        json_array_append_new(list, json_integer(i));
    json_object_set_new(context, "l", list);
    char kilobyte[1025];
    memset(kilobyte, 'x', sizeof kilobyte - 1);
    kilobyte[1024] = '\0';
    json_object_set_new(context, "s", json_string(kilobyte));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct problem p = PROBLEM_INIT;
        struct partials partials = {.items = {{"p", compile(texts[i])}}, .count = 1};
        const struct mustache_env env = {.partial = find_partial, .arg = &partials};
        cleanup_buf struct buf out = BUF_INIT;
        buf_append_str(&out, "kept");
        assert_int_equal(mustache_render(partials.items[0].template, context, &env, &out, &p), ERR_TOO_LARGE);
        assert_string_equal(out.data, "kept");
        assert_non_null(strstr(p.text, "test, line 1"));
        mustache_free(partials.items[0].template);
    }
    json_decref(context);
}

static bool shout(void *arg, const char *prefix, const char *rest, const struct mustache_scope *scope,
                  struct buf *out)
{
    assert_string_equal(arg, "arg");
    if (strcmp(prefix, "shout") != 0)
        return false;
    mustache_value(out, mustache_lookup(scope, rest));
    buf_append_str(out, "<!>");
    return true;
}

static void hooks_come_before_the_context(void **state)
{
    (void)state;
    char arg[] = "arg";
    json_t *context = json_pack("{s:s, s:s, s:{s:i}, s:[s]}", "shout:word", "WRONG", "other:x", "kept", "a",
                                "b", 7, "list", "in");
    cleanup_mustache struct mustache *m = compile(
        "{{shout:other:x}} {{{shout:a.b}}} {{&shout:none}} {{other:x}} {{#list}}{{shout:.}}{{/list}}");
    const struct mustache_env env = {.hook = shout, .arg = arg};
    cleanup_buf struct buf out = BUF_INIT;
    assert_int_equal(mustache_render(m, context, &env, &out, NULL), ERR_NONE);
    assert_string_equal(out.data, "kept&lt;!&gt; 7<!> <!> kept in&lt;!&gt;");
    json_decref(context);
}

static void collect_tag(void *arg, char kind, const char *name, unsigned long line)
{
    buf_printf(arg, "%c%s@%lu ", kind, name, line);
}

static void tags_are_listed(void **state)
{
    (void)state;
    cleanup_mustache struct mustache *m =
        compile("{{a}}\n{{#b}}\n{{{c}}}{{&d.e}}\n{{/b}}\n{{^f}}{{>g}}{{/f}}{{!h}}");
    cleanup_buf struct buf out = BUF_INIT;
    mustache_tags(m, collect_tag, &out);
    assert_string_equal(out.data, "va@1 #b@2 {c@3 &d.e@3 ^f@5 >g@5 ");
}

static void numbers_read_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1.21, "1.21"},  {0.1 + 0.2, "0.30000000000000004"},
                 {5.0, "5"},      {-0.5, "-0.5"},
                 {1e21, "1e+21"}, {10.07273, "10.07273"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        json_t *number = json_real(cases[i].value);
        mustache_value(&out, number);
        assert_string_equal(out.data, cases[i].text);
        json_decref(number);
    }
}

int main(void)
{
    static char interpolation[] = "interpolation", sections[] = "sections", inverted[] = "inverted",
                partials[] = "partials", comments[] = "comments", delimiters[] = "delimiters";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(specification, interpolation),
        cmocka_unit_test_prestate(specification, sections),
        cmocka_unit_test_prestate(specification, inverted),
        cmocka_unit_test_prestate(specification, partials),
        cmocka_unit_test_prestate(specification, comments),
        cmocka_unit_test_prestate(specification, delimiters),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(endless_rendering_stops),
        cmocka_unit_test(hooks_come_before_the_context),
        cmocka_unit_test(tags_are_listed),
        cmocka_unit_test(numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
