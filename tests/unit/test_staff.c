#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/file.h"
#include "content/staff/account.h"
#include "content/staff/link.h"
#include "content/staff/password.h"
#include "content/staff/session.h"
#include "content/staff/throttle.h"
#include "content/staff/totp.h"
#include "content/store/store.h"
#include "content/term.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct connection *w; // inside a transaction from setup to teardown: the writer reads what it wrote
    int64_t an;
};

static const struct actor tester = {.name = "test"};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-staff-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    struct account an = {.name = "Nguyễn Thị Ân", .role = ROLE_ADMIN, .may_publish = true, .language = "vi"};
    assert_int_equal(account_add(f->w, &an, &tester, &f->an, NULL), ERR_NONE);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_rollback(f->store);
    store_close(f->store);
    arena_clear(&f->arena);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

static void names_are_found_however_they_are_typed(void **state)
{
    struct fixture *f = *state;
    struct account got;
    struct problem p;
    assert_int_equal(account_find(f->w, &f->arena, "nguyen thi an", &got, &p), ERR_NONE);
    assert_int_equal(got.id, f->an);
    assert_false(got.has_password);
    struct account twin = {.name = "NGUYEN THI AN", .role = ROLE_EDITOR};
    assert_int_equal(account_add(f->w, &twin, &tester, NULL, &p), ERR_EXISTS);
    static const char *const bad[] = {"", "a", "\xff\xff", "a\nb", "--"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        twin.name = bad[i];
        assert_int_equal(account_add(f->w, &twin, &tester, NULL, &p), ERR_INVALID);
    }
    assert_int_equal(account_find(f->w, &f->arena, "nobody", &got, &p), ERR_NOT_FOUND);
}

static void passwords_are_hashed_and_checked(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    char hash[PASSWORD_HASH_SIZE], *stored;
    assert_int_equal(password_hash("cầu tre lắc lẻo", hash, &p), ERR_NONE);
    assert_non_null(strstr(hash, "$argon2id$"));
    assert_int_equal(account_set_password(f->w, f->an, hash, NULL, &tester, &p), ERR_NONE);
    assert_int_equal(account_password_hash(f->w, &f->arena, f->an, &stored, &p), ERR_NONE);
    assert_true(password_verify("cầu tre lắc lẻo", stored));
    assert_false(password_verify("cau tre lac leo", stored));
    assert_false(password_verify("anything", NULL));
    static const char *const weak[] = {"short", "1234567890", "aaaaaaaaaaaa", "Nguyễn Thị Ân", "MatKhau123"};
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
        assert_int_equal(password_check(weak[i], "Nguyễn Thị Ân", &p), ERR_INVALID);
    assert_int_equal(password_check("cầu tre lắc lẻo", "Nguyễn Thị Ân", &p), ERR_NONE);
}

static void the_last_admin_stays(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct account an, second = {.name = "Bình", .role = ROLE_ADMIN, .language = "vi"};
    assert_int_equal(account_set_password(f->w, f->an, "x", NULL, &tester, &p), ERR_NONE);
    assert_int_equal(account_load(f->w, &f->arena, f->an, &an, &p), ERR_NONE);
    an.role = ROLE_EDITOR;
    assert_int_equal(account_update(f->w, &an, &tester, &p), ERR_DENIED);
    an.role = ROLE_ADMIN;
    an.disabled_at = 1;
    assert_int_equal(account_update(f->w, &an, &tester, &p), ERR_DENIED);
    int64_t id;
    assert_int_equal(account_add(f->w, &second, &tester, &id, &p), ERR_NONE);
    assert_int_equal(account_update(f->w, &an, &tester, &p), ERR_DENIED); // the second cannot sign in yet
    assert_int_equal(account_set_password(f->w, id, "y", NULL, &tester, &p), ERR_NONE);
    assert_int_equal(account_update(f->w, &an, &tester, &p), ERR_NONE);
}

static void sessions_end_as_they_should(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct session s, other;
    struct sessions list;
    char token[SESSION_TOKEN_SIZE], second[SESSION_TOKEN_SIZE];
    int64_t now = 1000000000;
    assert_int_equal(session_start(f->w, f->an, "Firefox", now, token, &p), ERR_NONE);
    assert_int_equal(session_start(f->w, f->an, "Chrome", now, second, &p), ERR_NONE);
    assert_int_equal(session_find(f->w, &f->arena, token, now, &s, &p), ERR_NONE);
    assert_string_equal(s.device, "Firefox");
    assert_true(session_csrf_fits(&s, s.csrf));
    assert_false(session_csrf_fits(&s, token));
    assert_false(session_csrf_fits(&s, NULL));
    assert_int_equal(session_list(f->w, &f->arena, f->an, now, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 2);
    // idle
    assert_int_equal(session_find(f->w, &f->arena, token, now + SESSION_IDLE_S, &s, &p), ERR_NOT_FOUND);
    assert_int_equal(session_touch(f->w, &s, now + SESSION_TOUCH_S, &p), ERR_NONE);
    assert_int_equal(session_find(f->w, &f->arena, token, now + SESSION_IDLE_S, &s, &p), ERR_NONE);
    // a new password ends the others
    assert_int_equal(account_set_password(f->w, f->an, "z", s.id, &tester, &p), ERR_NONE);
    assert_int_equal(session_find(f->w, &f->arena, second, now, &other, &p), ERR_NOT_FOUND);
    assert_int_equal(session_find(f->w, &f->arena, token, now, &s, &p), ERR_NONE);
    assert_int_equal(session_end(f->w, s.id, &p), ERR_NONE);
    assert_int_equal(session_find(f->w, &f->arena, token, now, &s, &p), ERR_NOT_FOUND);
    assert_int_equal(session_find(f->w, &f->arena, "", now, &s, &p), ERR_NOT_FOUND);
    // in all
    assert_int_equal(session_start(f->w, f->an, NULL, now, token, &p), ERR_NONE);
    assert_int_equal(session_sweep(f->w, now + SESSION_LIFE_S, &p), ERR_NONE);
    assert_int_equal(session_find(f->w, &f->arena, token, now, &s, &p), ERR_NOT_FOUND);
}

// What a try would have to wait; one that need not is taken back.
static int64_t wait_now(struct fixture *f, const char *name, const char *address, int64_t now)
{
    int64_t wait;
    assert_int_equal(throttle_begin(f->w, name, address, now, &wait, NULL), ERR_NONE);
    if (wait == 0)
        assert_int_equal(throttle_take_back(f->w, name, address, now, NULL), ERR_NONE);
    return wait;
}

static void fail_at(struct fixture *f, const char *name, const char *address, int64_t now)
{
    int64_t wait = -1;
    assert_int_equal(throttle_begin(f->w, name, address, now, &wait, NULL), ERR_NONE);
    assert_int_equal(wait, 0);
}

static void failures_make_wait_longer_but_never_lock(void **state)
{
    struct fixture *f = *state;
    int64_t now = 1000000000;
    for (int i = 0; i < THROTTLE_FREE; i++) {
        assert_int_equal(wait_now(f, "an", "192.0.2.1", now), 0);
        fail_at(f, "an", "192.0.2.1", now);
    }
    assert_int_equal(wait_now(f, "ÂN", "198.51.100.7", now), 1); // by the account, from anywhere
    assert_int_equal(wait_now(f, "binh", "192.0.2.1", now), 1);  // by the address, for anybody
    assert_int_equal(wait_now(f, "binh", "198.51.100.7", now), 0);
    int64_t longest = 0;
    for (int i = 0; i < 30; i++) {
        int64_t wait = wait_now(f, "an", "192.0.2.1", now);
        longest = wait > longest ? wait : longest;
        now += wait;
        fail_at(f, "an", "192.0.2.1", now);
    }
    assert_int_equal(longest, 512); // then the first failures are older than the window
    assert_int_equal(wait_now(f, "an", "192.0.2.1", now + 15 * 60), 0);
    assert_int_equal(throttle_passed(f->w, "an", NULL), ERR_NONE);
    assert_int_equal(wait_now(f, "an", "198.51.100.7", now), 0);
}

static void one_time_links_work_once(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    char first[LINK_TOKEN_SIZE], token[LINK_TOKEN_SIZE];
    enum link_purpose purpose;
    int64_t id = -1, now = 1000000000;
    assert_int_equal(link_make(f->w, LINK_PASSWORD, f->an, now, first, &p), ERR_NONE);
    assert_int_equal(link_make(f->w, LINK_PASSWORD, f->an, now, token, &p), ERR_NONE);
    assert_int_equal(link_find(f->w, first, now, &purpose, &id, &p),
                     ERR_NOT_FOUND); // the newer one replaced it
    assert_int_equal(link_find(f->w, token, now, &purpose, &id, &p), ERR_NONE);
    assert_int_equal(purpose, LINK_PASSWORD);
    assert_int_equal(id, f->an);
    assert_int_equal(link_find(f->w, token, now + LINK_PASSWORD_S, &purpose, &id, &p), ERR_NOT_FOUND);
    assert_int_equal(link_use(f->w, token, now, &p), ERR_NONE);
    assert_int_equal(link_use(f->w, token, now, &p), ERR_NOT_FOUND);
    assert_int_equal(link_make(f->w, LINK_FIRST_ADMIN, 0, now, token, &p), ERR_NONE);
    assert_int_equal(link_find(f->w, token, now, &purpose, &id, &p), ERR_NONE);
    assert_int_equal(id, 0);
}

static void a_second_factor_is_good_once(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    // The test vector of RFC 6238 appendix B: this secret at 59 s gives 94287082 with eight digits, 287082
    // with six.
    const unsigned char *secret = (const unsigned char *)"12345678901234567890";
    char codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE], *uri;
    int64_t step;
    assert_int_equal(totp_try(secret, "287 082", 59, &step, &p), ERR_NONE);
    assert_int_equal(step, 1);
    assert_int_equal(totp_try(secret, "287083", 59, &step, &p), ERR_DENIED);
    assert_int_equal(totp_try(secret, "", 59, &step, &p), ERR_DENIED);
    assert_int_equal(totp_uri(&f->arena, secret, "Di tích", "Ân", &uri, &p), ERR_NONE);
    assert_string_equal(uri, "otpauth://totp/Di%20t%C3%ADch:%C3%82n?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                             "&issuer=Di%20t%C3%ADch");
    totp_make_recovery(codes);
    assert_int_equal(totp_turn_on(f->w, f->an, secret, 0, codes, &tester, &p), ERR_NONE);
    assert_int_equal(totp_sign_in(f->w, f->an, "287082", 59, &p), ERR_NONE);
    assert_int_equal(totp_sign_in(f->w, f->an, "287082", 59, &p), ERR_DENIED); // again
    assert_int_equal(totp_sign_in(f->w, f->an, codes[3], 59, &p), ERR_NONE);
    assert_int_equal(totp_sign_in(f->w, f->an, codes[3], 59, &p), ERR_DENIED);
    char bare[64];
    snprintf(bare, sizeof bare, " %.5s\xe2\x80\x93%s.", codes[5], codes[5] + 6); // with an en dash
    assert_int_equal(totp_sign_in(f->w, f->an, bare, 59, &p), ERR_NONE);
    assert_true(totp_is_recovery(codes[6]));
    assert_false(totp_is_recovery("287-082"));
    assert_int_equal(totp_turn_on(f->w, f->an, secret, 0, codes, &tester, &p), ERR_EXISTS);
    assert_int_equal(totp_turn_off(f->w, f->an, &tester, &p), ERR_NONE);
    assert_int_equal(totp_turn_off(f->w, f->an, &tester, &p), ERR_NOT_FOUND);
    assert_int_equal(totp_sign_in(f->w, f->an, codes[4], 59, &p), ERR_NOT_FOUND);
}

static void areas_limit(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    bool may;
    static const char *const keys[] = {"city", "ward", "elsewhere"};
    for (int i = 0; i < 3; i++) {
        struct term term = {.key = keys[i], .labels = "{\"vi\":\"x\"}"};
        assert_int_equal(term_save(f->w, "area", &term, i, NULL, &p), ERR_NONE);
    }
    assert_int_equal(term_set_parent(f->w, "area", "ward", "city", &p), ERR_NONE);
    assert_int_equal(account_may_work_in(f->w, f->an, NULL, &may, &p), ERR_NONE);
    assert_true(may);
    assert_int_equal(account_set_areas(f->w, f->an, keys, 1, &tester, &p), ERR_NONE);
    static const struct {
        const char *area;
        bool may;
    } cases[] = {{"city", true}, {"ward", true}, {"elsewhere", false}, {NULL, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(account_may_work_in(f->w, f->an, cases[i].area, &may, &p), ERR_NONE);
        assert_int_equal(may, cases[i].may);
    }
    const char *bad = "nowhere";
    assert_int_equal(account_set_areas(f->w, f->an, &bad, 1, &tester, &p), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_found_however_they_are_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(passwords_are_hashed_and_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_admin_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_end_as_they_should, setup, teardown),
        cmocka_unit_test_setup_teardown(failures_make_wait_longer_but_never_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(one_time_links_work_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_factor_is_good_once, setup, teardown),
        cmocka_unit_test_setup_teardown(areas_limit, setup, teardown),
    };
    return cmocka_run_group_tests_name("staff", tests, NULL, NULL);
}
