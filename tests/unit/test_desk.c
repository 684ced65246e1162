// The desk's parts that need no store: what forms send, what the guard decides, what an address may be.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "server/desk/desk.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/guard.h"
#include "server/desk/staff/device.h"

// --- forms

static enum err read_form(struct arena *a, const char *body, struct form *ret)
{
    return form_read(a, body, strlen(body), ret, NULL);
}

static void a_form_gives_what_was_typed(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct form f;
    // "Bình" with the accent apart becomes one letter; line ends become LF.
    assert_int_equal(
        read_form(&a, "name=+Bi%CC%80nh++Thu%E1%BB%B7%0D%0A&t=1&t=2&empty=&text=a%0D%0Ab%0Dc&x", &f),
        ERR_NONE);
    assert_string_equal(form_value(&f, "name"), " B\xc3\xacnh  Thu\xe1\xbb\xb7\n");
    assert_string_equal(form_line(&f, "name"), "B\xc3\xacnh Thu\xe1\xbb\xb7");
    assert_string_equal(form_text(&f, "text"), "a\nb\nc");
    assert_null(form_value(&f, "none"));
    assert_string_equal(form_line(&f, "none"), "");
    assert_true(form_has(&f, "t"));
    assert_false(form_has(&f, "empty"));
    assert_false(form_has(&f, "none"));
    size_t count;
    const char *const *values = form_values(&f, "t", &count);
    assert_int_equal(count, 2);
    assert_string_equal(values[0], "1");
    assert_string_equal(values[1], "2");
    // What nobody sees came along by pasting: an override, U+200B, a hyphen from a PDF.
    assert_int_equal(read_form(&a, "name=%E2%80%AEBinh%E2%80%8B%02", &f), ERR_NONE);
    assert_string_equal(form_value(&f, "name"), "Binh");
}

static void bad_forms_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum err want;
    } cases[] = {
        {"a=%ff", ERR_INVALID}, {"a=%zz", ERR_INVALID},    {"a=%00", ERR_INVALID}, {"A=1", ERR_INVALID},
        {"a b=1", ERR_INVALID}, {"=1", ERR_INVALID},       {"", ERR_NONE},         {"&&&", ERR_NONE},
        {"a=\t", ERR_NONE},     {"title[vi]=x", ERR_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct form f = {.count = 77};
        if (read_form(&a, cases[i].body, &f) != cases[i].want)
            fail_msg("%s", cases[i].body);
        if (cases[i].want)
            assert_int_equal(f.count, 77);
    }
}

static void a_form_has_so_many_fields_at_most(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct form f;
    char body[4 * (FORM_FIELDS_MAX + 1) + 1] = "";
    for (size_t i = 0; i < FORM_FIELDS_MAX; i++)
        memcpy(body + 4 * i, "a=b&", 5);
    assert_int_equal(read_form(&a, body, &f), ERR_NONE);
    assert_int_equal(f.count, FORM_FIELDS_MAX);
    strcat(body, "a=b");
    assert_int_equal(read_form(&a, body, &f), ERR_TOO_LARGE);
}

// Forms of many fields are found by hash: the same answers, in the same order.
static void large_forms_answer_as_small_ones(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_buf struct buf body = BUF_INIT;
    struct form f;
    struct problem p;
    char name[32];
    size_t count;
    for (int i = 0; i < MANY; i++)
        buf_printf(&body, "row[%d]=%d&tick=%d&", i, i, i);
    assert_int_equal(form_read(&a, body.data, body.len, &f, &p), ERR_TOO_LARGE);
    assert_int_equal(form_read_many(&a, body.data, body.len, 2 * MANY - 1, &f, &p), ERR_TOO_LARGE);
    assert_int_equal(form_read_many(&a, body.data, body.len, 2 * MANY, &f, &p), ERR_NONE);
    form_add(&f, "tick", "last");
    for (int i = 0; i < MANY; i++) {
        int64_t number;
        snprintf(name, sizeof name, "row[%d]", i);
        assert_true(form_int(&f, name, &number) && number == i);
    }
    const char *const *ticks = form_values(&f, "tick", &count);
    assert_int_equal(count, MANY + 1);
    assert_string_equal(ticks[0], "0");
    assert_string_equal(ticks[MANY], "last");
    assert_true(form_is_ticked(&f, "tick", "4999") && !form_is_ticked(&f, "tick", "5000"));
    assert_null(form_value(&f, "row[5000]"));
    form_set(&f, "tick", "alone");
    form_values(&f, "tick", &count);
    assert_int_equal(count, 1);
    assert_int_equal(f.count, MANY + 1);
    assert_string_equal(form_value(&f, "row[4999]"), "4999");
    f.items[0].name = "renamed";
    form_changed(&f);
    assert_null(form_value(&f, "row[0]"));
    assert_string_equal(form_value(&f, "renamed"), "0");
}

static void numbers_are_whole(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct form f = form_empty(&a);
    int64_t n = 5;
    static const char *const bad[] = {"", "-", "1.0", "1 2", "+1", "1e3", "1234567890123456789", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        form_set(&f, "n", bad[i]);
        assert_false(form_int(&f, "n", &n));
    }
    assert_int_equal(n, 5);
    assert_false(form_int(&f, "none", &n));
    form_set_int(&f, "n", -42);
    assert_true(form_int(&f, "n", &n));
    assert_int_equal(n, -42);
    form_set(&f, "n", " 123456789012345678 ");
    assert_true(form_int(&f, "n", &n));
    assert_true(n == 123456789012345678);
    assert_int_equal(f.count, 1);
}

static void problems_stay_with_their_field(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct form f = form_empty(&a);
    struct problem p = PROBLEM_INIT;
    problem_set(&p, ERR_EXISTS, "name", "there is one already");
    assert_false(f.failed);
    form_take(&f, &p);
    form_problem_number(&f, "", "desk.x", "count", 3);
    assert_true(f.failed);
    memset(&p, 'x', sizeof p); // what was taken is a copy
    const struct form_problem *of = form_problem_of(&f, "name");
    assert_non_null(of);
    assert_int_equal(of->problem->code, ERR_EXISTS);
    assert_string_equal(of->problem->text, "there is one already");
    assert_int_equal(form_problem_of(&f, "")->number, 3);
    assert_null(form_problem_of(&f, "other"));
    for (int i = 0; i < 2 * FORM_PROBLEMS_MAX; i++)
        form_problem(&f, "many", "desk.x");
    assert_int_equal(f.problem_count, FORM_PROBLEMS_MAX);
}

// --- the guard

static void roles_let_in(void **state)
{
    (void)state;
    struct desk_user user[ROLE_COUNT];
    for (int role = 0; role < ROLE_COUNT; role++)
        user[role] = (struct desk_user){.account.role = (enum role)role};
    assert_true(guard_may(DESK_ANYBODY, NULL));
    assert_false(guard_may(DESK_SIGNED_IN, NULL));
    assert_false(guard_may(0, &user[ROLE_ADMIN])); // nothing is the default
    assert_true(guard_may(DESK_ADMIN, &user[ROLE_ADMIN]));
    assert_false(guard_may(DESK_ADMIN, &user[ROLE_EDITOR]));
    assert_false(guard_may(DESK_ADMIN, &user[ROLE_FIELD]));
    assert_true(guard_may(DESK_WRITERS, &user[ROLE_EDITOR]));
    assert_false(guard_may(DESK_WRITERS, &user[ROLE_FIELD]));
    assert_false(guard_may(DESK_FIELD, &user[ROLE_ADMIN]));
    assert_true(guard_may(DESK_SIGNED_IN, &user[ROLE_FIELD]));
}

static void requests_come_from_our_own_pages(void **state)
{
    (void)state;
    static const struct {
        const char *site, *origin, *host, *base;
        bool want;
    } cases[] = {
        {"same-origin", NULL, "a.vn", NULL, true},
        {"same-site", "https://a.vn", "a.vn", NULL, false},
        {"cross-site", "https://a.vn", "a.vn", NULL, false},
        {"none", NULL, "a.vn", NULL, false},
        {NULL, "http://127.0.0.1:8080", "127.0.0.1:8080", NULL, true},
        {NULL, "http://127.0.0.1:8081", "127.0.0.1:8080", NULL, false},
        {NULL, "https://A.vn", "a.VN", NULL, true},
        {NULL, "https://a.vn", "inner:8080", "https://a.vn", true},
        {NULL, "https://a.vn.evil.vn", "a.vn", "https://a.vn", false},
        {NULL, "https://a.vn", "b.vn", "https://a.vn/path", true},
        {NULL, "null", "a.vn", NULL, false},
        {NULL, "https://", "", "https://a.vn", false},
        {NULL, "a.vn", "a.vn", NULL, false},
        {NULL, "https://a.vn", NULL, NULL, false},
        {NULL, NULL, "a.vn", "https://a.vn", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (guard_same_origin(cases[i].site, cases[i].origin, cases[i].host, cases[i].base) != cases[i].want)
            fail_msg("case %zu", i);
}

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART  "multipart/form-data; boundary=x"
#define HEAD       "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n"

static void tokens_are_found_in_forms(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body, *want;
    } cases[] = {
        {URLENCODED, "a=1&csrf=abc&b=2", "abc"},
        {URLENCODED "; charset=utf-8", "csrf=a%2Db", "a-b"},
        {URLENCODED, "a=%ff&csrf=abc", "abc"},
        {URLENCODED, "xcsrf=abc", NULL},
        {URLENCODED, "csrf=", NULL},
        {URLENCODED, "csrf=0123456789012345678901234567890123456789abcd", NULL}, // one too long
        {MULTIPART, HEAD "abc\r\n--x--\r\n", "abc"},
        {MULTIPART, HEAD "abc", NULL},
        {MULTIPART, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n" HEAD "abc\r\n", NULL},
        {"text/plain", "csrf=abc", NULL},
        {NULL, "csrf=abc", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char token[SESSION_CSRF_SIZE] = "untouched";
        bool found = guard_form_token(cases[i].type, cases[i].body, strlen(cases[i].body), token);
        if (found != (cases[i].want != NULL) || (found && strcmp(token, cases[i].want) != 0))
            fail_msg("case %zu: %s", i, token);
    }
    assert_true(guard_token_fits("abc", "abc"));
    assert_false(guard_token_fits("abc", "abd"));
    assert_false(guard_token_fits("ab", "abc"));
    assert_false(guard_token_fits("", ""));
    assert_false(guard_token_fits(NULL, NULL));
}

static void only_addresses_of_the_desk_are_gone_to(void **state)
{
    (void)state;
    static const char *const good[] = {"/desk", "/desk/", "/desk/accounts?q=a&page=2", "/desk?x=https://a.vn",
                                       "/desk/sites?q=%C4%91"};
    static const char *const bad[] = {
        "",
        "/",
        "//evil.vn",
        "https://evil.vn",
        "/deskevil",
        "/desk/../evil",
        "/desk\\evil",
        "/desk//evil",
        "/desk/\n/evil",
        "/desk/./x",
        "/desk/%2e%2e/x",
        "/desk/ x",
        "javascript:alert(1)",
        "/desk/x#y",
        "desk/",
        "/desk/\x7f",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(desk_local(good[i]), good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (strcmp(desk_local(bad[i]), "/desk/") != 0)
            fail_msg("%s", bad[i]);
    assert_string_equal(desk_local(NULL), "/desk/");
}

static void every_row_of_the_desk_says_who_may(void **state)
{
    (void)state;
    struct route_table tables[DESK_TABLES_MAX];
    size_t count = desk_routes(tables), rows = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tables[i].count; j++, rows++) {
            const struct route *row = &tables[i].rows[j];
            bool changes = row->methods & ~(unsigned)ROUTE_GET;
            if (!row->who || strncmp(row->pattern, "/desk/", 6) != 0 || !(row->flags & ROUTE_WORKER) ||
                (row->flags & ROUTE_CACHE) || changes != ((row->flags & ROUTE_CSRF) != 0))
                fail_msg("%s", row->pattern);
        }
    assert_true(rows > 20);
}

static void devices_have_words(void **state)
{
    (void)state;
    static const struct {
        const char *agent, *words;
    } cases[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
         "Safari/537.36",
         "Chrome, Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/17.5 Mobile/15E148 Safari/604.1",
         "Safari, iPhone"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36 Edg/126.0.0.0",
         "Edge, Windows"},
        {"curl/7.88.1", "curl"},
        {"", "?"},
        {NULL, "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char words[DEVICE_SIZE];
        device_words(cases[i].agent, words);
        assert_string_equal(words, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_gives_what_was_typed),
        cmocka_unit_test(bad_forms_are_refused),
        cmocka_unit_test(a_form_has_so_many_fields_at_most),
        cmocka_unit_test(large_forms_answer_as_small_ones),
        cmocka_unit_test(numbers_are_whole),
        cmocka_unit_test(problems_stay_with_their_field),
        cmocka_unit_test(roles_let_in),
        cmocka_unit_test(requests_come_from_our_own_pages),
        cmocka_unit_test(tokens_are_found_in_forms),
        cmocka_unit_test(only_addresses_of_the_desk_are_gone_to),
        cmocka_unit_test(every_row_of_the_desk_says_who_may),
        cmocka_unit_test(devices_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
