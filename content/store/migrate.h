// Numbered migrations, embedded from content/store/migrations/. Private to the store.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "common/err.h"

struct migration {
    const char *name; // "0001-foundation.sql"
    const char *sql;
};

extern const struct migration migrations[]; // migration N brings user_version N - 1 to N
extern const int migration_count;

// The database's user_version; -1 when it cannot be read.
int migrate_version(sqlite3 *db);

// Brings the database to migration_count, one transaction for each step. The caller holds the lock file. A
// database that has content is first copied to FOLDER/backups/before-NNNN-TIME.db. ERR_UNSUPPORTED when it is
// newer.
enum err migrate_run(sqlite3 *db, const char *folder, struct problem *p);
