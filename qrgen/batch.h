// A batch: plates as values in, pictures and their manifest out, every picture decoded again before the batch
// exists.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "qrgen/job.h"

#define BATCH_THREADS_MAX 64

struct batch {
    const struct job *job;
    const char *base_url;
    const char *out; // folder, see output_begin
    bool replace;    // replace the batch in a folder that is not empty
    bool skip_check; // leave out the decoding: for measuring speed only; the manifest says so
    unsigned dpi;
    double module_mm;        // 0: the largest module that fits size_mm, or the default where that is 0 too
    double size_mm;          // no picture shall be wider, quiet zone included; 0: no limit
    unsigned threads;        // 1 to BATCH_THREADS_MAX; 0: one for each processor that may be used
    const atomic_bool *stop; // the batch gives up soon after this becomes true; NULL: never
    // Called a few times a second and once at the end, in the thread that called batch_run. NULL: nobody
    // listens.
    void (*progress)(void *arg, size_t done, size_t total);
    void *progress_arg;
};

// What a batch came to.
struct batch_result {
    size_t pictures;
    uint64_t bytes;       // of all pictures together
    double module_mm[2];  // the smallest and the largest module
    double picture_mm[2]; // the smallest and the largest side, quiet zone included
    int version[2];       // the smallest and the largest version
};

// Runs the batch: writes the pictures and "manifest.csv". Two runs of the same job give the same bytes in the
// same files, whatever the number of threads. Memory does not grow with the number of plates but for a
// hundred bytes each beside the job.
//
// Failures, after which nothing of the batch is left in `out`: ERR_INVALID for no plates, a base URL that is
// none, a module out of range; ERR_EXISTS for a code that stands twice, and for a folder that is not empty;
// ERR_TOO_LARGE for an address that needs a larger symbol than size_mm allows; ERR_CORRUPT for a picture that
// does not scan, with the plate's code; ERR_CANCELLED when stopped; ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY.
enum err batch_run(const struct batch *b, struct batch_result *ret, struct problem *p);
