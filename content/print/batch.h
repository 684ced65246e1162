// Batches: the plates that go to print together, and what was made of them. A batch keeps each plate as it
// was when the batch took it, so that it can be made again bit for bit whatever is edited meanwhile.
//
// Life: waiting -> running -> made -> printed. A batch that failed or was stopped can be made again, and so
// can one that was made; then it waits once more. Its plates are "in-batch" from its making on; "printed"
// moves them on, stopping gives each the state that it had. A plate is in one open batch at most.
//
// Reading takes any connection of the store; changing takes the writer's, inside the caller's transaction.
// Strings live in the arena given at loading.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "content/actor.h"
#include "content/code/code.h"

struct connection;

enum {
    BATCH_PLATES_MAX = 10000, // of one batch; more go into several
    BATCH_COPIES_MAX = 999,   // of one plate
    BATCH_NAME_MAX = 120,     // characters
    BATCH_MATERIAL_MAX = 900, // bytes
    BATCH_TRIES_MAX = 3,      // begun so often without an end, a batch has failed
};

// What files are to be made, and how large. Sizes in millimetres; 0 is not given.
struct batch_options {
    const char *base_url;  // stands before each code
    const char *design;    // name of a plate design: "board-a5"
    bool png, svg, pdf;    // one of them at least
    int64_t dpi;           // of the PNG
    double module_mm;      // one of these three at most; none: what the design says
    double size_mm;        // width of the symbol with its quiet zone
    double distance_m;     // from which it shall be read
    bool crop_marks;       // in the PDF
    const char *paper;     // of sheets.pdf: NULL none, "A4", "A3", "own"
    double sheet_width_mm; // with "own"
    double sheet_height_mm;
    double gutter_mm, margin_mm; // between plates; around them
    const char *material;        // a note for the print shop; NULL or ""
    const char *logo; // SHA-256 of a PNG among the media, for designs that have room; NULL: the means' own
};

// The installation's logo as it is now, when it is one that plates can show: a PNG. NULL in *ret otherwise.
enum err batch_logo(struct connection *c, struct arena *a, const char **ret, struct problem *p);

// Ranges that hold for every design; the program that makes the batch knows the rest. ERR_INVALID with the
// member as field ("dpi", "size", "formats", "sheet", "material", "design", "base_url").
enum err batch_options_check(const struct batch_options *o, struct problem *p);

struct batch {
    int64_t id;
    const char *name, *state; // "waiting", "running", "made", "failed", "stopped", "printed"
    const char *account;      // who made it; NULL: no account
    int64_t plates;
    int64_t created_at, started_at, finished_at, printed_at; // 0: not yet
    int64_t tries, makings;                                  // begun since it was queued; finished well
    int64_t files, bytes;                                    // of the parcel; 0 before
    const char *sha256;                                      // of the parcel's newest making; NULL before
    const char *first_sha256;                                // of its first
    const char *failure;                                     // "" or a word: err_name, or "tries"
    const char *message;                                     // the sentence that goes with it
    int64_t reprint_of;                                      // a batch, or 0
    struct batch_options options;
};
struct batches {
    struct batch *items;
    size_t count;
};

// True while it has hold of its plates: waiting, running, made or failed, and never printed.
bool batch_is_open(const struct batch *batch);
// True when there is a parcel to be fetched: made or printed; or made once, though making it again failed.
bool batch_has_parcel(const struct batch *batch);
bool batch_state_is_valid(const char *state);

// --- looking

enum err batch_load(struct connection *c, struct arena *a, int64_t id, struct batch *ret, struct problem *p);

struct batch_filter {
    const char *state; // or NULL
    const char *query; // part of a name, or a code however typed; or NULL
};
// The newest first.
enum err batch_list(struct connection *c, struct arena *a, const struct batch_filter *filter, int limit,
                    int64_t offset, struct batches *ret, struct problem *p);
enum err batch_count(struct connection *c, const struct batch_filter *filter, int64_t *ret,
                     struct problem *p);

// The id that the next batch will have, for a name to offer. At least 1.
enum err batch_next_id(struct connection *c, int64_t *ret, struct problem *p);

struct batch_plate {
    int64_t sequence; // from 1
    const char *code;
    int64_t copies;
    const char *state;    // of the plate now
    const char *document; // as the job names it, JSON text: code, site, titles, rank, address, place, copies
};
struct batch_plates {
    struct batch_plate *items;
    size_t count;
};
enum err batch_plate_list(struct connection *c, struct arena *a, int64_t id, int limit, int64_t offset,
                          struct batch_plates *ret, struct problem *p);

// A batch that has, or had, a plate in it.
struct batch_of_plate {
    int64_t id;
    const char *name, *state;
};
struct batches_of_plate {
    struct batch_of_plate *items;
    size_t count;
};
// The newest first, twenty at most.
enum err batch_list_of_plate(struct connection *c, struct arena *a, const char *code,
                             struct batches_of_plate *ret, struct problem *p);

// --- making

struct batch_item {
    char code[CODE_SIZE];
    int64_t copies;
};
struct batch_new {
    const char *name; // 1 to BATCH_NAME_MAX characters, one line
    struct batch_options options;
    const struct batch_item *items; // in the order in which they are to be printed
    size_t count;
    int64_t reprint_of; // a batch that holds all of these plates: each is kept in that batch's words; 0: in
                        // today's
};
// Makes a batch that waits, and takes the plates into it. ERR_INVALID with a field ("name", "plates",
// "copies", or one of batch_options_check); ERR_NOT_FOUND for a code that no plate has, ERR_DENIED for a
// retired plate, ERR_CONFLICT for one that an open batch holds, ERR_EXISTS for one named twice: with "plates"
// as field, and the item's place in the list, from 1, as line. Of a reprint: ERR_NOT_FOUND for a plate that
// the other batch does not hold, ERR_UNSUPPORTED with "plates" for one that opens another site or tour since
// then, as its words would be wrong.
enum err batch_add(struct connection *writer, const struct batch_new *batch, const struct actor *actor,
                   int64_t *ret_id, struct problem *p);

// --- what people decide. ERR_CONFLICT when the batch is in a state that does not allow it.

// Takes it out of the queue, ends its making, or gives it up. One that was made or printed before goes back
// to that; otherwise its plates get the states that they had.
enum err batch_stop(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p);
// It waits once more. ERR_CONFLICT also when another batch has one of its plates now.
enum err batch_again(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p);
// The print shop has delivered: its plates are printed.
enum err batch_print(struct connection *writer, int64_t id, const struct actor *actor, struct problem *p);

// --- what the runner tells

// The batch that has waited longest; 0 when none waits.
enum err batch_waiting(struct connection *c, int64_t *ret_id, struct problem *p);
// ERR_CONFLICT when it does not wait any more.
enum err batch_begin(struct connection *writer, int64_t id, int64_t now, struct problem *p);
// Back to the queue: the server ends, and this was no failed try.
enum err batch_put_back(struct connection *writer, int64_t id, struct problem *p);
// At the server's start: what was running when it ended badly waits once more, or has failed when that
// happened BATCH_TRIES_MAX times.
enum err batch_recover(struct connection *writer, int64_t now, struct problem *p);

struct batch_result {
    int64_t files, bytes;
    const char *sha256;
};
// Both: ERR_CONFLICT when it was stopped meanwhile.
enum err batch_made(struct connection *writer, int64_t id, const struct batch_result *result, int64_t now,
                    struct problem *p);
enum err batch_failed(struct connection *writer, int64_t id, const char *failure, const char *message,
                      int64_t now, struct problem *p);

// --- the job for stele-qrgen

// What the server adds to every job.
struct batch_means {
    const char *designs; // a folder of designs of its own, or NULL
    const char *logo;    // a file, or NULL
    const char *media;   // the media folder, for a batch's own logo; NULL: it goes without
};
// The job's JSON: of the whole batch, or with `sequence` > 0 of that plate alone.
enum err batch_job(struct connection *c, int64_t id, const struct batch_means *means, int64_t sequence,
                   struct buf *out, struct problem *p);
// Of one plate that need not be in a batch, for a preview.
enum err batch_job_of_plate(struct connection *c, const struct batch_options *options,
                            const struct batch_means *means, const char *code, struct buf *out,
                            struct problem *p);

// Private to content/print/.
json_t *batch_options_json(const struct batch_options *o); // a new reference; NULL when memory is out
bool batch_options_read(const json_t *object, struct arena *a, struct batch_options *ret);
// The plate as a job names it. `copies` of it. *ret is a new reference.
struct batch_facts {
    const char *state; // of the plate now, in the arena
    int64_t holder;    // the open batch that holds it; 0: none
    json_t *document;
};
enum err batch_freeze(struct connection *c, struct arena *a, const char *code, int64_t copies,
                      struct batch_facts *ret, struct problem *p);
