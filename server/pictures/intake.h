// Where uploads that are whole become media of their site: one at a time, on a thread of its own, since
// opening a photo takes seconds and no request may wait for it. What is asked for here is done in the order
// in which it came; how it went can be asked until INTAKE_JOBS_MAX others have come. Nothing of this is kept
// when the program ends: uploads that were not done are still there (content/arrival.h), and the next start
// takes them in.
//
// Before a file lands, in the same transaction, it is looked at once more who sent it: ERR_DENIED with field
// "account" (gone or closed), "role", "area", "bin" (the site lies there) or "state" (published, and they may
// not publish). The file is kept for the day, as that may change.
//
// Thread-safe; all calls are quick, save intake_wait, and intake_stop, which waits for the file that is being
// opened: not long after pictures_stop, and the file is taken in at the next start.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/hash.h"
#include "content/arrival.h"

#define INTAKE_JOBS_MAX 512

struct intake;
struct pictures;
struct store;

enum intake_state {
    INTAKE_WAITING,
    INTAKE_MAKING,
    INTAKE_DONE,   // the file belongs to its site now
    INTAKE_FAILED, // and what was the file's own fault has been thrown away
};

struct intake_told {
    char token[ARRIVAL_TOKEN_SIZE];
    char name[256]; // of the file, cut
    enum intake_state state;
    bool was_there;             // done: the site had this file already, nothing was changed
    char sha256[HASH_HEX_SIZE]; // done: its media
    struct problem problem;     // failed
    bool is_kept;               // failed by no fault of the file: it is still there, and may be put in again
};

// Takes in what was whole and not done when the program ended.
enum err intake_start(struct pictures *pictures, struct store *store, struct intake **ret, struct problem *p);
void intake_stop(struct intake *intake); // what waits is left; NULL is fine

// Puts a whole upload in, for the account that sent it. One that is in already stays; one that failed is
// tried again. ERR_BUSY when too many wait.
enum err intake_put(struct intake *intake, const struct arrival *arrival, struct problem *p);

// Keeps the sentence about a file that was refused before it was whole, so that intake_list tells it.
void intake_refuse(struct intake *intake, int64_t site_id, int64_t account_id, const char *name,
                   const struct problem *why);

// Has the thumbnail of a picture cut around a focus (0 to 1 each), where there is none yet.
enum err intake_cut(struct intake *intake, const char *sha256, double focus_x, double focus_y,
                    struct problem *p);

// How it stands with an upload of the account. ERR_NOT_FOUND when it was never put in, or is forgotten.
enum err intake_ask(struct intake *intake, int64_t account_id, const char *token, struct intake_told *ret);

// All of an account for a site that are not done, oldest first; at most `max`. Returns how many.
size_t intake_list(struct intake *intake, int64_t account_id, int64_t site_id, struct intake_told *ret,
                   size_t max);

// Waits until all of an account for a site are over, but for at most INTAKE_WAIT_MS.
#define INTAKE_WAIT_MS 900
void intake_wait(struct intake *intake, int64_t account_id, int64_t site_id);

// What failed has been read.
void intake_forget(struct intake *intake, int64_t account_id, const char *token);
