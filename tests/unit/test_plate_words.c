#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "content/plate.h"
#include "content/plate_words.h"
#include "content/site.h"
#include "content/store/store.h"
#include "content/term.h"
#include "content/tour.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct connection *w;
    struct arena arena;
    struct languages spoken;
};

static const struct actor tester = {.name = "test"};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    static const char *const languages[] = {"vi", "en", "km"};
    struct term kind = {.key = "pagoda", .labels = "{\"vi\":\"Chùa\"}"};
    struct term rank = {.key = "city",
                        .labels = "{\"en\":\"City relic\",\"fr\":\"x\",\"vi\":\"Cấp thành phố\"}"};
    strcpy(f->folder, "/tmp/stele-plate-words-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_int_equal(
        store_open(&(struct store_options){.folder = f->folder, .create = true}, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(setting_add_language(f->w, languages[i], i, NULL), ERR_NONE);
    assert_int_equal(setting_languages(f->w, &f->arena, &f->spoken, NULL), ERR_NONE);
    assert_int_equal(term_save(f->w, "kind", &kind, 0, NULL, NULL), ERR_NONE);
    assert_int_equal(term_save(f->w, "rank", &rank, 0, NULL, NULL), ERR_NONE);
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

static struct plate_words load(struct fixture *f, int64_t site_id, int64_t tour_id)
{
    char code[CODE_SIZE];
    struct plate plate = {.site_id = site_id, .tour_id = tour_id, .state = "planned"};
    struct plate_words words;
    assert_int_equal(plate_add(f->w, &plate, &tester, code, NULL), ERR_NONE);
    assert_int_equal(plate_words_load(f->w, &f->arena, code, &f->spoken, &words, NULL), ERR_NONE);
    return words;
}

static void is(const struct plate_texts *texts, size_t at, const char *lang, const char *text)
{
    assert_true(at < texts->count);
    assert_string_equal(texts->items[at].lang, lang);
    assert_string_equal(texts->items[at].text, text);
}

static void a_site_speaks_its_original_language_first(void **state)
{
    struct fixture *f = *state;
    int64_t id;
    struct site_text texts[] = {{.lang = "en", .title = "Pitu Khosa Rangsay", .summary = "", .body = ""},
                                {.lang = "fr", .title = "Ne parle pas", .summary = "", .body = ""},
                                {.lang = "km", .title = "វត្តពិទូខោសារង្សី", .summary = "", .body = ""},
                                {.lang = "vi", .title = "Chùa Viễn Quang", .summary = "", .body = ""}};
    json_t *details =
        json_loads("{\"addresses\":[{\"words\":{\"vi\":\"Phường cũ\"},\"until\":\"2025-06\"},"
                   "{\"words\":{\"en\":\"New ward\",\"vi\":\"Phường mới\"},\"from\":\"2025-07\"}]}",
                   0, NULL);
    struct site site = {.slug = "vien-quang",
                        .kind = {.key = "pagoda"},
                        .rank = {.key = "city"},
                        .state = "published",
                        .original = "km",
                        .accuracy_m = -1,
                        .texts = texts,
                        .text_count = 4,
                        .details = details};
    struct problem p = PROBLEM_INIT;
    if (site_save(f->w, &site, &tester, &id, &p))
        fail_msg("%s: %s", p.field, p.text);
    struct plate_words words = load(f, id, 0);
    assert_string_equal(words.slug, "vien-quang");
    assert_int_equal(words.titles.count, 3);
    is(&words.titles, 0, "km", "វត្តពិទូខោសារង្សី");
    is(&words.titles, 1, "vi", "Chùa Viễn Quang");
    is(&words.titles, 2, "en", "Pitu Khosa Rangsay");
    assert_int_equal(words.rank.count, 2);
    is(&words.rank, 0, "vi", "Cấp thành phố");
    is(&words.address, 0, "vi", "Phường mới");
    is(&words.address, 1, "en", "New ward");
    json_decref(details);
}

// Words are kept as JSON, sorted by language; a board for a tour still speaks Vietnamese first.
static void a_tour_speaks_the_languages_in_their_order(void **state)
{
    struct fixture *f = *state;
    int64_t id;
    struct tour tour = {.slug = "ben-ninh-kieu",
                        .state = "published",
                        .summaries = "{}",
                        .bodies = "{}",
                        .titles = "{\"en\":\"Around the waterfront\",\"vi\":\"Quanh bến Ninh Kiều\"}"};
    assert_int_equal(tour_save(f->w, &tour, &tester, &id, NULL), ERR_NONE);
    struct plate_words words = load(f, 0, id);
    assert_int_equal(words.titles.count, 2);
    is(&words.titles, 0, "vi", "Quanh bến Ninh Kiều");
    is(&words.titles, 1, "en", "Around the waterfront");
    assert_int_equal(words.rank.count, 0);
    assert_int_equal(words.address.count, 0);
}

static void what_speaks_another_language_still_has_a_name(void **state)
{
    struct fixture *f = *state;
    int64_t id;
    struct tour tour = {.slug = "autour",
                        .state = "published",
                        .titles = "{\"fr\":\"Autour\"}",
                        .summaries = "{}",
                        .bodies = "{}"};
    assert_int_equal(tour_save(f->w, &tour, &tester, &id, NULL), ERR_NONE);
    struct plate_words words = load(f, 0, id);
    assert_int_equal(words.titles.count, 1);
    is(&words.titles, 0, "fr", "Autour");
}

static void a_plate_that_is_none_is_named(void **state)
{
    struct fixture *f = *state;
    struct plate_words words = {.slug = "untouched"};
    struct problem p = PROBLEM_INIT;
    assert_int_equal(plate_words_load(f->w, &f->arena, "k7m39qx2", &f->spoken, &words, &p), ERR_NOT_FOUND);
    assert_non_null(strstr(p.text, "K7M3-9QX2"));
    assert_string_equal(words.slug, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_site_speaks_its_original_language_first, setup, teardown),
        cmocka_unit_test_setup_teardown(a_tour_speaks_the_languages_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(what_speaks_another_language_still_has_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_plate_that_is_none_is_named, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
