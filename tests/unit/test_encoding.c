#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/encoding.h"

#define BYTES(text) (text), sizeof(text) - 1

static void encodings_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t len;
        const char *name, *text;
    } cases[] = {
        {BYTES(""), "UTF-8", ""},
        {BYTES("plain, ascii\r\n"), "UTF-8", "plain, ascii\r\n"},
        {BYTES("Đình Bình Thủy\n"), "UTF-8", "Đình Bình Thủy\n"},
        {BYTES("\xEF\xBB\xBFtên\n"), "UTF-8", "tên\n"},
        {BYTES("Bi\xCC\x80nh"), "UTF-8", "Bình"},
        {BYTES("\xFF\xFET\0\xEA\0n\0\n\0\xC6\x1E"), "UTF-16LE", "Tên\nỆ"},
        {BYTES("\xFE\xFF\0T\0\xEA\0n"), "UTF-16BE", "Tên"},
        {BYTES("T\0\xEA\0n\0;\0\x10\x01\xEC\0n\0h\0"), "UTF-16LE", "Tên;Đình"},
        {BYTES("\0T\0\xEA\0n\0;\x01\x10\0\xEC\0n\0h"), "UTF-16BE", "Tên;Đình"},
        // Đình Bình Thủy, Cần Thơ: letters, then tone marks
        {BYTES("\xD0i\xCCnh Bi\xCCnh Thu\xD2y, C\xE2\xCCn Th\xF5"), "windows-1258",
         "Đình Bình Thủy, Cần Thơ"},
        {BYTES("tr\xFD\xF5\xCC"
               "ng ho\xF2"
               "c \xF0\xFD\xF5\xF2"
               "c"),
         "windows-1258", "trường học được"},
        {BYTES("M\xFChle, Stra\xDF"
               "e, Caf\xE9, \x80 5"),
         "windows-1252", "Mühle, Straße, Café, € 5"},
        {BYTES("cos\xEC per\xF2, informa\xE7\xF5"
               "es, S\xE3o"),
         "windows-1252", "così però, informações, São"},
        {BYTES("\x8A"
               "koda"),
         "windows-1252", "Škoda"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        const char *name = NULL;
        if (encoding_read(cases[i].data, cases[i].len, i % 2 ? NULL : "auto", &out, &name, &p) != ERR_NONE)
            fail_msg("%zu: %s", i, p.text);
        assert_string_equal(name, cases[i].name);
        assert_string_equal(out.data, cases[i].text);
    }
}

static void names_force_an_encoding(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t len;
        const char *forced, *name, *text;
    } cases[] = {
        {BYTES("\xC3\xA9"), "CP1252", "windows-1252", "Ã©"},
        {BYTES("\xE3"), "Windows-1258", "windows-1258", "ă"},
        {BYTES("\xFE\xFF\0T"), "utf-16", "UTF-16BE", "T"},
        {BYTES("T\0"), "UTF-16", "UTF-16LE", "T"},
        {BYTES("\xFF\xFET\0"), "utf-16le", "UTF-16LE", "T"},
        {BYTES("\xEF\xBB\xBFT"), "utf8", "UTF-8", "T"},
        {BYTES("\xA7\xD7nh B\xD7nh Th\xF1y, C\xC7n Th\xAC"), "tcvn3", "TCVN3", "Đình Bình Thủy, Cần Thơ"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        const char *name = NULL;
        if (encoding_read(cases[i].data, cases[i].len, cases[i].forced, &out, &name, &p) != ERR_NONE)
            fail_msg("%zu: %s", i, p.text);
        assert_string_equal(name, cases[i].name);
        assert_string_equal(out.data, cases[i].text);
    }
}

static void what_does_not_fit_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t len;
        const char *forced;
        enum err code;
        unsigned long line;
        const char *part;
    } cases[] = {
        {BYTES("a\nĐình\nb\r\nM\xFChle\n"), NULL, ERR_INVALID, 4,
         "Line 4 is not UTF-8 like the lines before it"},
        {BYTES("a\rM\xFChle\rĐình\n"), NULL, ERR_INVALID, 3, "Line 3 is UTF-8, but line 2 before it is not"},
        {BYTES("\xEF\xBB\xBFx\nM\xFChle\n"), NULL, ERR_INVALID, 2,
         "Line 2 has a byte (0xFC) that is not UTF-8"},
        {BYTES("M\xFChle\n"), "utf-8", ERR_INVALID, 1, "not UTF-8"},
        {BYTES("abc\nde\0f, a longer line\n"), NULL, ERR_INVALID, 2, "Line 2 has a NUL"},
        {BYTES("a\0\n\0\0\0b\0"), "utf-16le", ERR_INVALID, 2, "Line 2 has a NUL"},
        {BYTES("\xFC\n\x81"), "windows-1252", ERR_INVALID, 2, "byte (0x81) that does not fit windows-1252"},
        {BYTES("a\0\n\0\0\xD8q\0"), "utf-16le", ERR_INVALID, 2, "does not fit UTF-16LE"},
        {BYTES("a\0b"), "utf-16le", ERR_INVALID, 1, "does not fit UTF-16LE"},
        {BYTES("\xFF\xFE\0\0a\0\0\0"), NULL, ERR_UNSUPPORTED, 0, "UTF-32"},
        {BYTES("a"), "klingon", ERR_UNSUPPORTED, 0, "use one of utf-8"},
        {BYTES("T\xAAn di t\xDD"
               "ch: chi\xD5n th\xABng l\xB5ng qu\xAA"
               "n"),
         NULL, ERR_UNSUPPORTED, 0, "tcvn3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        buf_append_str(&out, "kept");
        const char *name = "before";
        assert_int_equal(encoding_read(cases[i].data, cases[i].len, cases[i].forced, &out, &name, &p),
                         cases[i].code);
        assert_problem(p, cases[i].code, cases[i].part);
        assert_int_equal(p.line, cases[i].line);
        assert_string_equal(out.data, "kept");
        assert_string_equal(name, "before");
    }
}

static void long_texts_are_converted_whole(void **state)
{
    (void)state;
    cleanup_buf struct buf in = BUF_INIT, out = BUF_INIT;
    for (int i = 0; i < 20000; i++)
        buf_append(&in, "C\xE2\xCCn Th\xF5\n", 9);
    assert_int_equal(encoding_read(in.data, in.len, NULL, &out, NULL, NULL), ERR_NONE);
    assert_int_equal(out.len, 20000 * strlen("Cần Thơ\n"));
    assert_string_equal(out.data + out.len - strlen("Cần Thơ\n"), "Cần Thơ\n");
    buf_reset(&in);
    buf_reset(&out);
    for (int i = 0; i < 20000; i++)
        buf_append(&in, "\x7B\x89", 2);
    assert_int_equal(encoding_read(in.data, in.len, "utf-16le", &out, NULL, NULL), ERR_NONE);
    assert_int_equal(out.len, 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_recognised),
        cmocka_unit_test(names_force_an_encoding),
        cmocka_unit_test(what_does_not_fit_is_named_with_its_line),
        cmocka_unit_test(long_texts_are_converted_whole),
    };
    return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
