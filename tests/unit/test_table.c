// Tables: columns by their names, keys that make a second import an update, every bad row named; and a real
// register of 8,800 monuments.
#include "content/exchange/exchange.h"

#include "common/clock.h"
#include "content/term.h"
#include "tests/unit/exchange_fixture.h"

#define OPTIONS(...) ((struct exchange_options){__VA_ARGS__})

static const char *text_of(const struct site *site, const char *member, size_t index, const char *lang)
{
    const json_t *entry = json_array_get(json_object_get(site->details, member), index);
    return json_string_value(json_object_get(json_object_get(entry, "words"), lang));
}

static void vietnamese_table_lands(void **state)
{
    struct fixture *f = *state;
    fixture_write(
        f, "di-tich.csv",
        "Mã số;Tên di tích;Title EN;Loại hình;Quận/Huyện;Địa chỉ;Vĩ độ;Kinh độ;Xếp hạng;Ngày quyết định;"
        "Mô tả;Tên khác;Nguồn;Ghi chú\n"
        "CT-01;Đình Bình Thủy;Bình Thủy Communal House;Đình;Bình Thủy;Phường Bình Thủy;10,07273;105,752467;"
        "Cấp quốc gia;05/9/1989;Ngôi đình bên rạch.;\"Long Tuyền cổ miếu; Đình thần\";Sở Văn hóa;x\n"
        "CT-02;Chùa Ông;;Hội quán;Ninh Kiều;32 Hai Bà Trưng;10°2'3\" Bắc;105°47'19\" Đông;;1993;;;;\n");
    fixture_must_import(f, "di-tich.csv", OPTIONS(.lang = "vi"));
    assert_string_equal(f->report.format, "csv");
    assert_string_equal(f->report.encoding, "UTF-8");
    assert_int_equal(f->report.delimiter, ';');
    assert_int_equal(f->report.sites.added, 2);
    assert_int_equal(f->report.terms_added, 2 + 2 + 1);
    assert_string_equal(f->report.columns_unused.data, "\"Title EN\", \"Ghi chú\""); // "en" is not set up

    struct site site = {0};
    fixture_load(f, "dinh-binh-thuy", &site);
    assert_string_equal(site.key, "CT-01");
    assert_string_equal(site.state, "draft");
    assert_string_equal(site.kind.key, "dinh");
    assert_string_equal(site.area.key, "binh-thuy");
    assert_string_equal(site.rank.key, "cap-quoc-gia");
    assert_true(site.has_position && site.lat == 10.07273 && site.lon == 105.752467);
    assert_string_equal(site.texts[0].summary, "Ngôi đình bên rạch.");
    assert_string_equal(text_of(&site, "addresses", 0, "vi"), "Phường Bình Thủy");
    const json_t *names = json_object_get(json_object_get(site.details, "names"), "vi");
    assert_int_equal(json_array_size(names), 2);
    assert_string_equal(json_string_value(json_array_get(names, 1)), "Đình thần");
    const json_t *decision = json_object_get(site.details, "decision");
    assert_string_equal(json_string_value(json_object_get(decision, "date")), "1989-09-05");
    site_clear(&site);
}

static void languages_have_columns_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct connection *c;
    assert_int_equal(store_begin(f->store, &c, NULL), ERR_NONE);
    assert_int_equal(setting_add_language(c, "vi", 0, NULL), ERR_NONE);
    assert_int_equal(setting_add_language(c, "en", 1, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    fixture_write(f, "a.csv",
                  "id,title_vi,title_en,summary_en,body_en,address,address_en,published\n"
                  "1,Chùa Ông,Ông Pagoda,\"Short\n text\",\"## One\n\nTwo\",Phố A,A street,x\n"
                  "2,Chùa Bà,,,,,,\n");
    fixture_must_import(f, "a.csv", OPTIONS(.state = "published", .key_prefix = "hội/"));
    struct site site = {0};
    fixture_load(f, "chua-ong", &site);
    assert_string_equal(site.key, "hội/1");
    assert_string_equal(site.state, "published");
    assert_string_equal(site_text(&site, "en")->title, "Ông Pagoda");
    assert_string_equal(site_text(&site, "en")->summary, "Short text");
    assert_string_equal(site_text(&site, "en")->body, "## One\n\nTwo");
    assert_string_equal(text_of(&site, "addresses", 0, "vi"), "Phố A");
    assert_string_equal(text_of(&site, "addresses", 0, "en"), "A street");
    assert_string_equal(site.kind.key, "other");
    site_clear(&site);
    fixture_load(f, "chua-ba", &site);
    assert_int_equal(site.text_count, 1);
    site_clear(&site);
    // a title that is missing in the second language only
    fixture_write(f, "b.csv", "id,title,summary_en\n3,Chùa C,Words\n");
    assert_int_equal(fixture_import(f, "b.csv"), ERR_INVALID);
    fixture_expect_problem(f, "b.csv:2:2: column \"title\": the title in “en” is missing");
}

static void second_import_updates(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.csv",
                  "id,name,kind,lat,lon,place\n7,Chùa A,Chùa,10.5,105.5,Ninh Kiều\n8,Chùa B,Chùa,,,\n");
    fixture_must_import(f, "a.csv", OPTIONS(.state = "published"));
    uint64_t version = fixture_version(f);
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.unchanged, 2);
    assert_false(f->report.landed);
    assert_true(fixture_version(f) == version);

    // one title changes, empty cells change nothing, the column that is gone neither
    fixture_write(f, "a.csv", "id,name,lat,lon\n7,Chùa A lớn,,\n8,Chùa B,10.25,105.25\n9,Chùa C,,\n");
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.changed, 2);
    assert_int_equal(f->report.sites.added, 1);
    struct site site = {0};
    fixture_load(f, "chua-a", &site);
    assert_string_equal(site.texts[0].title, "Chùa A lớn");
    assert_string_equal(site.state, "published");
    assert_string_equal(site.kind.key, "chua");
    assert_true(site.has_position && site.lat == 10.5);
    assert_int_equal(site.version, 2);
    site_clear(&site);
}

static void translate(struct fixture *f, const char *slug)
{
    struct connection *w;
    struct site site = {0};
    struct actor actor = {.name = "test"};
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(site_load_by_slug(w, &f->arena, slug, &site, NULL), ERR_NONE);
    for (size_t i = 0; i < site.text_count; i++)
        if (strcmp(site.texts[i].lang, "en") == 0) {
            site.texts[i].origin = TEXT_TRANSLATED;
            site.texts[i].source_version = site.version;
        }
    assert_int_equal(site_save(w, &site, &actor, NULL, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    site_clear(&site);
}

static void expect_stale(struct fixture *f, const char *slug, bool stale)
{
    struct site site = {0};
    fixture_load(f, slug, &site);
    assert_int_equal(site_text(&site, "en")->stale, stale);
    site_clear(&site);
}

static void a_translation_falls_behind_an_original_that_changes_alone(void **state)
{
    struct fixture *f = *state;
    struct connection *c;
    assert_int_equal(store_begin(f->store, &c, NULL), ERR_NONE);
    assert_int_equal(setting_add_language(c, "vi", 0, NULL), ERR_NONE);
    assert_int_equal(setting_add_language(c, "en", 1, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    fixture_write(f, "a.csv", "id,title,title_en,summary,lat,lon\n1,Chùa,Pagoda,Cũ,,\n2,Đình,Hall,Cũ,,\n");
    fixture_must_import(f, "a.csv", OPTIONS(.lang = "vi"));
    translate(f, "chua");
    translate(f, "dinh");
    fixture_write(f, "a.csv", "id,title,summary,lat,lon\n1,Chùa,Mới,,\n2,Đình,,10.5,105.5\n");
    fixture_must_import(f, "a.csv", OPTIONS(.lang = "vi"));
    assert_int_equal(f->report.sites.changed, 2);
    expect_stale(f, "chua", true);
    expect_stale(f, "dinh", false); // its words are the same
    fixture_must_import(f, "a.csv", OPTIONS(.lang = "vi"));
    assert_int_equal(f->report.sites.unchanged, 2);
    expect_stale(f, "chua", true);
}

static void keys_are_made_where_there_is_none(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.csv", "name,place\nHouse,A\nHouse,B\n");
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(fixture_site_count(f), 2);
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.unchanged, 2);
    struct site site = {0};
    fixture_load(f, "house-b", &site);
    assert_string_equal(site.area.key, "b");
    site_clear(&site);
    fixture_write(f, "a.csv", "name,place\nHouse,A\n HOUSE,a\n");
    assert_int_equal(fixture_import(f, "a.csv"), ERR_INVALID);
    fixture_expect_problem(f, "a.csv:3:1: column \"name\": title, place and address are those of line 2");
}

static void expect_key(struct fixture *f, const char *slug, const char *key)
{
    struct site site = {0};
    fixture_load(f, slug, &site);
    if (key)
        assert_string_equal(site.key, key);
    else
        assert_null(site.key);
    site_clear(&site);
}

static void without_a_key_the_slug_finds_the_site(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.csv", "key,slug,name\none,house,House\n,two,Two\nthree,three-old,Three\n");
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.added, 3);
    expect_key(f, "two", NULL); // the slug is no number of a register
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.unchanged, 3);
    // a key that is another's slug means the one that has it as key
    fixture_write(f, "b.csv", "key,slug,name\ntwo,four,Four\n,two,Two\n,house,House\n");
    fixture_must_import(f, "b.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.added, 1);
    assert_int_equal(f->report.sites.unchanged, 2);
    fixture_must_import(f, "b.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.unchanged, 3);
    expect_key(f, "house", "one");
    // by slug alone too, and by one that it had
    fixture_write(f, "c.csv", "key,slug,name\nthree,three-new,Three\n");
    fixture_must_import(f, "c.csv", OPTIONS(0));
    fixture_write(f, "d.csv", "slug,name\nhouse,Other\nthree-old,Three\n");
    fixture_must_import(f, "d.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.changed, 2);
    assert_int_equal(fixture_site_count(f), 4);
    fixture_write(f, "e.csv", "key,slug,name\none,house,Other\n,house,Other\n,two,Two\n,two,Two\n");
    assert_int_equal(fixture_import(f, "e.csv"), ERR_INVALID);
    fixture_expect_problem(f, "e.csv:3:2: column \"slug\": the site is that of line 2 too");
    fixture_expect_problem(f, "e.csv:5:2: column \"slug\": the site is that of line 4 too");
}

static void every_bad_row_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.csv",
                  "id,Tên,lat,lon,state,quyết định,ngày quyết định,url,area\n"
                  "1,Tốt,10,105,,,,,A\n"
                  "2,,10,105,,,,,\n"
                  "3,Ba,105.7,10.1,,,,,\n"
                  "4,Bốn,10,,,,,,\n"
                  "5,Năm,hai,105,,,,,\n"
                  "6,Sáu,10,105,ready,,,,\n"
                  "7,Bảy,10,105,,,30/2/1990,,\n"
                  "8,Tám,10,105,,,,ftp://x,\n"
                  "1,Lại,10,105,,,,,\n"
                  ",Không mã,10,105,,,,,\n"
                  "11,Thiếu\n"
                  "12,Biển,0,0,,,,,\n"
                  "13,Khu,10,105,,,,,***\n"
                  "14,Tốt nữa,10,105,,,,,C\n");
    uint64_t version = fixture_version(f);
    assert_int_equal(fixture_import(f, "a.csv"), ERR_INVALID);
    static const char *const expected[] = {
        "a.csv:3:2: column \"Tên\": the title in “vi” is missing",
        ("a.csv:4:3: column \"lat\": “105.7” is no latitude: it must be from -90 to 90; latitude and "
         "longitude look swapped"),
        "a.csv:5:4: column \"lon\": the longitude is missing",
        "a.csv:6:3: column \"lat\": “hai” is no latitude",
        "a.csv:7:5: column \"state\": ",
        ("a.csv:8:7: column \"ngày quyết định\": “30/2/1990” is no date: write 21/6/1993, 6/1993, 1909, "
         "about "
         "1846 or 1878–1886"),
        "a.csv:9:8: column \"url\": “ftp://x” is no address",
        "a.csv:10:1: column \"id\": the key is that of line 2 too",
        "a.csv:11:1: column \"id\": the key is missing",
        "a.csv:12:",
        "a.csv:13:3: column \"lat\": the position 0, 0",
        "a.csv:14:9: column \"area\": “***” names no area",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        fixture_expect_problem(f, expected[i]);
    assert_int_equal(f->report.problems.count, sizeof expected / sizeof *expected);
    assert_int_equal(f->report.sites.bad, 12);
    assert_int_equal(f->report.sites.read, 14);
    assert_int_equal(fixture_site_count(f), 0);
    assert_true(fixture_version(f) == version);

    fixture_must_import(f, "a.csv", OPTIONS(.skip_bad = true, .dry_run = true));
    assert_int_equal(f->report.sites.added, 2);
    assert_int_equal(fixture_site_count(f), 0);
    fixture_must_import(f, "a.csv", OPTIONS(.skip_bad = true));
    assert_int_equal(f->report.sites.added, 2);
    assert_int_equal(f->report.problems.count, 12);
    assert_int_equal(fixture_site_count(f), 2);
    struct terms terms;
    assert_int_equal(term_list(fixture_reader(f), &f->arena, "area", &terms, NULL), ERR_NONE);
    assert_int_equal(terms.count, 2); // none of a bad row
}

static void what_makes_no_sense_is_refused_at_once(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.csv", "nr,bez,b\n1,Haus,54\n");
    assert_int_equal(fixture_import(f, "a.csv"), ERR_INVALID);
    fixture_expect_problem(f, "a.csv: no column holds the title; name it with --map title=COLUMN. "
                              "The columns are \"nr\", \"bez\", \"b\"");
    assert_int_equal(fixture_import_with(f, "a.csv", OPTIONS(.mapping = "title=bez,lat=b")), ERR_INVALID);
    fixture_expect_problem(f, "none for the longitude");
    assert_int_equal(fixture_import_with(f, "a.csv", OPTIONS(.mapping = "title=nothing")), ERR_INVALID);
    assert_int_equal(fixture_import_with(f, "a.csv", OPTIONS(.mapping = "title=bez", .lang = "de")),
                     ERR_INVALID);
    fixture_expect_problem(f, "the language “de” is not set up (there are: vi)");
    assert_int_equal(fixture_import_with(f, "a.csv", OPTIONS(.mapping = "title=bez", .state = "open")),
                     ERR_INVALID);
    fixture_expect_problem(f, "“open” is no state");
    fixture_write(f, "empty.csv", "");
    assert_int_equal(fixture_import(f, "empty.csv"), ERR_INVALID);
    fixture_expect_problem(f, "empty.csv");
    fixture_write(f, "mixed.csv",
                  "id,name\n1,Chùa\n2,Stra\xdf"
                  "e\n");
    assert_int_equal(fixture_import(f, "mixed.csv"), ERR_INVALID);
    fixture_expect_problem(f, "mixed.csv: Line 3 is not UTF-8");
    assert_int_equal(fixture_import(f, "none.csv"), ERR_NOT_FOUND);
    fixture_expect_problem(f, "cannot open");
    assert_int_equal(fixture_site_count(f), 0);

    fixture_must_import(f, "a.csv", OPTIONS(.mapping = "title=bez", .lang = "de", .add_language = true));
    assert_int_equal(f->report.languages_added, 1);
    struct languages languages;
    assert_int_equal(setting_languages(fixture_reader(f), &f->arena, &languages, NULL), ERR_NONE);
    assert_string_equal(languages.tags[languages.count - 1], "de");
}

static void dates_are_read_as_people_write_them(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *given, *date; // NULL: refused
    } rows[] = {{"21/6/1993", "1993-06-21"},
                {"1.12.2004", "2004-12-01"},
                {"05-09-1989", "1989-09-05"},
                {"6/1993", "1993-06"},
                {"khoảng 1850", "1850~"},
                {"năm 1907", "1907"},
                {"1878–1886", "1878/1886"},
                {"1878/1886", "1878/1886"},
                {"1846~", "1846~"},
                {"1989", "1989"},
                {"1993-06", "1993-06"},
                {"187X", "187X"},
                {"21", NULL},
                {"31/4/1990", NULL},
                {"21/6", NULL},
                {"1/13/1990", NULL},
                {"21/6/93", NULL},
                {"21/6/1993 AD", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture_write(f, "a.csv", arena_printf(&f->arena, "id,title,decision_date\n1,A,%s\n", rows[i].given));
        enum err e = fixture_import(f, "a.csv");
        if ((e == ERR_NONE) != (rows[i].date != NULL))
            fail_msg("%s: %s", rows[i].given, err_name(e));
        if (e)
            continue;
        struct site site = {0};
        fixture_load(f, "a", &site);
        assert_string_equal(
            json_string_value(json_object_get(json_object_get(site.details, "decision"), "date")),
            rows[i].date);
        site_clear(&site);
    }
}

static void other_encodings_are_read(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "latin.csv",
                  "id;Titel;Ort\r\n1;Gro\xdf"
                  "e Stra\xdf"
                  "e;D\xfc"
                  "ren\r\n");
    fixture_must_import(f, "latin.csv", OPTIONS(0));
    assert_string_equal(f->report.encoding, "windows-1252");
    struct site site = {0};
    fixture_load(f, "grosse-strasse", &site);
    assert_string_equal(site.texts[0].title, "Große Straße");
    site_clear(&site);
    static const char utf16[] = "\xff\xfei\0d\0,\0t\0i\0t\0l\0e\0\n\0"
                                "2\0,\0\x10\x01\0\0";
    fixture_write_bytes(f, "wide.csv", utf16, sizeof utf16 - 3);
    fixture_must_import(f, "wide.csv", OPTIONS(0));
    fixture_load(f, "d", &site);
    assert_string_equal(site.texts[0].title, "Đ");
    site_clear(&site);
}

static void long_descriptions_become_bodies(void **state)
{
    struct fixture *f = *state;
    struct buf csv = BUF_INIT;
    buf_append_str(&csv, "id,title,description\n1,One,\"First sentence ends. ");
    for (int i = 0; i < 60; i++)
        buf_append_str(&csv, "*word* in 12. Jh ");
    buf_append_str(&csv, "\"\n2,Two,\"");
    for (int i = 0; i < 60; i++)
        buf_append_str(&csv, "đường phố ");
    buf_append_str(&csv, "\"\n");
    fixture_write(f, "a.csv", csv.data);
    buf_free(&csv);
    fixture_must_import(f, "a.csv", OPTIONS(0));
    struct site site = {0};
    fixture_load(f, "one", &site);
    assert_string_equal(site.texts[0].summary, "First sentence ends.");
    assert_memory_equal(site.texts[0].body, "\\*word\\* in 12. Jh", 18);
    site_clear(&site);
    fixture_load(f, "two", &site);
    size_t len = strlen(site.texts[0].summary);
    assert_string_equal(site.texts[0].summary + len - 3, "…");
    assert_memory_equal(site.texts[0].body, "đường phố", strlen("đường phố"));
    site_clear(&site);
}

static void terms_are_found_by_key_and_label(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "b/bundle.json",
                  "{\"format\":\"stele-bundle\",\"version\":1,\"languages\":[\"vi\",\"en\"]}");
    fixture_write(
        f, "b/terms.json",
        "{\"kind\":[{\"key\":\"communal-house\",\"labels\":{\"vi\":\"Đình\",\"en\":\"Communal house\"}}]}");
    fixture_must_import(f, "b", OPTIONS(0));
    fixture_write(f, "a.csv",
                  "id,title,kind\n1,A,DINH\n2,B,communal "
                  "house\n3,C,communal-house\n4,D,Đền\n5,E,ល្ខោន\n6,F,ផ្សារ\n7,G,ល្ខោន\n");
    fixture_must_import(f, "a.csv", OPTIONS(0));
    assert_int_equal(f->report.terms_added, 3);
    static const struct {
        const char *slug, *kind;
    } rows[] = {{"a", "communal-house"},
                {"b", "communal-house"},
                {"c", "communal-house"},
                {"d", "den"},
                {"e", "kind"},
                {"f", "kind-2"},
                {"g", "kind"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct site site = {0};
        fixture_load(f, rows[i].slug, &site);
        assert_string_equal(site.kind.key, rows[i].kind);
        site_clear(&site);
    }
}

// Letters of Vietnamese have up to three bytes: what is told is letters.
static void lengths_are_counted_in_characters(void **state)
{
    struct fixture *f = *state;
    cleanup_buf struct buf text = BUF_INIT, longer = BUF_INIT;
    buf_append_str(&text, "id,title,kind\n");
    for (int i = 0; i < 66; i++)
        buf_append_str(&text, "ạ");
    buf_append_str(&text, ",A,");
    for (int i = 0; i < 100; i++)
        buf_append_str(&text, "đền");
    buf_append(&longer, text.data, text.len);
    fixture_write_bytes(f, "fits.csv", text.data, text.len);
    fixture_must_import(f, "fits.csv", OPTIONS(0));
    assert_int_equal(f->report.sites.added, 1);
    buf_append_str(&longer, "s\nạ");
    for (int i = 0; i < 200; i++)
        buf_append_str(&longer, "ạ");
    buf_append_str(&longer, ",B,đền\n");
    fixture_write_bytes(f, "long.csv", longer.data, longer.len);
    assert_int_equal(fixture_import(f, "long.csv"), ERR_INVALID);
    assert_int_equal(f->report.problems.count, 2);
    fixture_expect_problem(f, "the kind has more than 300 characters");
    fixture_expect_problem(f, "the key is too long: there is room for its first 66 characters");
}

// As many rows as the largest register that is at hand has; the speed is measured by `./dev bench import`.
static void a_large_register_lands(void **state)
{
    enum { ROWS = 8800, GENEROUS_MS = 60000 };
    struct fixture *f = *state;
    cleanup_buf struct buf text = BUF_INIT;
    buf_append_str(&text, "id,name,kind,description,address,postcode,place,district,lat,lon\n");
    for (int i = 0; i < ROWS; i++)
        buf_printf(
            &text,
            "%d,Gasthof %d,Bauliche Anlage,Erbaut %d,Dorfstraße %d,25%03d,Ort %d,Kreis %d,%d.%04d,9.%04d\n",
            i + 1, i, 1500 + i % 450, i % 90 + 1, i % 1000, i % 700, i % 15, 53 + i % 2, i % 10000,
            (i * 7) % 10000);
    assert_false(text.failed);
    fixture_write_bytes(f, "large.csv", text.data, text.len);
    struct exchange_options options = OPTIONS(.lang = "de", .add_language = true, .key_prefix = "r:");
    int64_t begin = clock_monotonic_ms();
    fixture_must_import(f, "large.csv", options);
    assert_in_range(clock_monotonic_ms() - begin, 0, GENEROUS_MS);
    assert_int_equal(f->report.sites.added, ROWS);
    assert_int_equal(f->report.sites.bad, 0);
    assert_int_equal(fixture_site_count(f), ROWS);
    fixture_must_import(f, "large.csv", options);
    assert_int_equal(f->report.sites.unchanged, ROWS);
    assert_false(f->report.landed);
}

static void a_real_register_lands(void **state)
{
    struct fixture *f = *state;
    const char *folder = getenv("STELE_DATA_DIR");
    char *path = arena_printf(&f->arena, "%s/schleswig-holstein-monuments.csv", folder ? folder : "");
    if (!folder || access(path, R_OK) < 0) {
        print_message("left out: set STELE_DATA_DIR to the folder with schleswig-holstein-monuments.csv\n");
        skip();
    }
    struct exchange_options options = OPTIONS(.lang = "de", .add_language = true, .key_prefix = "sh:");
    fixture_must_import(f, path, options);
    assert_int_equal(f->report.sites.added, 8800);
    assert_int_equal(f->report.sites.bad, 0);
    assert_int_equal(f->report.columns_unused.len, 0);
    assert_int_equal(fixture_site_count(f), 8800);
    int64_t id;
    assert_int_equal(site_find_by_key(fixture_reader(f), "sh:464", &id, NULL), ERR_NONE);
    struct site site = {0};
    assert_int_equal(site_load(fixture_reader(f), &f->arena, id, &site, NULL), ERR_NONE);
    assert_string_equal(site.texts[0].title, "Villa");
    assert_string_equal(site.area.key, "kreis-dithmarschen");
    assert_string_equal(text_of(&site, "addresses", 0, "de"), "Bahnhofstraße 16, 25767 Albersdorf");
    assert_true(site.lat == 54.1457512);
    site_clear(&site);

    fixture_must_import(f, path, options);
    assert_int_equal(f->report.sites.unchanged, 8800);
    assert_false(f->report.landed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(vietnamese_table_lands),
        TEST(languages_have_columns_of_their_own),
        TEST(second_import_updates),
        TEST(a_translation_falls_behind_an_original_that_changes_alone),
        TEST(keys_are_made_where_there_is_none),
        TEST(without_a_key_the_slug_finds_the_site),
        TEST(every_bad_row_is_named),
        TEST(what_makes_no_sense_is_refused_at_once),
        TEST(dates_are_read_as_people_write_them),
        TEST(other_encodings_are_read),
        TEST(long_descriptions_become_bodies),
        TEST(terms_are_found_by_key_and_label),
        TEST(lengths_are_counted_in_characters),
        TEST(a_large_register_lands),
        TEST(a_real_register_lands),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
