// Positions as people write them.
#include "content/position.h"

#include <math.h>
#include <stdio.h>

#include "tests/unit/unit.h"

#define NEAR 1e-7 // degrees, a centimetre

static void reads_one_coordinate(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum position_axis axis;
        double value;
    } rows[] = {
        {"10.07273", POSITION_LAT, 10.07273},
        {" 10,07273 ", POSITION_LAT, 10.07273},
        {"-10.5", POSITION_LAT, -10.5},
        {"\u221210,5", POSITION_LAT, -10.5},
        {"+10.5°", POSITION_LAT, 10.5},
        {"10° 4' 21.8\" N", POSITION_LAT, 10.0727222222},
        {"10°4′21,8″ S", POSITION_LAT, -10.0727222222},
        {"10º 4’ 21.8’’ B", POSITION_LAT, 10.0727222222},
        {"10 04 21.8", POSITION_LAT, 10.0727222222},
        {"10:04:21.8", POSITION_LAT, 10.0727222222},
        {"10 độ 30 phút vĩ độ Bắc", POSITION_LAT, 10.5},
        {"10°30' Nam", POSITION_LAT, -10.5},
        {"N 54° 8.5'", POSITION_LAT, 54.1416666667},
        {"105 độ 45 phút 36 giây kinh độ Đông", POSITION_LON, 105.76},
        {"105,75Đ", POSITION_LON, 105.75},
        {"9.2875725 Ost", POSITION_LON, 9.2875725},
        {"73°59'W", POSITION_LON, -73.9833333333},
        {"73.5 Tây", POSITION_LON, -73.5},
        {"180", POSITION_LON, 180},
        {"0", POSITION_LAT, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = NAN;
        struct problem p = PROBLEM_INIT;
        if (position_read_axis(rows[i].text, rows[i].axis, "lat", &value, &p))
            fail_msg("%s: %s", rows[i].text, p.text);
        if (!(fabs(value - rows[i].value) < NEAR))
            fail_msg("%s gave %.9f", rows[i].text, value);
    }
}

static void refuses_what_is_no_coordinate(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum position_axis axis;
        const char *part;
    } rows[] = {
        {"", POSITION_LAT, "no number"},
        {"abc", POSITION_LAT, "belongs to no coordinate"},
        {"105.75", POSITION_LAT, "-90 to 90"},
        {"191", POSITION_LON, "-180 to 180"},
        {"10°61'", POSITION_LAT, "below 60"},
        {"10.5°30'", POSITION_LAT, "fraction"},
        {"10'30°", POSITION_LAT, "order"},
        {"1 2 3 4", POSITION_LAT, "more than"},
        {"-10 S", POSITION_LAT, "both a minus"},
        {"10 E", POSITION_LAT, "longitude where"},
        {"10 N", POSITION_LON, "latitude where"},
        {"10 N S", POSITION_LAT, "two hemispheres"},
        {"9.28 O", POSITION_LON, "east in German"},
        {"1.072.73", POSITION_LAT, "no coordinate"},
        {"10--5", POSITION_LAT, "sign"},
        {"nan", POSITION_LAT, "no coordinate"},
        {"1e5", POSITION_LAT, "longitude where"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = 77;
        struct problem p = PROBLEM_INIT;
        if (!position_read_axis(rows[i].text, rows[i].axis, "lat", &value, &p))
            fail_msg("“%s” was read as %g", rows[i].text, value);
        assert_true(value == 77);
        assert_string_equal(p.field, "lat");
        assert_problem(p, ERR_INVALID, rows[i].part);
    }
}

// All of them mean 10.5, 105.75.
static void check_all_read(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct position at = {NAN, NAN};
        struct problem p = PROBLEM_INIT;
        if (position_read(texts[i], NULL, &at, &p))
            fail_msg("%s: %s", texts[i], p.text);
        if (!(fabs(at.lat - 10.5) < NEAR && fabs(at.lon - 105.75) < NEAR))
            fail_msg("%s gave %.9f, %.9f", texts[i], at.lat, at.lon);
    }
}

static void reads_pairs(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "10.5, 105.75",         "10.5,105.75",         "10.5 105.75",
        "10,5; 105,75",         "10,5;105,75",         "10,5 105,75",
        "10,5, 105,75",         "10,5,105,75",         "10.5 / 105.75",
        "(10.5, 105.75)",       "10°30'N 105°45'E",    "10°30' Bắc, 105°45' Đông",
        "105°45'E, 10°30'N",    "N10°30' E105°45'",    "N 10.5 E 105.75",
        "10° 30' 105° 45'",     "10.5°, 105.75°",      "10°30'00\"B 105°45'00\"Đ",
        "geo:10.5,105.75;u=35", "POINT (105.75 10.5)", "POINT(105.75 10.5)",
    };
    check_all_read(texts, sizeof texts / sizeof *texts);
}

static void refuses_pairs_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"10,105", "write latitude and longitude"}, {"10.5", "write latitude and longitude"},
        {"", "write latitude and longitude"},       {"105.75, 10.5", "swapped"},
        {"10.5, hier", "belongs to no coordinate"}, {"10.5, 105.75, 12", "belongs to no coordinate"},
        {";", "write latitude and longitude"},      {"91; 105", "from -90 to 90"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct position at = {7, 7};
        struct problem p = PROBLEM_INIT;
        if (!position_read(rows[i].text, "position", &at, &p))
            fail_msg("“%s” was read", rows[i].text);
        assert_true(at.lat == 7 && at.lon == 7);
        assert_problem(p, ERR_INVALID, rows[i].part);
    }
    char longer[1000];
    memset(longer, '1', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct position at;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(position_read(longer, NULL, &at, &p), ERR_INVALID);
}

static void reads_addresses_of_maps(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "https://www.google.com/maps/@10.5,105.75,17z",
        "https://www.google.com.vn/maps/@10.5,105.75,17z?hl=vi&entry=ttu",
        "www.google.com/maps/@10.5,105.75,1200m/data=!3m1!1e3",
        "http://google.com/maps/@10.5,105.75",
        // the place itself wins over the middle of the view
        "https://www.google.com/maps/place/X/@10.07,105.74,17z/data=!3d10.5!4d105.75",
        ("https://www.google.com/maps/place/%C4%90%C3%ACnh+B%C3%ACnh+Th%E1%BB%A7y/@10.07,105.74,17z/"
         "data=!3m1!4b1!4m6!3m5!1s0x31a0:0xe1!8m2!3d10.5!4d105.75!16s%2Fg%2F11?entry=ttu&g_ep=Eg"),
        "https://www.google.com/maps/place/X/@10.07,105.74,17z/data=%213d10.5%214d105.75",
        "https://www.google.com/maps/place/10.5,105.75/@10.07,105.74,17z",
        "https://www.google.com/maps/place/10%C2%B030'00.0%22N+105%C2%B045'00.0%22E/@10.07,105.74,17z",
        "https://www.google.com/maps/search/10.5,+105.75?entry=tts",
        "https://maps.google.com/?q=10.5,105.75",
        "https://maps.google.com/maps?q=10.5%2C105.75&z=17",
        "https://www.google.com/maps?q=loc:10.5,105.75",
        "https://www.google.com/maps/search/?api=1&query=10.5%2C105.75",
        "https://maps.google.com/?ll=10.5,105.75&q=%C4%90%C3%ACnh",
        "geo:10.5,105.75",
        "geo:10.5,105.75,4;u=35",
        "geo:10.5,105.75?z=17",
        "geo:0,0?q=10.5,105.75(%C4%90%C3%ACnh%20B%C3%ACnh%20Th%E1%BB%A7y)",
        "https://www.openstreetmap.org/#map=17/10.5/105.75",
        "https://www.openstreetmap.org/node/123#map=17/10.5/105.75&layers=N",
        "https://www.openstreetmap.org/?mlat=10.5&mlon=105.75#map=17/10.07/105.74",
        "openstreetmap.org/?mlat=10.5&mlon=105.75",
        "https://maps.apple.com/?ll=10.5,105.75&q=X",
        "https://maps.apple.com/place?address=X&coordinate=10.5%2C105.75&name=X",
        // as a phone shares it: the name before the address
        "Đình Bình Thủy https://maps.google.com/?q=10.5,105.75",
        "  HTTPS://WWW.GOOGLE.COM/maps/@10.5,105.75,17z  ",
    };
    check_all_read(texts, sizeof texts / sizeof *texts);
    struct position south;
    assert_int_equal(position_read("geo:-33.5,-70.25", NULL, &south, NULL), ERR_NONE);
    assert_true(south.lat == -33.5 && south.lon == -70.25);
}

static void refuses_addresses_that_name_no_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"https://maps.app.goo.gl/AbCdEf123", "short"},
        {"Đình Bình Thủy https://maps.app.goo.gl/AbCdEf123?g_st=ic", "short"},
        {"maps.app.goo.gl/AbCdEf123", "short"},
        {"https://goo.gl/maps/AbCdEf123", "short"},
        {"https://osm.org/go/w0Z", "short"},
        {"https://maps.apple/p/AbC", "short"},
        {"https://www.google.com/maps/place/Can+Tho", "names no position"},
        {"https://www.google.com/maps/place/96+105/", "names no position"},
        {"https://www.google.com/search?q=10.5,105.75", "names no position"},
        {"https://www.google.com.evil.example/maps/@10.5,105.75,17z", "names no position"},
        {"https://example.com/maps/@10.5,105.75,17z", "names no position"},
        {"https://www.google.com/maps/@10.5", "names no position"},
        {"https://www.google.com/maps/@10.5,105.75x,17z", "names no position"},
        {"https://www.google.com/maps/dir/A/B/data=!3d10.5!4d105.75!3d10.6!4d105.8", "names no position"},
        {"https://maps.google.com/?q=10.5,105.75,3", "names no position"},
        {"https://maps.google.com/?q=1e1,105.75", "names no position"},
        {"https://maps.google.com/?q=%00", "names no position"},
        {"https://maps.google.com/?q=%zz", "names no position"},
        {"https://www.openstreetmap.org/#map=17/10.5", "names no position"},
        {"https://www.openstreetmap.org/?mlat=10.5", "names no position"},
        {"ftp://www.google.com/maps/@10.5,105.75,17z", "names no position"},
        {"https://", "names no position"},
        {"geo:", "names no position"},
        {"geo:10.5", "names no position"},
        {"geo:Can Tho", "names no position"},
        {"https://maps.google.com/?q=105.75,10.5", "swapped"},
        {"https://www.google.com/maps/@91.5,105.75,17z", "from -90 to 90"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct position at = {7, 7};
        struct problem p = PROBLEM_INIT;
        if (!position_read(rows[i].text, "position", &at, &p))
            fail_msg("“%s” was read", rows[i].text);
        assert_true(at.lat == 7 && at.lon == 7);
        if (!strstr(p.text, rows[i].part))
            fail_msg("“%s”: %s", rows[i].text, p.text);
        assert_string_equal(p.field, "position");
    }
    char longer[4000] = "https://www.google.com/maps/@10.5,105.75,17z/";
    memset(longer + strlen(longer), 'x', sizeof longer - 1 - strlen(longer));
    longer[sizeof longer - 1] = '\0';
    struct position at;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(position_read(longer, NULL, &at, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "at most");
}

static void checks_the_globe(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(position_check(10.07, 105.75, NULL, &p), ERR_NONE);
    assert_int_equal(position_check(-90, 180, NULL, &p), ERR_NONE);
    assert_int_equal(position_check(105.75, 10.07, "lat", &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "swapped");
    assert_int_equal(position_check(NAN, 10, NULL, &p), ERR_INVALID);
    assert_int_equal(position_check(0, 0, NULL, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "open sea");
}

static void says_parts_that_read_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        struct position_parts parts;
    } rows[] = {
        {10.07273, {false, 10, 4, 21, 8}}, {-10.07273, {true, 10, 4, 21, 8}},
        {0, {false, 0, 0, 0, 0}},          {-0.00001, {false, 0, 0, 0, 0}},
        {-0.00002, {true, 0, 0, 0, 1}},    {9.99999, {false, 10, 0, 0, 0}},
        {59.99999, {false, 60, 0, 0, 0}},  {180, {false, 180, 0, 0, 0}},
        {-180, {true, 180, 0, 0, 0}},      {10.99998, {false, 10, 59, 59, 9}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct position_parts at = position_split(rows[i].value), want = rows[i].parts;
        if (at.minus != want.minus || at.degrees != want.degrees || at.minutes != want.minutes ||
            at.seconds != want.seconds || at.tenths != want.tenths)
            fail_msg("%g: %d %d %d.%d", rows[i].value, at.degrees, at.minutes, at.seconds, at.tenths);
    }
    static const char *const sides[] = {"Đông", "Tây", "E", "W"};
    for (int i = -1800; i <= 1800; i++) {
        struct position_parts at = position_split(i / 10.007);
        for (int lang = 0; lang < 2; lang++) {
            char text[80];
            double back = NAN;
            snprintf(text, sizeof text, "%d°%02d′%02d%c%d″ %s", at.degrees, at.minutes, at.seconds,
                     lang ? '.' : ',', at.tenths, sides[lang * 2 + at.minus]);
            assert_int_equal(position_read_axis(text, POSITION_LON, NULL, &back, NULL), ERR_NONE);
            if (fabs(back - i / 10.007) > 0.5 / 36000 + 1e-9)
                fail_msg("%s: %.7f", text, back);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_one_coordinate),
        cmocka_unit_test(refuses_what_is_no_coordinate),
        cmocka_unit_test(reads_pairs),
        cmocka_unit_test(refuses_pairs_that_are_none),
        cmocka_unit_test(reads_addresses_of_maps),
        cmocka_unit_test(refuses_addresses_that_name_no_place),
        cmocka_unit_test(checks_the_globe),
        cmocka_unit_test(says_parts_that_read_back),
    };
    return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
