// Changing many sites at once: whole words, periods that there can be, and exactly what was looked at.
#include "content/editing/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "content/store/store.h"
#include "content/term.h"
#include "tests/unit/unit.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct connection *w; // inside a transaction from setup to teardown
};

static const struct actor tester = {.name = "test"};
static const struct desk_site_filter all = {0};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-bulk-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    static const char *const kinds[] = {"pagoda", "temple"};
    for (int i = 0; i < 2; i++) {
        struct term term = {.key = kinds[i], .labels = "{\"vi\":\"x\"}"};
        assert_int_equal(term_save(f->w, "kind", &term, i, NULL, NULL), ERR_NONE);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_rollback(f->store);
    store_close(f->store);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

// `addresses` as JSON, with ' for ".
static int64_t add(struct fixture *f, const char *slug, const char *addresses)
{
    char *text = arena_printf(&f->arena, "{\"addresses\":%s}", addresses);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    struct site_text words = {.lang = "vi", .title = slug, .summary = "", .body = ""};
    struct site site = {.slug = slug,
                        .state = "published",
                        .original = "vi",
                        .accuracy_m = -1,
                        .kind = {.key = "pagoda"},
                        .details = json_loads(text, 0, NULL),
                        .texts = &words,
                        .text_count = 1};
    struct problem p = PROBLEM_INIT;
    int64_t id = 0;
    assert_non_null(site.details);
    if (site_save(f->w, &site, &tester, &id, &p))
        fail_msg("%s: %s", slug, p.text);
    site_clear(&site);
    return id;
}

static void expect_addresses(struct fixture *f, int64_t id, const char *want)
{
    struct site site = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &site, NULL), ERR_NONE);
    char *got = json_dumps(json_object_get(site.details, "addresses"), JSON_COMPACT | JSON_SORT_KEYS);
    for (char *at = got; *at; at++)
        *at = *at == '"' ? '\'' : *at;
    assert_string_equal(got, want);
    free(got);
    site_clear(&site);
}

#define WORDS(...)         ((const struct bulk_words[]){{"vi", __VA_ARGS__}})
#define CHANGE(from_, ...) ((struct bulk_change){.words = WORDS(__VA_ARGS__), .word_count = 1, .from = from_})

static enum err look(struct fixture *f, const struct bulk_change *change, const struct bulk_choice *choice,
                     struct bulk_report *ret)
{
    *ret = (struct bulk_report){0};
    return bulk_look(f->w, &f->arena, &all, change, choice, ret, NULL);
}

static void apply_all(struct fixture *f, const struct bulk_change *change)
{
    struct bulk_report looked, done = {0};
    struct bulk_choice choice = {.page = 1};
    struct problem p = PROBLEM_INIT;
    assert_int_equal(look(f, change, &choice, &looked), ERR_NONE);
    choice.seen = arena_strdup(&f->arena, looked.seen);
    if (bulk_run(f->w, &f->arena, &all, change, &choice, &tester, "x", &done, &p))
        fail_msg("%s", p.text);
    assert_int_equal(done.changed, looked.changed);
    bulk_report_clear(&looked);
    bulk_report_clear(&done);
}

static void only_whole_words_are_replaced(void **state)
{
    struct fixture *f = *state;
    int64_t one = add(f, "a", "[{'words':{'vi':'12 Lê Lợi, Phường 1, Quận 3'}}]");
    int64_t eleven = add(f, "b", "[{'words':{'vi':'Phường 11'}}]");
    int64_t letter = add(f, "c", "[{'words':{'vi':'Phường 1A, Phường 1'}}]");
    struct bulk_change change = CHANGE(NULL, "Phường 1", "Phường Ninh Kiều");
    struct bulk_report report;
    assert_int_equal(look(f, &change, &(struct bulk_choice){0}, &report), ERR_NONE);
    assert_int_equal(report.counts[BULK_CHANGES], 2);
    assert_int_equal(report.counts[BULK_INSIDE], 1);
    assert_string_equal(report.stays[BULK_INSIDE][0].title, "b");
    assert_string_equal(report.stays[BULK_INSIDE][0].words, "Phường 11");
    bulk_report_clear(&report);
    apply_all(f, &change);
    expect_addresses(f, one, "[{'words':{'vi':'12 Lê Lợi, Phường Ninh Kiều, Quận 3'}}]");
    expect_addresses(f, eleven, "[{'words':{'vi':'Phường 11'}}]");
    expect_addresses(f, letter, "[{'words':{'vi':'Phường 1A, Phường Ninh Kiều'}}]");
}

static void a_period_is_what_is_left_of_each_address(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *begin, *from;
        const char *until; // of the old address; NULL: it cannot end
    } cases[] = {
        {NULL, "2025-07", "2025-06"},
        {NULL, "2025-01", "2024-12"},
        {NULL, "2025", "2024"},
        {NULL, "2025-07-01", "2025-06-30"},
        {NULL, "2024-03-01", "2024-02-29"},
        {"1975", "2025-07", "2025-06"},
        {"2025", "2025-07-01", "2025-06-30"},
        {"2025-07", "2020-01", NULL},
        {"2025-07", "2025-07", NULL},
        {"2025-07-01", "2025-07", NULL},
        {"2025-07", "2025", NULL},
        {"2025-07", "2025-07-02", "2025-07-01"},
        {"2030", "2026", NULL},
        {"2025-23", "2025-06", NULL},
        {"2025-23", "2025-08", "2025-07"},
        {"1846~", "1900", "1899"},
        {"197X", "1975", "1974"},
        {"/1975", "1970", "1969"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char slug[20];
        snprintf(slug, sizeof slug, "s%zu", i);
        const char *begin = cases[i].begin ? arena_printf(&f->arena, "'from':'%s',", cases[i].begin) : "";
        int64_t id = add(f, slug, arena_printf(&f->arena, "[{%s'words':{'vi':'Phường A%zu'}}]", begin, i));
        struct bulk_change change =
            CHANGE(cases[i].from, arena_printf(&f->arena, "Phường A%zu", i), "Phường B");
        struct bulk_report report;
        assert_int_equal(look(f, &change, &(struct bulk_choice){0}, &report), ERR_NONE);
        assert_int_equal(report.counts[BULK_CHANGES], cases[i].until ? 1 : 0);
        assert_int_equal(report.counts[BULK_EARLY], cases[i].until ? 0 : 1);
        if (!cases[i].until) {
            assert_string_equal(report.stays[BULK_EARLY][0].from, cases[i].begin);
            continue;
        }
        bulk_report_clear(&report);
        apply_all(f, &change);
        expect_addresses(f, id,
                         arena_printf(&f->arena,
                                      "[{%s'until':'%s','words':{'vi':'Phường A%zu'}},"
                                      "{'from':'%s','words':{'vi':'Phường B'}}]",
                                      begin, cases[i].until, i, cases[i].from));
    }
}

static void dates_that_there_are_not_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"2025-02-31", "2025-13", "2025-00", "2025~",  "202X",    "2025-21",
                                      "2024/2025",  "0000",    "-0043",   "7/2025", "tháng 7", "2025-7"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct problem p = PROBLEM_INIT;
        struct bulk_change change = CHANGE(bad[i], "a", "b");
        if (bulk_check(&change, &p) != ERR_INVALID)
            fail_msg("%s", bad[i]);
        assert_string_equal(p.field, "from");
    }
    struct bulk_change good = CHANGE("2024-02-29", "a", "b");
    assert_int_equal(bulk_check(&good, NULL), ERR_NONE);
}

static void what_stays_is_told_with_its_reason(void **state)
{
    struct fixture *f = *state;
    add(f, "old", "[{'until':'2020','words':{'vi':'Phường 1'}},{'words':{'vi':'Phường X'}}]");
    add(f, "none", "[{'words':{'vi':'Phường X'}}]");
    add(f, "bare", "[]");
    add(f, "early", "[{'from':'2025','words':{'vi':'Phường 1'}}]");
    struct bulk_report report;
    struct bulk_change change = CHANGE("2024", "Phường 1", "Phường 2");
    assert_int_equal(look(f, &change, &(struct bulk_choice){0}, &report), ERR_NONE);
    assert_int_equal(report.chosen, 4);
    assert_int_equal(report.counts[BULK_OLD], 1);
    assert_int_equal(report.counts[BULK_ABSENT], 2);
    assert_int_equal(report.counts[BULK_EARLY], 1);
    bulk_report_clear(&report);
    // a term changes the others; the one that cannot change as asked stays as a whole
    change.kind = "temple";
    assert_int_equal(look(f, &change, &(struct bulk_choice){0}, &report), ERR_NONE);
    assert_int_equal(report.counts[BULK_CHANGES], 3);
    assert_int_equal(report.counts[BULK_EARLY], 1);
    bulk_report_clear(&report);
    struct bulk_change same = {.kind = "pagoda"};
    assert_int_equal(look(f, &same, &(struct bulk_choice){0}, &report), ERR_NONE);
    assert_int_equal(report.counts[BULK_SAME], 4);
    bulk_report_clear(&report);
}

static void pages_hold_all_and_single_sites_are_left_out(void **state)
{
    struct fixture *f = *state;
    enum { SITES = 120 };
    int64_t ids[SITES];
    for (int i = 0; i < SITES; i++)
        ids[i] = add(f, arena_printf(&f->arena, "s%03d", i), "[{'words':{'vi':'Phường 1'}}]");
    struct bulk_change change = CHANGE(NULL, "Phường 1", "Phường 2");
    const int64_t out[] = {ids[3], ids[119]};
    struct bulk_choice choice = {.left_out = out, .left_out_count = 2, .page = 3};
    struct bulk_report report, done = {0};
    assert_int_equal(look(f, &change, &choice, &report), ERR_NONE);
    assert_int_equal(report.pages, 3);
    assert_int_equal(report.page, 3);
    assert_int_equal(report.site_count, 20);
    assert_int_equal(report.changed, 118);
    assert_string_equal(report.sites[19].title, "s119");
    assert_true(report.sites[19].left_out);
    assert_false(report.sites[18].left_out);
    choice.seen = arena_strdup(&f->arena, report.seen);
    bulk_report_clear(&report);
    choice.page = 99;
    assert_int_equal(look(f, &change, &choice, &report), ERR_NONE);
    assert_int_equal(report.page, 3);
    bulk_report_clear(&report);
    assert_int_equal(bulk_run(f->w, &f->arena, &all, &change, &choice, &tester, "x", &done, NULL), ERR_NONE);
    assert_int_equal(done.changed, 118);
    bulk_report_clear(&done);
    expect_addresses(f, ids[3], "[{'words':{'vi':'Phường 1'}}]");
    expect_addresses(f, ids[4], "[{'words':{'vi':'Phường 2'}}]");
    expect_addresses(f, ids[119], "[{'words':{'vi':'Phường 1'}}]");
}

static void only_what_was_looked_at_is_changed(void **state)
{
    struct fixture *f = *state;
    int64_t id = add(f, "a", "[{'words':{'vi':'Phường 1'}}]");
    struct bulk_change change = CHANGE(NULL, "Phường 1", "Phường 2"),
                       other = CHANGE(NULL, "Phường 1", "Phường 3");
    struct bulk_report report, done = {0};
    struct bulk_choice choice = {.page = 1};
    assert_int_equal(look(f, &change, &choice, &report), ERR_NONE);
    assert_int_equal(bulk_run(f->w, &f->arena, &all, &change, &choice, &tester, "x", &done, NULL),
                     ERR_CONFLICT);
    choice.seen = arena_strdup(&f->arena, report.seen);
    done = (struct bulk_report){0};
    assert_int_equal(bulk_run(f->w, &f->arena, &all, &other, &choice, &tester, "x", &done, NULL),
                     ERR_CONFLICT);
    add(f, "b", "[{'words':{'vi':'Phường 1'}}]");
    done = (struct bulk_report){0};
    assert_int_equal(bulk_run(f->w, &f->arena, &all, &change, &choice, &tester, "x", &done, NULL),
                     ERR_CONFLICT);
    bulk_report_clear(&report);
    const struct desk_site_filter one = {.query = "a"};
    report = (struct bulk_report){0};
    choice = (struct bulk_choice){.left_out = &id, .left_out_count = 1};
    assert_int_equal(bulk_look(f->w, &f->arena, &one, &change, &choice, &report, NULL), ERR_NONE);
    choice.seen = report.seen;
    done = (struct bulk_report){0};
    struct problem p = PROBLEM_INIT;
    assert_int_equal(bulk_run(f->w, &f->arena, &one, &change, &choice, &tester, "x", &done, &p), ERR_INVALID);
    assert_string_equal(p.field, "sites");
    bulk_report_clear(&report);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(only_whole_words_are_replaced),
        TEST(a_period_is_what_is_left_of_each_address),
        TEST(dates_that_there_are_not_are_refused),
        TEST(what_stays_is_told_with_its_reason),
        TEST(pages_hold_all_and_single_sites_are_left_out),
        TEST(only_what_was_looked_at_is_changed),
    };
    return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
