#include "qrgen/batch.h"

#include <stdlib.h>
#include <string.h>

#include "qrgen/batch_parts.h"
#include "qrgen/parcel/sheets.h"

const char *const batch_stages[BATCH_STAGES] = {
    [BATCH_PLATES] = "plates",
    [BATCH_SHEETS] = "sheets",
    [BATCH_PROOF] = "proof",
    [BATCH_FINISH] = "finish",
};

// --- progress

static void report(const struct batch *b, enum batch_stage stage, size_t done, size_t total)
{
    if (b->progress)
        b->progress(b->progress_arg, stage, done, total);
}

struct staged {
    const struct batch *batch;
    enum batch_stage stage;
};

static void on_progress(void *arg, size_t done, size_t total)
{
    const struct staged *s = arg;
    report(s->batch, s->stage, done, total);
}

enum err batch_crew(struct batch_run *run, struct crew *crew, enum batch_stage stage, size_t *ret_failed,
                    struct problem *p)
{
    struct staged staged = {run->batch, stage};
    crew->threads = run->batch->threads;
    crew->stop = run->batch->stop;
    crew->progress = on_progress;
    crew->progress_arg = &staged;
    return crew_run(crew, ret_failed, p);
}

enum err batch_stopped(const struct batch_run *run, struct problem *p)
{
    if (!run->batch->stop || !atomic_load(run->batch->stop))
        return ERR_NONE;
    return problem_set(p, ERR_CANCELLED, NULL, "stopped before the batch was done; nothing of it was kept");
}

// --- before anything is written

static enum err no_plates(const struct job *job, struct problem *p)
{
    return problem_set(p, ERR_INVALID, NULL,
                       job->retired ? "all plates of the list are retired: there is nothing to print"
                                    : "there are no plates to print");
}

// Plates larger than their sheets.
static enum err fits_sheets(const struct batch *b, const struct kind_plate *plate, struct problem *p)
{
    struct sheets sheets;
    if (b->order->sheets.width_mm == 0)
        return ERR_NONE;
    return sheets_plan(b->order, b->job, plate->width_mm, plate->height_mm, &sheets, p);
}

// What can be refused before anything is written is refused here. All addresses of a batch are equally long,
// so the first plate speaks for nearly all.
static enum err preflight(const struct batch *b, struct batch_run *run, struct problem *p)
{
    if (b->job->count == 0)
        return no_plates(b->job, p);
    enum err e = job_check_unique(b->job, p);
    if (!e)
        e = look_read(b->order, &run->look, p);
    if (e)
        return e;
    cleanup_maker struct maker maker = MAKER_INIT;
    struct problem about = PROBLEM_INIT;
    maker.look = &run->look;
    e = maker_plan(&maker, &b->job->plates[0], &about);
    if (!e)
        return fits_sheets(b, &maker.plate, p);
    if (e == ERR_TOO_LARGE && about.field[0] == '-' && batch_name_plate(&b->job->plates[0], &about))
        run->failed = &b->job->plates[0];
    if (p)
        *p = about;
    return e;
}

// --- running

static enum err finish(struct batch_run *run, struct batch_result *ret, struct problem *p)
{
    struct output_facts facts = {.files = 0};
    report(run->batch, BATCH_FINISH, 0, 1);
    enum err e = output_finish(&run->output, run->batch->stop, &facts, p);
    if (e)
        return e;
    report(run->batch, BATCH_FINISH, 1, 1);
    ret->files = facts.files;
    ret->bytes = facts.bytes;
    memcpy(ret->sha256, facts.sha256, sizeof ret->sha256);
    return ERR_NONE;
}

static enum err run_stages(struct batch_run *run, struct batch_result *ret, struct problem *p)
{
    struct batch_result result = {.copies = run->batch->job->copies};
    enum err e = batch_plates(run, p);
    if (!e)
        e = batch_sheets(run, p);
    if (!e)
        e = batch_proof(run, p);
    if (!e)
        e = batch_records(run, p);
    if (e)
        return e;
    batch_sum_up(run, &result);
    free(run->outcomes); // reading a large parcel back needs the room
    run->outcomes = NULL;
    e = finish(run, &result, p);
    if (!e)
        *ret = result;
    return e;
}

static enum err run_batch(struct batch_run *run, struct batch_result *ret, struct problem *p)
{
    const struct batch *b = run->batch;
    enum err e = preflight(b, run, p);
    if (!e)
        e = output_begin(b->out, b->replace, &run->output, p);
    if (e)
        return e;
    run->plain = b->order->plain && !run->output.is_zip;
    run->outcomes = calloc(b->job->count, sizeof *run->outcomes);
    if (!run->outcomes)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return run_stages(run, ret, p);
}

enum err batch_run(const struct batch *b, struct batch_result *ret, struct problem *p)
{
    struct batch_run run = {.batch = b, .look = LOOK_INIT, .output = OUTPUT_INIT};
    enum err e = run_batch(&run, ret, p);
    if (e)
        memcpy(ret->problem_code, run.failed ? run.failed->code : "", run.failed ? CODE_SIZE : 1);
    output_close(&run.output);
    look_free(&run.look);
    free(run.outcomes);
    free(run.others.items);
    arena_clear(&run.others.names);
    return e;
}
