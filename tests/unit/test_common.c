#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <math.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "common/hash.h"

static void buffer_grows_and_keeps_its_nul(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT;
    assert_string_equal(b.data, "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i);
    assert_false(b.failed);
    assert_int_equal(strlen(b.data), b.len);
    buf_truncate(&b, 4);
    assert_string_equal(b.data, "0,1,");
    size_t len;
    cleanup_free char *text = buf_steal(&b, &len);
    assert_int_equal(len, 4);
    assert_string_equal(text, "0,1,");
    assert_string_equal(b.data, "");
}

static void buffer_writes_whole_numbers(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT;
    const int64_t numbers[] = {0, 7, -7, 10, 1234567890, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_append_int(&b, numbers[i]);
        buf_append_char(&b, ' ');
    }
    assert_string_equal(b.data, "0 7 -7 10 1234567890 9223372036854775807 -9223372036854775808 ");
}

static void fixed_numbers_are_written_as_printf_does(void **state)
{
    (void)state;
    static const double values[] = {0,           -0.0,      1,        -1,         0.1,     10.072730,
                                    -105.752467, 0.0000004, 1.999,    999999.999, 1234567, 3.1e13,
                                    1e300,       -1e15,     INFINITY, -0.04};
    char want[400];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (int decimals = 0; decimals <= 9; decimals++) {
            cleanup_buf struct buf b = BUF_INIT;
            buf_append_fixed(&b, values[i], decimals);
            snprintf(want, sizeof want, "%.*f", decimals, values[i]);
            assert_string_equal(b.data, want);
        }
    cleanup_buf struct buf b = BUF_INIT;
    buf_append_fixed(&b, 2.5, 0); // a half
    buf_append_fixed(&b, -0.125, 2);
    assert_string_equal(b.data, "3-0.13");
}

static void buffer_failure_is_sticky(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT;
    assert_null(buf_reserve(&b, SIZE_MAX - 1));
    buf_append_str(&b, "x");
    assert_true(b.failed);
    assert_int_equal(b.len, 0);
    assert_null(buf_steal(&b, NULL));
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    for (size_t size = 0; size < 20000; size += 997) {
        unsigned char *p = arena_alloc(&a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xFF, size);
    }
    assert_null(arena_array(&a, SIZE_MAX, 16));
    assert_string_equal(arena_printf(&a, "%s-%d", "a", 7), "a-7");
    assert_string_equal(arena_concat(&a, "/", "vi", "", "/sites", NULL), "/vi/sites");
    assert_string_equal(arena_concat(&a, "", NULL), "");
    assert_null(arena_concat(&a, NULL, "x", NULL));
}

// Texts of every length, so that some end exactly with their block, just before and just behind it.
static void arena_texts_do_not_touch_each_other(void **state)
{
    (void)state;
    cleanup_arena struct arena a = ARENA_INIT;
    enum { COUNT = 700 };
    char *texts[COUNT];
    for (int i = 0; i < COUNT; i++) {
        texts[i] = arena_printf(&a, "%0*d", i + 1, i);
        assert_int_equal(strlen(arena_strdup(&a, texts[i])), i + 1);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(strlen(texts[i]), i + 1);
        assert_int_equal(atoi(texts[i]), i);
    }
    assert_int_equal(strlen(arena_printf(&a, "%0*d", 20000, 1)), 20000);
    assert_null(arena_strndup(&a, "x", SIZE_MAX));
}

static void a_problem_with_a_name_keeps_its_values(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    problem_at(&p, ERR_INVALID, 7, 2, "slug", MESSAGE("slug.form") "“%.3s” and %5.1f%% of %zu, %*d more, %lu",
               "abcdef", 12.25, (size_t)80, 4, 9, 12ul);
    assert_string_equal(p.key, "slug.form");
    assert_string_equal(p.text, "“abc” and  12.2% of 80,    9 more, 12");
    assert_string_equal(p.values[0], "abc");
    assert_string_equal(p.values[1], " 12.2");
    assert_string_equal(p.values[2], "80");
    problem_prefix(&p, "%s:%d: ", "a.csv", 7);
    assert_string_equal(p.text, "a.csv:7: “abc” and  12.2% of 80,    9 more, 12");
    assert_string_equal(p.key, "slug.form");
    assert_int_equal(p.line, 7);
    problem_set(&p, ERR_EXISTS, NULL, MESSAGE("slug.again") "%s", p.text); // of itself
    assert_string_equal(p.values[0], "a.csv:7: “abc” and  12.2% of 80,    9 more, 12");
    problem_set(&p, ERR_IO, NULL, "%s", "plain");
    assert_string_equal(p.key, "");
    assert_string_equal(p.values[0], "");
}

static void problem_is_cut_at_a_character(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    char lot[1200];
    for (size_t i = 0; i + 3 < sizeof lot; i += 3)
        memcpy(lot + i, "\xE1\xBA\xA1", 4);
    assert_int_equal(problem_set(&p, ERR_INVALID, "title", "%s", lot), ERR_INVALID);
    assert_int_equal(strlen(p.text) % 3, 0);
    assert_string_equal(p.field, "title");
    assert_int_equal(problem_set(NULL, ERR_IO, NULL, "nobody listens"), ERR_IO);
}

static void dates_are_written_as_the_standards_say(void **state)
{
    (void)state;
    char rfc[CLOCK_RFC3339_SIZE], http[CLOCK_HTTP_DATE_SIZE];
    clock_rfc3339(784111777, rfc);
    clock_http_date(784111777, http);
    assert_string_equal(rfc, "1994-11-06T08:49:37Z");
    assert_string_equal(http, "Sun, 06 Nov 1994 08:49:37 GMT");
    int64_t when = 0;
    assert_true(clock_read_rfc3339("1994-11-06T08:49:37Z", &when));
    assert_int_equal(when, 784111777);
    static const char *const bad[] = {"",
                                      "1994-11-06",
                                      "1994-11-06T08:49:37",
                                      "1994-02-30T08:49:37Z",
                                      "94-11-06T08:49:37Z",
                                      "1994-11-06T08:49:37Z ",
                                      "1994-11-6T08:49:37Z"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_read_rfc3339(bad[i], &when));
    clock_rfc3339(INT64_MAX, rfc);
    assert_string_equal(rfc, "9999-12-31T23:59:59Z");
}

static void local_clocks_are_read_strictly(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{"2026-02-30", "08:00"},
                                         {"2026-11-22", "24:00"},
                                         {"2026-11-22", "8"},
                                         {"22/11/2026", "08:00"},
                                         {"2026-11-22x", "08:00"},
                                         {"2026-11-22", "08:60"},
                                         {"", ""},
                                         {"2026-13-01", "08:00"},
                                         {"2026-11-00", "08:00"}};
    int64_t when = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(clock_read_local(bad[i][0], bad[i][1], &when));
        assert_int_equal(when, 7);
    }
    assert_false(clock_read_local(NULL, "08:00", &when));
    assert_true(clock_read_local("2026-11-22", "14:25", &when));
    assert_int_equal(when, 1795332300); // 07:25 UTC
    assert_true(clock_read_local("2024-2-29", "9:5", &when));
    assert_int_equal(when, 1709172300);
}

static void hash_is_sha256(void **state)
{
    (void)state;
    char hex[HASH_HEX_SIZE];
    hash_bytes("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(hash_is_hex(hex));
    assert_false(hash_is_hex("BA"));
}

static void files_are_written_whole(void **state)
{
    (void)state;
    char folder[] = "/tmp/stele-unit-XXXXXX", path[64], deep[64], other[64];
    assert_non_null(mkdtemp(folder));
    snprintf(other, sizeof other, "%s/other", folder);
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(deep, sizeof deep, "%s/b/c/d", folder);
    struct problem p;
    assert_true(file_folder_is_empty(folder));
    assert_int_equal(file_write_atomic(path, "hello", 5, &p), ERR_NONE);
    assert_int_equal(file_write_atomic(path, "again", 5, &p), ERR_NONE);
    cleanup_buf struct buf b = BUF_INIT;
    assert_int_equal(file_read(path, 5, &b, &p), ERR_NONE);
    assert_string_equal(b.data, "again");
    assert_int_equal(file_read(path, 4, &b, &p), ERR_TOO_LARGE);
    assert_string_equal(b.data, "again");
    assert_int_equal(file_read(folder, 4, &b, &p), ERR_INVALID);
    assert_int_equal(file_make_folder(deep, &p), ERR_NONE);
    assert_int_equal(file_make_folder(deep, &p), ERR_NONE);
    assert_int_equal(file_write_atomic(folder, "x", 1, &p) != ERR_NONE, 1);
    assert_int_equal(file_rename_new(path, other, &p), ERR_NONE);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(file_write_atomic(path, "new", 3, &p), ERR_NONE);
    assert_int_equal(file_rename_new(path, other, &p), ERR_EXISTS);
    assert_int_equal(file_rename_new(path, deep, &p), ERR_EXISTS);
    assert_int_equal(file_read(other, 5, &b, &p), ERR_NONE);
    assert_string_equal(b.data, "again");
    assert_int_equal(file_sync_disk(folder, &p), ERR_NONE);
    assert_int_equal(file_sync_disk(path, &p), ERR_IO);
    assert_int_equal(file_remove_tree(folder, &p), ERR_NONE);
    assert_int_equal(access(folder, F_OK), -1);
    assert_int_equal(file_remove_tree(folder, &p), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_grows_and_keeps_its_nul),
        cmocka_unit_test(buffer_writes_whole_numbers),
        cmocka_unit_test(fixed_numbers_are_written_as_printf_does),
        cmocka_unit_test(buffer_failure_is_sticky),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(a_problem_with_a_name_keeps_its_values),
        cmocka_unit_test(arena_texts_do_not_touch_each_other),
        cmocka_unit_test(problem_is_cut_at_a_character),
        cmocka_unit_test(dates_are_written_as_the_standards_say),
        cmocka_unit_test(local_clocks_are_read_strictly),
        cmocka_unit_test(hash_is_sha256),
        cmocka_unit_test(files_are_written_whole),
    };
    return cmocka_run_group_tests_name("common", tests, NULL, NULL);
}
