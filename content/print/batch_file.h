// Where a batch's parcel lies in the data folder, and whether it is whole.
//
//   DIR/batches/12.zip       the parcel of batch 12
//   DIR/batches/12.N.png     pictures of a few of its plates, for pages
//
// All of it can be made again from the batch, so backups leave it out.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct store;

#define BATCH_FOLDER "batches"
enum { BATCH_PICTURES = 4 }; // of plates, at most

// In the arena; NULL when memory is out.
char *batch_file_folder(const struct store *store, struct arena *a);
// Names inside that folder.
char *batch_file_name(struct arena *a, int64_t id);
char *batch_file_saved_as(struct arena *a, int64_t id); // what the parcel is called where it is fetched
char *batch_file_picture(struct arena *a, int64_t id, int64_t number); // from 1 to BATCH_PICTURES

int64_t batch_file_picture_number(const char *text); // 0 for what is none

// Whether there is a file of that name inside the folder; false for NULL.
bool batch_file_is_there(const struct store *store, const char *name);

// Removes the parcel and the pictures. Missing is fine.
void batch_file_remove(const struct store *store, int64_t id);

// Removes whatever lies in the folder and belongs to no batch that has a parcel: what a making left that did
// not end. Nobody may be making a batch. A lock file stays.
enum err batch_file_sweep(struct store *store, struct problem *p);

// Reads every parcel and compares its size and hash. One that has changed becomes a problem in `list`
// (ERR_CORRUPT is then returned); those that are not there are counted: they can be made again.
enum err batch_file_check(struct store *store, struct problem_list *list, size_t *ret_files,
                          size_t *ret_missing, struct problem *p);
