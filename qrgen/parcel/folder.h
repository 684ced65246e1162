// The folder that a parcel is written into: all of it or nothing. Files are first written into a staging
// folder on the same disk and get to their place when everything is there.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "qrgen/parcel/place.h"

// Initialise with FOLDER_INIT; release with folder_close.
struct folder {
    struct place place; // where the batch shall be; its target is the folder in which staging stands when it
                        // was there before
    char *staging;      // where it is now; NULL when nothing is under way
    int fd;             // the staging folder
};

#define FOLDER_INIT ((struct folder){.fd = -1})

// Takes `place` over; where it is missing, what killed runs left beside it is removed. It may be missing, or
// empty; or, with `replace`, hold anything: then the files of an earlier batch will be replaced, everything
// else is left alone. ERR_EXISTS when it is not empty and not to be replaced, ERR_DENIED, ERR_FULL, ERR_IO,
// ERR_MEMORY; field "--out".
enum err folder_begin(struct place *place, bool replace, struct folder *ret, struct problem *p);

// Opens a new file of the staging folder, which the caller closes; "png/x.png" makes the folder "png". The
// file is not yet flushed to the disk. Thread-safe for different names.
enum err folder_create(const struct folder *f, const char *name, int *ret_fd, struct problem *p);

// Writes a whole one.
enum err folder_write(const struct folder *f, const char *name, const void *data, size_t len,
                      struct problem *p);

// Reads a file of the staging folder into *ret (initialised; replaced). Thread-safe.
enum err folder_read(const struct folder *f, const char *name, size_t limit, struct buf *ret,
                     struct problem *p);

// Flushes everything to the disk, once, and brings it to its place. A missing target appears by one rename.
// In a folder that is there, an earlier batch goes only when the new one stands whole; on failure it is put
// back.
enum err folder_finish(struct folder *f, struct problem *p);

// Releases; removes the staging folder and the parents made for it when folder_finish was not called or
// failed. Accepts FOLDER_INIT.
void folder_close(struct folder *f);

#define cleanup_folder CLEANUP(folder_close)
