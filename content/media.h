// Media: files kept under the SHA-256 of their bytes, DIR/media/ab/abcdef….
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/hash.h"

struct connection;
struct store;

struct media {
    char sha256[HASH_HEX_SIZE];
    const char *media_class; // "image", "audio", "video"
    const char *mime;
    int64_t bytes, width, height, duration_ms; // 0 when not known
    const char *original_name;
    int64_t created_at;
    bool shown; // belongs to a published site
};

#define MEDIA_BYTES_MAX 200000000 // of one file; large enough for a film of a few minutes

// What the bytes are, by their content: JPEG, PNG, WebP, HEIC/AVIF; MP3, M4A, Ogg/Opus; MP4, WebM. NULL when
// none of these (SVG is refused on purpose). *ret_class is "image", "audio" or "video".
const char *media_sniff(const void *data, size_t len, const char **ret_class);

// Copies the file `path` into the media folder: a temporary file, fsync, rename, fsync of the folder; a file
// already there is left as it is. Fills *ret (sha256, class, mime, bytes, size in pixels where it is easily
// read). No row is written yet: call media_add in the transaction that uses it. A file without a row is swept
// by `stele check`. ERR_UNSUPPORTED when it is no known kind, ERR_TOO_LARGE above MEDIA_BYTES_MAX.
enum err media_keep(struct store *store, const char *path, struct arena *a, struct media *ret,
                    struct problem *p);

enum err media_add(struct connection *writer, const struct media *media, struct problem *p);
enum err media_load(struct connection *c, struct arena *a, const char *sha256, struct media *ret,
                    struct problem *p);

// The file's path, in the arena; sha256 must be 64 lower-case digits.
char *media_path(const struct store *store, struct arena *a, const char *sha256);
