// The folder that a batch is written into: all of it or nothing. Files are first written into a staging
// folder on the same disk and get to their place when everything is there.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

// Initialise with OUTPUT_INIT; release with output_close.
struct output {
    char *target;   // where the batch shall be
    char *staging;  // where it is now; NULL when nothing is under way
    char *existing; // the deepest folder above the target that was there before
    int fd;         // the staging folder
    bool inside;    // the target was there before, so the staging folder stands inside it
};

#define OUTPUT_INIT       ((struct output){.fd = -1})
#define OUTPUT_LAST       "manifest.csv" // gets to its place last: where it stands, the batch is whole
#define OUTPUT_UNFINISHED "unfinished-"  // how the name of a staging folder begins or goes on

// Prepares `target`, which may be missing (with its parents), or empty; or, with `replace`, hold anything:
// then pictures and manifest of an earlier batch will be replaced, everything else is left alone. ERR_EXISTS
// when it is not empty and not to be replaced, ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY; field "--out".
enum err output_begin(const char *target, bool replace, struct output *ret, struct problem *p);

// Writes a file into the staging folder; not yet flushed to the disk. Thread-safe for different names.
enum err output_write(const struct output *f, const char *name, const void *data, size_t len,
                      struct problem *p);

// The same piece by piece: opens a new file, which the caller closes, and adds to it.
enum err output_create(const struct output *f, const char *name, int *ret_fd, struct problem *p);
enum err output_append(const struct output *f, int fd, const char *name, const void *data, size_t len,
                       struct problem *p);

// Reads a file of the staging folder into *ret (initialised; replaced). Thread-safe.
enum err output_read(const struct output *f, const char *name, size_t limit, struct buf *ret,
                     struct problem *p);

// Flushes everything to the disk, once, and brings it to its place. A missing target appears by one rename.
// In a folder that is there, an earlier batch goes only when the new one stands whole; on failure it is put
// back.
enum err output_finish(struct output *f, struct problem *p);

// Releases; removes the staging folder and the parents made for it when output_finish was not called or
// failed. Accepts OUTPUT_INIT.
void output_close(struct output *f);

#define cleanup_output CLEANUP(output_close)
