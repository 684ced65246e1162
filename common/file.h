// Whole files and folders. Writing is all or nothing and on the disk when the call returns. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

// Reads a whole regular file into *ret (which the caller has initialised; what it held is replaced).
// ERR_TOO_LARGE above `limit` bytes. *ret is untouched on failure.
enum err file_read(const char *path, size_t limit, struct buf *ret, struct problem *p);

// Writes a file so that, whatever happens, `path` holds either its old content or all of the new: a temporary
// file beside it, fsync, rename, fsync of the folder. Mode 0644 less the umask.
enum err file_write_atomic(const char *path, const void *data, size_t len, struct problem *p);

// Writes all of `len` bytes to fd, through short writes and EINTR.
enum err file_write_all(int fd, const void *data, size_t len, const char *name, struct problem *p);

// Makes the folder and its missing parents, mode 0755 less the umask. An existing folder is fine.
enum err file_make_folder(const char *path, struct problem *p);

// The folder that holds the last part of `path`: "." where it has no slash, "/" for "/x". Slashes at its end
// belong to a last part that is empty. In the arena; NULL when memory is out.
char *file_folder_of(struct arena *a, const char *path);

// Gives a file or folder another name on the same disk, unless the name is taken: ERR_EXISTS. Works where
// there are no hard links (exFAT); on file systems that cannot do both at once the look and the move are two
// steps.
enum err file_rename_new(const char *from, const char *to, struct problem *p);

// Flushes a folder's entries to the disk.
enum err file_sync_folder(const char *path, struct problem *p);

// Flushes everything on the disk that holds the folder, files and folders however deep.
enum err file_sync_disk(const char *path, struct problem *p);

// True when `path` is a folder without entries.
bool file_folder_is_empty(const char *path);

// Removes a file or a folder with everything in it; does not follow symbolic links. Missing is fine.
enum err file_remove_tree(const char *path, struct problem *p);
