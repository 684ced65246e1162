// Copying a whole database while others use it. Private to the store.
#pragma once

#include <sqlite3.h>

#include "common/err.h"

// Writes a consistent copy of `db` to the new file `path` and syncs it. ERR_EXISTS when `path` is there;
// nothing is left behind on failure.
enum err copy_database(sqlite3 *db, const char *path, struct problem *p);
