// A batch: plates as values in, a parcel for the print shop out, every picture decoded again before the batch
// exists.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/hash.h"
#include "qrgen/crew.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"

#define BATCH_THREADS_MAX CREW_THREADS_MAX

// What a batch is busy with, in this order; some are left out where there is nothing to do.
enum batch_stage { BATCH_PLATES, BATCH_SHEETS, BATCH_PROOF, BATCH_FINISH, BATCH_STAGES };

// "plates", "sheets", "proof", "finish".
extern const char *const batch_stages[BATCH_STAGES];

struct batch {
    const struct job *job;
    const struct order *order;
    const char *out;         // a folder, or a file whose name ends in ".zip"; see output_begin
    bool replace;            // replace the batch that is there
    bool skip_check;         // leave out the decoding: for measuring speed only; the manifest says so
    unsigned threads;        // 1 to BATCH_THREADS_MAX; 0: one for each processor that may be used
    const atomic_bool *stop; // the batch gives up soon after this becomes true; NULL: never
    // Called a few times a second and once at the end of each stage, in the thread that called batch_run.
    // NULL: nobody listens.
    void (*progress)(void *arg, enum batch_stage stage, size_t done, size_t total);
    void *progress_arg;
};

// What a batch came to.
struct batch_result {
    size_t plates, copies;
    size_t sheets;                // pages
    uint64_t files;               // of the parcel
    uint64_t bytes;               // of the ZIP file, or of all files together
    char sha256[HASH_HEX_SIZE];   // of the ZIP file; "" for a folder
    double module_mm[2];          // the smallest and the largest module
    double symbol_mm[2];          // the smallest and the largest side without quiet zone
    double plate_mm[2][2];        // the smallest and the largest plate: width, height
    double distance_m[2];         // the smallest and the largest distance from which a plate reads
    int version[2];               // the smallest and the largest version
    char problem_code[CODE_SIZE]; // after a failure: the plate that it is about, or ""
};

// Runs the batch and writes the parcel: files of each plate, sheets, proof, READ-ME, manifests. Two runs of
// the same job give the same bytes in the same files, whatever the number of threads. Memory does not grow
// with the number of plates but for a few hundred bytes each beside the job.
//
// Of *ret only problem_code is touched on failure. Failures, after which nothing of the batch is left in
// `out`: ERR_INVALID for no plates, a base URL that is none, a module out of range; ERR_EXISTS for a code
// that stands twice, and for a folder that is not empty; ERR_TOO_LARGE for an address that needs a larger
// symbol than size_mm allows, a plate larger than its sheet; ERR_CORRUPT for a picture that does not scan,
// with the plate's code; ERR_CANCELLED when stopped; ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY.
enum err batch_run(const struct batch *b, struct batch_result *ret, struct problem *p);
