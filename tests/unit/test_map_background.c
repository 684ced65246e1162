#include "tests/unit/unit.h"

#include <string.h>

#include "content/map_background.h"

#define TILES "https://tile.example.org/{z}/{x}/{y}.png"

static void templates_are_told_from_other_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *tiles, *attribution;
        int zoom;
        const char *field; // NULL: good
    } rows[] = {
        {NULL, NULL, 0, NULL},
        {TILES, "© A", 19, NULL},
        {TILES, "© A", 1, NULL},
        {TILES, "© A", MAP_ZOOM_MAX, NULL},
        {"https://a.vn:8443/t/{z}/{y}/{x}@2x.jpg?key=a%20b&v=1", "A", 10, NULL},
        {"https://[::1]/{z}/{x}/{y}", "A", 10, NULL},
        {TILES, "© A", 0, "max_zoom"},
        {TILES, "© A", MAP_ZOOM_MAX + 1, "max_zoom"},
        {TILES, "", 19, "attribution"},
        {TILES, NULL, 19, "attribution"},
        {TILES, "\xFF", 19, "attribution"},
        {"", "A", 19, "tiles"},
        {"https://", "A", 19, "tiles"},
        {"https://{z}{x}{y}", "A", 19, "tiles"},
        {"https:///{z}/{x}/{y}.png", "A", 19, "tiles"},
        {"http://tile.example.org/{z}/{x}/{y}.png", "A", 19, "tiles"},
        {"//tile.example.org/{z}/{x}/{y}.png", "A", 19, "tiles"},
        {"javascript:https://a/{z}/{x}/{y}", "A", 19, "tiles"},
        {"https://user@a.vn/{z}/{x}/{y}.png", "A", 19, "tiles"},
        {"https://{s}.example.org/{z}/{x}/{y}.png", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{y}{r}.png", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{x}/{y}.png", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}.png", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{y}}{.png", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{y}.png#a", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{y}.png\" onload=\"", "A", 19, "tiles"},
        {"https://a.vn/{z}/{x}/{y}.png; img-src *", "A", 19, "tiles"},
        {"https://a.vn/bản/{z}/{x}/{y}.png", "A", 19, "tiles"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct problem p = PROBLEM_INIT;
        const struct map_background map = {rows[i].tiles, rows[i].attribution, rows[i].zoom};
        enum err e = map_background_check(&map, &p);
        if ((e == ERR_NONE) != !rows[i].field || (e && strcmp(p.field, rows[i].field) != 0))
            fail_msg("row %zu: %s: %s", i, p.field, p.text);
    }
    char longer[MAP_TILES_MAX + 2] = TILES "?";
    memset(longer + strlen(longer), 'a', sizeof longer - 1 - strlen(longer));
    assert_int_equal(map_background_check(&(struct map_background){longer, "A", 19}, NULL), ERR_TOO_LARGE);
}

static void the_policy_names_the_host_alone(void **state)
{
    (void)state;
    static const struct {
        const char *tiles, *origin;
    } rows[] = {
        {TILES, "https://tile.example.org"},
        {"https://Tile.Example.ORG/{z}/{x}/{y}.png", "https://tile.example.org"},
        {"https://a.vn:443/{z}/{x}/{y}", "https://a.vn"},
        {"https://a.vn:8443/t;v=1/{z}/{y}/{x}@2x.jpg?key=a%20b&v=1", "https://a.vn:8443"},
        {"https://[::1]/{z}/{x}/{y}", "https://[::1]"},
        {"https://a.vn;script-src/{z}/{x}/{y}", NULL},
        {"https://a.vn,*/{z}/{x}/{y}", NULL},
        {"https://*/{z}/{x}/{y}", NULL},
        {"https://user@a.vn/{z}/{x}/{y}.png", NULL},
        {NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        const struct map_background map = {rows[i].tiles, "© A", 19};
        const char *origin = map_background_origin(&map, &a);
        if (origin ? !rows[i].origin || strcmp(origin, rows[i].origin) != 0 : rows[i].origin != NULL)
            fail_msg("row %zu: %s", i, origin ? origin : "none");
    }
    cleanup_arena struct arena a = ARENA_INIT;
    assert_null(map_background_origin(&(struct map_background){TILES, "", 19}, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(templates_are_told_from_other_addresses),
                                       cmocka_unit_test(the_policy_names_the_host_alone)};
    return cmocka_run_group_tests_name("map_background", tests, NULL, NULL);
}
