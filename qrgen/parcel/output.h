// What a parcel is written into: a folder, or one ZIP file where the name ends in ".zip". All of it or
// nothing.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hash.h"
#include "qrgen/parcel/folder.h"
#include "qrgen/parcel/zip.h"

// Initialise with OUTPUT_INIT; release with output_close.
struct output {
    bool is_zip;
    struct folder folder;
    struct zip zip;
    int fd; // of the file of a folder that is being written piece by piece
    struct hash hash;
    atomic_uint_least64_t files, bytes;
};

#define OUTPUT_INIT ((struct output){.folder = FOLDER_INIT, .zip = ZIP_INIT, .fd = -1})

// Prepares `target`, which may be missing, with its parents. See folder_begin and zip_begin for what
// `replace` does; field "--out".
enum err output_begin(const char *target, bool replace, struct output *ret, struct problem *p);

// Adds a whole file. Thread-safe for a folder; into a ZIP file one at a time, in the order that they shall
// have in it.
enum err output_write(struct output *o, const char *name, const void *data, size_t len, struct problem *p);

// The same piece by piece, one file at a time: output_create, output_append, output_end, which says its hash.
enum err output_create(struct output *o, const char *name, struct problem *p);
enum err output_append(struct output *o, const char *name, const void *data, size_t len, struct problem *p);
enum err output_end(struct output *o, const char *name, uint8_t ret_sha256[HASH_SIZE], struct problem *p);

// What a finished parcel is.
struct output_facts {
    uint64_t files, bytes;      // of the ZIP file, or of all files together
    char sha256[HASH_HEX_SIZE]; // of the ZIP file; "" for a folder
};

// Brings everything to its place; see folder_finish and zip_finish.
enum err output_finish(struct output *o, const atomic_bool *stop, struct output_facts *ret,
                       struct problem *p);

// Releases; what was not finished is removed. Accepts OUTPUT_INIT.
void output_close(struct output *o);

#define cleanup_output CLEANUP(output_close)
