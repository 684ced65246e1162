// Private to content/exchange: reading a folder that somebody else made. Nothing outside it is ever opened:
// no symbolic link is followed below the folder itself, and no path has "..".
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

struct folder {
    int fd;
    const char *path; // as given; borrowed
};

enum err folder_open(const char *path, struct folder *ret, struct problem *p);
void folder_close(struct folder *folder);
#define cleanup_folder CLEANUP(folder_close)

enum folder_type { FOLDER_FILE, FOLDER_FOLDER, FOLDER_LINK, FOLDER_OTHER };

struct folder_entry {
    const char *name;
    enum folder_type type;
};

struct folder_list {
    struct folder_entry *items;
    size_t count;
};

// What lies in the folder `rel` ("" for the folder itself), in the order of the bytes of the names, without
// names that begin with a dot. In the arena. ERR_NOT_FOUND when there is none; ERR_TOO_LARGE above a million
// entries.
enum err folder_list(const struct folder *folder, const char *rel, struct arena *a, struct folder_list *ret,
                     struct problem *p);

// Opens the regular file `rel` for reading; the caller closes *ret_fd. ERR_INVALID for what is no regular
// file inside the folder. *ret_size may be NULL.
enum err folder_file(const struct folder *folder, const char *rel, int *ret_fd, size_t *ret_size,
                     struct problem *p);

// Reads the whole file `rel` into *ret (initialised; replaced). ERR_TOO_LARGE above `limit` bytes.
enum err folder_read(const struct folder *folder, const char *rel, size_t limit, struct buf *ret,
                     struct problem *p);
