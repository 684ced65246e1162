#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/media.h"
#include "content/plate.h"
#include "content/scan.h"
#include "content/search.h"
#include "content/setting.h"
#include "content/site.h"
#include "content/starter.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"
#include "content/term_merge.h"
#include "content/tour.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct connection *writer, *reader;
};

static const struct actor tester = {.name = "test"};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-content-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_reader(f->store, &f->reader, NULL), ERR_NONE);
    static const struct term terms[] = {{.key = "pagoda", .labels = "{\"vi\":\"Chùa\",\"en\":\"Pagoda\"}"},
                                        {.key = "tomb", .labels = "{\"vi\":\"Lăng mộ\"}"}};
    static const struct term areas[] = {{.key = "can-tho", .labels = "{\"vi\":\"Cần Thơ\"}"},
                                        {.key = "ninh-kieu", .labels = "{\"vi\":\"Ninh Kiều\"}"}};
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(term_save(f->writer, "kind", &terms[i], i, NULL, NULL), ERR_NONE);
        assert_int_equal(term_save(f->writer, "area", &areas[i], i, NULL, NULL), ERR_NONE);
    }
    assert_int_equal(term_set_parent(f->writer, "area", "ninh-kieu", "can-tho", NULL), ERR_NONE);
    assert_int_equal(setting_add_language(f->writer, "vi", 0, NULL), ERR_NONE);
    assert_int_equal(setting_add_language(f->writer, "en", 1, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    arena_clear(&f->arena);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

static struct site_text texts[] = {
    {.lang = "vi", .title = "Đình Bình Thủy", .summary = "Ngôi đình cổ.", .body = "## Lịch sử\n\nHòa bình."},
    {.lang = "en",
     .title = "Bình Thủy Communal House",
     .summary = "Old.",
     .body = "Text.",
     .origin = TEXT_TRANSLATED,
     .translated_from = "vi",
     .stale = true},
};

static struct site sample(const char *slug)
{
    return (struct site){.slug = slug,
                         .state = "published",
                         .original = "vi",
                         .has_position = true,
                         .lat = 10.07,
                         .lon = 105.75,
                         .accuracy_m = -1,
                         .kind = {.key = "pagoda"},
                         .area = {.key = "ninh-kieu"},
                         .texts = texts,
                         .text_count = 2};
}

static int64_t save(struct fixture *f, const struct site *site, enum err expected, struct problem *p)
{
    int64_t id = 0;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    enum err e = site_save(f->writer, site, &tester, &id, p);
    assert_int_equal(e, expected);
    if (e)
        store_rollback(f->store);
    else
        assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    return id;
}

static void a_site_is_kept_as_it_was_given(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("dinh-binh-thuy");
    site.details = json_loads(
        "{\"names\":{\"vi\":[\"Long Tuyền cổ miếu\"]},\"sources\":[{\"id\":\"plo\",\"title\":\"PLO\"}],"
        "\"facts\":[{\"label\":{\"vi\":\"Dựng\"},\"value\":{\"vi\":\"1844\"},\"sources\":[\"plo\"]}]}",
        0, NULL);
    assert_non_null(site.details);
    save(f, &site, ERR_NONE, &p);
    cleanup_site struct site got = {0};
    assert_int_equal(site_load_by_slug(f->reader, &f->arena, "dinh-binh-thuy", &got, &p), ERR_NONE);
    assert_int_equal(got.version, 1);
    assert_string_equal(got.kind.key, "pagoda");
    assert_int_equal(got.text_count, 2);
    assert_string_equal(site_text(&got, "en")->title, "Bình Thủy Communal House");
    assert_true(site_text(&got, "en")->stale);
    assert_string_equal(site_text(&got, "km")->lang, "vi");
    assert_true(json_equal(got.details, site.details));
    assert_true(got.published_at > 0);

    json_t *before = site_to_json(&site, true), *after = site_to_json(&got, true);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
    site_clear(&site);
}

static void what_is_wrong_is_named(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("Bad Slug");
    save(f, &site, ERR_INVALID, &p);
    assert_string_equal(p.field, "slug");
    site = sample("x");
    site.kind.key = "castle";
    save(f, &site, ERR_INVALID, &p);
    assert_problem(p, ERR_INVALID, "castle");
    site = sample("x");
    site.original = "km";
    save(f, &site, ERR_INVALID, &p);
    assert_string_equal(p.field, "original");
    site = sample("x");
    site.lat = 95;
    save(f, &site, ERR_INVALID, &p);
    site = sample("x");
    site.details = json_loads(
        "{\"facts\":[{\"label\":{\"vi\":\"a\"},\"value\":{\"vi\":\"b\"},\"sources\":[\"none\"]}]}", 0, NULL);
    save(f, &site, ERR_INVALID, &p);
    assert_string_equal(p.field, "facts[0].sources[0]");
    site_clear(&site);
    site.details = json_loads("{\"fact\":[]}", 0, NULL);
    save(f, &site, ERR_INVALID, &p);
    assert_problem(p, ERR_INVALID, "typing error");
    site_clear(&site);
    int64_t count;
    assert_int_equal(site_count(f->reader, NULL, &count, NULL), ERR_NONE);
    assert_int_equal(count, 0);
}

static void a_second_save_from_the_same_version_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("a");
    site.id = save(f, &site, ERR_NONE, &p);
    site.version = 1;
    save(f, &site, ERR_NONE, &p);
    save(f, &site, ERR_CONFLICT, &p);
    assert_problem(p, ERR_CONFLICT, "somebody else");
    struct query *q = query_start(f->reader, SQL_REVISION);
    query_bind_text(q, 1, "site");
    query_bind_int(q, 2, site.id);
    query_bind_int(q, 3, 2);
    bool row;
    assert_int_equal(query_step(q, &row, NULL), ERR_NONE);
    assert_true(row);
    query_end(q);
}

static void an_old_slug_stays_with_its_site(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("old-name");
    site.id = save(f, &site, ERR_NONE, &p);
    site.version = 1;
    site.slug = "new-name";
    save(f, &site, ERR_NONE, &p);
    int64_t id;
    assert_int_equal(site_find_by_old_slug(f->reader, "old-name", &id, &p), ERR_NONE);
    assert_int_equal(id, site.id);
    struct site other = sample("old-name");
    save(f, &other, ERR_EXISTS, &p);
    char *slug;
    assert_int_equal(site_free_slug(f->reader, &f->arena, "Old name", &slug, &p), ERR_NONE);
    assert_string_equal(slug, "old-name-2");
    cleanup_site struct site got = {0}, copy = {0};
    assert_int_equal(site_load(f->reader, &f->arena, site.id, &got, &p), ERR_NONE);
    assert_int_equal(got.old_slug_count, 1);
    assert_string_equal(got.old_slugs[0], "old-name");
    got.publish_at = 784111777;
    json_t *document = site_to_json(&got, false), *again;
    assert_int_equal(site_from_json(document, "vi", &f->arena, &copy, &p), ERR_NONE);
    assert_int_equal(copy.publish_at, 784111777);
    again = json_object_get(document, "old_slugs");
    assert_int_equal(json_array_size(again), 1);
    assert_string_equal(copy.old_slugs[0], "old-name");
    json_decref(document);
    static const char *stolen[] = {"old-name"}, *live[] = {"new-name"};
    other = sample("thief");
    other.old_slugs = stolen;
    other.old_slug_count = 1;
    save(f, &other, ERR_EXISTS, &p);
    other.old_slugs = live;
    save(f, &other, ERR_EXISTS, &p);
    site.slug = "old-name"; // its own may be taken back
    site.version = 2;
    save(f, &site, ERR_NONE, &p);
    assert_int_equal(site_find_by_old_slug(f->reader, "old-name", &id, &p), ERR_NOT_FOUND);
    assert_int_equal(site_find_by_old_slug(f->reader, "new-name", &id, &p), ERR_NONE);
}

static void free_slugs_are_found_among_many(void **state)
{
    struct fixture *f = *state;
    char slug[32];
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    for (int i = 0; i < 40; i++) {
        char *next;
        assert_int_equal(site_free_slug(f->writer, &f->arena, "Wohnhaus", &next, NULL), ERR_NONE);
        snprintf(slug, sizeof slug, i ? "wohnhaus-%d" : "wohnhaus", i + 1);
        assert_string_equal(next, slug);
        struct site site = sample(next);
        assert_int_equal(site_save(f->writer, &site, &tester, NULL, NULL), ERR_NONE);
    }
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static int64_t found(struct fixture *f, const char *query)
{
    struct site_cards cards;
    int64_t total;
    assert_int_equal(search_sites(f->reader, &f->arena, "vi", query, 10, 0, &cards, &total, NULL), ERR_NONE);
    assert_int_equal((int64_t)cards.count, total);
    return total;
}

static void search_is_blind_to_marks_and_safe(void **state)
{
    struct fixture *f = *state;
    struct site site = sample("dinh");
    site.id = save(f, &site, ERR_NONE, NULL);
    static const char *const good[] = {"đình bình thủy", "Dinh Binh Thuy", "BÌNH THUỶ", "binh thu", "hoà",
                                       "communal house", "lich su"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(found(f, good[i]), 1);
    static const char *const none[] = {"",  "   ",   "\"",       "title:dinh OR", "xyz",
                                       "*", "NEAR(", "dinh xyz", "\xff\xfe"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(found(f, none[i]), 0);
    site.version = 1;
    site.state = "withdrawn";
    save(f, &site, ERR_NONE, NULL);
    assert_int_equal(found(f, "dinh"), 0);
    site.version = 2;
    site.state = "published";
    site.text_count = 1; // the English text goes, and with it what it was found by
    save(f, &site, ERR_NONE, NULL);
    assert_int_equal(found(f, "communal"), 0);
    assert_int_equal(found(f, "dinh"), 1);
}

static void lists_filter_and_know_what_is_near(void **state)
{
    struct fixture *f = *state;
    struct site a = sample("a"), b = sample("b"), far = sample("far"), draft = sample("draft");
    b.kind.key = "tomb";
    b.area.key = "can-tho";
    b.lat += 0.001;
    far.lat += 1;
    draft.state = "draft";
    a.id = save(f, &a, ERR_NONE, NULL);
    save(f, &b, ERR_NONE, NULL);
    save(f, &far, ERR_NONE, NULL);
    save(f, &draft, ERR_NONE, NULL);
    struct site_cards cards;
    int64_t count;
    assert_int_equal(site_count(f->reader, NULL, &count, NULL), ERR_NONE);
    assert_int_equal(count, 3);
    assert_int_equal(site_count(f->reader, &(struct site_filter){.kind = "tomb"}, &count, NULL), ERR_NONE);
    assert_int_equal(count, 1);
    assert_int_equal(site_count(f->reader, &(struct site_filter){.area = "can-tho"}, &count, NULL), ERR_NONE);
    assert_int_equal(count, 3); // with the areas inside it
    assert_int_equal(site_list(f->reader, &f->arena, "en", NULL, 10, 1, &cards, NULL), ERR_NONE);
    assert_int_equal(cards.count, 2);
    assert_string_equal(cards.items[0].lang, "en");
    assert_int_equal(site_list_near(f->reader, &f->arena, "vi", &a, 5000, 5, &cards, NULL), ERR_NONE);
    assert_int_equal(cards.count, 1);
    assert_string_equal(cards.items[0].slug, "b");
    double d = site_distance_m(a.lat, a.lon, cards.items[0].lat, cards.items[0].lon);
    assert_true(d > 110 && d < 112);
    struct terms terms;
    assert_int_equal(term_counts(f->reader, &f->arena, "kind", &terms, NULL), ERR_NONE);
    assert_int_equal(terms.count, 2);
    assert_int_equal(terms.items[0].count, 2);
}

// In order of distance, whatever the order they were written in; the farthest give way.
static void the_nearest_come_first(void **state)
{
    struct fixture *f = *state;
    static const double north[] = {0.003, 0.001, 0.004, 0.002}; // degrees
    static const char *const slugs[] = {"c", "a", "d", "b"};
    struct site here = sample("here");
    struct site_cards cards;
    here.id = save(f, &here, ERR_NONE, NULL);
    for (size_t i = 0; i < 4; i++) {
        struct site site = sample(slugs[i]);
        site.lat += north[i];
        save(f, &site, ERR_NONE, NULL);
    }
    for (int limit = 1; limit <= 5; limit++) {
        assert_int_equal(site_list_near(f->reader, &f->arena, "vi", &here, 5000, limit, &cards, NULL),
                         ERR_NONE);
        assert_int_equal(cards.count, limit < 4 ? limit : 4);
        for (size_t i = 0; i < cards.count; i++)
            assert_string_equal(cards.items[i].slug, ((const char *[]){"a", "b", "c", "d"})[i]);
    }
    assert_int_equal(site_list_near(f->reader, &f->arena, "vi", &here, 250, 4, &cards, NULL), ERR_NONE);
    assert_int_equal(cards.count, 2);
}

static void cards_speak_the_original_language_where_they_must(void **state)
{
    struct fixture *f = *state;
    struct site site = sample("a");
    struct site_card small;
    struct site_cards cards;
    site.id = save(f, &site, ERR_NONE, NULL);
    assert_int_equal(site_small_card(f->reader, &f->arena, "en", site.id, &small, NULL), ERR_NONE);
    assert_string_equal(small.lang, "en");
    assert_string_equal(small.title, "Bình Thủy Communal House");
    assert_string_equal(small.kind, "pagoda");
    assert_null(small.summary);
    assert_null(small.cover_thumb);
    assert_int_equal(site_small_card(f->reader, &f->arena, "km", site.id, &small, NULL), ERR_NONE);
    assert_string_equal(small.lang, "vi");
    assert_string_equal(small.title, "Đình Bình Thủy");
    assert_int_equal(site_list(f->reader, &f->arena, "km", NULL, 10, 0, &cards, NULL), ERR_NONE);
    assert_string_equal(cards.items[0].lang, "vi");
    assert_string_equal(cards.items[0].title, "Đình Bình Thủy");
    assert_string_equal(cards.items[0].summary, "Ngôi đình cổ.");
    assert_string_equal(cards.items[0].area, "ninh-kieu");
    assert_int_equal(site_small_card(f->reader, &f->arena, "vi", site.id + 1, &small, NULL), ERR_NOT_FOUND);
}

static void a_term_in_use_is_merged_not_deleted(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("a");
    int64_t id = save(f, &site, ERR_NONE, NULL), kind = 0, sites = 0;
    struct term_uses uses;
    const char *from = site.kind.key;
    const struct term other = {.key = "other", .labels = "{\"vi\":\"Khác\"}"};
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(term_save(f->writer, "kind", &other, 9, NULL, &p), ERR_NONE);
    assert_int_equal(term_find(f->writer, "kind", from, &kind, &p), ERR_NONE);
    assert_int_equal(term_uses(f->writer, kind, &uses, &p), ERR_NONE);
    assert_int_equal(uses.sites, 1);
    assert_int_equal(term_delete(f->writer, "kind", from, &p), ERR_CONFLICT);
    assert_int_equal(term_merge(f->writer, "kind", from, from, &tester, &sites, &p), ERR_INVALID);
    assert_int_equal(term_merge(f->writer, "kind", from, "none", &tester, &sites, &p), ERR_NOT_FOUND);
    assert_int_equal(term_merge(f->writer, "kind", from, "other", &tester, &sites, &p), ERR_NONE);
    assert_int_equal(sites, 1);
    assert_int_equal(term_find(f->writer, "kind", from, &kind, &p), ERR_NONE);
    assert_int_equal(kind, 0);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    struct site got;
    assert_int_equal(site_load(f->reader, &f->arena, id, &got, &p), ERR_NONE);
    assert_string_equal(got.kind.key, "other");
    assert_int_equal(got.version, 2);
    site_clear(&got);
}

static void languages_are_set_as_a_list(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    const char *tags[] = {"km", "vi"};
    struct languages got;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(setting_set_languages(f->writer, &(struct languages){tags, 2}, &p), ERR_NONE);
    assert_int_equal(setting_set_languages(f->writer, &(struct languages){tags, 0}, &p), ERR_INVALID);
    assert_int_equal(setting_set_languages(f->writer, &(struct languages){tags, 1}, &p), ERR_NONE);
    assert_int_equal(setting_languages(f->writer, &f->arena, &got, &p), ERR_NONE);
    assert_int_equal(got.count, 1);
    assert_string_equal(got.tags[0], "km");
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static void plates_keep_their_code_and_history(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("a"), other = sample("b");
    struct plate plate = {.site_id = save(f, &site, ERR_NONE, NULL), .state = "planned"}, got;
    int64_t other_id = save(f, &other, ERR_NONE, NULL);
    char code[CODE_SIZE];
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(plate_add(f->writer, &plate, &tester, code, &p), ERR_NONE);
    assert_true(code_is_valid(code));
    memcpy(plate.code, code, CODE_SIZE);
    assert_int_equal(plate_add(f->writer, &plate, &tester, NULL, &p), ERR_EXISTS);
    plate.site_id = other_id;
    plate.state = "retired";
    assert_int_equal(plate_update(f->writer, &plate, &tester, &p), ERR_NONE);
    plate.state = "installed";
    assert_int_equal(plate_update(f->writer, &plate, &tester, &p), ERR_DENIED);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(plate_load(f->reader, &f->arena, code, &got, &p), ERR_NONE);
    assert_string_equal(got.state, "retired");
    assert_string_equal(got.site_slug, "b");
    assert_string_equal(got.target_state, "published");
    assert_int_equal(plate_load(f->reader, &f->arena, "00000000", &got, &p), ERR_NOT_FOUND);
    struct plate_events events;
    struct plate_target target;
    assert_int_equal(plate_history(f->reader, &f->arena, code, &events, &p), ERR_NONE);
    assert_int_equal(events.count, 3);
    assert_string_equal(events.items[0].event, "re-pointed");
    assert_non_null(strstr(events.items[1].detail, "\"to\":\"retired\""));
    assert_string_equal(events.items[2].event, "made");
    assert_null(events.items[2].account);
    assert_int_equal(plate_history(f->reader, &f->arena, "00000000", &events, &p), ERR_NONE);
    assert_int_equal(events.count, 0);
    assert_int_equal(plate_target_load(f->reader, &f->arena, other_id, 0, &target, &p), ERR_NONE);
    assert_string_equal(target.slug, "b");
    assert_false(target.is_tour);
    assert_int_equal(plate_target_load(f->reader, &f->arena, 0, 77, &target, &p), ERR_NOT_FOUND);
}

static void scans_are_counted_and_survive_a_busy_store(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site site = sample("a");
    struct plate plate = {.site_id = save(f, &site, ERR_NONE, NULL), .state = "installed"};
    char code[CODE_SIZE];
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(plate_add(f->writer, &plate, &tester, code, &p), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    struct scan_counter *counter = scan_counter_new();
    for (int i = 0; i < 1000; i++)
        scan_count(counter, code, i % 2 ? "vi" : "en", SCAN_PERSON, 7200 + i * 36);
    scan_count(counter, "zzzzzzzz", "vi", SCAN_PERSON, 0); // a plate that does not exist
    assert_int_equal(scan_waiting(counter), 1001);
    struct store *reading = NULL;
    struct store_options options = {.folder = f->folder, .read_only = true};
    assert_int_equal(store_open(&options, &reading, &p), ERR_NONE);
    assert_int_equal(scan_flush(counter, reading, &p), ERR_DENIED);
    store_close(reading);
    assert_int_equal(scan_waiting(counter), 1001); // nothing lost
    assert_int_equal(scan_flush(counter, f->store, &p), ERR_NONE);
    assert_int_equal(scan_waiting(counter), 0);
    scan_count(counter, code, "vi", SCAN_PERSON, 7200);
    assert_int_equal(scan_flush(counter, f->store, &p), ERR_NONE);
    struct scan_days days; // 1,000 scans from 02:00 to 12:00 UTC, one more at 02:00
    assert_int_equal(scan_days_of(f->reader, &f->arena, code, 0, &days, &p), ERR_NONE);
    assert_int_equal(days.count, 2);
    assert_string_equal(days.items[0].lang, "en");
    assert_int_equal(days.items[0].count, 500);
    assert_int_equal(days.items[1].count, 501);
    assert_int_equal(scan_days_of(f->reader, &f->arena, code, 14, &days, &p), ERR_NONE);
    assert_int_equal(days.count, 4); // from 10:00 UTC on it is tomorrow there
    assert_int_equal(days.items[2].day, 1);
    struct query *q = query_start(f->reader, SQL_SCANS_OF_PLATE);
    query_bind_text(q, 1, code);
    query_bind_text(q, 2, "person");
    int64_t count;
    assert_int_equal(query_number(q, 0, &count, NULL), ERR_NONE);
    assert_int_equal(count, 1001);
    scan_counter_free(counter);
}

static void agents_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(scan_classify(NULL), SCAN_BOT);
    assert_int_equal(scan_classify("Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/99 Mobile"),
                     SCAN_PERSON);
    assert_int_equal(scan_classify("Mozilla/5.0 (compatible; Googlebot/2.1)"), SCAN_BOT);
    assert_int_equal(scan_classify("facebookexternalhit/1.1"), SCAN_PREVIEW);
}

static void tours_keep_their_order(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct site a = sample("a"), b = sample("b");
    int64_t a_id = save(f, &a, ERR_NONE, NULL);
    save(f, &b, ERR_NONE, NULL);
    const char *stops[] = {"b", "a", "nowhere"};
    struct tour tour = {.slug = "walk",
                        .state = "published",
                        .titles = "{\"vi\":\"Dạo\"}",
                        .stops = stops,
                        .stop_count = 3},
                got;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(tour_save(f->writer, &tour, &tester, NULL, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "nowhere");
    store_rollback(f->store);
    tour.stop_count = 2;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(tour_save(f->writer, &tour, &tester, NULL, &p), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(tour_load_by_slug(f->reader, &f->arena, "walk", &got, &p), ERR_NONE);
    assert_int_equal(got.stop_count, 2);
    assert_string_equal(got.stops[0], "b");
    struct tours tours;
    assert_int_equal(tour_list_of_site(f->reader, &f->arena, a_id, &tours, &p), ERR_NONE);
    assert_int_equal(tours.count, 1);
    struct site_cards cards;
    assert_int_equal(site_list_of_tour(f->reader, &f->arena, "vi", got.id, &cards, &p), ERR_NONE);
    assert_string_equal(cards.items[1].slug, "a");
    int64_t *ids;
    size_t count;
    assert_int_equal(site_ids_of_tour(f->reader, &f->arena, got.id, &ids, &count, &p), ERR_NONE);
    assert_int_equal(count, 2);
    assert_int_equal(ids[1], a_id);
    a.id = a_id;
    a.version = 1;
    a.state = "withdrawn";
    save(f, &a, ERR_NONE, NULL);
    assert_int_equal(site_ids_of_tour(f->reader, &f->arena, got.id, &ids, &count, &p), ERR_NONE);
    assert_int_equal(count, 1);
}

static void media_are_kept_under_their_hash(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct media media, got;
    char path[96];
    snprintf(path, sizeof path, "%s/x.png", f->folder);
    static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\x90\0\0\0\xC8\x08\x02\0\0\0";
    assert_int_equal(file_write_atomic(path, png, sizeof png - 1, &p), ERR_NONE);
    assert_int_equal(media_keep(f->store, path, &f->arena, &media, &p), ERR_NONE);
    assert_int_equal(media_keep(f->store, path, &f->arena, &media, &p), ERR_NONE); // again: no harm
    assert_string_equal(media.mime, "image/png");
    assert_int_equal(media.width, 400);
    assert_int_equal(media.height, 200);
    cleanup_buf struct buf bytes = BUF_INIT;
    assert_int_equal(file_read(media_path(f->store, &f->arena, media.sha256), 1000, &bytes, &p), ERR_NONE);
    assert_memory_equal(bytes.data, png, sizeof png - 1);
    struct site site = sample("a");
    struct site_media use = {.sha256 = media.sha256, .focus_x = -1, .alt = "{\"vi\":\"Cổng\"}"};
    site.media = &use;
    site.media_count = 1;
    save(f, &site, ERR_INVALID, &p); // not in the store yet
    assert_problem(p, ERR_INVALID, "not in the store");
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(media_add(f->writer, &media, &p), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    save(f, &site, ERR_NONE, &p);
    assert_int_equal(media_load(f->reader, &f->arena, media.sha256, &got, &p), ERR_NONE);
    assert_true(got.shown);
    assert_int_equal(file_write_atomic(path, "<svg></svg>", 11, &p), ERR_NONE);
    assert_int_equal(media_keep(f->store, path, &f->arena, &media, &p), ERR_UNSUPPORTED);
}

// One of each name; their files are not looked at here.
static void set_variants(struct fixture *f, const char *sha256, const char *const *names, size_t count)
{
    struct media_variant items[4] = {{.name = NULL}};
    for (size_t i = 0; i < count; i++)
        items[i] = (struct media_variant){
            .name = names[i], .file = sha256, .mime = "image/jpeg", .bytes = 9, .width = 320, .height = 640};
    struct media_facts facts = {.width = 200, .height = 400, .variants = {items, count}};
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(media_set_facts(f->writer, sha256, &facts, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static const char *cover_thumb(struct fixture *f)
{
    struct site_cards cards;
    assert_int_equal(site_list(f->reader, &f->arena, "vi", NULL, 10, 0, &cards, NULL), ERR_NONE);
    assert_int_equal(cards.count, 1);
    return cards.items[0].cover_thumb;
}

static void variants_are_known_by_name_and_focus(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct media media = {
        .media_class = "image", .mime = "image/jpeg", .bytes = 9, .width = 400, .height = 200};
    hash_bytes("x", 1, media.sha256);
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(media_add(f->writer, &media, &p), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    struct site site = sample("a");
    struct site_media use = {.sha256 = media.sha256, .focus_x = 0.125, .focus_y = 0.995};
    site.media = &use;
    site.media_count = 1;
    save(f, &site, ERR_NONE, &p);
    char name[MEDIA_THUMB_NAME_SIZE];
    media_thumb_name(use.focus_x, use.focus_y, name);
    assert_string_equal(name, "thumb-13-100");

    struct media_unmade *unmade;
    size_t count = 0;
    assert_null(cover_thumb(f));
    assert_int_equal(media_list_unmade(f->reader, &f->arena, &unmade, &count, &p), ERR_NONE);
    assert_int_equal(count, 1);
    assert_float_equal(unmade[0].focus_y, 0.995, 1e-9);
    set_variants(f, media.sha256, (const char *const[]){"320.jpg", "thumb.jpg"}, 2);
    assert_string_equal(cover_thumb(f), "thumb"); // better than none
    assert_int_equal(media_list_unmade(f->reader, &f->arena, &unmade, &count, &p), ERR_NONE);
    assert_int_equal(count, 1);
    set_variants(f, media.sha256, (const char *const[]){"thumb-13-100.jpg", "thumb.jpg"}, 2);
    assert_string_equal(cover_thumb(f), "thumb-13-100");
    assert_int_equal(media_list_unmade(f->reader, &f->arena, &unmade, &count, &p), ERR_NONE);
    assert_int_equal(count, 0);

    struct media got;
    struct media_variants all;
    struct media_variant one;
    assert_int_equal(media_load(f->reader, &f->arena, media.sha256, &got, &p), ERR_NONE);
    assert_int_equal(got.height, 400); // upright
    assert_int_equal(media_variants_load(f->reader, &f->arena, media.sha256, &all, &p), ERR_NONE);
    assert_int_equal(all.count, 3);
    assert_int_equal(media_variant_load(f->reader, &f->arena, media.sha256, "320.jpg", &one, &p), ERR_NONE);
    assert_string_equal(one.file, media.sha256);
    assert_int_equal(media_variant_load(f->reader, &f->arena, media.sha256, "1920.jpg", &one, &p),
                     ERR_NOT_FOUND);
}

static void a_term_cannot_lie_in_itself(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(term_set_parent(f->writer, "area", "can-tho", "ninh-kieu", &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "circle");
    assert_int_equal(term_set_parent(f->writer, "area", "can-tho", "nowhere", &p), ERR_INVALID);
    store_rollback(f->store);
}

static void a_new_collection_can_take_a_site_of_any_usual_kind(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    assert_int_equal(store_begin(f->store, &f->writer, NULL), ERR_NONE);
    assert_int_equal(starter_fill(f->writer, &p), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);

    struct languages languages;
    assert_int_equal(setting_languages(f->reader, &f->arena, &languages, &p), ERR_NONE);
    assert_int_equal(languages.count, 2);
    assert_string_equal(languages.tags[0], "vi");
    static const size_t counts[] = {13, 4, 3};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct terms terms;
        assert_int_equal(term_list(f->reader, &f->arena, term_schemes[i], &terms, &p), ERR_NONE);
        assert_int_equal(terms.count, counts[i]);
        for (size_t j = 0; j < terms.count; j++) {
            json_t *labels = json_loads(terms.items[j].labels, 0, NULL);
            assert_non_null(json_object_get(labels, "vi"));
            assert_non_null(json_object_get(labels, "en"));
            json_decref(labels);
        }
    }
    struct site site = sample("dinh-lang-em");
    site.kind.key = "communal-house";
    site.category.key = "history";
    site.rank.key = "national";
    save(f, &site, ERR_NONE, &p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_site_is_kept_as_it_was_given, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_save_from_the_same_version_is_a_conflict, setup, teardown),
        cmocka_unit_test_setup_teardown(an_old_slug_stays_with_its_site, setup, teardown),
        cmocka_unit_test_setup_teardown(free_slugs_are_found_among_many, setup, teardown),
        cmocka_unit_test_setup_teardown(search_is_blind_to_marks_and_safe, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_filter_and_know_what_is_near, setup, teardown),
        cmocka_unit_test_setup_teardown(the_nearest_come_first, setup, teardown),
        cmocka_unit_test_setup_teardown(cards_speak_the_original_language_where_they_must, setup, teardown),
        cmocka_unit_test_setup_teardown(plates_keep_their_code_and_history, setup, teardown),
        cmocka_unit_test_setup_teardown(a_term_in_use_is_merged_not_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(languages_are_set_as_a_list, setup, teardown),
        cmocka_unit_test_setup_teardown(scans_are_counted_and_survive_a_busy_store, setup, teardown),
        cmocka_unit_test(agents_are_told_apart),
        cmocka_unit_test_setup_teardown(tours_keep_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(media_are_kept_under_their_hash, setup, teardown),
        cmocka_unit_test_setup_teardown(variants_are_known_by_name_and_focus, setup, teardown),
        cmocka_unit_test_setup_teardown(a_term_cannot_lie_in_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_collection_can_take_a_site_of_any_usual_kind, setup, teardown),
    };
    return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
