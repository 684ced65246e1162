#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "server/http/access_log.h"

static void addresses_are_shortened(void **state)
{
    static const struct {
        const char *full, *shown;
    } cases[] = {
        {"192.0.2.77", "192.0.2.0"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1::"},
        {"::1", "::"},
        {"", "-"},
        {"junk\n", "-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[REQUEST_REMOTE_SIZE];
        strcpy(text, cases[i].full);
        access_log_shorten(text);
        assert_string_equal(text, cases[i].shown);
    }
}

static size_t read_all(int fd, char *to, size_t room)
{
    ssize_t len = read(fd, to, room - 1);
    assert_true(len >= 0);
    to[len] = '\0';
    return (size_t)len;
}

static void lines_cannot_be_forged(void **state)
{
    int ends[2];
    char text[4096], path[700];
    struct access_log *l = NULL;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(access_log_make(ends[1], 1, &l, NULL), ERR_NONE);
    struct access_line line = {.id = "0123456789abcdef",
                               .remote = "-",
                               .method = "GE\x1B[2JT",
                               .path = "/a\nforged \"\\\x7F",
                               .status = 200,
                               .bytes = 12,
                               .microseconds = 1234,
                               .cache = "hit"};
    access_log_add(l, &line);
    access_log_flush(l);
    read_all(ends[0], text, sizeof text);
    assert_non_null(strstr(text, " id=0123456789abcdef from=- method=GE\\x1B[2JT path=\"/a\\x0Aforged "
                                 "\\x22\\x5C\\x7F\" status=200 bytes=12 ms=1.234 cache=hit\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    line.path = path;
    line.problem = "Nói rõ";
    line.aborted = true;
    access_log_add(l, &line);
    access_log_free(l); // writes what is left
    read_all(ends[0], text, sizeof text);
    assert_non_null(strstr(text, "ppp...\" status=200"));
    assert_non_null(strstr(text, " aborted problem=\"Nói rõ\"\n"));
    close(ends[0]);
    close(ends[1]);
    access_log_free(NULL);
}

static void samples(void **state)
{
    struct access_log *l = NULL;
    int wanted = 0;
    (void)state;
    assert_int_equal(access_log_make(1, 4, &l, NULL), ERR_NONE);
    for (int i = 0; i < 40; i++)
        wanted += access_log_wants(l, 200);
    assert_int_equal(wanted, 10);
    assert_true(access_log_wants(l, 500) && access_log_wants(l, 503));
    access_log_free(l);
    assert_int_equal(access_log_make(-1, 1, &l, NULL), ERR_NONE);
    assert_false(access_log_wants(l, 500));
    access_log_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_shortened),
        cmocka_unit_test(lines_cannot_be_forged),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests_name("access_log", tests, NULL, NULL);
}
