// Uploads that are whole become media of their site, one after the other: with helpers that are shell
// scripts.
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "content/site.h"
#include "content/staff/account.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"
#include "server/pictures/intake.h"
#include "server/pictures/pictures.h"

#define GOOD "echo '{\"variants\":[],\"width\":10,\"height\":10,\"taken\":\"2023-04-30\"}'"

struct fixture {
    char folder[64];
    struct store *store;
    struct pictures *pictures;
    struct intake *intake;
    struct arena arena;
    int64_t site;
    struct actor an;
};

static void make_content(struct fixture *f)
{
    struct connection *w;
    struct term term = {.key = "pagoda", .labels = "{\"vi\":\"Chùa\"}"};
    struct site_text text = {.lang = "vi", .title = "Chùa", .summary = "", .body = ""};
    struct site site = {.slug = "chua",
                        .state = "draft",
                        .original = "vi",
                        .accuracy_m = -1,
                        .kind = {.key = "pagoda"},
                        .texts = &text,
                        .text_count = 1};
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    struct query *q = query_start(w, SQL_INSERT_ACCOUNT);
    query_bind_text(q, 1, "an");
    query_bind_text(q, 2, "an");
    query_bind_text(q, 3, "editor");
    query_bind_int(q, 4, 1);
    query_bind_text(q, 5, "vi");
    query_bind_int(q, 6, 1);
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    f->an = (struct actor){.account_id = query_last_id(w), .name = "an"};
    assert_int_equal(term_save(w, "kind", &term, 0, NULL, NULL), ERR_NONE);
    assert_int_equal(site_save(w, &site, &f->an, &f->site, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-intake-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = arena_printf(&f->arena, "%s/data", f->folder), .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    make_content(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    intake_stop(f->intake);
    pictures_close(f->pictures);
    store_close(f->store);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

static void start(struct fixture *f, const char *script)
{
    const char *helper = arena_printf(&f->arena, "%s/helper", f->folder);
    const char *text = arena_printf(&f->arena, "#!/bin/sh\n%s\n", script);
    assert_int_equal(file_write_atomic(helper, text, strlen(text), NULL), ERR_NONE);
    assert_int_equal(chmod(helper, 0755), 0);
    struct pictures_options options = {.helper = helper};
    assert_int_equal(pictures_open(&options, &f->pictures, NULL), ERR_NONE);
    assert_int_equal(intake_start(f->pictures, f->store, &f->intake, NULL), ERR_NONE);
}

// A whole upload, its bytes told apart by `mark`.
static struct arrival send(struct fixture *f, char mark)
{
    char bytes[100] = "\xFF\xD8\xFF", name[] = "?.jpg";
    struct arrival arrival;
    bytes[50] = name[0] = mark;
    assert_int_equal(arrival_begin(f->store, &f->arena, &arrival_media, f->site, f->an.account_id, name,
                                   sizeof bytes, &arrival, NULL),
                     ERR_NONE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &arrival, 0, bytes, sizeof bytes, NULL), ERR_NONE);
    return arrival;
}

static struct arrival put(struct fixture *f, char mark)
{
    struct arrival arrival = send(f, mark);
    assert_int_equal(intake_put(f->intake, &arrival, NULL), ERR_NONE);
    return arrival;
}

static struct intake_told settle(struct fixture *f, const struct arrival *arrival)
{
    struct intake_told told = {.state = INTAKE_WAITING};
    for (int i = 0; i < 100; i++) {
        assert_int_equal(intake_ask(f->intake, f->an.account_id, arrival->token, &told), ERR_NONE);
        if (told.state == INTAKE_DONE || told.state == INTAKE_FAILED)
            return told;
        intake_wait(f->intake, f->an.account_id, f->site);
    }
    fail_msg("it is never done");
    return told;
}

static void load(struct fixture *f, struct site *ret)
{
    struct connection *reader;
    assert_int_equal(store_reader(f->store, &reader, NULL), ERR_NONE);
    assert_int_equal(site_load(reader, &f->arena, f->site, ret, NULL), ERR_NONE);
}

static size_t on_the_way(struct fixture *f)
{
    struct connection *reader;
    struct arrivals list;
    assert_int_equal(store_reader(f->store, &reader, NULL), ERR_NONE);
    assert_int_equal(arrival_list(reader, &f->arena, f->site, f->an.account_id, &list, NULL), ERR_NONE);
    return list.count;
}

static void they_go_in_one_after_the_other(void **state)
{
    struct fixture *f = *state;
    cleanup_site struct site site = {.id = 0};
    struct arrival all[5];
    struct intake_told told[5];
    start(f, GOOD);
    for (int i = 0; i < 5; i++)
        all[i] = put(f, (char)('a' + i));
    for (int i = 0; i < 5; i++)
        told[i] = settle(f, &all[i]);
    load(f, &site);
    assert_int_equal(site.media_count, 5);
    assert_int_equal(site.version, 6);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(told[i].state, INTAKE_DONE);
        assert_string_equal(site.media[i].sha256, told[i].sha256);
        assert_string_equal(site.media[i].taken, "2023-04-30");
    }
    assert_int_equal(on_the_way(f), 0);
    assert_int_equal(intake_list(f->intake, f->an.account_id, f->site, told, 5),
                     0); // what is done is not told
    assert_int_equal(intake_ask(f->intake, f->an.account_id + 1, all[0].token, told), ERR_NOT_FOUND);
}

static void a_file_at_fault_is_told_of_until_it_was_read(void **state)
{
    struct fixture *f = *state;
    start(f, "echo 'stele-media: it is damaged' >&2; exit 1");
    struct arrival arrival = put(f, 'a');
    struct intake_told told = settle(f, &arrival), list[3];
    assert_int_equal(told.state, INTAKE_FAILED);
    assert_problem(told.problem, ERR_INVALID, "it is damaged");
    assert_false(told.is_kept);
    assert_int_equal(on_the_way(f), 0);
    struct problem why = {.code = ERR_TOO_LARGE, .field = "photo"};
    intake_refuse(f->intake, f->site, f->an.account_id, "b.jpg", &why);
    assert_int_equal(intake_list(f->intake, f->an.account_id, f->site, list, 3), 2);
    assert_string_equal(list[0].name, "a.jpg");
    assert_string_equal(list[1].name, "b.jpg");
    assert_string_equal(list[1].problem.field, "photo");
    intake_forget(f->intake, f->an.account_id + 1, list[0].token); // of somebody else
    intake_forget(f->intake, f->an.account_id, list[0].token);
    assert_int_equal(intake_list(f->intake, f->an.account_id, f->site, list, 3), 1);
    assert_string_equal(list[0].name, "b.jpg");
}

static void what_waits_at_the_end_is_left(void **state)
{
    struct fixture *f = *state;
    start(f, "sleep 0.3; " GOOD);
    struct arrival first = put(f, 'a');
    put(f, 'b');
    put(f, 'c');
    struct intake_told told = {.state = INTAKE_WAITING};
    while (told.state == INTAKE_WAITING) {
        usleep(1000);
        assert_int_equal(intake_ask(f->intake, f->an.account_id, first.token, &told), ERR_NONE);
    }
    intake_stop(f->intake); // while the first is being opened: that one is finished
    f->intake = NULL;
    cleanup_site struct site site = {.id = 0};
    load(f, &site);
    assert_int_equal(site.media_count, 1);
    assert_int_equal(on_the_way(f), 2);
}

static void a_place_is_for_one_and_places_are_counted(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    start(f, "sleep 0.5; " GOOD);
    struct arrival first = put(f, 'a'), other = first;
    assert_int_equal(intake_put(f->intake, &first, NULL), ERR_NONE); // it is in already
    for (int i = 1; i < INTAKE_JOBS_MAX; i++) {
        snprintf(other.token, sizeof other.token, "%032d", i);
        assert_int_equal(intake_put(f->intake, &other, NULL), ERR_NONE);
    }
    snprintf(other.token, sizeof other.token, "%032d", INTAKE_JOBS_MAX);
    assert_int_equal(intake_put(f->intake, &other, &p), ERR_BUSY);
    assert_string_equal(p.field, "count");
}

// --- who sent it may have lost the right to add it

static void change_account(struct fixture *f, void (*change)(struct connection *w, struct account *a))
{
    struct connection *w;
    struct account account;
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(account_load(w, &f->arena, f->an.account_id, &account, NULL), ERR_NONE);
    change(w, &account);
    assert_int_equal(account_update(w, &account, &f->an, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static void set_state(struct fixture *f, const char *state)
{
    struct connection *w;
    cleanup_site struct site site = {.id = 0};
    load(f, &site);
    site.state = state;
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(site_save(w, &site, &f->an, NULL, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static void close_account(struct connection *w, struct account *a)
{
    (void)w;
    a->disabled_at = 1;
}

static void make_field(struct connection *w, struct account *a)
{
    (void)w;
    a->role = ROLE_FIELD;
}

static void forbid_publishing(struct connection *w, struct account *a)
{
    (void)w;
    a->may_publish = false;
}

static void limit_to_area(struct connection *w, struct account *a)
{
    struct term area = {.key = "far", .labels = "{\"vi\":\"Xa\"}"};
    static const char *const keys[] = {"far"};
    const struct actor actor = {.account_id = a->id, .name = a->name};
    assert_int_equal(term_save(w, "area", &area, 0, NULL, NULL), ERR_NONE);
    assert_int_equal(account_set_areas(w, a->id, keys, 1, &actor, NULL), ERR_NONE);
}

static void allow_all(struct connection *w, struct account *a)
{
    const struct actor actor = {.account_id = a->id, .name = a->name};
    a->disabled_at = 0;
    a->role = ROLE_EDITOR;
    a->may_publish = true;
    assert_int_equal(account_set_areas(w, a->id, NULL, 0, &actor, NULL), ERR_NONE);
}

// The helper waits for the word, so that the change comes while the file is being opened, and after it was
// looked at the first time; or `early`, before anything was looked at.
static void change_meanwhile(struct fixture *f, bool early,
                             void (*change)(struct connection *w, struct account *a), const char *now,
                             const char *field)
{
    cleanup_site struct site site = {.id = 0};
    const char *word = arena_printf(&f->arena, "%s/word", f->folder);
    struct intake_told told = {.state = INTAKE_WAITING};
    struct arrival arrival = send(f, 'a');
    if (!early) {
        assert_int_equal(intake_put(f->intake, &arrival, NULL), ERR_NONE);
        while (told.state == INTAKE_WAITING)
            assert_int_equal(intake_ask(f->intake, f->an.account_id, arrival.token, &told), ERR_NONE);
        usleep(50000);
    }
    if (change)
        change_account(f, change);
    if (now)
        set_state(f, now);
    assert_int_equal(file_write_atomic(word, "x", 1, NULL), ERR_NONE);
    if (early)
        assert_int_equal(intake_put(f->intake, &arrival, NULL), ERR_NONE);
    told = settle(f, &arrival);
    assert_int_equal(told.state, INTAKE_FAILED);
    assert_int_equal(told.problem.code, ERR_DENIED);
    assert_string_equal(told.problem.field, field);
    assert_true(told.is_kept);
    load(f, &site);
    assert_int_equal(site.media_count, 0);
    // Allowed again, the same file lands.
    change_account(f, allow_all);
    set_state(f, "draft");
    assert_int_equal(intake_put(f->intake, &arrival, NULL), ERR_NONE);
    told = settle(f, &arrival);
    assert_int_equal(told.state, INTAKE_DONE);
    assert_int_equal(unlink(word), 0);
    site_clear(&site);
    load(f, &site);
    site.media_count = 0;
    struct connection *w;
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(site_save(w, &site, &f->an, NULL, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static void who_lost_the_right_meanwhile_adds_nothing(void **state)
{
    struct fixture *f = *state;
    const char *wait = "while [ ! -e \"$(dirname \"$0\")/word\" ]; do sleep 0.01; done; " GOOD;
    start(f, wait);
    for (int early = 0; early < 2; early++) {
        change_meanwhile(f, early, close_account, NULL, "account");
        change_meanwhile(f, early, make_field, NULL, "role");
        change_meanwhile(f, early, limit_to_area, NULL, "area");
        change_meanwhile(f, early, forbid_publishing, "published", "state");
        change_meanwhile(f, early, NULL, "binned", "bin");
    }
}

// --- the end

static void a_photo_that_takes_long_does_not_hold_the_end_up(void **state)
{
    struct fixture *f = *state;
    cleanup_site struct site site = {.id = 0};
    struct intake_told told = {.state = INTAKE_WAITING};
    start(f, "sleep 60; " GOOD);
    struct arrival arrival = put(f, 'a');
    put(f, 'b');
    while (told.state == INTAKE_WAITING)
        assert_int_equal(intake_ask(f->intake, f->an.account_id, arrival.token, &told), ERR_NONE);
    usleep(100000);
    int64_t began = clock_monotonic_ms();
    pictures_stop(f->pictures);
    intake_stop(f->intake);
    f->intake = NULL;
    pictures_close(f->pictures);
    f->pictures = NULL;
    assert_true(clock_monotonic_ms() - began < 3000);
    assert_int_equal(on_the_way(f), 2);
    load(f, &site);
    assert_int_equal(site.media_count, 0);
    start(f, GOOD); // the next start takes them in by itself
    assert_int_equal(settle(f, &arrival).state, INTAKE_DONE);
    for (int i = 0; i < 100 && on_the_way(f); i++)
        intake_wait(f->intake, f->an.account_id, f->site);
    assert_int_equal(on_the_way(f), 0);
    site_clear(&site);
    load(f, &site);
    assert_int_equal(site.media_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_go_in_one_after_the_other, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_at_fault_is_told_of_until_it_was_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_waits_at_the_end_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_is_for_one_and_places_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(who_lost_the_right_meanwhile_adds_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_photo_that_takes_long_does_not_hold_the_end_up, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
