// A bundle that comes as one file: ZIP, TAR or TAR with gzip. Whoever made it is not believed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct unpack_limits {
    size_t entries;      // files and folders
    uint64_t bytes;      // of all files, unpacked
    uint64_t file_bytes; // of one
    unsigned ratio;      // unpacked to packed, from a few megabytes on: what grows more is a bomb
    uint64_t room;       // bytes that may be taken of the disk, of all files; 0: as far as it goes
};

// Far beyond what a bundle holds: a country's sites with their photos. Who takes larger archives raises
// `bytes` with them.
#define UNPACK_LIMITS                                                                                        \
    ((struct unpack_limits){                                                                                 \
        .entries = 500000, .bytes = (uint64_t)4 << 30, .file_bytes = (uint64_t)256 << 20, .ratio = 200})

// True for a name that ends as an archive's does: .zip, .tar, .tar.gz, .tgz.
bool unpack_is_archive(const char *name);

// Unpacks the archive into `folder`, which is there and empty, and nowhere else. Names with a component that
// begins with a dot, and what macOS adds, are left out. *ret_root, in the arena, is the folder of the bundle:
// `folder`, or the only folder in it. Refused, with a problem that names the entry: names that are absolute,
// have "..", a backslash, a control character or are not UTF-8; links and special files; a name twice; what
// is beyond the limits (ERR_FULL: beyond `room`); an archive without bundle.json. `go_on` (may be NULL) is
// asked for each entry; ERR_CANCELLED when it says no. On failure what was unpacked is left to the caller,
// who removes the folder.
enum err unpack_bundle(const char *archive, const char *folder, const struct unpack_limits *limits,
                       bool (*go_on)(void *data), void *data, struct arena *a, const char **ret_root,
                       struct problem *p);
