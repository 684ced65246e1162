// What assets/embed.py generates: every file under assets/, one after the other, each followed by a NUL.
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; // "styles/visitor.css"; the table is in byte order of the names
    const char *hash; // first digits of the SHA-256 of the bytes, ASSET_HASH_DIGITS of them
    size_t offset;    // into embedded_blob
    size_t len;
};

extern const unsigned char embedded_blob[];
extern const struct embedded_file embedded_files[];
extern const size_t embedded_count;
