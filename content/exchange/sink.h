// Private to content/exchange: where an export goes, a folder or a ZIP file. Names are relative, with "/",
// and each comes once; a folder comes before what lies in it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct sink {
    enum err (*folder)(struct sink *sink, const char *rel, struct problem *p);
    enum err (*text)(struct sink *sink, const char *rel, const char *data, size_t len, struct problem *p);
    // All of the open file `in`, which has `size` bytes and does not get smaller when it is packed.
    enum err (*copy)(struct sink *sink, const char *rel, int in, uint64_t size, struct problem *p);
};

struct sink_folder {
    struct sink sink;
    const char *path; // borrowed; the folder is there
};
struct sink_folder sink_folder_make(const char *path);

struct archive;
struct sink_zip {
    struct sink sink;
    struct archive *archive;
};

// A ZIP written to `fd` from front to back; the same files give the same bytes. sink_zip_close ends it, whole
// when it returns ERR_NONE; the caller closes fd.
enum err sink_zip_open(struct sink_zip *sink, int fd, struct problem *p);
enum err sink_zip_close(struct sink_zip *sink, struct problem *p);
