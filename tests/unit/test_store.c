#include "tests/unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/store/connection.h"
#include "content/store/functions.h"
#include "content/store/migrate.h"
#include "content/store/query.h"
#include "content/store/store.h"

struct fixture {
    char folder[64];
    struct store *store;
    uint64_t changed_to;
};

static void remember_change(void *data, uint64_t version)
{
    ((struct fixture *)data)->changed_to = version;
}

static struct store *open_store(struct fixture *f, struct problem *p, enum err expected)
{
    struct store *store = NULL;
    struct store_options options = {.folder = f->folder,
                                    .create = true,
                                    .busy_timeout_ms = 100,
                                    .changed = remember_change,
                                    .changed_data = f};
    assert_int_equal(store_open(&options, &store, p), expected);
    return store;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->store = open_store(f, NULL, ERR_NONE);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

static void put_setting(struct connection *c, const char *name, const char *value)
{
    struct query *q = query_start(c, SQL_SET_SETTING);
    query_bind_text(q, 1, name);
    query_bind_text(q, 2, value);
    query_bind_int(q, 3, 0);
    assert_int_equal(query_run(q, NULL), ERR_NONE);
}

static int setting_count(struct store *store, const char *name)
{
    struct connection *c;
    assert_int_equal(store_reader(store, &c, NULL), ERR_NONE);
    struct query *q = query_start(c, SQL_SETTING);
    query_bind_text(q, 1, name);
    bool row;
    assert_int_equal(query_step(q, &row, NULL), ERR_NONE);
    query_end(q);
    return row;
}

static void commit_is_seen_and_rollback_is_not(void **state)
{
    struct fixture *f = *state;
    struct connection *w;
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    put_setting(w, "kept", "1");
    assert_int_equal(setting_count(f->store, "kept"), 0);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(setting_count(f->store, "kept"), 1);
    assert_int_equal(f->changed_to, 0); // nothing that visitors see
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    put_setting(w, "dropped", "1");
    store_rollback(f->store);
    assert_int_equal(setting_count(f->store, "dropped"), 0);
}

static void content_version_moves_with_content(void **state)
{
    struct fixture *f = *state;
    struct connection *w, *r;
    uint64_t before, after;
    assert_int_equal(store_reader(f->store, &r, NULL), ERR_NONE);
    assert_int_equal(store_content_version(r, &before, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    assert_int_equal(store_touch_content(w, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(store_content_version(r, &after, NULL), ERR_NONE);
    assert_int_equal(after, before + 1);
    assert_int_equal(f->changed_to, after);
}

static void history_cannot_be_changed(void **state)
{
    struct fixture *f = *state;
    struct connection *w;
    struct problem p;
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    struct query *q = query_start(w, SQL_INSERT_AUDIT);
    query_bind_int(q, 1, 1);
    query_bind_text(q, 3, "test");
    query_bind_text(q, 4, "try");
    query_bind_text(q, 5, "nothing");
    query_bind_text(q, 6, "{}");
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);

    sqlite3 *db;
    char path[96], *message = NULL;
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, &message), SQLITE_CONSTRAINT);
    assert_string_equal(message, "the audit is never deleted");
    sqlite3_free(message);
    sqlite3_close(db);

    // a CHECK that fails comes back as ERR_INVALID, with the transaction still to be ended
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    q = query_start(w, SQL_INSERT_PLATE);
    query_bind_text(q, 1, "short");
    query_bind_text(q, 4, "planned");
    assert_int_equal(query_run(q, &p), ERR_INVALID);
    store_rollback(f->store);
}

static void another_writer_is_waited_for_and_then_said(void **state)
{
    struct fixture *f = *state;
    char path[96];
    struct problem p;
    struct connection *w;
    snprintf(path, sizeof path, "%s/stele.lock", f->folder);
    int fd = open(path, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(store_begin(f->store, &w, &p), ERR_BUSY);
    assert_problem(p, ERR_BUSY, "another process is writing");
    close(fd);
    assert_int_equal(store_begin(f->store, &w, &p), ERR_NONE);
    store_rollback(f->store);
}

static void *count_in_thread(void *data)
{
    return (void *)(intptr_t)setting_count(((struct fixture *)data)->store, "x");
}

static void readers_are_per_thread(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_in_thread, f), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void damage_and_newer_versions_are_refused(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    char path[96];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    store_close(f->store);
    f->store = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=9999", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    open_store(f, &p, ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "newer");
    unlink(path);
    assert_int_equal(file_write_atomic(path, "this is not a database, but it is long enough", 45, NULL),
                     ERR_NONE);
    open_store(f, &p, ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "restore a backup");
    struct store *store = NULL;
    struct store_options options = {.folder = "/tmp/stele-no-such-folder"};
    assert_int_equal(store_open(&options, &store, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "not a data folder");
}

// What an installation of that version may hold; only columns that the first version had.
static void make_old(const char *path, int version)
{
    static const char content[] =
        "INSERT INTO term (id, scheme, key, labels) VALUES (1, 'kind', 'pagoda', '{}');"
        "INSERT INTO site (id, slug, kind_id, state, original, sort_key, version, created_at, updated_at)"
        " VALUES (1, 'chua-ong', 1, 'published', 'vi', 'chua ong', 1, 5, 6);"
        "INSERT INTO text (site_id, lang, title, updated_at) VALUES (1, 'vi', 'Chùa Ông', 6);"
        "INSERT INTO plate (code, site_id, state, created_at, updated_at) VALUES ('7k3m9qx2', 1, 'planned', "
        "5, 6);"
        "INSERT INTO audit (at, actor, action, subject) VALUES (5, 'Lan', 'site.add', 'site:1');"
        "INSERT INTO setting (name, value, updated_at) VALUES ('name', '\"Cũ\"', 5);";
    char number[64];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int i = 0; i < version; i++)
        assert_int_equal(sqlite3_exec(db, migrations[i].sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, content, NULL, NULL, NULL), SQLITE_OK);
    snprintf(number, sizeof number, "PRAGMA user_version=%d", version);
    assert_int_equal(sqlite3_exec(db, number, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void every_old_version_is_brought_up(void **state)
{
    struct fixture *f = *state;
    char path[96], backups[96];
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    snprintf(backups, sizeof backups, "%s/backups", f->folder);
    for (int version = 1; version < migration_count; version++) {
        struct problem_list list = PROBLEM_LIST_INIT;
        struct connection *c;
        store_close(f->store);
        file_remove_tree(f->folder, NULL);
        assert_int_equal(file_make_folder(f->folder, NULL), ERR_NONE);
        make_old(path, version);
        f->store = open_store(f, NULL, ERR_NONE);
        assert_int_equal(store_reader(f->store, &c, NULL), ERR_NONE);
        assert_int_equal(migrate_version(c->db), migration_count);
        assert_int_equal(setting_count(f->store, "name"), 1);
        struct query *q = query_start(c, SQL_SITE_ID_BY_SLUG);
        query_bind_text(q, 1, "chua-ong");
        int64_t id = 0;
        assert_int_equal(query_number(q, 0, &id, NULL), ERR_NONE);
        assert_int_equal(id, 1);
        assert_int_equal(store_check(c, &list), ERR_NONE);
        problem_list_clear(&list);
        assert_int_equal(access(backups, F_OK), 0); // the old one was kept
    }
}

static void a_copy_is_whole(void **state)
{
    struct fixture *f = *state;
    struct connection *w, *r;
    struct problem p;
    char path[96];
    snprintf(path, sizeof path, "%s/copy.db", f->folder);
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    put_setting(w, "name", "\"x\"");
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(store_reader(f->store, &r, NULL), ERR_NONE);
    assert_int_equal(store_copy_database(r, path, &p), ERR_NONE);
    assert_int_equal(store_copy_database(r, path, &p), ERR_EXISTS);
    struct problem_list list = PROBLEM_LIST_INIT;
    assert_int_equal(store_check(r, &list), ERR_NONE);
    assert_int_equal(list.count, 0);
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT value FROM setting", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static int count_settings(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int count = -1;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM setting", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        count = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return count;
}

// The database alone can be carried away when nobody uses it.
static void closing_leaves_everything_in_one_file(void **state)
{
    struct fixture *f = *state;
    struct connection *w;
    char path[96], copy[96];
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    put_setting(w, "name", "1");
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    snprintf(copy, sizeof copy, "%s/alone.db", f->folder);
    cleanup_buf struct buf bytes = BUF_INIT;
    assert_int_equal(file_read(path, 1 << 24, &bytes, NULL), ERR_NONE);
    assert_int_equal(file_write_atomic(copy, bytes.data, bytes.len, NULL), ERR_NONE);
    assert_int_equal(count_settings(copy), 1);
}

static void damage_is_seen_by_readers_too(void **state)
{
    struct fixture *f = *state;
    struct connection *w;
    struct problem p;
    char path[96];
    assert_int_equal(store_begin(f->store, &w, NULL), ERR_NONE);
    for (int i = 0; i < 500; i++) {
        char name[48];
        snprintf(name, sizeof name, "name-%d-with-some-length", i);
        put_setting(w, name, "1");
    }
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    cleanup_buf struct buf bytes = BUF_INIT;
    assert_int_equal(file_read(path, 1 << 24, &bytes, NULL), ERR_NONE);
    memset(bytes.data + 3 * 4096, 0xA5, 8 * 4096);
    assert_int_equal(file_write_atomic(path, bytes.data, bytes.len, NULL), ERR_NONE);
    struct store *store = NULL;
    struct store_options options = {.folder = f->folder, .read_only = true};
    assert_int_equal(store_open(&options, &store, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "restore a backup");
}

// Readers prepare a statement when they first use it.
static void a_statement_that_no_longer_fits_is_said_by_its_query(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct connection *c;
    sqlite3 *db;
    char path[96];
    bool row;
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    assert_int_equal(store_reader(f->store, &c, &p), ERR_NONE);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE setting", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 2; i++) {
        struct query *q = query_start(c, SQL_SETTING);
        query_bind_text(q, 1, "name");
        assert_int_equal(query_step(q, &row, &p), ERR_IO);
        assert_problem(p, ERR_IO, "cannot use the store");
        query_end(q);
    }
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE setting (name, value, updated_at)", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(setting_count(f->store, "name"), 0);
}

// Those that only end a transaction count as reading with SQLite.
static void every_statement_has_its_row(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db;
    char path[96];
    snprintf(path, sizeof path, "%s/stele.db", f->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(functions_register(db), SQLITE_OK);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_stmt *stmt = NULL;
        if (!statements[i].sql)
            fail_msg("statement %d of content/store/statements.h has no row", i);
        if (sqlite3_prepare_v2(db, statements[i].sql, -1, &stmt, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sqlite3_errmsg(db), statements[i].sql);
        if (!sqlite3_stmt_readonly(stmt) && !statements[i].writes)
            fail_msg("writes, but does not say so: %s", statements[i].sql);
        sqlite3_finalize(stmt);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commit_is_seen_and_rollback_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(content_version_moves_with_content, setup, teardown),
        cmocka_unit_test_setup_teardown(history_cannot_be_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(another_writer_is_waited_for_and_then_said, setup, teardown),
        cmocka_unit_test_setup_teardown(readers_are_per_thread, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_and_newer_versions_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_old_version_is_brought_up, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_leaves_everything_in_one_file, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_seen_by_readers_too, setup, teardown),
        cmocka_unit_test_setup_teardown(every_statement_has_its_row, setup, teardown),
        cmocka_unit_test_setup_teardown(a_statement_that_no_longer_fits_is_said_by_its_query, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
