// GeoJSON: features, their properties and geometries.
#include "content/exchange/exchange.h"

#include <math.h>

#include "tests/unit/exchange_fixture.h"

#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(id, properties, geometry)                                                                    \
    "{\"type\":\"Feature\",\"id\":" id ",\"properties\":{" properties "},\"geometry\":" geometry "}"
#define POINT "{\"type\":\"Point\",\"coordinates\":[105.75,10.5,3]}"

static void expect_position(struct fixture *f, const char *slug, double lat, double lon)
{
    struct site site = {0};
    fixture_load(f, slug, &site);
    assert_true(site.has_position);
    if (fabs(site.lat - lat) > 1e-9 || fabs(site.lon - lon) > 1e-9)
        fail_msg("%s lies at %.12g, %.12g", slug, site.lat, site.lon);
    site_clear(&site);
}

static void dates_are_read_as_people_write_them(void **state)
{
    struct fixture *f = *state;
    struct site site = {0};
    fixture_write(f, "a.geojson",
                  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":\"1\","
                  "\"geometry\":null,\"properties\":{\"name\":\"A\",\"ngày quyết định\":\"6/1993\"}}]}");
    fixture_must_import(f, "a.geojson", (struct exchange_options){0});
    fixture_load(f, "a", &site);
    assert_string_equal(json_string_value(json_object_get(json_object_get(site.details, "decision"), "date")),
                        "1993-06");
    site_clear(&site);
}

static void features_become_sites(void **state)
{
    struct fixture *f = *state;
    fixture_write(
        f, "a.geojson",
        "\xef\xbb\xbf{\"features\":[\n" FEATURE(
            "17",
            "\"Tên\":\"Chu\xcc\x80"
            "a A\",\"Loại\":\"Chùa\",\"x\":{\"y\":1}",
            POINT) ",\n" FEATURE("\"w/2\"", "\"Tên\":\"Ô\",\"cao\":2.5",
                                 "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,2],[0,2],["
                                 "0,0]]]}") ",\n" FEATURE("3", "\"Tên\":\"Hai\"",
                                                          "{\"type\":\"MultiPolygon\","
                                                          "\"coordinates\":[[[[0,0],[1,0],[1,1],[0,"
                                                          "1],[0,0]]],"
                                                          "[[[10,20],[10,24],[14,24],[14,20],[10,"
                                                          "20]]]]}") ",\n" FEATURE("4",
                                                                                   "\"Tên\":"
                                                                                   "\"Không\"",
                                                                                   "null") ","
                                                                                           "\n" FEATURE(
                                                                                               "5",
                                                                                               "\"Tê"
                                                                                               "n\":"
                                                                                               "\"Mộ"
                                                                                               "t\"",
                                                                                               "{\"t"
                                                                                               "ype"
                                                                                               "\":"
                                                                                               "\"Mu"
                                                                                               "ltiP"
                                                                                               "oint"
                                                                                               "\","
                                                                                               "\"co"
                                                                                               "ordi"
                                                                                               "nate"
                                                                                               "s\":"
                                                                                               "[[1,"
                                                                                               "2]]"
                                                                                               "}") "],"
                                                                                                    "\n\"crs"
                                                                                                    "\":null,"
                                                                                                    "\"type\""
                                                                                                    ":\"Featu"
                                                                                                    "reCollec"
                                                                                                    "tion\"}"
                                                                                                    "\n");
    fixture_must_import(f, "a.geojson", (struct exchange_options){.key_prefix = "osm:"});
    assert_string_equal(f->report.format, "geojson");
    assert_int_equal(f->report.sites.added, 5);
    assert_string_equal(f->report.columns_unused.data, "\"x\", \"cao\"");
    expect_position(f, "chua-a", 10.5, 105.75);
    expect_position(f, "o", 1, 2);
    expect_position(f, "hai", 22, 12);
    expect_position(f, "mot", 2, 1);
    struct site site = {0};
    fixture_load(f, "chua-a", &site);
    assert_string_equal(site.texts[0].title, "Chùa A");
    assert_string_equal(site.key, "osm:17");
    assert_string_equal(site.kind.key, "chua");
    site_clear(&site);
    fixture_load(f, "khong", &site);
    assert_false(site.has_position);
    site_clear(&site);
    fixture_must_import(f, "a.geojson", (struct exchange_options){.key_prefix = "osm:"});
    assert_int_equal(f->report.sites.unchanged, 5);
    assert_false(f->report.landed);
}

static void properties_are_mapped(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "a.json",
                  COLLECTION(FEATURE("null", "\"n\":12,\"title\":\"Not this\",\"ref\":7,\"b\":true", POINT)));
    fixture_must_import(f, "a.json", (struct exchange_options){.mapping = "title=n,key=ref,summary=b"});
    struct site site = {0};
    fixture_load(f, "12", &site);
    assert_string_equal(site.key, "7");
    assert_string_equal(site.texts[0].summary, "true");
    site_clear(&site);
}

static void bad_features_are_named(void **state)
{
    struct fixture *f = *state;
    fixture_write(
        f, "a.geojson",
        COLLECTION(
            "\n" FEATURE("1", "\"name\":\"Good\"", POINT) ",\n" FEATURE("2", "\"name\":\"Line\"", "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}") ",\n" FEATURE("3", "\"name\":\"Swapped\"", "{\"type\":\"Point\",\"coordinates\":[10.5,105.75]}") ",\n" FEATURE(
                "4", "\"name\":\"Text\"",
                "{\"type\":\"Point\","
                "\"coordinates\":[\"1\","
                "\"2\"]}") ",\n" FEATURE("5",
                                         "\"n"
                                         "ame"
                                         "\":"
                                         "[1"
                                         "]",
                                         POINT) ",\n" FEATURE("1", "\"name\":\"Again\"",
                                                              POINT) ",\n" FEATURE("7",
                                                                                   "\"kind\":\"Nameless\"",
                                                                                   POINT) ",\n" FEATURE("8",
                                                                                                        "\"na"
                                                                                                        "me\""
                                                                                                        ":\"E"
                                                                                                        "mpty"
                                                                                                        "\"",
                                                                                                        "{\"t"
                                                                                                        "ype"
                                                                                                        "\":"
                                                                                                        "\"Po"
                                                                                                        "lygo"
                                                                                                        "n\","
                                                                                                        "\"co"
                                                                                                        "ordi"
                                                                                                        "nate"
                                                                                                        "s\":"
                                                                                                        "[]"
                                                                                                        "}")));
    assert_int_equal(fixture_import(f, "a.geojson"), ERR_INVALID);
    static const char *const expected[] = {
        "a.geojson:3: a geometry of the type “LineString” has no position",
        "a.geojson:4: the position 105.75, 10.5 is not on the globe",
        "a.geojson:5: the coordinates of this Point",
        "a.geojson:6: the property \"name\" must be a text",
        "a.geojson:7: the key is that of line 2 too",
        "a.geojson:8:1: column \"name\": the title in “vi” is missing",
        "a.geojson:9: the coordinates of this Polygon",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        fixture_expect_problem(f, expected[i]);
    assert_int_equal(f->report.problems.count, sizeof expected / sizeof *expected);
    assert_int_equal(fixture_site_count(f), 0);
    fixture_must_import(f, "a.geojson", (struct exchange_options){.skip_bad = true});
    assert_int_equal(f->report.sites.added, 1);
}

static void what_is_no_collection_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"", "a.geojson:1: this is no GeoJSON"},
        {"[]", "a.geojson:1: this is no GeoJSON"},
        {"{}", "this is no FeatureCollection"},
        {"{\"type\":\"Feature\",\"features\":[]}", "this is no FeatureCollection"},
        {COLLECTION(""), "there is no feature with properties"},
        {COLLECTION("\n1"), "a.geojson:2: this is no Feature"},
        {"{\"type\":\"FeatureCollection\",\"features\":[\n{\n\"type\":}]}",
         "a.geojson:3: this is no valid JSON"},
        {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"}"
         "}\n",
         "is not closed"},
        {COLLECTION("") " x", "something stands behind"},
        {"{\"features\":[],\"features\":[]}", "must be one list"},
        {"{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}},\"type\":"
         "\"FeatureCollection\"}",
         "not in WGS 84"},
        {"{\"type\":\"FeatureCollection\",\"features\":[\"\xe9\"]}", "is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture_write(f, "a.geojson", rows[i].text);
        assert_int_equal(fixture_import(f, "a.geojson"), ERR_INVALID);
        fixture_expect_problem(f, rows[i].part);
    }
    size_t size = 200000;
    char *deep = malloc(size + 1);
    memset(deep, '[', size);
    deep[size] = '\0';
    fixture_write(f, "a.geojson", deep);
    assert_int_equal(fixture_import(f, "a.geojson"), ERR_INVALID);
    char *text = arena_printf(&f->arena, "{\"type\":\"FeatureCollection\",\"features\":[%s", deep);
    fixture_write(f, "a.geojson", text);
    assert_int_equal(fixture_import(f, "a.geojson"), ERR_INVALID);
    fixture_expect_problem(f, "this is no valid JSON: maximum parsing depth reached");
    free(deep);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(features_become_sites),  TEST(dates_are_read_as_people_write_them), TEST(properties_are_mapped),
        TEST(bad_features_are_named), TEST(what_is_no_collection_is_refused),
    };
    return cmocka_run_group_tests_name("geojson", tests, NULL, NULL);
}
