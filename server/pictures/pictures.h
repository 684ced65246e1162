// Files that nobody vouches for are opened by another program, stele-media, never by this one: a picture made
// to harm can at most end that. Here it is started, bounded and listened to, and what it makes is kept.
// Everything is thread-safe and slow (seconds): for worker threads and commands, outside a write transaction.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/media.h"

struct pictures;
struct store;

struct pictures_options {
    const char *helper; // stele-media; NULL: looked for beside the running program
    unsigned at_once;   // helpers that may run together, others wait; 0: two
    int timeout_ms;     // for one file; 0: 90 s, longer than the helper gives itself
};

// ERR_NOT_FOUND when there is no such program, with the way out.
enum err pictures_open(const struct pictures_options *options, struct pictures **ret, struct problem *p);
void pictures_close(struct pictures *pictures); // nobody may be using it; NULL is fine

// The program is to end: helpers that run are ended within a second, and whoever waits for one gets
// ERR_CANCELLED, now and later. From any thread; NULL is fine.
void pictures_stop(struct pictures *pictures);

// Opens the file behind `fd` (from its beginning; it must be a regular file) and tells what it is. `store`
// not NULL: the variants are kept in its media folder, and their rows are the caller's to write
// (media_set_facts); files without a row are swept by `stele check`. `store` NULL: it is only looked at.
// focus 0 to 1; < 0: not set. Facts are the arena's. ERR_INVALID with a sentence when it cannot be opened or
// is no photo, sound or film; ERR_IO and the like when the helper or the disk is in trouble. Whatever the
// file does, other calls go on.
enum err pictures_make(struct pictures *pictures, struct store *store, int fd, double focus_x, double focus_y,
                       struct arena *a, struct media_facts *ret, struct problem *p);

// The whole way of an upload: keeps the file at `path` and its variants, then writes all their rows in one
// transaction of its own, for which it waits `wait_ms` at the most (store_begin_within; STORE_PATIENT for who
// has nobody waiting). `name` is what the person called it. ret_facts offers date and position. On failure
// the store is as it was. ERR_INVALID also for a sound or film in which there is nothing to play; bundles
// keep theirs as they are (pictures_make_missing).
enum err pictures_land(struct pictures *pictures, struct store *store, int wait_ms, const char *path,
                       const char *name, double focus_x, double focus_y, struct arena *a, struct media *ret,
                       struct media_facts *ret_facts, struct problem *p);

// Makes of a picture that is kept already what it does not have yet: the thumbnail around another focus, or
// all. In a transaction of its own, for which it has the patience of store_begin.
enum err pictures_make_again(struct pictures *pictures, struct store *store, const char *sha256,
                             double focus_x, double focus_y, struct problem *p);

// Makes what is missing (media_list_unmade), each picture in a transaction of its own. A picture that cannot
// be made goes to `faults`, its name as field, and the others go on. *ret_made counts those that were made.
struct pictures_total {
    size_t made, failed;
    size_t looked; // recordings; not among `made`
};
enum err pictures_make_missing(struct pictures *pictures, struct store *store, struct problem_list *faults,
                               struct pictures_total *ret, struct problem *p);

// How many pictures that would be, and how many recordings; 0 also when the store cannot be read.
size_t pictures_missing(struct store *store, size_t *ret_recordings);
