#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>

#include "common/child.h"
#include "common/cleanup.h"
#include "common/clock.h"

static enum err shell(const char *script, int input, int timeout_ms, size_t most, struct child_result *ret)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct child_options o = {.argv = argv, .input = input, .timeout_ms = timeout_ms, .output_max = most};
    struct problem p;
    return child_run(&o, ret, &p);
}

static void what_it_says_comes_back(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    assert_int_equal(shell("echo out; echo err >&2; exit 7", -1, 10000, 100, &r), ERR_NONE);
    assert_string_equal(r.output.data, "out\n");
    assert_string_equal(r.errors.data, "err\n");
    assert_int_equal(r.exit_status, 7);
    assert_int_equal(r.signal, 0);
    assert_false(r.timed_out || r.too_much);
}

static void it_reads_what_it_is_given(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "tiếng", 7), 7);
    close(ends[1]);
    cleanup_close int input = ends[0];
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    assert_int_equal(shell("cat; ls /proc/self/fd | wc -l >&2", input, 10000, 100, &r), ERR_NONE);
    assert_string_equal(r.output.data, "tiếng");
    assert_string_equal(r.errors.data, "4\n"); // 0, 1, 2 and the folder itself
}

static void one_that_hangs_is_ended(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    int64_t begin = clock_monotonic_ms();
    assert_int_equal(shell("exec sleep 60", -1, 200, 100, &r), ERR_NONE);
    assert_true(r.timed_out);
    assert_int_equal(r.signal, SIGKILL);
    cleanup_child struct child_result silent = CHILD_RESULT_INIT;
    assert_int_equal(shell("exec >&- 2>&- sleep 60", -1, 200, 100, &silent), ERR_NONE);
    assert_true(silent.timed_out);
    assert_true(clock_monotonic_ms() - begin < 20000);
}

static void one_that_talks_too_much_is_ended(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    assert_int_equal(shell("exec yes", -1, 20000, 1000, &r), ERR_NONE);
    assert_true(r.too_much);
    assert_false(r.timed_out);
    assert_int_equal(r.output.len, 1000);
    assert_int_not_equal(r.signal, 0);
    cleanup_child struct child_result loud = CHILD_RESULT_INIT; // complaints are cut, and no reason to end it
    assert_int_equal(shell("head -c 100000 /dev/zero >&2; echo done", -1, 20000, 1000, &loud), ERR_NONE);
    assert_int_equal(loud.exit_status, 0);
    assert_int_equal(loud.errors.len, 4096);
    assert_string_equal(loud.output.data, "done\n");
}

static void a_signal_is_told(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    sigset_t all, before; // which the child must not inherit
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    enum err e = shell("kill -TERM $$; sleep 5", -1, 20000, 100, &r);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(e, ERR_NONE);
    assert_int_equal(r.signal, SIGTERM);
    assert_int_equal(r.exit_status, -1);
}

struct heard {
    char text[256];
    int lines;
    atomic_bool stop;
};

static void hear(void *arg, const char *line, size_t len)
{
    struct heard *heard = arg;
    snprintf(heard->text + strlen(heard->text), sizeof heard->text - strlen(heard->text), "[%.*s]", (int)len,
             line);
    atomic_store(&heard->stop, ++heard->lines == 3);
}

static enum err shell_lines(const char *script, int silence_ms, size_t longest, struct heard *heard,
                            struct child_result *ret)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct child_options o = {.argv = argv,
                              .input = -1,
                              .timeout_ms = silence_ms,
                              .output_max = longest,
                              .line = hear,
                              .line_arg = heard,
                              .stop = &heard->stop,
                              .stop_ms = 400};
    return child_run(&o, ret, NULL);
}

static void lines_come_as_they_are_said(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    struct heard heard = {.lines = 0};
    // longer in all than its silence may be
    assert_int_equal(
        shell_lines("printf 'a\\n\\nlong'; sleep 0.3; printf 'er'; sleep 0.3; exit 5", 500, 10, &heard, &r),
        ERR_NONE);
    assert_string_equal(heard.text, "[a][][longer]");
    assert_int_equal(r.exit_status, 5);
    assert_int_equal(r.output.len, 0);
    assert_false(r.timed_out || r.too_much || r.stopped);
    cleanup_child struct child_result endless = CHILD_RESULT_INIT;
    struct heard nothing = {.lines = 0};
    assert_int_equal(shell_lines("printf '12345678901'; sleep 20", 20000, 10, &nothing, &endless), ERR_NONE);
    assert_true(endless.too_much);
    assert_int_equal(nothing.lines, 0);
    cleanup_child struct child_result silent = CHILD_RESULT_INIT;
    assert_int_equal(shell_lines("echo a; exec sleep 20", 200, 10, &nothing, &silent), ERR_NONE);
    assert_true(silent.timed_out);
    assert_int_equal(nothing.lines, 1);
}

static void one_that_is_told_to_stop_may_tidy_up(void **state)
{
    (void)state;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    struct heard heard = {.lines = 0};
    int64_t begin = clock_monotonic_ms();
    assert_int_equal(
        shell_lines("trap 'echo tidy; exit 3' TERM; echo 1; echo 2; echo 3; while :; do sleep 0.05; done",
                    20000, 10, &heard, &r),
        ERR_NONE);
    assert_string_equal(heard.text, "[1][2][3][tidy]");
    assert_true(r.stopped);
    assert_false(r.timed_out);
    assert_int_equal(r.exit_status, 3);
    cleanup_child struct child_result stubborn = CHILD_RESULT_INIT;
    struct heard other = {.lines = 0};
    assert_int_equal(
        shell_lines("trap '' TERM; echo 1; echo 2; echo 3; exec sleep 30", 20000, 10, &other, &stubborn),
        ERR_NONE);
    assert_true(stubborn.stopped);
    assert_int_equal(stubborn.signal, SIGKILL);
    assert_true(clock_monotonic_ms() - begin < 10000);
}

static void what_is_not_there_cannot_start(void **state)
{
    (void)state;
    const char *argv[] = {"/nowhere/program", NULL};
    struct child_options o = {.argv = argv, .input = -1, .timeout_ms = 1000, .output_max = 10};
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(child_run(&o, &r, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "/nowhere/program");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_comes_back),
        cmocka_unit_test(it_reads_what_it_is_given),
        cmocka_unit_test(one_that_hangs_is_ended),
        cmocka_unit_test(one_that_talks_too_much_is_ended),
        cmocka_unit_test(a_signal_is_told),
        cmocka_unit_test(what_is_not_there_cannot_start),
        cmocka_unit_test(lines_come_as_they_are_said),
        cmocka_unit_test(one_that_is_told_to_stop_may_tidy_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
