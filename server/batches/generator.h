// The program stele-qrgen as the server uses it: which plate designs there are, how a plate will look, and
// the making of a batch. It is started anew for each; whatever happens to it, the server goes on.
// Thread-safe.
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "content/print/batch.h"
#include "server/batches/event.h"

struct generator;

struct generator_options {
    const char *program; // stele-qrgen; NULL: looked for beside the running program
    const char *designs; // a folder of designs of one's own, or NULL
    const char *logo;    // a file for the designs that have room for one, or NULL
    const char *media;   // the media folder, where the desk's logo lies; or NULL
};

// Strings are copied. ERR_NOT_FOUND when there is no such program, with the way out.
enum err generator_open(const struct generator_options *options, struct generator **ret, struct problem *p);
void generator_close(struct generator *g); // nobody may be using it; NULL is fine

// What goes into every job; lives as long as the generator.
const struct batch_means *generator_means(const struct generator *g);

struct design {
    const char *name;
    const char *labels;                    // words as JSON text
    double width_mm, height_mm, symbol_mm; // of the plate; of the symbol with its quiet zone; 0: not fixed
};
struct designs {
    struct design *items;
    size_t count;
};
// Asked for at most once a minute, otherwise what was answered last. In the arena. A few hundredths of a
// second. ERR_UNSUPPORTED when the program does not know the question.
enum err generator_designs(struct generator *g, struct arena *a, struct designs *ret, struct problem *p);

// A PNG of the job's first plate at 150 dpi, into *ret. One at a time, others wait a little: ERR_BUSY.
// ERR_INVALID with the program's own sentence, and what it is about as field, when the job cannot be made.
enum err generator_preview(struct generator *g, const char *job, size_t len, struct buf *ret,
                           struct problem *p);

// Makes the ZIP `out`, which must not be there yet. `heard` gets every event as it comes, on the calling
// thread, also the last. Ends soon once *stop is true: ERR_CANCELLED. Otherwise ERR_NONE when the parcel
// stands as *ret_done says it does (size and hash were looked at), or what went wrong: the code and sentence
// of the program, or of its end. On failure nothing is left at `out`.
enum err generator_make(struct generator *g, const char *job, size_t len, const char *out,
                        void (*heard)(void *arg, const struct event *event), void *arg,
                        const atomic_bool *stop, struct event *ret_done, struct problem *p);
