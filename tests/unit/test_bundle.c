// Bundles: the sample lands whole and comes back byte for byte; what is wrong is named and leaves nothing.
#include "content/exchange/exchange.h"

#include "content/media.h"
#include "content/plate.h"
#include "content/term.h"
#include "content/tour.h"
#include "tests/unit/exchange_fixture.h"

static const char *sample(struct fixture *f)
{
    const char *root = getenv("STELE_SOURCE_ROOT");
    return arena_printf(&f->arena, "%s/content/sample", root ? root : ".");
}

static void must_export(struct fixture *f, struct store *store, const char *rel)
{
    struct problem p = PROBLEM_INIT;
    if (exchange_export(store, fixture_path(f, rel), NULL, &p))
        fail_msg("%s", p.text);
}

// The whole state of two stores: every site as a document, with its media; tours, plates and terms are
// compared by the exports.
static void expect_same_sites(struct fixture *f, struct store *a, struct store *b)
{
    struct connection *x, *y;
    int64_t *ids, *other_ids;
    size_t count, other_count;
    assert_int_equal(store_reader(a, &x, NULL), ERR_NONE);
    assert_int_equal(store_reader(b, &y, NULL), ERR_NONE);
    assert_int_equal(site_all_ids(x, &f->arena, &ids, &count, NULL), ERR_NONE);
    assert_int_equal(site_all_ids(y, &f->arena, &other_ids, &other_count, NULL), ERR_NONE);
    assert_int_equal(count, other_count);
    for (size_t i = 0; i < count; i++) {
        struct site s = {0}, t = {0};
        assert_int_equal(site_load(x, &f->arena, ids[i], &s, NULL), ERR_NONE);
        assert_int_equal(site_load(y, &f->arena, other_ids[i], &t, NULL), ERR_NONE);
        json_t *one = site_to_json(&s, true), *two = site_to_json(&t, true);
        if (!json_equal(one, two))
            fail_msg("%s differs:\n%s\n%s", s.slug, json_dumps(one, JSON_SORT_KEYS),
                     json_dumps(two, JSON_SORT_KEYS));
        json_decref(one);
        json_decref(two);
        site_clear(&s);
        site_clear(&t);
    }
}

// Export of the fixture's store, import of that into a new one, export of the new one: same bytes, same
// state.
static void expect_round_trip(struct fixture *f)
{
    must_export(f, f->store, "one");
    struct store *first = f->store;
    f->store = fixture_open_store(f, "other");
    fixture_must_import(f, "one", (struct exchange_options){0});
    expect_same_sites(f, first, f->store);
    must_export(f, f->store, "two");
    assert_int_equal(fixture_compare_trees(fixture_path(f, "one"), fixture_path(f, "two")), 0);
    store_close(first);
}

static void sample_lands_and_comes_back(void **state)
{
    struct fixture *f = *state;
    fixture_must_import(f, sample(f), (struct exchange_options){0});
    assert_true(f->report.landed);
    assert_string_equal(f->report.format, "bundle");
    assert_int_equal(f->report.sites.added, 26);
    assert_int_equal(f->report.tours.added, 2);
    assert_int_equal(f->report.plates.added, 28);
    assert_int_equal(fixture_site_count(f), 26);
    for (size_t i = 0; i < f->report.notes.count; i++)
        fail_msg("the sample has a blemish: %s", f->report.notes.items[i].text);

    struct site site = {0};
    fixture_load(f, "dinh-binh-thuy", &site);
    assert_string_equal(site_text(&site, "vi")->title, "Đình Bình Thủy");
    assert_string_equal(site_text(&site, "en")->title, "Bình Thủy Communal House");
    assert_memory_equal(site_text(&site, "vi")->body, "## Cái tên", strlen("## Cái tên"));
    assert_string_equal(site.kind.key, "communal-house");
    assert_string_equal(site.state, "published");
    assert_string_equal(site.original, "vi");
    assert_true(site.has_position && site.lat == 10.07273);
    site_clear(&site);
    expect_round_trip(f);
}

static void second_import_changes_nothing(void **state)
{
    struct fixture *f = *state;
    fixture_must_import(f, sample(f), (struct exchange_options){0});
    uint64_t version = fixture_version(f);
    fixture_must_import(f, sample(f), (struct exchange_options){0});
    assert_false(f->report.landed);
    assert_int_equal(f->report.sites.unchanged, 26);
    assert_int_equal(f->report.tours.unchanged, 2);
    assert_int_equal(f->report.plates.unchanged, 28);
    assert_int_equal(f->report.sites.added + f->report.sites.changed, 0);
    assert_true(fixture_version(f) == version);
}

// --- small bundles

#define HEAD                                                                                                 \
    "{\"format\":\"stele-bundle\",\"version\":1,\"languages\":[\"vi\",\"en\"],\"name\":{\"vi\":\"Thử\"}}"
#define TERMS                                                                                                \
    "{\"kind\":[{\"key\":\"pagoda\",\"labels\":{\"vi\":\"Chùa\"}}],"                                        \
    "\"area\":[{\"key\":\"a\",\"labels\":{\"vi\":\"A\"}},{\"key\":\"b\",\"labels\":{\"vi\":\"B\"},"          \
    "\"parent\":\"a\"}]}"

static void write_frame(struct fixture *f)
{
    fixture_write(f, "b/bundle.json", HEAD);
    fixture_write(f, "b/terms.json", TERMS);
}

static void write_site(struct fixture *f, const char *slug, const char *json, const char *text)
{
    fixture_write(f, arena_printf(&f->arena, "b/sites/%s/site.json", slug), json);
    fixture_write(f, arena_printf(&f->arena, "b/sites/%s/vi.md", slug), text);
}

// The smallest PNG that says what it is: one pixel.
static const unsigned char png[] = {
    0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,    13,  'I',  'H',  'D',  'R',  0,
    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,    0,    0,   0x3a, 0x7e, 0x9b, 0x55, 0,
    0,    0,    10,   'I',  'D',  'A',  'T',  0x78, 0x9c, 0x63, 0x60, 0,   0,    0,    2,    0,    1,
    0x48, 0xaf, 0xa4, 0x71, 0,    0,    0,    0,    'I',  'E',  'N',  'D', 0xae, 0x42, 0x60, 0x82};

static void full_site_with_media_comes_back(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(
        f, "chua-a",
        "{\"key\":\"CT-1\",\"kind\":\"pagoda\",\"area\":\"b\",\"state\":\"withdrawn\",\"original\":\"en\","
        "\"position\":{\"lat\":10,\"lon\":105.123456789012,\"accuracy_m\":5},"
        "\"texts\":{\"vi\":{\"origin\":\"machine\",\"from\":\"en\",\"stale\":true}},"
        "\"sources\":[{\"id\":\"s\",\"title\":\"T\"}],"
        "\"facts\":[{\"label\":{\"vi\":\"L\"},\"value\":{\"vi\":\"V\"},\"sources\":[\"s\"]}],"
        "\"media\":[{\"file\":\"media/mặt tiền.png\",\"alt\":{\"vi\":\"Mặt tiền\"},\"focus\":[0.25,0.5],"
        "\"taken\":\"1915~\"},{\"file\":\"media/b.png\"}]}",
        "# Chùa A\r\n\r\n1\\. Dòng một \\\\* \\*\r\ndòng hai\r\n\r\n> lời\n\n\n");
    fixture_write(f, "b/sites/chua-a/en.md",
                  "\xef\xbb\xbf# Pagoda A\n\n<!-- no summary -->\n\nA body without summary.\n");
    fixture_write_bytes(f, "b/sites/chua-a/media/mặt tiền.png", png, sizeof png);
    fixture_write_bytes(f, "b/sites/chua-a/media/b.png", png, sizeof png);
    write_site(f, "chua-b", "{\"kind\":\"pagoda\"}",
               "# Chu\xcc\x80"
               "a B\n\n- mục\n");
    fixture_write(f, "b/tours/t.json",
                  "{\"titles\":{\"vi\":\"T\"},\"stops\":[\"chua-b\",\"chua-a\"],\"state\":\"draft\"}");
    fixture_write(
        f, "b/plates.csv",
        "code,site,tour,state,place,reason,lat,lon\n"
        "pzv8wgxy,chua-a,,retired,\"Cổng, trái\",\"Hỏng\nhẳn\",10.5,105.25\n1npvvrgp,,t,planned,,,,\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.media, 2);

    struct site site = {0};
    fixture_load(f, "chua-a", &site);
    assert_string_equal(site_text(&site, "vi")->summary, "1. Dòng một \\* * dòng hai");
    assert_string_equal(site_text(&site, "vi")->body, "> lời");
    assert_string_equal(site_text(&site, "en")->summary, "");
    assert_string_equal(site_text(&site, "en")->body, "A body without summary.");
    assert_int_equal(site_text(&site, "vi")->origin, TEXT_MACHINE);
    assert_int_equal(site.media_count, 2);
    assert_string_equal(site.media[0].file, "media/mặt tiền.png");
    assert_int_equal(site.media[0].bytes, sizeof png);
    char *kept = media_path(f->store, &f->arena, site.media[0].sha256);
    assert_int_equal(access(kept, R_OK), 0);
    site_clear(&site);
    fixture_load(f, "chua-b", &site);
    assert_string_equal(site.texts[0].title, "Chùa B"); // Form C
    assert_string_equal(site.texts[0].body, "- mục");
    site_clear(&site);

    struct plate plate;
    assert_int_equal(plate_load(fixture_reader(f), &f->arena, "pzv8wgxy", &plate, NULL), ERR_NONE);
    assert_string_equal(plate.place, "Cổng, trái");
    assert_string_equal(plate.reason, "Hỏng\nhẳn");
    assert_true(plate.has_position && plate.lat == 10.5 && plate.lon == 105.25);
    expect_round_trip(f);
}

static void import_replaces_what_is_there(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "chua-a", "{\"kind\":\"pagoda\",\"key\":\"K\"}", "# A\n\nTóm tắt.\n");
    fixture_write(f, "b/sites/chua-a/en.md", "# A in English\n");
    write_site(f, "chua-b", "{\"kind\":\"pagoda\"}", "# B\n");
    fixture_must_import(f, "b", (struct exchange_options){0});

    // another slug, found by its key; one text gone; the other site is not touched
    assert_int_equal(file_remove_tree(fixture_path(f, "b/sites/chua-a"), NULL), ERR_NONE);
    write_site(f, "chua-moi", "{\"kind\":\"pagoda\",\"key\":\"K\"}", "# A mới\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.sites.changed, 1);
    assert_int_equal(f->report.sites.unchanged, 1);
    assert_int_equal(fixture_site_count(f), 2);
    struct site site = {0};
    fixture_load(f, "chua-moi", &site);
    assert_int_equal(site.version, 2);
    assert_int_equal(site.text_count, 1);
    int64_t id;
    assert_int_equal(site_find_by_old_slug(fixture_reader(f), "chua-a", &id, NULL), ERR_NONE);
    assert_true(id == site.id);
    site_clear(&site);

    // a bundle without the key leaves it
    write_site(f, "chua-moi", "{\"kind\":\"pagoda\"}", "# A mới\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.sites.unchanged, 2);

    // the slug of a site with another key
    write_site(f, "chua-moi", "{\"kind\":\"pagoda\",\"key\":\"K2\"}", "# A mới\n");
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(
        f, "sites/chua-moi/site.json:1: the slug “chua-moi” is that of a site with the key “K”");
}

#define TRANSLATED(more)                                                                                     \
    "{\"kind\":\"pagoda\",\"texts\":{\"en\":{\"origin\":\"translated\",\"from\":\"vi\"" more "}}}"

static void expect_source(struct fixture *f, const char *slug, bool stale, int64_t version)
{
    struct site site = {0};
    fixture_load(f, slug, &site);
    const struct site_text *text = site_text(&site, "en");
    assert_int_equal(text->origin, TEXT_TRANSLATED);
    assert_int_equal(text->stale, stale);
    assert_int_equal(text->source_version, version);
    site_clear(&site);
}

// Which translations are behind their originals survives, and from when on is known as far as it can be.
static void translations_stay_behind_or_up_to_date(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "fresh", TRANSLATED(""), "# Mới\n");
    fixture_write(f, "b/sites/fresh/en.md", "# New\n");
    write_site(f, "behind", TRANSLATED(",\"stale\":true"), "# Đã đổi\n");
    fixture_write(f, "b/sites/behind/en.md", "# Old\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "fresh", false, 1);
    expect_source(f, "behind", true, 0); // of a version that is not kept here
    write_site(f, "fresh", TRANSLATED(",\"stale\":true"), "# Mới hơn\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "fresh", true, 1);
    write_site(f, "fresh", TRANSLATED(",\"stale\":true"), "# Mới hơn nữa\n");
    write_site(f, "behind", TRANSLATED(""), "# Đã đổi\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "fresh", true, 1);  // still
    expect_source(f, "behind", true, 0); // silence changes nothing
    write_site(f, "behind", TRANSLATED(",\"stale\":false"), "# Đã đổi\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "behind", false, 2);
    fixture_write(f, "b/sites/fresh/en.md", "# Newer still\n");
    write_site(f, "fresh", TRANSLATED(""), "# Mới hơn nữa\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "fresh", false, 4);
    write_site(f, "behind", TRANSLATED(",\"stale\":true"), "# Đổi nữa\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "behind", true, 2);
    expect_round_trip(f);
    expect_source(f, "fresh", false, 1);
    expect_source(f, "behind", true, 0);
}

// A bundle that changes an original and says nothing of its translation has forgotten it.
static void translations_fall_behind_originals_that_change_alone(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "a", TRANSLATED(""), "# Một\n");
    fixture_write(f, "b/sites/a/en.md", "# One\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "a", false, 1);
    write_site(f, "a", TRANSLATED(""), "# Hai\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "a", true, 1);
    fixture_must_import(f, "b", (struct exchange_options){0}); // again: nothing is new
    assert_int_equal(f->report.sites.unchanged, 1);
    expect_source(f, "a", true, 1);
    fixture_write(f, "b/sites/a/en.md", "# Two\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "a", false, 3);
    write_site(f, "a", TRANSLATED(""), "# Ba\n"); // both at once
    fixture_write(f, "b/sites/a/en.md", "# Three\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "a", false, 4);
    write_site(f, "a", TRANSLATED(",\"stale\":false"), "# Ba.\n"); // who says so has looked
    fixture_must_import(f, "b", (struct exchange_options){0});
    expect_source(f, "a", false, 4);
}

static void bin_a_site(struct fixture *f, const char *slug)
{
    struct connection *w;
    struct site site = {0};
    struct actor actor = {.name = "test"};
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(site_load_by_slug(w, &f->arena, slug, &site, NULL), ERR_NONE);
    site.state = "binned";
    assert_int_equal(site_save(w, &site, &actor, NULL, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    site_clear(&site);
}

static void sites_come_back_out_of_the_bin(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "a", "{\"kind\":\"pagoda\",\"state\":\"draft\"}", "# A\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    bin_a_site(f, "a");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.sites.changed, 1);
    assert_int_equal(f->report.sites.returned, 1);
    struct site site = {0};
    fixture_load(f, "a", &site);
    assert_string_equal(site.state, "draft");
    site_clear(&site);
}

static void terms_and_languages_are_updated(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "a", "{\"kind\":\"pagoda\",\"area\":\"b\"}", "# A\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.terms_added, 3);
    // "a" now lies in "b", which was the other way round; "pagoda" gets another label
    fixture_write(f, "b/terms.json",
                  "{\"kind\":[{\"key\":\"pagoda\",\"labels\":{\"vi\":\"Ngôi chùa\"},\"picture\":\"pagoda\"}],"
                  "\"area\":[{\"key\":\"a\",\"labels\":{\"vi\":\"A\"},\"parent\":\"b\"},{\"key\":\"b\","
                  "\"labels\":{\"vi\":\"B\"}}]}");
    fixture_write(f, "b/bundle.json",
                  "{\"format\":\"stele-bundle\",\"version\":1,\"languages\":[\"vi\",\"km\"],\"name\":{\"vi\":"
                  "\"Khác\"}}");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_true(f->report.landed);
    struct terms terms;
    assert_int_equal(term_list(fixture_reader(f), &f->arena, "area", &terms, NULL), ERR_NONE);
    assert_string_equal(terms.items[0].parent, "b");
    assert_null(terms.items[1].parent);
    struct languages languages;
    assert_int_equal(setting_languages(fixture_reader(f), &f->arena, &languages, NULL), ERR_NONE);
    assert_int_equal(languages.count, 3);
    assert_string_equal(languages.tags[1], "km");
    assert_string_equal(languages.tags[2], "en");
    assert_int_equal(f->report.notes.count, 1);
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_false(f->report.landed);
}

static void every_problem_is_named_and_nothing_lands(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "b/bundle.json", HEAD);
    fixture_write(f, "b/terms.json",
                  "{\"kind\":[\n{\"key\":\"pagoda\",\"labels\":{\"vi\":\"Chùa\"}},\n"
                  "{\"key\":\"pagoda\",\"labels\":{\"vi\":\"Chùa\"},\n\"parent\":\"none\"}]}");
    write_site(f, "good", "{\"kind\":\"pagoda\"}", "# Good\n");
    write_site(f, "syntax", "{\n\"kind\": \"pagoda\"\n\"area\": 1}", "# S\n");
    write_site(f, "twice", "{\"kind\":\"pagoda\",\n\"kind\":\"pagoda\"}", "# S\n");
    write_site(
        f, "members",
        "{\n\"kind\":\"pagoda\",\n\"colour\":1,\n\"periods\":[{\"when\":\"1909\",\"label\":{\"vi\":\"x\"}},\n"
        "{\"when\":\"yesterday\",\"label\":{\"vi\":\"x\"}}],\n\"position\":{\"lat\":100,\"lon\":1}}",
        "# S\n");
    write_site(f, "facts",
               "{\"kind\":\"pagoda\",\n\"facts\":[{\"label\":{\"vi\":\"L\"},\"value\":{\"vi\":\"V\"},"
               "\n\"sources\":[\"nobody\"]}]}",
               "# S\n");
    write_site(f, "untitled", "{\"kind\":\"pagoda\"}", "No title here.\n");
    write_site(f, "latin1", "{\"kind\":\"pagoda\"}", "# S\n\nD\xe9j\xe0 vu\n");
    write_site(f, "foreign", "{\"kind\":\"pagoda\"}", "# S\n");
    fixture_write(f, "b/sites/foreign/de.md", "# S\n");
    write_site(f, "no-text", "{\"kind\":\"pagoda\",\"texts\":{\"en\":{\"origin\":\"machine\"}}}", "# S\n");
    write_site(f, "Bad-Name", "{\"kind\":\"pagoda\"}", "# S\n");
    write_site(f, "key-1", "{\"kind\":\"pagoda\",\"key\":\"same\"}", "# S\n");
    write_site(f, "key-2", "{\"kind\":\"pagoda\",\"key\":\"same\"}", "# S\n");
    write_site(f, "lost-media",
               "{\"kind\":\"pagoda\",\"media\":[{\"file\":\"media/x.jpg\"},\n{\"file\":\"media/../../"
               "x.jpg\"},\n{\"file\":\"media/text.jpg\"}]}",
               "# S\n");
    fixture_write(f, "b/sites/lost-media/media/text.jpg", "<svg></svg>");
    fixture_write(f, "b/sites/stray-file", "");
    fixture_write(f, "b/tours/t.json", "{\"titles\":{\"vi\":\"T\"},\"stops\":[\"good\",\"good\"]}");
    fixture_write(f, "b/plates.csv",
                  "code,site,tour,state,place,reason\nabc,good,,planned,,\npzv8wgxy,,,planned,,\n"
                  "pzv8wgxy,good,,hung,,\npzv8wgxy,good,,planned,,\npzv8wgxy,good,,planned,,\npzv8wgxx,good,,"
                  "planned,,\n");
    uint64_t version = fixture_version(f);
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    static const char *const expected[] = {
        "terms.json:3: “kind[1].key”: “pagoda” is in this vocabulary twice",
        "terms.json:4: “kind[1].parent”: “none” is not in this vocabulary",
        "sites/syntax/site.json:3:",
        "sites/twice/site.json:2:",
        "sites/members/site.json:3: “colour” is no member",
        "sites/members/site.json:5: ",
        "sites/members/site.json:6: ",
        "sites/facts/site.json:3: ",
        "sites/untitled/vi.md:1: the first line must be the title",
        "sites/latin1/vi.md:3: the text is not UTF-8",
        "sites/foreign/de.md: “de” is not among the languages",
        "sites/no-text/site.json:1: “texts.en” speaks of a text",
        "sites/Bad-Name: its name must be a slug",
        "sites/key-2/site.json:1: another site of the bundle has the key “same”",
        "sites/lost-media/site.json:1: media/x.jpg: it cannot be opened",
        "sites/lost-media/site.json:2: media/../../x.jpg: the file of a media entry must be",
        "sites/lost-media/site.json:3: media/text.jpg: it is no kind of media",
        "sites/stray-file: here must be a folder for each site",
        "tours/t.json:1: “stops[1]”: the tour stops at “good” twice",
        "plates.csv:2: code “abc” is no code",
        "plates.csv:3: a plate leads to one site or to one tour",
        "plates.csv:4: state “hung” must be planned",
        "plates.csv:6: the code pzv8wgxy stands in line 5 already",
        "plates.csv:7: code “pzv8wgxx” is no code",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        fixture_expect_problem(f, expected[i]);
    assert_int_equal(fixture_site_count(f), 0);
    assert_true(fixture_version(f) == version);
    assert_false(f->report.landed);
}

static void problems_of_the_store_are_named_too(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "good", "{\"kind\":\"pagoda\"}", "# Good\n");
    fixture_write(f, "b/plates.csv", "code,site\npzv8wgxy,good\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    uint64_t version = fixture_version(f);

    write_site(f, "more", "{\"kind\":\"pagoda\",\n\"rank\":\"none\"}", "# More\n");
    write_site(f, "third", "{\"kind\":\"castle\"}", "# Third\n");
    fixture_write(f, "b/plates.csv", "code,site,tour\npzv8wgxy,third,\n1npvvrgp,nowhere,\n4mc0gwdv,,none\n");
    fixture_write(f, "b/tours/t.json", "{\"titles\":{\"vi\":\"T\"},\n\"stops\":[\"good\",\n\"nowhere\"]}");
    for (int dry = 1; dry >= 0; dry--) {
        assert_int_equal(fixture_import_with(f, "b", (struct exchange_options){.dry_run = dry}), ERR_INVALID);
        fixture_expect_problem(f, "sites/more/site.json:2: there is no rank \"none\"");
        fixture_expect_problem(f, "sites/third/site.json:1: there is no kind \"castle\"");
        fixture_expect_problem(f, "plates.csv:2: site “third” is neither in the bundle nor in the store");
        fixture_expect_problem(f, "plates.csv:3: site “nowhere” is neither in the bundle nor in the store");
        fixture_expect_problem(f, "plates.csv:4: tour “none” is neither");
        fixture_expect_problem(f, "tours/t.json:3: ");
        assert_int_equal(f->report.problems.count, 6);
    }
    assert_int_equal(fixture_site_count(f), 1);
    assert_true(fixture_version(f) == version);
}

static void plates_are_never_re_pointed(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "one", "{\"kind\":\"pagoda\"}", "# One\n");
    write_site(f, "two", "{\"kind\":\"pagoda\"}", "# Two\n");
    fixture_write(f, "b/plates.csv", "code,site,state\npzv8wgxy,one,planned\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    fixture_write(f, "b/plates.csv", "code,site,state\npzv8wgxy,two,planned\n");
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(f,
                           "plates.csv:2: the plate pzv8wgxy leads to “one” in the store and to “two” here");
    fixture_write(f, "b/plates.csv", "code,site,state,place\nPZV8-WGXY,one,installed,Cổng\n");
    fixture_must_import(f, "b", (struct exchange_options){0});
    assert_int_equal(f->report.plates.changed, 1);
    fixture_write(f, "b/plates.csv", "code,site,colour\npzv8wgxy,one,red\n");
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(f, "plates.csv:1: no such columns are known here: \"colour\"");
}

static void dry_run_lands_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t version = fixture_version(f);
    write_frame(f);
    write_site(f, "chua-a", "{\"kind\":\"pagoda\",\"media\":[{\"file\":\"media/a.png\"}]}", "# A\n");
    fixture_write_bytes(f, "b/sites/chua-a/media/a.png", png, sizeof png);
    fixture_must_import(f, "b", (struct exchange_options){.dry_run = true});
    assert_int_equal(f->report.sites.added, 1);
    assert_false(f->report.landed);
    assert_int_equal(fixture_site_count(f), 0);
    assert_true(fixture_version(f) == version);
    assert_int_not_equal(access(fixture_path(f, "data/media/48"), F_OK), 0);
}

static void nothing_outside_the_folder_is_read(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "chua-a",
               "{\"kind\":\"pagoda\",\"media\":[{\"file\":\"media/a.png\"},{\"file\":\"media/b/a.png\"}]}",
               "# A\n");
    fixture_write_bytes(f, "outside/a.png", png, sizeof png);
    fixture_write(f, "outside/site.json", "{\"kind\":\"pagoda\"}");
    fixture_write(f, "outside/vi.md", "# Ngoài\n");
    assert_int_equal(mkdir(fixture_path(f, "b/sites/chua-a/media"), 0755), 0);
    assert_int_equal(symlink("../../../../outside/a.png", fixture_path(f, "b/sites/chua-a/media/a.png")), 0);
    assert_int_equal(symlink("../../outside", fixture_path(f, "b/sites/linked")), 0);
    assert_int_equal(symlink("../../../outside/vi.md", fixture_path(f, "b/sites/chua-a/en.md")), 0);
    assert_int_equal(symlink("../outside", fixture_path(f, "b/tours")), 0);
    assert_int_equal(mkfifo(fixture_path(f, "b/plates.csv"), 0600), 0);
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(f,
                           "sites/chua-a/site.json:1: media/a.png: it is, or lies behind, a symbolic link");
    fixture_expect_problem(f, "media/b/a.png: the file of a media entry must be");
    fixture_expect_problem(f, "sites/linked: here must be a folder for each site, and no symbolic link");
    fixture_expect_problem(f, "sites/chua-a/en.md: it is, or lies behind, a symbolic link");
    fixture_expect_problem(f, "tours: it is, or lies behind, a symbolic link");
    fixture_expect_problem(f, "plates.csv: it is, or lies behind, a symbolic link or no plain file");
    assert_int_equal(fixture_site_count(f), 0);
}

static void hostile_files_are_refused(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    size_t size = 5u << 20;
    char *big = malloc(size);
    memset(big, '[', size);
    fixture_write_bytes(f, "b/sites/big/site.json", big, size);
    fixture_write_bytes(f, "b/sites/deep/site.json", big, 100000);
    memset(big, 'a', size);
    write_site(f, "long", "{\"kind\":\"pagoda\"}", "# S\n");
    fixture_write_bytes(f, "b/sites/long/vi.md", big, size);
    free(big);
    write_site(f, "nul", "{\"kind\":\"pagoda\",\"key\":\"a\\u0000b\"}", "# S\n");
    fixture_write_bytes(f, "b/sites/nul/en.md", "# a\0b\n", 6);
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(f, "sites/big/site.json: it is larger than the limit");
    fixture_expect_problem(f, "sites/deep/site.json:1:");
    fixture_expect_problem(f, "sites/long/vi.md: it is larger than the limit");
    fixture_expect_problem(f, "sites/nul/site.json:1:");
}

static void bad_heads_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *json, *part;
    } rows[] = {
        {"[]", "bundle.json:1: the file must hold one JSON object"},
        {"{\"format\":\"other\",\"version\":1,\"languages\":[\"vi\"]}", "the format is “other”"},
        {"{\"format\":\"stele-bundle\",\n\"version\":2,\"languages\":[\"vi\"]}",
         "bundle.json:2: the bundle has version 2"},
        {"{\"format\":\"stele-bundle\",\"version\":1,\"languages\":[]}", "“languages” is empty"},
        {"{\"format\":\"stele-bundle\",\"version\":1}", "“languages” is missing"},
        {"{\"format\":\"stele-bundle\",\"version\":1,\"languages\":[\"VI\"]}", "bundle.json:1: "},
    };
    assert_int_equal(fixture_import(f, "nothing"), ERR_NOT_FOUND);
    fixture_expect_problem(f, "cannot open");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture_write(f, "b/bundle.json", rows[i].json);
        assert_int_equal(fixture_import(f, i % 2 ? "b" : "b/bundle.json"), ERR_INVALID);
        fixture_expect_problem(f, rows[i].part);
    }
    unlink(fixture_path(f, "b/bundle.json"));
    assert_int_equal(fixture_import(f, "b"), ERR_INVALID);
    fixture_expect_problem(f, "is no bundle: it holds no bundle.json; name the folder above sites/");
}

static void export_stays_in_its_folder_and_can_be_read(void **state)
{
    struct fixture *f = *state;
    write_frame(f);
    write_site(f, "chua-a", "{\"kind\":\"pagoda\",\"media\":[{\"file\":\"media/a.png\"}]}", "# A\n");
    write_site(f, "chua-b", "{\"kind\":\"pagoda\"}", "# B\n");
    fixture_write_bytes(f, "b/sites/chua-a/media/a.png", png, sizeof png);
    fixture_write(f, "b/tours/t.json", "{\"titles\":{\"vi\":\"T\"},\"stops\":[\"chua-b\",\"chua-a\"]}");
    fixture_write(f, "b/plates.csv", "code,site\npzv8wgxy,chua-b\n");
    fixture_must_import(f, "b", (struct exchange_options){0});

    // what only the desk could do: a hostile name of a file, no name, a language that is not set up, a site
    // in the bin
    struct connection *c;
    struct site site = {0}, binned = {0};
    fixture_load(f, "chua-a", &site);
    fixture_load(f, "chua-b", &binned);
    struct site_media media[3] = {site.media[0], site.media[0], site.media[0]};
    media[0].file = "media/../../../../escaped.png";
    media[1].file = "";
    site.media = media;
    site.media_count = 3;
    struct site_text texts[2] = {site.texts[0],
                                 {.lang = "zh-hant", .title = "廟", .summary = "", .body = ""}};
    site.texts = texts;
    site.text_count = 2;
    binned.state = "binned";
    assert_int_equal(store_begin(f->store, &c, NULL), ERR_NONE);
    assert_int_equal(site_save(c, &site, &(struct actor){.name = "test"}, NULL, NULL), ERR_NONE);
    assert_int_equal(site_save(c, &binned, &(struct actor){.name = "test"}, NULL, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    site_clear(&site);
    site_clear(&binned);

    size_t left_out = 0;
    assert_int_equal(exchange_export(f->store, fixture_path(f, "out"), &left_out, NULL), ERR_NONE);
    assert_int_equal(left_out, 1);
    assert_int_not_equal(access(fixture_path(f, "escaped.png"), F_OK), 0);
    assert_int_not_equal(access(fixture_path(f, "out/sites/chua-b"), F_OK), 0);
    struct store *first = f->store;
    f->store = fixture_open_store(f, "other");
    fixture_must_import(f, "out", (struct exchange_options){0});
    assert_int_equal(f->report.tours.added, 1);
    fixture_load(f, "chua-a", &site);
    assert_int_equal(site.media_count, 3);
    assert_string_equal(site.media[2].file, "media/a.png");
    assert_string_equal(site_text(&site, "zh-hant")->title, "廟");
    site_clear(&site);
    must_export(f, f->store, "again");
    assert_int_equal(fixture_compare_trees(fixture_path(f, "out"), fixture_path(f, "again")), 0);
    store_close(first);
}

static void export_leaves_what_is_there_alone(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    fixture_write(f, "full/file", "mine");
    assert_int_equal(exchange_export(f->store, fixture_path(f, "full"), NULL, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "name a new folder");
    assert_int_equal(exchange_export(f->store, fixture_path(f, "no/such/folder"), NULL, &p), ERR_NOT_FOUND);
    assert_int_equal(mkdir(fixture_path(f, "empty"), 0755), 0);
    assert_int_equal(exchange_export(f->store, fixture_path(f, "empty/"), NULL, &p), ERR_NONE);
    assert_int_equal(access(fixture_path(f, "empty/bundle.json"), R_OK), 0);

    // a missing media file: the export fails and leaves nothing
    write_frame(f);
    write_site(f, "chua-a", "{\"kind\":\"pagoda\",\"media\":[{\"file\":\"media/a.png\"}]}", "# A\n");
    fixture_write_bytes(f, "b/sites/chua-a/media/a.png", png, sizeof png);
    fixture_must_import(f, "b", (struct exchange_options){0});
    file_remove_tree(fixture_path(f, "data/media"), NULL);
    assert_int_equal(exchange_export(f->store, fixture_path(f, "gone/"), NULL, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "cannot open the media file");
    DIR *dir = opendir(f->folder);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strncmp(entry->d_name, "gone", 4) == 0)
            fail_msg("%s is left behind", entry->d_name);
    closedir(dir);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(sample_lands_and_comes_back),
        TEST(second_import_changes_nothing),
        TEST(full_site_with_media_comes_back),
        TEST(import_replaces_what_is_there),
        TEST(translations_stay_behind_or_up_to_date),
        TEST(translations_fall_behind_originals_that_change_alone),
        TEST(sites_come_back_out_of_the_bin),
        TEST(terms_and_languages_are_updated),
        TEST(every_problem_is_named_and_nothing_lands),
        TEST(problems_of_the_store_are_named_too),
        TEST(plates_are_never_re_pointed),
        TEST(dry_run_lands_nothing),
        TEST(nothing_outside_the_folder_is_read),
        TEST(hostile_files_are_refused),
        TEST(bad_heads_are_refused),
        TEST(export_stays_in_its_folder_and_can_be_read),
        TEST(export_leaves_what_is_there_alone),
    };
    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
