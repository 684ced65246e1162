// What the files of a parcel are called, but those of its plates (job_file_name).
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

#define NAMES_MANIFEST_CSV  "manifest.csv" // where it stands, the parcel is whole
#define NAMES_MANIFEST_JSON "manifest.json"
#define NAMES_READ_ME_VI    "READ-ME.vi.txt"
#define NAMES_READ_ME_EN    "READ-ME.en.txt"
#define NAMES_SHEETS        "sheets"
#define NAMES_PROOF         "proof"

#define NAMES_VOLUME_SIZE 32 // bytes, with the NUL

// The name of volume `number` (from 1) of `count`: "sheets.pdf" of one, else "sheets-01.pdf", with as many
// digits as `count` needs and at least two.
void names_volume(const char *stem, size_t number, size_t count, char ret[NAMES_VOLUME_SIZE]);

// The folders of a parcel in which plates' files stand; "" is the parcel itself, where earlier versions put
// them. Ends with NULL.
extern const char *const names_folders[];

// Whether a file with that name, in any of those folders, is of a parcel.
bool names_is_ours(const char *name);
