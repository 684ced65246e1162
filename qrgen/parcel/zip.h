// The ZIP file that a parcel is written into, entry after entry, by libarchive: all of it or nothing. It
// grows under another name beside its place. Pictures and PDFs, compressed already, are stored; texts and SVG
// are deflated. Entries have no owner and the time 1980-01-01 00:00, so that the same entries give the same
// bytes with the same libarchive and zlib. ZIP64 where sizes need it. One thread at a time.
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/hash.h"
#include "qrgen/parcel/place.h"

struct archive;

// Initialise with ZIP_INIT; release with zip_close.
struct zip {
    struct place place;
    char *staging; // what the file is called until it is whole; NULL when nothing is under way
    struct zip_stream *stream;
    struct archive *archive;
    struct hash entry;   // of the entry that is being written
    struct hash entries; // of all names and their hashes, in order
    uint64_t files, bytes;
};

#define ZIP_INIT ((struct zip){.staging = NULL})

// Takes `place` over, and removes what killed runs left beside it. ERR_EXISTS when a file is there and not to
// be replaced, or a folder; ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY; field "--out".
enum err zip_begin(struct place *place, bool replace, struct zip *ret, struct problem *p);

// Begins an entry; zip_append adds to it, zip_end ends it and says its hash. `size` is its length where it is
// known, else -1. Names are plain ASCII.
enum err zip_entry(struct zip *z, const char *name, int64_t size, struct problem *p);
enum err zip_append(struct zip *z, const void *data, size_t len, struct problem *p);
enum err zip_end(struct zip *z, const char *name, uint8_t ret_sha256[HASH_SIZE], struct problem *p);

// What a finished file is.
struct zip_facts {
    uint64_t files, bytes;
    char sha256[HASH_HEX_SIZE]; // of the ZIP file
};

// Ends the file and flushes it to the disk; then reads it once from beginning to end as anybody would, by its
// directory, and compares each entry's name, CRC-32 and SHA-256 with what was handed in. What the check of
// the pictures saw is therefore what stands in the file, as far as the system gives back what it was told to
// write. Then it gets to its place. ERR_CORRUPT when it differs; ERR_CANCELLED when *stop (may be NULL)
// became true meanwhile.
enum err zip_finish(struct zip *z, const atomic_bool *stop, struct zip_facts *ret, struct problem *p);

// Releases; removes what zip_finish did not bring to its place. Accepts ZIP_INIT.
void zip_close(struct zip *z);

#define cleanup_zip CLEANUP(zip_close)
