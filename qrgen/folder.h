// The folder that a batch is written into: all of it or nothing. Files are first written into a staging
// folder on the same disk and get to their place when everything is there.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

// Initialise with FOLDER_INIT; release with folder_close.
struct folder {
    char *target;   // where the batch shall be
    char *staging;  // where it is now; NULL when nothing is under way
    char *existing; // the deepest folder above the target that was there before
    int fd;         // the staging folder
    bool inside;    // the target was there before, so the staging folder stands inside it
};

#define FOLDER_INIT       ((struct folder){.fd = -1})
#define FOLDER_LAST       "manifest.csv" // gets to its place last: where it stands, the batch is whole
#define FOLDER_UNFINISHED "unfinished-"  // how the name of a staging folder begins or goes on

// Prepares `target`, which may be missing (with its parents), or empty; or, with `replace`, hold anything:
// then pictures and manifest of an earlier batch will be replaced, everything else is left alone. ERR_EXISTS
// when it is not empty and not to be replaced, ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY; field "--out".
enum err folder_begin(const char *target, bool replace, struct folder *ret, struct problem *p);

// Writes a file into the staging folder; not yet flushed to the disk. Thread-safe for different names.
enum err folder_write(const struct folder *f, const char *name, const void *data, size_t len,
                      struct problem *p);

// The same piece by piece: opens a new file, which the caller closes, and adds to it.
enum err folder_create(const struct folder *f, const char *name, int *ret_fd, struct problem *p);
enum err folder_append(const struct folder *f, int fd, const char *name, const void *data, size_t len,
                       struct problem *p);

// Reads a file of the staging folder into *ret (initialised; replaced). Thread-safe.
enum err folder_read(const struct folder *f, const char *name, size_t limit, struct buf *ret,
                     struct problem *p);

// Flushes everything to the disk, once, and brings it to its place. A missing target appears by one rename.
// On failure what had got to its place already is removed again.
enum err folder_finish(struct folder *f, struct problem *p);

// Releases; removes the staging folder and the parents made for it when folder_finish was not called or
// failed. Accepts FOLDER_INIT.
void folder_close(struct folder *f);

#define cleanup_folder CLEANUP(folder_close)
