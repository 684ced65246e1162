// Where a parcel shall stand: a path that may be missing, with the parents that were made for it.
#pragma once

#include <stdbool.h>

#include "common/cleanup.h"
#include "common/err.h"

// Initialise with PLACE_INIT; release with place_clear.
struct place {
    char *target;   // without slashes at its end, symbolic links resolved where it exists
    char *existing; // the deepest folder above the target that was there before; NULL: nothing was made
    bool was_there; // the target existed
};

#define PLACE_UNFINISHED ".unfinished-" // what goes on behind the target's name until the parcel is whole

#define PLACE_INIT ((struct place){.target = NULL})

// Finds out about `target` and makes its missing parents. Field "--out" in all problems: ERR_INVALID when it
// is empty; ERR_DENIED, ERR_FULL, ERR_IO, ERR_NOT_FOUND, ERR_MEMORY.
enum err place_begin(const char *target, struct place *ret, struct problem *p);

// Removes those parents again that were made and are empty.
void place_give_up(const struct place *place);

// Removes what earlier runs of this user left beside the target because they were killed: files and folders
// that are called as the target, PLACE_UNFINISHED and six more characters, and that nobody holds. Best
// effort.
void place_sweep(const struct place *place);

// Holds the unfinished file or folder `fd`, until it is closed or the process ends, however that happens.
void place_hold(int fd);

// Between them, one program at a time: a descriptor to be closed, or -1 where
// there is no lock to be had within a second. What
// is made and held before it is closed is never taken for something left.
int place_turn(const struct place *place);

void place_clear(struct place *place);

#define cleanup_place CLEANUP(place_clear)

// A full disk deserves more than the system's few words: replaces the text of ERR_FULL. Returns `e`.
enum err place_say(const struct place *place, enum err e, struct problem *p);
