// The folder whose files win over the embedded ones: finding and reading them. Private to assets/.
// Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "common/err.h"

// Tells one version of a file from the next.
struct live_identity {
    struct timespec modified;
    struct timespec changed;
    off_t size;
    ino_t inode;
};

bool live_same(const struct live_identity *a, const struct live_identity *b);

// True and the identity when folder/name is a regular file.
bool live_stat(const char *folder, const char *name, struct live_identity *ret);

// True for a relative path of clean segments: [a-z0-9_-][a-z0-9._-]*, at most ASSET_NAME_MAX bytes in all.
bool live_name_is_clean(const char *name);

// Calls `each` for every regular file below the folder whose clean name begins with `prefix`; in no order.
// Stops early at anything but ERR_NONE and returns that. A folder that cannot be read counts as empty.
enum err live_walk(const char *folder, const char *prefix,
                   enum err (*each)(void *arg, const char *name, const struct live_identity *identity),
                   void *arg);

// A number made from the names and identities of the files that begin with `prefix`.
uint64_t live_stamp(const char *folder, const char *prefix);
