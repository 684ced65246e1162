// Bringing a backup back.
#pragma once

#include "common/err.h"
#include "content/backup/backup.h"

// Makes the data folder `folder`, which must be missing or empty, from the backup `path`. The file is not
// trusted: only the names of content/backup/backup.h are taken, only regular files, each once, each with the
// size and SHA-256 it must have, and the database must pass its own check and find all its media. ERR_EXISTS
// for a folder with something in it; ERR_INVALID for a file that is no whole backup; ERR_UNSUPPORTED for one
// of a newer version; ERR_CORRUPT for damage inside. On failure the folder is as it was before.
enum err restore_read(const char *path, const char *folder, struct backup_total *ret, struct problem *p);
