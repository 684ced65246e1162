#include "content/store/migrate.h"

#include <stdio.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/file.h"
#include "content/store/connection.h"
#include "content/store/copy.h"

int migrate_version(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        version = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return version;
}

static enum err back_up(sqlite3 *db, const char *folder, int version, struct problem *p)
{
    cleanup_buf struct buf path = BUF_INIT;
    buf_printf(&path, "%s/backups", folder);
    enum err e = file_make_folder(path.data, p);
    if (e)
        return e;
    buf_printf(&path, "/before-%04d-%lld.db", version + 1, (long long)clock_now());
    if (path.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return copy_database(db, path.data, p);
}

static enum err step(sqlite3 *db, int version, struct problem *p)
{
    const struct migration *m = &migrations[version];
    char finish[64];
    snprintf(finish, sizeof finish, "PRAGMA user_version=%d; COMMIT;", version + 1);
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, m->sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, finish, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return ERR_NONE;
    enum err e = connection_problem(db, rc, m->name, p);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

enum err migrate_run(sqlite3 *db, const char *folder, struct problem *p)
{
    int version = migrate_version(db);
    if (version < 0)
        return connection_problem(db, sqlite3_errcode(db), "cannot open the store", p);
    if (version > migration_count)
        return problem_set(
            p, ERR_UNSUPPORTED, NULL,
            "the database in %s is of a newer version (%d; this program knows %d): use a newer stele", folder,
            version, migration_count);
    enum err e = version > 0 && version < migration_count ? back_up(db, folder, version, p) : ERR_NONE;
    for (; !e && version < migration_count; version++)
        e = step(db, version, p);
    return e;
}
