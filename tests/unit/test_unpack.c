#include "content/exchange/unpack.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "content/exchange/sink.h"
#include "content/exchange/utf8.h"

struct fixture {
    char folder[32], archive[64], into[64];
    struct arena arena;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-unpack-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->archive, sizeof f->archive, "%s/a.zip", f->folder);
    snprintf(f->into, sizeof f->into, "%s/into", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_clear(&f->arena);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

// Packs texts under these names, a NULL at the end: the archives that people send are made by programs that
// write any name, as this one does.
static void pack(struct fixture *f, const char *const names[], size_t size)
{
    cleanup_close int fd = open(f->archive, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cleanup_utf8 struct utf8 utf8 = utf8_enter();
    cleanup_free char *text = malloc(size + 1);
    struct sink_zip zip;
    assert_int_equal(sink_zip_open(&zip, fd, NULL), ERR_NONE);
    memset(text, 'a', size);
    for (; *names; names++)
        assert_int_equal(zip.sink.text(&zip.sink, *names, text, size, NULL), ERR_NONE);
    assert_int_equal(sink_zip_close(&zip, NULL), ERR_NONE);
    file_remove_tree(f->into, NULL);
    assert_int_equal(mkdir(f->into, 0700), 0);
}

static enum err unpack(struct fixture *f, const struct unpack_limits *limits, const char **ret_root,
                       struct problem *p)
{
    *p = PROBLEM_INIT;
    return unpack_bundle(f->archive, f->into, limits, NULL, NULL, &f->arena, ret_root, p);
}

static bool is_there(struct fixture *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->into, name);
    return access(path, F_OK) == 0;
}

static void a_bundle_is_found_where_it_lies(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    const char *root = NULL;
    pack(f, (const char *const[]){"bundle.json", "sites/a/site.json", "sites/a/media/cổng.jpg", NULL}, 20);
    assert_int_equal(unpack(f, &UNPACK_LIMITS, &root, &p), ERR_NONE);
    assert_string_equal(root, f->into);
    assert_true(is_there(f, "sites/a/media/cổng.jpg"));
    pack(f, (const char *const[]){"./gói/bundle.json", "gói/terms.json", "__MACOSX/x", "gói/.git/x", NULL},
         20);
    assert_int_equal(unpack(f, &UNPACK_LIMITS, &root, &p), ERR_NONE);
    assert_non_null(strstr(root, "/into/gói"));
    assert_false(is_there(f, "__MACOSX"));
    assert_false(is_there(f, "gói/.git"));
    pack(f, (const char *const[]){"a/bundle.json", "b/bundle.json", NULL}, 20);
    assert_int_equal(unpack(f, &UNPACK_LIMITS, &root, &p), ERR_INVALID);
    assert_string_equal(p.key, "archive.no_bundle");
}

static void limits_are_kept(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    const char *root = NULL;
    const char *const three[] = {"bundle.json", "b", "c", NULL};
    pack(f, three, 1000);
    const struct {
        struct unpack_limits limits;
        const char *key;
        enum err code;
    } cases[] = {
        {{.entries = 3, .bytes = 3000, .file_bytes = 1000, .ratio = 1}, "", ERR_NONE},
        {{.entries = 2, .bytes = 3000, .file_bytes = 1000, .ratio = 1}, "archive.count", ERR_TOO_LARGE},
        {{.entries = 3, .bytes = 2999, .file_bytes = 1000, .ratio = 1}, "archive.large", ERR_TOO_LARGE},
        {{.entries = 3, .bytes = 3000, .file_bytes = 999, .ratio = 1}, "archive.large", ERR_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pack(f, three, 1000);
        assert_int_equal(unpack(f, &cases[i].limits, &root, &p), cases[i].code);
        assert_string_equal(p.key, cases[i].key);
    }
    struct unpack_limits two = {.entries = 3, .bytes = 1999, .file_bytes = 1000, .ratio = 1};
    pack(f, (const char *const[]){"bundle.json", ".git/x", NULL}, 1000); // what is left out is read too
    assert_int_equal(unpack(f, &two, &root, &p), ERR_TOO_LARGE);
    assert_string_equal(p.key, "archive.large");
    pack(f, (const char *const[]){"bundle.json", NULL}, 40 << 20);
    assert_int_equal(unpack(f, &UNPACK_LIMITS, &root, &p), ERR_TOO_LARGE);
    assert_string_equal(p.key, "archive.bomb");
    struct unpack_limits wide = UNPACK_LIMITS;
    wide.ratio = 2000;
    pack(f, (const char *const[]){"bundle.json", NULL}, 40 << 20);
    assert_int_equal(unpack(f, &wide, &root, &p), ERR_NONE);
}

static void names_stay_inside(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"../x", "/x",   "a/../../x",
                                      "a//b", "a\nb", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"};
    struct problem p;
    char outside[64];
    const char *root = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pack(f, (const char *const[]){"bundle.json", bad[i], NULL}, 1);
        if (unpack(f, &UNPACK_LIMITS, &root, &p) != ERR_INVALID)
            fail_msg("%s", bad[i]);
        assert_string_equal(p.key, "archive.path");
        snprintf(outside, sizeof outside, "%s/x", f->folder);
        assert_int_equal(access(outside, F_OK), -1);
    }
    pack(f, (const char *const[]){"bundle.json", "a", "a", NULL}, 1);
    assert_int_equal(unpack(f, &UNPACK_LIMITS, &root, &p), ERR_INVALID);
    assert_string_equal(p.key, "archive.twice");
}

static bool never(void *data)
{
    (void)data;
    return false;
}

static void it_stops_when_asked(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    const char *root = NULL;
    pack(f, (const char *const[]){"bundle.json", NULL}, 1);
    assert_int_equal(unpack_bundle(f->archive, f->into, &UNPACK_LIMITS, never, NULL, &f->arena, &root, &p),
                     ERR_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bundle_is_found_where_it_lies, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(names_stay_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(it_stops_when_asked, setup, teardown),
    };
    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
