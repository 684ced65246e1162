// What server/pictures makes of helpers that fail in every way. The real helper is tried in
// tests/http/media.test.mjs.
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "content/store/store.h"
#include "server/pictures/answer.h"
#include "server/pictures/pictures.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/stele-pictures-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = arena_printf(&f->arena, "%s/data", f->folder), .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

// A helper that is a shell script.
static enum err make_with(struct fixture *f, const char *script, int timeout_ms, struct media_facts *ret,
                          struct problem *p)
{
    const char *helper = arena_printf(&f->arena, "%s/helper", f->folder);
    const char *text = arena_printf(&f->arena, "#!/bin/sh\n%s\n", script);
    assert_int_equal(file_write_atomic(helper, text, strlen(text), NULL), ERR_NONE);
    assert_int_equal(chmod(helper, 0755), 0);
    struct pictures *pictures = NULL;
    struct pictures_options options = {.helper = helper, .timeout_ms = timeout_ms};
    assert_int_equal(pictures_open(&options, &pictures, p), ERR_NONE);
    cleanup_close int fd = open(helper, O_RDONLY | O_CLOEXEC);
    enum err e = pictures_make(pictures, f->store, fd, 0.25, 0.6, &f->arena, ret, p);
    pictures_close(pictures);
    return e;
}

static void a_helper_that_fails_becomes_a_sentence(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *script, *sentence;
        enum err code;
    } rows[] = {
        {"echo 'stele-media: the picture is too large' >&2; exit 1", "the picture is too large", ERR_INVALID},
        {"printf 'stele-media: a\\033[31mb\\nsecond line\\n' >&2; exit 1", "a?[31mb", ERR_INVALID},
        {"exit 1", "the picture cannot be read", ERR_INVALID},
        {"exit 2", "install both together", ERR_UNSUPPORTED},
        {"kill -SEGV $$", "ended by signal 11", ERR_INVALID},
        {"exec sleep 60", "takes longer than 1 seconds", ERR_INVALID},
        {"exec yes", "no sensible answer", ERR_INVALID},
        {"echo hello", "no sensible answer", ERR_INVALID},
        {"echo '{\"variants\":[{\"name\":\"320.jpg\",\"mime\":\"image/jpeg\",\"width\":1,\"height\":1}]}'",
         "320.jpg", ERR_NOT_FOUND}, // and there is none
        {"echo '<svg/>' >$2/320.jpg; "
         "echo '{\"variants\":[{\"name\":\"320.jpg\",\"mime\":\"image/jpeg\",\"width\":1,\"height\":1}]}'",
         "is no photo", ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct problem p = PROBLEM_INIT;
        struct media_facts facts;
        int64_t begin = clock_monotonic_ms();
        assert_int_equal(make_with(f, rows[i].script, 1000, &facts, &p), rows[i].code);
        assert_problem(p, rows[i].code, rows[i].sentence);
        assert_true(clock_monotonic_ms() - begin < 20000);
    }
    const char *media = arena_printf(&f->arena, "%s/data/media", f->folder);
    assert_true(file_folder_is_empty(media)); // nothing half-made is left
}

static void what_it_tells_is_kept(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct media_facts facts;
    enum err e = make_with(
        f,
        "[ \"$1 $3 $4\" = '--out --focus 25,60' ] || exit 2\n"
        "printf '\\377\\330\\377\\340' >$2/320.jpg\n"
        "echo "
        "'{\"class\":\"image\",\"mime\":\"image/jpeg\",\"width\":30,\"height\":20,\"taken\":\"2023-04-30\","
        "\"position\":{\"lat\":10.5,\"lon\":105.25},"
        "\"variants\":[{\"name\":\"320.jpg\",\"mime\":\"image/jpeg\",\"width\":30,\"height\":20}]}'",
        20000, &facts, &p);
    if (e)
        fail_msg("%s", p.text);
    assert_int_equal(facts.width, 30);
    assert_string_equal(facts.taken, "2023-04-30");
    assert_true(facts.has_position);
    assert_float_equal(facts.lon, 105.25, 1e-9);
    assert_int_equal(facts.variants.count, 1);
    assert_int_equal(facts.variants.items[0].bytes, 4);
    const char *file = media_path(f->store, &f->arena, facts.variants.items[0].file);
    assert_int_equal(access(file, R_OK), 0);
}

static void a_helper_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct pictures *pictures = NULL;
    assert_int_equal(
        pictures_open(&(struct pictures_options){.helper = "/nowhere/stele-media"}, &pictures, &p),
        ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "/nowhere/stele-media");
    assert_int_equal(pictures_open(&(struct pictures_options){.at_once = 1}, &pictures, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "--media-helper");
}

static void answers_are_not_believed(void **state)
{
    struct fixture *f = *state;
#define ONE(name, mime, width)                                                                               \
    "{\"variants\":[{\"name\":\"" name "\",\"mime\":\"" mime "\",\"width\":" width ",\"height\":1}]}"
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"variants\":{}}",
        "{\"variants\":[1]}",
        "{\"variants\":[],\"variants\":[]}",
        ONE("../x", "image/jpeg", "1"),
        ONE(".x", "image/jpeg", "1"),
        ONE("a/b", "image/jpeg", "1"),
        ONE("", "image/jpeg", "1"),
        ONE("A", "image/jpeg", "1"),
        ONE("a", "text/html", "1"),
        ONE("a", "image/jpeg", "0"),
        ONE("a", "image/jpeg", "-1"),
        ONE("a", "image/jpeg", "1e99"),
        ONE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "image/jpeg", "1"),
    };
    struct media_facts facts;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (answer_read(bad[i], strlen(bad[i]), &f->arena, &facts, NULL) != ERR_INVALID)
            fail_msg("%s was believed", bad[i]);
    static const char odd[] = "{\"variants\":[],\"width\":\"9\",\"duration_ms\":1e30,\"taken\":\"yesterday\","
                              "\"position\":{\"lat\":91,\"lon\":0}}";
    assert_int_equal(answer_read(odd, sizeof odd - 1, &f->arena, &facts, NULL), ERR_NONE);
    assert_int_equal(facts.width, 0);
    assert_int_equal(facts.duration_ms, 0);
    assert_null(facts.taken);
    assert_false(facts.has_position);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_helper_that_fails_becomes_a_sentence, setup, teardown),
        cmocka_unit_test_setup_teardown(what_it_tells_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(a_helper_that_is_not_there_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_are_not_believed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
