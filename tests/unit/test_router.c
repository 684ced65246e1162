#include "tests/unit/unit.h"

#include "server/http/router.h"

static const char *const languages[] = {"vi", "en", NULL};

static enum err handler(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)req;
    (void)res;
    (void)p;
    return ERR_NONE;
}

#define PARAMS(...) ((const char *const[]){__VA_ARGS__, NULL})

enum { HOME, HEALTH, SITES, SITE, SITE_SAVE, ASSET, LANG, SEARCH, CODE };

static const struct route rows[] = {
    [HOME] = {.pattern = "/", .handler = handler},
    [HEALTH] = {.pattern = "/healthz", .handler = handler},
    [SITES] = {.pattern = "/{lang}/sites", .handler = handler},
    [SITE] = {.pattern = "/{lang}/sites/{slug}", .handler = handler},
    [SITE_SAVE] = {.methods = ROUTE_POST | ROUTE_DELETE,
                   .pattern = "/{lang}/sites/{slug}",
                   .handler = handler},
    [ASSET] = {.pattern = "/assets/{path*}", .handler = handler},
    [LANG] = {.pattern = "/{lang}/", .handler = handler},
    [SEARCH] = {.pattern = "/search", .handler = handler, .params = PARAMS("q", "page")},
    [CODE] = {.pattern = "/{code}", .handler = handler, .flags = ROUTE_EITHER_SLASH},
};

struct fixture {
    struct router *router;
    struct target target;
    struct router_match match;
};

static int set_up(void **state)
{
    static struct fixture f;
    const struct route_table table = ROUTE_TABLE(rows);
    target_init(&f.target);
    *state = &f;
    return router_make(&table, 1, languages, false, &f.router, NULL) == ERR_NONE ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    router_free(f->router);
    target_free(&f->target);
    return 0;
}

static enum target_state read_target(struct fixture *f, const char *raw)
{
    target_keep(&f->target, raw, 200);
    return target_parse(&f->target, 200);
}

static enum router_result find(struct fixture *f, const char *raw, enum http_method method)
{
    assert_int_equal(read_target(f, raw), TARGET_OK);
    return router_find(f->router, &f->target, method, &f->match);
}

static void expect_row(struct fixture *f, const char *raw, enum http_method method, size_t row)
{
    enum router_result got = find(f, raw, method);
    if (got != ROUTER_FOUND || f->match.index != row)
        fail_msg("%s: result %d, row %zu", raw, got, f->match.index);
    assert_ptr_equal(f->match.route, &rows[row]);
}

static const char *value(const struct fixture *f, size_t index)
{
    return target_segment(&f->target, f->match.values[index].segment);
}

static void rows_are_found(void **state)
{
    struct fixture *f = *state;
    expect_row(f, "/", HTTP_GET, HOME);
    expect_row(f, "/?x", HTTP_HEAD, HOME);
    expect_row(f, "/healthz", HTTP_GET, HEALTH);
    expect_row(f, "/health%7A", HTTP_GET, HEALTH);
    expect_row(f, "/en/sites", HTTP_GET, SITES);
    assert_int_equal(f->match.lang, 1);
    expect_row(f, "/vi/sites/nh%C3%A0-l%E1%BB%93ng", HTTP_GET, SITE);
    assert_int_equal(f->match.lang, 0);
    assert_string_equal(value(f, 1), "nhà-lồng");
    expect_row(f, "/vi/sites/a", HTTP_POST, SITE_SAVE);
    expect_row(f, "/en/", HTTP_GET, LANG);
    expect_row(f, "/k7m3-9qx2", HTTP_GET, CODE);
    expect_row(f, "/k7m3-9qx2/", HTTP_GET, CODE);
    expect_row(f, "/assets/a/b%20c/d.css", HTTP_GET, ASSET);
    assert_string_equal(value(f, 0), "a/b c/d.css");
}

static void other_methods_and_forms(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(find(f, "/vi/sites/a", HTTP_PUT), ROUTER_NO_METHOD);
    assert_int_equal(f->match.allowed, ROUTE_GET | ROUTE_POST | ROUTE_DELETE);
    assert_int_equal(find(f, "/healthz", HTTP_POST), ROUTER_NO_METHOD);
    assert_int_equal(f->match.allowed, ROUTE_GET);
    assert_int_equal(find(f, "/healthz", HTTP_OPTIONS), ROUTER_NO_METHOD);
    assert_int_equal(find(f, "/healthz/", HTTP_GET), ROUTER_REDIRECT);
    assert_int_equal(find(f, "/healthz/", HTTP_POST), ROUTER_NO_METHOD);
    assert_int_equal(find(f, "/vi", HTTP_GET), ROUTER_REDIRECT);
    assert_int_equal(find(f, "/en/sites/", HTTP_GET), ROUTER_REDIRECT);
    assert_int_equal(find(f, "/fr/sites", HTTP_GET), ROUTER_NOT_FOUND);
    assert_null(f->match.route);
    assert_int_equal(f->match.value_count, 0);
    assert_int_equal(find(f, "/assets/", HTTP_GET), ROUTER_FOUND); // one segment: it might be a code
    assert_int_equal(find(f, "/a/b/c/d", HTTP_GET), ROUTER_NOT_FOUND);
    assert_int_equal(find(f, "/VI/sites", HTTP_GET), ROUTER_NOT_FOUND);
}

static void targets(void **state)
{
    static const struct {
        const char *raw;
        enum target_state expected;
    } cases[] = {
        {"", TARGET_BAD},
        {"x", TARGET_BAD},
        {"*", TARGET_ASTERISK},
        {"/a b", TARGET_BAD},
        {"/a#b", TARGET_BAD},
        {"/a\tb", TARGET_BAD},
        {"/\\a", TARGET_BAD},
        {"/%", TARGET_BAD},
        {"/%4", TARGET_BAD},
        {"/%00", TARGET_BAD},
        {"/%0a", TARGET_BAD},
        {"/%c0%af", TARGET_BAD},
        {"/\xC3\xA9", TARGET_OK},
        {"/\xFF", TARGET_BAD},
        {"/%2f", TARGET_UNMATCHABLE},
        {"/..", TARGET_UNMATCHABLE},
        {"/%2E/", TARGET_UNMATCHABLE},
        {"//", TARGET_UNMATCHABLE},
        {"/a//b", TARGET_UNMATCHABLE},
        {"/...", TARGET_OK},
        {"ftp://a/b", TARGET_BAD},
        {"http://a", TARGET_OK},
        {"HTTP://a?x", TARGET_OK},
        {"https://a:1/b", TARGET_OK},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", TARGET_OK},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", TARGET_UNMATCHABLE},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (read_target(f, cases[i].raw) != cases[i].expected)
            fail_msg("\"%s\" gives %d", cases[i].raw, read_target(f, cases[i].raw));
    char longest[202] = "/";
    memset(longest + 1, 'a', 200);
    assert_int_equal(read_target(f, longest), TARGET_TOO_LONG);
    longest[200] = '\0';
    assert_int_equal(read_target(f, longest), TARGET_OK);
}

static enum target_state params(struct fixture *f, const char *raw)
{
    assert_int_equal(find(f, raw, HTTP_GET), ROUTER_FOUND);
    return target_read_params(&f->target, f->match.route->params);
}

static void parameters(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(params(f, "/search?q=%C4%91%C3%ACnh+a%2Bb&utm=%ff&q=second&empty&page="), TARGET_OK);
    assert_string_equal(f->target.params[0], "đình a+b");
    assert_string_equal(f->target.params[1], "");
    assert_int_equal(params(f, "/search?page=2"), TARGET_OK);
    assert_null(f->target.params[0]);
    assert_string_equal(f->target.params[1], "2");
    assert_int_equal(params(f, "/search"), TARGET_OK);
    assert_null(f->target.params[1]);
    assert_int_equal(params(f, "/search?q=%ff"), TARGET_BAD);
    assert_int_equal(params(f, "/search?q=%00"), TARGET_BAD);
    assert_int_equal(params(f, "/search?q=a%07"), TARGET_BAD);
    assert_int_equal(params(f, "/search?q=a%0D%0Ab%09"), TARGET_OK);
    assert_int_equal(params(f, "/search?%ff=1&q=x"), TARGET_OK);
    assert_int_equal(params(f, "/healthz?q=%ff"), TARGET_OK);
}

static void expect_refused(const struct route *route, const char *part)
{
    struct router *r = NULL;
    struct problem p = PROBLEM_INIT;
    const struct route_table table = {.rows = route, .count = 1};
    assert_int_equal(router_make(&table, 1, languages, false, &r, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, part);
    assert_null(r);
}

static void bad_rows_are_refused(void **state)
{
    static const char *const patterns[] = {NULL,  "",    "a",   "//",      "/a//b", "/{",
                                           "/{}", "/{a", "/a}", "/{a*}/b", "/{*}",  "/{a}/{b}/{c}/{d}/{e}"};
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        expect_refused(&(struct route){.pattern = patterns[i], .handler = handler}, "pattern");
    expect_refused(&(struct route){.pattern = "/a"}, "\"/a\" has no handler");
    expect_refused(
        &(struct route){.methods = ROUTE_POST, .pattern = "/a", .handler = handler, .flags = ROUTE_CACHE},
        "page cache");
    expect_refused(&(struct route){.pattern = "/a", .handler = handler, .flags = ROUTE_BODY}, "limit");
    expect_refused(&(struct route){.pattern = "/a", .handler = handler, .who = 1}, "guard");
    expect_refused(&(struct route){.pattern = "/a", .handler = handler, .flags = ROUTE_CSRF}, "guard");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(other_methods_and_forms),
        cmocka_unit_test(targets),
        cmocka_unit_test(parameters),
        cmocka_unit_test(bad_rows_are_refused),
    };
    return cmocka_run_group_tests_name("router", tests, set_up, tear_down);
}
