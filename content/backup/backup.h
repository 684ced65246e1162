// A backup: the database and all media in one tar file (POSIX pax interchange format), which any tar can
// unpack.
//
//   backup.json        first: {"format": "stele-backup", "version": 1, "database": {"bytes", "sha256"},
//   "media": N} stele.db           a consistent copy of the database media/ab/abcdef…   N files, each under
//   the SHA-256 of its bytes
//
// Restored by content/backup/restore.h.
#pragma once

#include <stdint.h>

#include "common/err.h"

struct store;

#define BACKUP_FORMAT    "stele-backup"
#define BACKUP_VERSION   1
#define BACKUP_FACTS     "backup.json"
#define BACKUP_DATABASE  "stele.db"
#define BACKUP_MEDIA     "media"     // in the archive as in the data folder
#define BACKUP_MEDIA_MAX (200 << 20) // bytes of one file: no larger one is ever kept (content/media.h)

struct backup_total {
    int64_t database_bytes;
    int64_t media_files;
    int64_t media_bytes;
};

// Writes the backup into the new file `path`. The server and other commands may go on meanwhile: the copy is
// of one moment. Needs room beside `path` for the database twice. ERR_EXISTS when `path` is there;
// ERR_CORRUPT when a media file is missing or damaged, named in the problem. When ERR_NONE is returned the
// file is whole and on the disk; otherwise nothing is left behind.
enum err backup_write(struct store *store, const char *path, struct backup_total *ret, struct problem *p);
