// Private to qrgen: what the parts of a batch share while it runs.
#pragma once

#include "common/buf.h"
#include "qrgen/batch.h"
#include "qrgen/check/check.h"
#include "qrgen/kind.h"
#include "qrgen/maker.h"
#include "qrgen/parcel/manifest.h"
#include "qrgen/parcel/output.h"

#define BATCH_FILE_MAX 160 // bytes of the name of a plate's file within the parcel, with the NUL

// What is kept of each plate until the manifest is written.
struct outcome {
    struct measure measure;
    float width_mm, height_mm; // of the trimmed plate
    struct check_margin margin;
    uint8_t version;
    char level;
    struct {
        uint32_t bytes;
        uint8_t sha256[HASH_SIZE];
    } files[ORDER_KINDS];
};

struct batch_run {
    const struct batch *batch;
    struct look look;
    struct output output;
    struct outcome *outcomes; // one for each plate; written by the thread that took it
    size_t sheets;            // pages written
    bool plain;               // as the order says, and not for a ZIP file
    struct {                  // the files that are of no single plate
        struct manifest_file *items;
        size_t count;
        struct arena names;
    } others;
    const struct job_plate *failed; // whose failure stopped the batch; NULL: none
};

// Runs a crew with the batch's threads, stop and progress. *ret_failed (may be NULL) as crew_run has it.
enum err batch_crew(struct batch_run *run, struct crew *crew, enum batch_stage stage, size_t *ret_failed,
                    struct problem *p);

// ERR_CANCELLED when the batch shall stop. For work that takes longer than a plate.
enum err batch_stopped(const struct batch_run *run, struct problem *p);

// --- batch_plate.c: the files of one plate

// One plate on its way; a thread uses the same memory for all of its plates.
struct batch_work {
    const struct batch_run *run;
    struct check *check; // NULL when nothing is checked
    struct maker maker;
    struct buf files[ORDER_KINDS], written;
};

// ERR_MEMORY. Without `check` nothing can be checked with it.
enum err batch_work_new(const struct batch_run *run, bool check, struct batch_work **ret, struct problem *p);
void batch_work_free(struct batch_work *w); // NULL is fine

// Failures that are about one plate say which, and true is answered; those of the disk or the memory are
// about all.
bool batch_name_plate(const struct job_plate *plate, struct problem *p);

// A sheets_plate_fn; `work` is a struct batch_work.
enum err batch_draw(void *work, size_t i, struct drawing *ret, double *ret_width, double *ret_height,
                    struct problem *p);

// Makes, checks and writes the files of all plates.
enum err batch_plates(struct batch_run *run, struct problem *p);

// The name of a plate's file within the parcel. ERR_MEMORY.
enum err batch_file_name(const struct batch_run *run, size_t i, enum order_kind kind,
                         char ret[BATCH_FILE_MAX], struct problem *p);

// --- batch_pages.c: all plates on paper. Nothing where they were not ordered.

enum err batch_sheets(struct batch_run *run, struct problem *p);
enum err batch_proof(struct batch_run *run, struct problem *p);

// --- batch_records.c: what tells of them

// Remembers a file for manifest.json.
enum err batch_note(struct batch_run *run, const char *name, uint64_t bytes, const uint8_t sha256[HASH_SIZE],
                    struct problem *p);

// Writes a file that is of no single plate, and notes it.
enum err batch_write_other(struct batch_run *run, const char *name, const void *data, size_t len,
                           struct problem *p);

// Writes READ-ME files and manifests.
enum err batch_records(struct batch_run *run, struct problem *p);

// What all plates came to; needs the outcomes alone.
void batch_sum_up(const struct batch_run *run, struct batch_result *ret);
