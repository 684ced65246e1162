// Files on their way in: pieces in their order, limits, what is swept.
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "content/arrival.h"
#include "content/media.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum { SITE = 12, PIECE = 1000 };

static char photo[4 * ARRIVAL_PIECE_MAX] = "\xFF\xD8\xFF\xE0";

struct fixture {
    char folder[64];
    struct store *store;
    struct connection *reader;
    struct arena arena;
    int64_t an, binh;
};

static int64_t add_account(struct connection *w, const char *name)
{
    struct query *q = query_start(w, SQL_INSERT_ACCOUNT);
    query_bind_text(q, 1, name);
    query_bind_text(q, 2, name);
    query_bind_text(q, 3, "editor");
    query_bind_int(q, 4, 1);
    query_bind_text(q, 5, "vi");
    query_bind_int(q, 6, 1);
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    return query_last_id(w);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct connection *w;
    strcpy(f->folder, "/tmp/stele-arrival-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    f->an = add_account(w, "an");
    f->binh = add_account(w, "binh");
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(store_reader(f->store, &f->reader, NULL), ERR_NONE);
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

static struct arrival begin(struct fixture *f, const char *name, int64_t bytes)
{
    struct arrival arrival = {.bytes = 0};
    assert_int_equal(
        arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->an, name, bytes, &arrival, NULL),
        ERR_NONE);
    return arrival;
}

static enum err find(struct fixture *f, int64_t site, int64_t account, const char *token, struct arrival *ret)
{
    return arrival_find(f->reader, &f->arena, site, account, token, ret, NULL);
}

static int64_t size_of(struct fixture *f, const struct arrival *arrival)
{
    struct stat st;
    return stat(arrival_path(f->store, &f->arena, arrival), &st) == 0 ? (int64_t)st.st_size : -1;
}

static void pieces_come_in_their_order(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "Đình.jpg", 2500), found;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NONE);
    assert_string_equal(found.name, "Đình.jpg");
    assert_int_equal(found.received, PIECE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, &p), ERR_CONFLICT);
    assert_problem(p, ERR_CONFLICT, "byte 1000");
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 2000, photo, 10, NULL), ERR_CONFLICT);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, -1, photo, 10, NULL), ERR_CONFLICT);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo, 0, NULL), ERR_INVALID);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo, 1501, NULL), ERR_TOO_LARGE);
    assert_int_equal(a.received, PIECE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo + PIECE, 1500, NULL), ERR_NONE);
    assert_true(arrival_is_whole(&a));
    assert_int_equal(size_of(f, &a), 2500);
}

// Another request with the same piece, read before the first had written: it changes nothing.
static void of_two_pieces_at_one_place_the_first_counts(void **state)
{
    struct fixture *f = *state;
    struct arrival one = begin(f, "a.jpg", 5000), other = one, found;
    assert_int_equal(arrival_add(f->store, &arrival_media, &one, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &one, PIECE, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &other, 0, photo, PIECE, NULL), ERR_CONFLICT);
    assert_int_equal(find(f, SITE, f->an, one.token, &found), ERR_NONE);
    assert_int_equal(found.received, 2 * PIECE);
}

static void the_first_piece_tells_the_kind(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 5000);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, ARRIVAL_HEAD - 1, NULL),
                     ERR_INVALID);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo + 4, PIECE, NULL), ERR_UNSUPPORTED);
    assert_int_equal(size_of(f, &a), -1); // nothing was written
    struct arrival large = begin(f, "a.jpg", MEDIA_PHOTO_BYTES_MAX + 1);
    assert_int_equal(arrival_add(f->store, &arrival_media, &large, 0, photo, PIECE, NULL), ERR_TOO_LARGE);
    struct arrival film = begin(f, "a.jpg", MEDIA_PHOTO_BYTES_MAX + 1);
    assert_int_equal(arrival_add(f->store, &arrival_media, &film, 0,
                                 "\0\0\0\x18"
                                 "ftypmp42"
                                 "0123456789012345678901234567890123456789012345678901",
                                 64, NULL),
                     ERR_NONE);
    struct arrival tiny = begin(f, "a.jpg", 10);
    assert_int_equal(arrival_add(f->store, &arrival_media, &tiny, 0, photo, 10, NULL),
                     ERR_NONE); // all there is
}

static void only_who_began_it_finds_it(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 5000), found;
    static const char *const tokens[] = {"", "x", "../../../../etc/passwd",
                                         "0123456789abcdef0123456789abcdeF",
                                         "0123456789abcdef0123456789abcdef0"};
    assert_int_equal(find(f, SITE, f->binh, a.token, &found), ERR_NOT_FOUND);
    assert_int_equal(find(f, SITE + 1, f->an, a.token, &found), ERR_NOT_FOUND);
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        assert_int_equal(find(f, SITE, f->an, tokens[i], &found), ERR_NOT_FOUND);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NONE);
}

static void a_site_lists_its_own(void **state)
{
    struct fixture *f = *state;
    struct arrival other;
    struct arrivals list;
    begin(f, "b.jpg", 10);
    begin(f, "a.jpg", 10);
    assert_int_equal(arrival_begin(f->store, &f->arena, &arrival_media, 1, f->an, "1", 10, &other, NULL),
                     ERR_NONE);
    assert_int_equal(arrival_begin(f->store, &f->arena, &arrival_media, 120, f->an, "120", 10, &other, NULL),
                     ERR_NONE);
    assert_int_equal(
        arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->binh, "binh", 10, &other, NULL),
        ERR_NONE);
    assert_int_equal(arrival_list(f->reader, &f->arena, SITE, f->an, &list, NULL), ERR_NONE);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].name, "a.jpg");
    assert_int_equal(list.items[1].site_id, SITE);
}

static void sizes_and_numbers_have_limits(void **state)
{
    struct fixture *f = *state;
    struct arrival a;
    struct problem p = PROBLEM_INIT;
    static const struct {
        int64_t bytes;
        enum err code;
    } rows[] = {{0, ERR_INVALID},
                {-1, ERR_INVALID},
                {MEDIA_BYTES_MAX + 1LL, ERR_TOO_LARGE},
                {INT64_MAX, ERR_TOO_LARGE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(
            arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->an, "a", rows[i].bytes, &a, NULL),
            rows[i].code);
    for (int i = 0; i < ARRIVALS_MAX; i++)
        begin(f, "a", 1);
    assert_int_equal(arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->an, "a", 1, &a, &p),
                     ERR_BUSY);
    assert_string_equal(p.field, "count");
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->binh, "a", MEDIA_BYTES_MAX, &a, NULL),
            ERR_NONE);
    assert_int_equal(
        arrival_begin(f->store, &f->arena, &arrival_media, SITE, f->binh, "a", MEDIA_BYTES_MAX, &a, NULL),
        ERR_BUSY);
}

static void names_are_made_plain(void **state)
{
    struct fixture *f = *state;
    char longest[1000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_string_equal(begin(f, "../a\n\x1b[31m.jpg", 1).name, "../a__[31m.jpg");
    assert_string_equal(begin(f, "", 1).name, "?");
    assert_string_equal(begin(f, "\xff\xfe", 1).name, "?");
    assert_int_equal(strlen(begin(f, longest, 1).name), 200);
}

// A disk that fills in the middle of a piece: said, and the piece can come again.
static void a_full_disk_leaves_it_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 4 * (int64_t)ARRIVAL_PIECE_MAX);
    struct rlimit before, small = {3 * ARRIVAL_PIECE_MAX / 2, RLIM_INFINITY};
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, ARRIVAL_PIECE_MAX, NULL), ERR_NONE);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum err e = arrival_add(f->store, &arrival_media, &a, ARRIVAL_PIECE_MAX, photo, ARRIVAL_PIECE_MAX, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(e, ERR_FULL);
    assert_int_equal(a.received, ARRIVAL_PIECE_MAX);
    assert_int_equal(
        arrival_add(f->store, &arrival_media, &a, ARRIVAL_PIECE_MAX, photo, ARRIVAL_PIECE_MAX, NULL),
        ERR_NONE);
}

static void what_is_dropped_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 5000), found;
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(arrival_drop(f->store, &a, NULL), ERR_NONE);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NOT_FOUND);
    assert_int_equal(size_of(f, &a), -1);
    assert_int_equal(arrival_drop(f->store, &a, NULL), ERR_NONE);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo, PIECE, NULL), ERR_NOT_FOUND);
    a.received = 0;
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NOT_FOUND);
    assert_int_equal(size_of(f, &a), -1);
}

// Many at once for the same place, each with bytes of its own: those of one count, whole, and of no other.
enum { AT_ONCE = 8, LARGE = 512 << 10, ROUNDS = 6 };
struct racer {
    struct fixture *f;
    pthread_barrier_t *start;
    struct arrival arrival;
    char *bytes;
    enum err e;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    pthread_barrier_wait(r->start);
    r->e = arrival_add(r->f->store, &arrival_media, &r->arrival, r->arrival.received, r->bytes, LARGE, NULL);
    return NULL;
}

static void pieces_sent_at_once_do_not_mix(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", ROUNDS * LARGE);
    struct racer racers[AT_ONCE];
    pthread_t threads[AT_ONCE];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, AT_ONCE), 0);
    char *there = malloc(ROUNDS * LARGE);
    for (int round = 0; round < ROUNDS; round++) {
        int won = -1;
        for (int i = 0; i < AT_ONCE; i++) {
            racers[i] = (struct racer){.f = f, .start = &start, .arrival = a, .bytes = malloc(LARGE)};
            memset(racers[i].bytes, 'a' + i, LARGE);
            memcpy(racers[i].bytes, photo, 4);
            assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
        }
        for (int i = 0; i < AT_ONCE; i++) {
            pthread_join(threads[i], NULL);
            assert_true(racers[i].e == ERR_CONFLICT || (racers[i].e == ERR_NONE && won < 0));
            won = racers[i].e == ERR_NONE ? i : won;
            assert_int_equal(racers[i].arrival.received,
                             (round + 1) * LARGE); // each is told where it goes on
        }
        assert_true(won >= 0);
        int fd = open(arrival_path(f->store, &f->arena, &a), O_RDONLY);
        assert_int_equal(read(fd, there, ROUNDS * LARGE), (round + 1) * LARGE);
        close(fd);
        assert_memory_equal(there + round * LARGE, racers[won].bytes, LARGE);
        for (int i = 0; i < AT_ONCE; i++)
            free(racers[i].bytes);
        a.received += LARGE;
    }
    free(there);
    pthread_barrier_destroy(&start);
}

// After a restore: rows are in backups, the files that had begun to come are not.
static void bytes_that_are_gone_are_not_made_up(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 5000), found;
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(truncate(arrival_path(f->store, &f->arena, &a), 10), 0);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo, PIECE, NULL), ERR_NOT_FOUND);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NOT_FOUND);
    a = begin(f, "a.jpg", 5000);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(unlink(arrival_path(f->store, &f->arena, &a)), 0);
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, PIECE, photo, PIECE, NULL), ERR_NOT_FOUND);
}

static enum err refuse_all(const struct arrival *arrival, const void *data, size_t len, struct problem *p)
{
    (void)data, (void)len;
    return problem_set(p, ERR_UNSUPPORTED, "file", "%s is nothing", arrival->name);
}

static void imports_have_rules_of_their_own(void **state)
{
    struct fixture *f = *state;
    const struct arrival_rules rules = {
        .bytes_max = 5LL << 30, .account_bytes = 5LL << 30, .judge = refuse_all};
    const struct arrival_rules endless = {.bytes_max = INT64_MAX / 8, .account_bytes = INT64_MAX / 8};
    struct arrival a, media = begin(f, "a.jpg", 1000);
    struct arrivals list;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(
        arrival_begin(f->store, &f->arena, &rules, ARRIVAL_OF_IMPORT, f->an, "a.zip", 1000, &a, NULL),
        ERR_NONE);
    assert_int_equal(arrival_add(f->store, &rules, &a, 0, photo, PIECE, &p), ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "a.zip is nothing");
    assert_int_equal(arrival_begin(f->store, &f->arena, &rules, ARRIVAL_OF_IMPORT, f->an, "b.zip",
                                   (5LL << 30) - 999, &a, &p),
                     ERR_BUSY);
    assert_int_equal(
        arrival_begin(f->store, &f->arena, &endless, ARRIVAL_OF_IMPORT, f->an, "c.zip", 1LL << 50, &a, &p),
        ERR_FULL);
    assert_string_equal(p.key, "upload.full");
    assert_int_equal(strtoll(p.values[0], NULL, 10), (3 * (1LL << 50) + 3000 + 2000) / 1000000);
    assert_int_equal(arrival_list(f->reader, &f->arena, ARRIVAL_OF_IMPORT, f->an, &list, NULL), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_int_equal(arrival_add(f->store, &arrival_media, &media, 0, photo, PIECE, NULL), ERR_NONE);
    assert_int_equal(arrival_list_whole(f->reader, &f->arena, &list, NULL), ERR_NONE);
    assert_int_equal(list.count, 1); // of sites alone
    assert_string_equal(list.items[0].token, media.token);
}

static void after_a_day_it_is_swept(void **state)
{
    struct fixture *f = *state;
    struct arrival a = begin(f, "a.jpg", 5000), found;
    assert_int_equal(arrival_add(f->store, &arrival_media, &a, 0, photo, PIECE, NULL), ERR_NONE);
    const char *stray = arena_printf(&f->arena, "%s/uploads/coming/stray", f->folder);
    assert_int_equal(file_write_atomic(stray, "x", 1, NULL), ERR_NONE);
    assert_int_equal(arrival_sweep(f->store, clock_now() + ARRIVAL_KEPT_SECONDS - 60, NULL), ERR_NONE);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NONE);
    assert_int_equal(access(stray, F_OK), 0);
    assert_int_equal(arrival_sweep(f->store, clock_now() + ARRIVAL_KEPT_SECONDS + 60, NULL), ERR_NONE);
    assert_int_equal(find(f, SITE, f->an, a.token, &found), ERR_NOT_FOUND);
    assert_int_equal(size_of(f, &a), -1);
    assert_int_equal(access(stray, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_come_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_pieces_at_one_place_the_first_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_piece_tells_the_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(only_who_began_it_finds_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_site_lists_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_and_numbers_have_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_made_plain, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_it_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_dropped_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(pieces_sent_at_once_do_not_mix, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_that_are_gone_are_not_made_up, setup, teardown),
        cmocka_unit_test_setup_teardown(imports_have_rules_of_their_own, setup, teardown),
        cmocka_unit_test_setup_teardown(after_a_day_it_is_swept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
