// A store of every old version is brought to the newest one, keeps its content, and is backed up before.
#include "tests/unit/unit.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/plate.h"
#include "content/site.h"
#include "content/store/migrate.h"
#include "content/store/store.h"

// Makes FOLDER/stele.db as tests/fixtures/store/NNNN.sql tells.
static void make_old(const char *folder, int version)
{
    char file[512], path[96], *message = NULL;
    cleanup_buf struct buf sql = BUF_INIT;
    sqlite3 *db;
    snprintf(file, sizeof file, "%s/tests/fixtures/store/%04d.sql", getenv("STELE_SOURCE_ROOT"), version);
    snprintf(path, sizeof path, "%s/stele.db", folder);
    if (file_read(file, 1 << 20, &sql, NULL) != ERR_NONE)
        fail_msg("%s is missing: every version that was released has a fixture", file);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql.data, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", file, message);
    assert_int_equal(migrate_version(db), version);
    sqlite3_close(db);
}

static int version_of(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    int version = migrate_version(db);
    sqlite3_close(db);
    return version;
}

// The one file in FOLDER/backups; the test fails when there are none or more.
static void find_backup(const char *folder, char path[400])
{
    char backups[96];
    int count = 0;
    snprintf(backups, sizeof backups, "%s/backups", folder);
    DIR *dir = opendir(backups);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.') {
            snprintf(path, 400, "%s/%s", backups, entry->d_name);
            count++;
        }
    closedir(dir);
    assert_int_equal(count, 1);
}

// What version 2 brought: empty in a store that is older.
static const char *captions_of(int version)
{
    return version < 2 ? "{}" : "{\"vi\":\"WEBVTT\\n\\n00:00.000 --> 00:01.000\\nNgày xưa\\n\"}";
}

static void check_content(struct store *store, int version)
{
    struct connection *c;
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    struct plates plates;
    assert_int_equal(store_reader(store, &c, NULL), ERR_NONE);
    assert_int_equal(site_load_by_slug(c, &a, "dinh-thu", &site, NULL), ERR_NONE);
    assert_string_equal(site.state, "published");
    assert_int_equal(site.text_count, 2);
    assert_string_equal(site_text(&site, "vi")->body, "Phần thân bài.");
    assert_int_equal(site.media_count, 1);
    assert_string_equal(site.media[0].transcript, "{\"vi\":\"Ngày xưa, nơi này là một bến sông.\"}");
    assert_string_equal(site.media[0].captions, captions_of(version));
    assert_int_equal(plate_list_of_site(c, &a, site.id, &plates, NULL), ERR_NONE);
    assert_int_equal(plates.count, 1);
    assert_string_equal(plates.items[0].code, "z90hx5pc");
}

static void an_old_store_is_brought_up_to_date(void **state)
{
    (void)state;
    for (int version = 1; version < migration_count; version++) {
        char folder[] = "/tmp/stele-migrate-XXXXXX", path[400];
        struct store *store = NULL;
        struct problem p = PROBLEM_INIT;
        assert_non_null(mkdtemp(folder));
        make_old(folder, version);
        struct store_options options = {.folder = folder};
        if (store_open(&options, &store, &p) != ERR_NONE)
            fail_msg("version %d: %s", version, p.text);
        check_content(store, version);
        store_close(store);
        find_backup(folder, path);
        assert_int_equal(version_of(path), version);
        snprintf(path, sizeof path, "%s/stele.db", folder);
        assert_int_equal(version_of(path), migration_count);
        assert_int_equal(store_open(&options, &store, &p), ERR_NONE); // again: nothing is left to do
        check_content(store, version);
        store_close(store);
        find_backup(folder, path);
        file_remove_tree(folder, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_old_store_is_brought_up_to_date)};
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
