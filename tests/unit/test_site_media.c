// The order of a site's pictures, sounds and films.
#include "tests/unit/unit.h"

#include "common/arena.h"
#include "content/site_media.h"

static struct arena arena;

// "abX": a and b are pictures, capitals are sounds. In the arena.
static struct site make(const char *names)
{
    struct site site = {.media_count = strlen(names)};
    site.media = arena_array(&arena, site.media_count + 1, sizeof *site.media);
    for (size_t i = 0; i < site.media_count; i++)
        site.media[i] = (struct site_media){.sha256 = arena_strndup(&arena, names + i, 1),
                                            .media_class = names[i] < 'a' ? "audio" : "image"};
    return site;
}

static const char *names_of(const struct site *site)
{
    char *names = arena_alloc(&arena, site->media_count + 1);
    for (size_t i = 0; i < site->media_count; i++)
        names[i] = site->media[i].sha256[0];
    return names;
}

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void what_comes_in_stands_last_among_its_like(void **state)
{
    (void)state;
    static const struct {
        const char *before, *come;
        size_t at;
        const char *after;
    } rows[] = {
        {"", "a", SITE_MEDIA_NONE, "a"},
        {"", "X", SITE_MEDIA_NONE, "X"},
        {"abX", "c", SITE_MEDIA_NONE, "abcX"},
        {"abX", "Y", SITE_MEDIA_NONE, "abXY"},
        {"abX", "c", 0, "cabX"},
        {"abX", "c", 1, "acbX"},
        {"abX", "c", 3, "abcX"},
        {"abX", "Y", 0, "abYX"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site site = make(rows[i].before), come = make(rows[i].come);
        assert_int_equal(site_media_insert(&site, &arena, come.media, rows[i].at, NULL), ERR_NONE);
        assert_string_equal(names_of(&site), rows[i].after);
    }
    struct site full = {.media_count = SITE_MEDIA_MAX}, one = make("a");
    assert_int_equal(site_media_insert(&full, &arena, one.media, 0, NULL), ERR_TOO_LARGE);
}

static void moves_go_as_far_as_there_are_any(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        long by;
        const char *after;
        bool moved;
    } rows[] = {
        {0, -1, "abcXY", false}, {0, 1, "bacXY", true},   {2, -2, "cabXY", true}, {2, -500, "cabXY", true},
        {2, 1, "abcXY", false},  {3, -1, "abcXY", false}, {3, 1, "abcYX", true},  {4, -9, "abcYX", true},
        {4, 1, "abcXY", false},  {0, 500, "bcaXY", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site site = make("abcXY");
        assert_int_equal(site_media_move(&site, rows[i].at, rows[i].by), rows[i].moved);
        assert_string_equal(names_of(&site), rows[i].after);
    }
}

static void sorting_keeps_pictures_first_and_the_unnamed_last(void **state)
{
    (void)state;
    static const struct {
        const char *before, *order[4];
        size_t count;
        const char *after;
    } rows[] = {
        {"abcX", {"c", "a"}, 2, "cabX"},      {"abcX", {"X", "b"}, 2, "bacX"}, {"abcX", {NULL}, 0, "abcX"},
        {"abXY", {"Y", "?", "X"}, 3, "abYX"}, {"aabX", {"b"}, 1, "baaX"},      {"XaYb", {NULL}, 0, "abXY"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site site = make(rows[i].before);
        bool moved = site_media_sort(&site, rows[i].order, rows[i].count);
        assert_string_equal(names_of(&site), rows[i].after);
        assert_int_equal(moved, strcmp(rows[i].before, rows[i].after) != 0);
    }
}

static void what_is_taken_out_leaves_no_gap(void **state)
{
    (void)state;
    struct site site = make("abX");
    site_media_remove(&site, site_media_find(&site, "a"));
    assert_string_equal(names_of(&site), "bX");
    site_media_remove(&site, 1);
    assert_string_equal(names_of(&site), "b");
    assert_true(site_media_find(&site, "X") == SITE_MEDIA_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_comes_in_stands_last_among_its_like, clear),
        cmocka_unit_test_teardown(moves_go_as_far_as_there_are_any, clear),
        cmocka_unit_test_teardown(sorting_keeps_pictures_first_and_the_unnamed_last, clear),
        cmocka_unit_test_teardown(what_is_taken_out_leaves_no_gap, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
