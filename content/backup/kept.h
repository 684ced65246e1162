// The backups kept beside the data, in DIR/backups: those made at the desk, and the copies of the database
// that the program makes by itself before a migration.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct store;

struct kept {
    const char *name; // of the file
    int64_t bytes, at;
    bool whole; // database and media; otherwise the database alone
};
struct kept_list {
    struct kept *items; // the newest first
    size_t count;
};

// Files under another name than ours are left out. No folder: an empty list. ERR_IO, ERR_MEMORY.
enum err kept_read(const struct store *store, struct arena *a, struct kept_list *ret, struct problem *p);

// Makes a backup of now, as backup_write. ERR_BUSY while another thread of this process makes one.
enum err kept_make(struct store *store, struct arena *a, const char **ret_name, struct problem *p);

// True for a name that such a file can have: no way out of the folder.
bool kept_is_name(const char *name);

// ERR_NOT_FOUND when there is no such file.
enum err kept_remove(const struct store *store, const char *name, struct problem *p);

// "DIR/backups", in the arena.
const char *kept_folder(const struct store *store, struct arena *a);
