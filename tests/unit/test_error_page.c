// The pages that tell visitors what went wrong: every status, in both languages, from the embedded assets.
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "assets/assets.h"
#include "common/file.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/http/exchange.h"
#include "server/view/view.h"
#include "server/visitor/visitor.h"

static const char *const languages[] = {"vi", "en", NULL};

struct fixture {
    char folder[64];
    struct app app;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-error-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->app.store, NULL), ERR_NONE);
    assert_int_equal(assets_open(NULL, &f->app.assets, NULL), ERR_NONE);
    assert_int_equal(view_open(f->app.assets, "vi", &f->app.view, NULL), ERR_NONE);
    f->app.base_url = "https://di-tich.example";
    f->app.languages = languages;
    f->app.language_count = 2;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    view_close(f->app.view);
    assets_close(f->app.assets);
    store_close(f->app.store);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

static char *render(struct fixture *f, int status, size_t language)
{
    struct arena arena = ARENA_INIT;
    struct exchange x = {.req = {.app = &f->app,
                                 .arena = &arena,
                                 .path = "/x",
                                 .query = "",
                                 .id = "0123456789abcdef",
                                 .lang = languages[language],
                                 .lang_index = language,
                                 .lang_from = REQUEST_LANG_PATH}};
    struct problem problem = PROBLEM_INIT;
    x.res = (struct http_response){.arena = &arena, .status = status, .body = BUF_INIT, .fd = -1};
    problem_set(&problem, ERR_IO, NULL, "for the log");
    assert_int_equal(visitor_error_page(&x.req, &problem, &x.res), ERR_NONE);
    assert_int_equal(x.res.status, status);
    assert_string_equal(x.res.content_language, languages[language]);
    assert_false(x.res.body.failed);
    char *page = strdup(x.res.body.data);
    buf_free(&x.res.body);
    arena_clear(&arena);
    return page;
}

static void assert_has(const char *page, const char *text, int status, const char *lang)
{
    if (!strstr(page, text))
        fail_msg("the page for %d in %s does not hold \"%s\"", status, lang, text);
}

static void every_status_is_told_in_every_language(void **state)
{
    static const struct {
        int status;
        const char *heading[2];
    } told[] = {
        {400, {"Địa chỉ không đọc được", "The address cannot be read"}},
        {404, {"Không có trang này", "There is no such page"}},
        {405, {"Địa chỉ này không nhận yêu cầu đó", "This address does not take that request"}},
        {410, {"Trang này đã được gỡ", "This page has been withdrawn"}},
        {413, {"Gửi lên quá nhiều", "Too much was sent"}},
        {414, {"Địa chỉ quá dài", "The address is too long"}},
        {416, {"Không có đoạn dữ liệu này", "There is no such part of the file"}},
        {429, {"Quá nhiều yêu cầu", "Too many requests"}},
        {431, {"Yêu cầu quá lớn", "The request is too large"}},
        {500, {"Máy chủ gặp lỗi", "The server had a problem"}},
        {503, {"Máy chủ đang bận", "The server is busy"}},
        {507, {"Máy chủ gặp lỗi", "The server had a problem"}},
        {409, {"Không thực hiện được", "That could not be done"}},
    };
    static const char *const word[] = {"Lỗi", "Error"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        for (size_t l = 0; languages[l]; l++) {
            int status = told[i].status;
            char expected[128];
            char *page = render(*state, status, l);
            snprintf(expected, sizeof expected, "<html lang=\"%s\"", languages[l]);
            assert_has(page, expected, status, languages[l]);
            snprintf(expected, sizeof expected, "<h1>%s</h1>", told[i].heading[l]);
            assert_has(page, expected, status, languages[l]);
            snprintf(expected, sizeof expected, "%s %d", word[l], status);
            assert_has(page, expected, status, languages[l]);
            assert_int_equal(strstr(page, "0123456789abcdef") != NULL, status >= 500);
            assert_null(strstr(page, "for the log"));
            assert_null(strstr(page, "error.")); // a message that no locale has is written as its key
            free(page);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_status_is_told_in_every_language, setup, teardown),
    };
    return cmocka_run_group_tests_name("error_page", tests, NULL, NULL);
}
