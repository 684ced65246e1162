#include "tests/unit/unit.h"

#include <string.h>

#include "common/buf.h"
#include "server/desk/frame/multipart.h"

static const char type[] = "multipart/form-data; boundary=\"--x\"";

static enum err read_text(struct arena *a, const char *body, struct multipart *ret)
{
    struct problem p;
    return multipart_read(a, type, body, strlen(body), ret, &p);
}

static void parts_are_read(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct multipart m;
    const char body[] = "----x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n"
                        "----x\r\ncontent-type: text/csv\r\n"
                        "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\a b\\\\..di "
                        "tích;\\\".csv\"\r\n"
                        "\r\na;b\r\n--x\r\n\r\n----x\r\n"
                        "Content-Disposition: form-data; name=empty\r\n\r\n\r\n----x--\r\n";
    assert_int_equal(read_text(&a, body, &m), ERR_NONE);
    assert_int_equal(m.count, 3);
    assert_string_equal(multipart_text(&a, &m, "csrf", 10), "abc");
    assert_string_equal(multipart_text(&a, &m, "csrf", 2), "");
    const struct multipart_part *file = multipart_find(&m, "file");
    assert_string_equal(file->file, "di tích;\".csv");
    assert_int_equal(file->len, strlen("a;b\r\n--x\r\n"));
    assert_memory_equal(file->data, "a;b\r\n--x\r\n", file->len);
    assert_int_equal(multipart_find(&m, "empty")->len, 0);
    assert_null(multipart_find(&m, "none"));
    assert_string_equal(multipart_text(&a, &m, "file", 100), "");
}

static void what_is_not_whole_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "----x",
        "----y\r\n",
        "----x\r\n\r\nabc\r\n----x--",
        "----x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n----x--",
        "----x\r\nContent-Disposition: form-data; name=\"A b\"\r\n\r\nabc\r\n----x--",
        "----x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc",
        "----x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n----x",
        "----xContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n----x--",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct multipart m;
        assert_int_equal(read_text(&a, bodies[i], &m), ERR_INVALID);
    }
    cleanup_arena struct arena a = ARENA_INIT;
    struct multipart m;
    assert_int_equal(multipart_read(&a, "text/plain", "", 0, &m, NULL), ERR_INVALID);
    assert_int_equal(multipart_read(&a, "multipart/form-data", "", 0, &m, NULL), ERR_INVALID);
    assert_int_equal(multipart_read(&a, NULL, "", 0, &m, NULL), ERR_INVALID);
}

static void names_of_files_lead_nowhere_else(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"../../etc/passwd", "passwd"}, {"..", "file"}, {"a/", "file"}, {".hidden", "hidden"}, {"", "file"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct multipart m;
        char *body = arena_printf(
            &a, "----x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"%s\"\r\n\r\nx\r\n----x--",
            names[i][0]);
        assert_int_equal(read_text(&a, body, &m), ERR_NONE);
        assert_string_equal(m.items[0].file, names[i][1]);
    }
}

static void parts_are_bounded(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_buf struct buf body = BUF_INIT;
    struct multipart m;
    for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
        buf_append_str(&body, "----x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n");
    buf_append_str(&body, "----x--");
    assert_int_equal(read_text(&a, body.data, &m), ERR_TOO_LARGE);
}

static void plain_fields_become_a_form(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    struct multipart m;
    struct form form;
    static const char body[] =
        "----x\r\nContent-Disposition: form-data; name=\"caption.vi\"\r\n\r\n"
        "Be\xCC\x82\xCC\x81n\r\nso\xCC\x82ng\r\n"
        "----x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nx\r\n"
        "----x\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nsave\r\n----x--";
    assert_int_equal(read_text(&a, body, &m), ERR_NONE);
    assert_int_equal(multipart_form(&a, &m, &form, NULL), ERR_NONE);
    assert_int_equal(form.count, 2);
    assert_string_equal(form_value(&form, "caption.vi"), "Bến\nsông");
    assert_string_equal(form_value(&form, "do"), "save");
    static const char *const wrong[][2] = {{"A", "x"}, {"caption.vi", "\xFF"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text =
            arena_printf(&a, "----x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n----x--",
                         wrong[i][0], wrong[i][1]);
        if (read_text(&a, text, &m) == ERR_NONE)
            assert_int_equal(multipart_form(&a, &m, &form, NULL), ERR_INVALID);
        assert_int_equal(form.count, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_read),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(names_of_files_lead_nowhere_else),
        cmocka_unit_test(parts_are_bounded),
        cmocka_unit_test(plain_fields_become_a_form),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
