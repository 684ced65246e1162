#include "assets/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/file.h"
#include "common/hash.h"

struct fixture {
    char folder[64];
    struct assets *assets;
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    assert_int_equal(file_write_atomic(path, text, strlen(text), NULL), ERR_NONE);
}

static int make_live(void **state)
{
    static struct fixture f;
    char path[128];
    strcpy(f.folder, "/tmp/test_assets_XXXXXX");
    assert_non_null(mkdtemp(f.folder));
    snprintf(path, sizeof path, "%s/locales", f.folder);
    assert_int_equal(file_make_folder(path, NULL), ERR_NONE);
    snprintf(path, sizeof path, "%s/styles", f.folder);
    assert_int_equal(file_make_folder(path, NULL), ERR_NONE);
    snprintf(path, sizeof path, "%s/templates/desk", f.folder);
    assert_int_equal(file_make_folder(path, NULL), ERR_NONE);
    assert_int_equal(assets_open(f.folder, &f.assets, NULL), ERR_NONE);
    *state = &f;
    return 0;
}

static int remove_live(void **state)
{
    struct fixture *f = *state;
    assets_close(f->assets);
    return file_remove_tree(f->folder, NULL) != ERR_NONE;
}

static void check_text(struct assets *a, const char *name, const char *text)
{
    cleanup_asset const struct asset *asset = NULL;
    assert_int_equal(assets_get(a, name, &asset, NULL), ERR_NONE);
    assert_string_equal(asset->data, text);
    assert_int_equal(asset->len, strlen(text));
}

// What the build takes from the system, and not from assets/.
static bool is_taken(const char *name)
{
    return strcmp(name, "scripts/leaflet.js") == 0 || strcmp(name, "styles/leaflet.css") == 0;
}

static void what_is_taken_in_has_its_licence(void **state)
{
    (void)state;
    struct assets *a = NULL;
    static const char *const names[] = {"scripts/leaflet.js", "styles/leaflet.css"};
    assert_int_equal(assets_open(NULL, &a, NULL), ERR_NONE);
    for (size_t i = 0; i < 2; i++) {
        cleanup_asset const struct asset *asset = NULL;
        assert_int_equal(assets_get(a, names[i], &asset, NULL), ERR_NONE);
        assert_int_equal(strncmp(asset->data, "/*!\nLeaflet", 11), 0);
        const char *end = strstr(asset->data, "*/"),
                   *licence = strstr(asset->data, "Redistributions in binary form");
        assert_true(end && licence && licence < end);
        assert_true(asset->len > 1000 + (size_t)(end - (const char *)asset->data));
        assert_null(strstr(end, "sourceMappingURL"));
        asset_release(steal_pointer(&asset));
    }
    assets_close(a);
}

static enum err check_embedded(void *arg, const char *name, struct problem *p)
{
    cleanup_asset const struct asset *asset = NULL, *again = NULL;
    cleanup_buf struct buf path = BUF_INIT, bytes = BUF_INIT;
    char hex[HASH_HEX_SIZE];
    bool exact = false;
    assert_int_equal(assets_get(arg, name, &asset, p), ERR_NONE);
    buf_printf(&path, "%s/assets/%s", getenv("STELE_SOURCE_ROOT"), name);
    if (is_taken(name))
        buf_append(&bytes, asset->data, asset->len);
    else
        assert_int_equal(file_read(path.data, ASSET_SIZE_MAX, &bytes, p), ERR_NONE);
    assert_int_equal(asset->len, bytes.len);
    assert_memory_equal(asset->data, bytes.data, bytes.len + 1);
    hash_bytes(bytes.data, bytes.len, hex);
    assert_memory_equal(asset->hash, hex, ASSET_HASH_DIGITS);
    assert_non_null(strstr(asset->address, asset->hash));
    assert_string_not_equal(asset->mime, "application/octet-stream");
    bool is_public = strncmp(name, "templates/", 10) != 0 && strncmp(name, "locales/", 8) != 0;
    assert_int_equal(assets_by_address(arg, asset->address, &again, &exact),
                     is_public ? ERR_NONE : ERR_NOT_FOUND);
    if (is_public)
        assert_true(exact && again == asset);
    return ERR_NONE;
}

static void the_program_holds_every_file(void **state)
{
    (void)state;
    struct assets *a = NULL;
    assert_int_equal(assets_open(NULL, &a, NULL), ERR_NONE);
    assert_false(assets_is_live(a));
    assert_int_equal(assets_each(a, "", check_embedded, a, NULL), ERR_NONE);
    const struct asset *vi = NULL;
    assert_int_equal(assets_get(a, "locales/vi.json", &vi, NULL), ERR_NONE);
    assert_string_equal(vi->mime, "application/json");
    asset_release(vi);
    assets_close(a);
}

static enum err list_name(void *arg, const char *name, struct problem *p)
{
    (void)p;
    if (!is_taken(name))
        buf_printf(arg, "%s\n", name);
    return ERR_NONE;
}

static void no_file_was_forgotten(void **state)
{
    (void)state;
    static const char *const folders[] = {"locales/", "pictures/", "scripts/", "styles/", "templates/"};
    struct assets *embedded = NULL, *live = NULL;
    cleanup_buf struct buf folder = BUF_INIT, held = BUF_INIT, there = BUF_INIT;
    buf_printf(&folder, "%s/assets", getenv("STELE_SOURCE_ROOT"));
    assert_int_equal(assets_open(NULL, &embedded, NULL), ERR_NONE);
    assert_int_equal(assets_open(folder.data, &live, NULL), ERR_NONE);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        assert_int_equal(assets_each(embedded, folders[i], list_name, &held, NULL), ERR_NONE);
        assert_int_equal(assets_each(live, folders[i], list_name, &there, NULL), ERR_NONE);
    }
    assert_string_equal(held.data, there.data);
    assets_close(embedded);
    assets_close(live);
}

static void live_files_win_and_are_read_anew(void **state)
{
    struct fixture *f = *state;
    cleanup_asset const struct asset *first = NULL, *second = NULL, *same = NULL;
    assert_true(assets_is_live(f->assets));
    write_file(f, "locales/vi.json", "{}");
    check_text(f->assets, "locales/vi.json", "{}");
    write_file(f, "styles/a.css", "a{}");
    assert_int_equal(assets_get(f->assets, "styles/a.css", &first, NULL), ERR_NONE);
    assert_int_equal(assets_get(f->assets, "styles/a.css", &same, NULL), ERR_NONE);
    assert_ptr_equal(first, same);
    write_file(f, "styles/a.css", "b{}");
    assert_int_equal(assets_get(f->assets, "styles/a.css", &second, NULL), ERR_NONE);
    assert_string_equal(first->data, "a{}"); // whoever holds the old version keeps it
    assert_string_equal(second->data, "b{}");
    assert_string_not_equal(first->address, second->address);
    bool exact = true;
    cleanup_asset const struct asset *old = NULL;
    assert_int_equal(assets_by_address(f->assets, first->address, &old, &exact), ERR_NONE);
    assert_false(exact);
    assert_string_equal(old->data, "b{}");
}

static void a_removed_live_file_uncovers_the_embedded_one(void **state)
{
    struct fixture *f = *state;
    char path[128];
    cleanup_asset const struct asset *vi = NULL, *a = NULL;
    write_file(f, "locales/vi.json", "{}");
    check_text(f->assets, "locales/vi.json", "{}");
    snprintf(path, sizeof path, "%s/locales/vi.json", f->folder);
    unlink(path);
    assert_int_equal(assets_get(f->assets, "locales/vi.json", &vi, NULL), ERR_NONE);
    assert_true(vi->len > 2);
    assert_int_equal(assets_get(f->assets, "styles/gone.css", &a, NULL), ERR_NOT_FOUND);
}

static void addresses_are_read_strictly(void **state)
{
    static const char *const bad[] = {
        "",
        "/assets/",
        "/assets/styles/a.css",
        "/assets/styles/a.0123456789ab",
        "/assets/styles/a.0123456789AB.css",
        "/assets/styles/a.0123456789a.css",
        "/assets/styles/a0123456789ab.css",
        "/assets/styles/.0123456789ab.css",
        "/assets/../styles/a.0123456789ab.css",
        "/assets/styles//a.0123456789ab.css",
        "/assets/styles/../styles/a.0123456789ab.css",
        "/assets/.0123456789ab.",
        "/assets/locales/vi.0123456789ab.json",
        "/assets/templates/layout.0123456789ab.mustache",
        "/other/styles/a.0123456789ab.css",
    };
    struct fixture *f = *state;
    const struct asset *asset = NULL;
    write_file(f, "styles/a.css", "a{}");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (assets_by_address(f->assets, bad[i], &asset, NULL) != ERR_NOT_FOUND)
            fail_msg("%s is answered", bad[i]);
    char longest[1024] = "/assets/styles/";
    memset(longest + strlen(longest), 'a', 900);
    memcpy(longest + 900, ".0123456789ab.css", sizeof ".0123456789ab.css");
    assert_int_equal(assets_by_address(f->assets, longest, &asset, NULL), ERR_NOT_FOUND);
    assert_null(asset);
    assert_int_equal(assets_by_address(f->assets, "/assets/styles/a.0123456789ab.css", &asset, NULL),
                     ERR_NONE);
    asset_release(asset);
}

static void names_are_kept_in_the_folder(void **state)
{
    static const char *const bad[] = {"",        "/etc/passwd",  "../x", "styles/../x",
                                      "styles/", "Styles/a.css", ".x",   "a//b"};
    struct fixture *f = *state;
    const struct asset *asset = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(assets_get(f->assets, bad[i], &asset, NULL), ERR_NOT_FOUND);
    assert_null(asset);
}

static enum err append_name(void *arg, const char *name, struct problem *p)
{
    (void)p;
    buf_printf(arg, "%s ", name);
    return strstr(name, "stop") ? ERR_CANCELLED : ERR_NONE;
}

static void each_gives_both_sorts_in_order(void **state)
{
    struct fixture *f = *state;
    cleanup_buf struct buf names = BUF_INIT;
    write_file(f, "templates/desk/zz-b.mustache", "");
    write_file(f, "templates/aa.mustache", "");
    write_file(f, "templates/.hidden", "");
    write_file(f, "locales/vi.json", "{}");
    write_file(f, "locales/vi.extra.json", "{}");
    assert_int_equal(assets_each(f->assets, "locales/vi.", append_name, &names, NULL), ERR_NONE);
    assert_string_equal(names.data, "locales/vi.extra.json locales/vi.json ");
    buf_reset(&names);
    assert_int_equal(assets_each(f->assets, "templates/desk/zz", append_name, &names, NULL), ERR_NONE);
    assert_string_equal(names.data, "templates/desk/zz-b.mustache ");
    buf_reset(&names);
    write_file(f, "templates/aa-stop.mustache", "");
    assert_int_equal(assets_each(f->assets, "templates/aa", append_name, &names, NULL), ERR_CANCELLED);
    assert_string_equal(names.data, "templates/aa-stop.mustache ");
}

static void the_stamp_moves_with_its_files_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t first = assets_stamp(f->assets, "templates/");
    write_file(f, "styles/b.css", "b");
    assert_int_equal(assets_stamp(f->assets, "templates/"), first);
    write_file(f, "templates/x.mustache", "1");
    uint64_t second = assets_stamp(f->assets, "templates/");
    assert_int_not_equal(second, first);
    write_file(f, "templates/x.mustache", "2");
    uint64_t third = assets_stamp(f->assets, "templates/");
    assert_int_not_equal(third, second);
    assert_int_equal(assets_stamp(f->assets, "templates/"), third);
}

static void a_missing_folder_is_said(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct assets *a = NULL;
    assert_int_equal(assets_open("/nowhere/at/all", &a, &p), ERR_NOT_FOUND);
    assert_null(a);
    assert_non_null(strstr(p.text, "/nowhere/at/all"));
    assert_string_equal(p.field, "--assets");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_holds_every_file),
        cmocka_unit_test(what_is_taken_in_has_its_licence),
        cmocka_unit_test(no_file_was_forgotten),
        cmocka_unit_test_setup_teardown(live_files_win_and_are_read_anew, make_live, remove_live),
        cmocka_unit_test_setup_teardown(a_removed_live_file_uncovers_the_embedded_one, make_live,
                                        remove_live),
        cmocka_unit_test_setup_teardown(addresses_are_read_strictly, make_live, remove_live),
        cmocka_unit_test_setup_teardown(names_are_kept_in_the_folder, make_live, remove_live),
        cmocka_unit_test_setup_teardown(each_gives_both_sorts_in_order, make_live, remove_live),
        cmocka_unit_test_setup_teardown(the_stamp_moves_with_its_files_alone, make_live, remove_live),
        cmocka_unit_test(a_missing_folder_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
