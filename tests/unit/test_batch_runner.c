// What the server makes of a stele-qrgen that fails in every way, and of lines that are none. The real
// program is tried in tests/http/batches.test.mjs.
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/batches/event.h"
#include "server/batches/generator.h"

static void lines_are_believed_only_when_they_make_sense(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum event_kind kind;
    } rows[] = {
        {"{\"event\":\"progress\",\"stage\":\"plates\",\"done\":3,\"total\":10}", EVENT_PROGRESS},
        {"{\"event\":\"progress\",\"stage\":\"plates\",\"done\":10,\"total\":10,\"new\":1}", EVENT_PROGRESS},
        {"{\"event\":\"progress\",\"stage\":\"plates\",\"done\":11,\"total\":10}", EVENT_OTHER},
        {"{\"event\":\"progress\",\"stage\":\"plates\",\"done\":-1,\"total\":10}", EVENT_OTHER},
        {"{\"event\":\"progress\",\"stage\":\"<b>\",\"done\":1,\"total\":10}", EVENT_OTHER},
        {"{\"event\":\"progress\",\"stage\":\"averyveryverylongstage\",\"done\":1,\"total\":10}",
         EVENT_OTHER},
        {"{\"event\":\"progress\",\"stage\":\"plates\",\"done\":1.5,\"total\":10}", EVENT_OTHER},
        {"{\"event\":\"done\",\"plates\":1,\"files\":2,\"bytes\":3,\"sha256\":"
         "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}",
         EVENT_DONE},
        {"{\"event\":\"done\",\"plates\":1,\"files\":2,\"bytes\":3,\"sha256\":\"../../etc\"}", EVENT_OTHER},
        {"{\"event\":\"failed\",\"problem\":\"full\",\"code\":\"\",\"field\":\"out\",\"message\":"
         "\"no\\nroom\"}",
         EVENT_FAILED},
        {"{\"event\":\"failed\",\"problem\":\"full\",\"code\":\"\"}", EVENT_OTHER},
        {"{\"event\":\"dance\"}", EVENT_OTHER},
        {"[1]", EVENT_OTHER},
        {"", EVENT_OTHER},
        {"plates: 3 of 10", EVENT_OTHER},
        {"{\"event\":\"done\",\"event\":\"failed\"}", EVENT_OTHER},
    };
    struct event event;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        event_read(rows[i].line, strlen(rows[i].line), &event);
        if (event.kind != rows[i].kind)
            fail_msg("%s", rows[i].line);
    }
    event_read(rows[9].line, strlen(rows[9].line), &event);
    assert_string_equal(event.problem, "full");
    assert_string_equal(event.message, "no room");
    static const char odd[] =
        "{\"event\":\"failed\",\"problem\":\"A; DROP\",\"code\":\"<b>\",\"message\":\"x\"}";
    event_read(odd, strlen(odd), &event);
    assert_string_equal(event.problem, "io");
    assert_string_equal(event.code, "");
}

struct fixture {
    char folder[64];
    struct arena arena;
    struct generator *generator;
    atomic_bool stop;
    int heard;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-runner-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    generator_close(f->generator);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

// A program that is a shell script; $OUT is the file that it is to make.
static void open_script(struct fixture *f, const char *script)
{
    const char *program = arena_printf(&f->arena, "%s/program", f->folder);
    const char *text = arena_printf(&f->arena, "#!/bin/sh\nOUT=$4\n%s\n", script);
    assert_int_equal(file_write_atomic(program, text, strlen(text), NULL), ERR_NONE);
    assert_int_equal(chmod(program, 0755), 0);
    struct generator_options options = {.program = program};
    generator_close(f->generator);
    f->generator = NULL;
    assert_int_equal(generator_open(&options, &f->generator, NULL), ERR_NONE);
}

static void hear(void *arg, const struct event *event)
{
    struct fixture *f = arg;
    f->heard++;
    if (event->kind == EVENT_PROGRESS && event->done == 2)
        atomic_store(&f->stop, true);
}

static enum err make(struct fixture *f, const char *script, struct problem *p)
{
    struct event done;
    const char *out = arena_printf(&f->arena, "%s/1.zip", f->folder);
    open_script(f, script);
    atomic_store(&f->stop, false);
    f->heard = 0;
    enum err e = generator_make(f->generator, "{}", 2, out, hear, f, &f->stop, &done, p);
    assert_int_equal(access(out, F_OK) == 0, e == ERR_NONE);
    unlink(out);
    return e;
}

#define DONE_ABC                                                                                             \
    "echo '{\"event\":\"done\",\"plates\":1,\"files\":1,\"bytes\":3,\"sha256\":"                             \
    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}'"

static void a_making_that_fails_becomes_a_sentence(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *script, *sentence;
        enum err code;
    } rows[] = {
        {"printf abc >$OUT; echo "
         "'{\"event\":\"failed\",\"problem\":\"full\",\"code\":\"\",\"field\":\"out\",\"message\":\"no space "
         "left\"}';"
         " exit 1",
         "no space left", ERR_FULL},
        {"echo 'stele-qrgen: the design has a mistake' >&2; exit 1", "the design has a mistake", ERR_INVALID},
        {"echo 'stele-qrgen: unknown option --job' >&2; exit 2", "unknown option --job", ERR_INVALID},
        {"exit 2", "install both together", ERR_UNSUPPORTED},
        {"kill -SEGV $$", "ended by signal 11", ERR_IO},
        {"head -c 9000 /dev/zero", "no sensible answer", ERR_IO},
        {"printf abc >$OUT", "install both together", ERR_UNSUPPORTED},
        {"printf abd >$OUT; " DONE_ABC, "not the one that was made", ERR_CORRUPT},
        {"printf abcd >$OUT; " DONE_ABC, "not the one that was made", ERR_CORRUPT},
        {DONE_ABC, "is not there", ERR_NOT_FOUND},
        {"printf abc >$OUT; " DONE_ABC "; exit 1", "failed without a word", ERR_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct problem p = PROBLEM_INIT;
        enum err e = make(f, rows[i].script, &p);
        if (e != rows[i].code)
            fail_msg("%s: %s", rows[i].script, p.text);
        assert_problem(p, rows[i].code, rows[i].sentence);
    }
    struct problem p = PROBLEM_INIT;
    assert_int_equal(make(f, "cat >/dev/null; printf abc >$OUT; " DONE_ABC, &p), ERR_NONE);
    assert_int_equal(f->heard, 1);
}

static void a_making_can_be_stopped(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t began = clock_monotonic_ms();
    assert_int_equal(make(f,
                          "trap 'rm -f $OUT; exit 1' TERM; printf ab >$OUT;"
                          "for i in 1 2; do echo "
                          "'{\"event\":\"progress\",\"stage\":\"plates\",\"done\":'$i',\"total\":9}'; done;"
                          "while :; do sleep 0.05; done",
                          &p),
                     ERR_CANCELLED);
    assert_int_equal(f->heard, 2);
    assert_true(clock_monotonic_ms() - began < 4000);
}

static void previews_and_designs_are_looked_at_closely(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct designs designs;
    cleanup_buf struct buf png = BUF_INIT;
    open_script(f, "printf '\\211PNG\\r\\n\\032\\nxyz'");
    assert_int_equal(generator_preview(f->generator, "{}", 2, &png, &p), ERR_NONE);
    assert_int_equal(png.len, 11);
    open_script(f, "echo '<svg onload=x>'");
    assert_int_equal(generator_preview(f->generator, "{}", 2, &png, &p), ERR_UNSUPPORTED);
    open_script(f, "echo 'stele-qrgen: the name is too long' >&2; exit 1");
    assert_int_equal(generator_preview(f->generator, "{}", 2, &png, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "the name is too long");
    open_script(
        f, "echo '{\"name\":\"bare\",\"labels\":{\"vi\":\"Trơn\"},\"width_mm\":83.3,\"height_mm\":83.3}';"
           "echo '{\"name\":\"../x\",\"labels\":{\"vi\":\"y\"}}'; echo junk; echo '{\"name\":\"a\"}'");
    assert_int_equal(generator_designs(f->generator, &f->arena, &designs, &p), ERR_NONE);
    assert_int_equal(designs.count, 1);
    assert_string_equal(designs.items[0].name, "bare");
    assert_true(designs.items[0].width_mm > 83 && designs.items[0].symbol_mm == 0);
    open_script(f, "echo nothing");
    assert_int_equal(generator_designs(f->generator, &f->arena, &designs, &p), ERR_UNSUPPORTED);
    struct generator *none = NULL;
    struct generator_options missing = {.program = "/nowhere/stele-qrgen"};
    assert_int_equal(generator_open(&missing, &none, &p), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_believed_only_when_they_make_sense),
        cmocka_unit_test_setup_teardown(a_making_that_fails_becomes_a_sentence, setup, teardown),
        cmocka_unit_test_setup_teardown(a_making_can_be_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(previews_and_designs_are_looked_at_closely, setup, teardown),
    };
    return cmocka_run_group_tests_name("batch_runner", tests, NULL, NULL);
}
