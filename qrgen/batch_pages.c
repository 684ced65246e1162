#include "qrgen/batch_parts.h"
#include "qrgen/parcel/names.h"
#include "qrgen/parcel/proof.h"
#include "qrgen/parcel/sheets.h"

// What sheets and proof have in common: volumes that are composed side by side and handed over in order.
struct volumes {
    struct batch_run *run;
    const char *stem;
    size_t count;
    union {
        struct sheets sheets;
        struct proof proof;
    } plan;
    enum err (*compose)(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                        struct problem *p);
};

static enum err compose_sheets(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                               struct problem *p)
{
    return sheets_volume(&v->plan.sheets, number, w->maker.lettering, batch_draw, w, ret, p);
}

static enum err compose_proof(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                              struct problem *p)
{
    return proof_volume(&v->plan.proof, number, w->maker.lettering, batch_draw, w, ret, p);
}

static enum err begin(void *arg, void **ret_own, struct problem *p)
{
    const struct volumes *v = arg;
    return batch_work_new(v->run, false, (struct batch_work **)ret_own, p);
}

static void end(void *own)
{
    batch_work_free(own);
}

static enum err make(void *arg, void *own, size_t task, struct problem *p)
{
    const struct volumes *v = arg;
    struct batch_work *w = own;
    return v->compose(v, task, w, &w->written, p);
}

static enum err hand(void *arg, void *own, size_t task, struct problem *p)
{
    const struct volumes *v = arg;
    const struct batch_work *w = own;
    char name[NAMES_VOLUME_SIZE];
    names_volume(v->stem, task + 1, v->count, name);
    return batch_write_other(v->run, name, w->written.data, w->written.len, p);
}

static enum err run_volumes(struct volumes *v, enum batch_stage stage, struct problem *p)
{
    struct crew crew = {.tasks = v->count, .arg = v, .begin = begin, .end = end, .make = make, .hand = hand};
    return batch_crew(v->run, &crew, stage, NULL, p);
}

// The largest plate.
static void largest(const struct batch_run *run, double *ret_width, double *ret_height)
{
    struct batch_result sum = {.plates = 0};
    batch_sum_up(run, &sum);
    *ret_width = sum.plate_mm[1][0];
    *ret_height = sum.plate_mm[1][1];
}

enum err batch_sheets(struct batch_run *run, struct problem *p)
{
    const struct batch *b = run->batch;
    if (b->order->sheets.width_mm == 0)
        return ERR_NONE;
    double width, height;
    largest(run, &width, &height);
    struct volumes v = {.run = run, .stem = NAMES_SHEETS, .compose = compose_sheets};
    enum err e = sheets_plan(b->order, b->job, width, height, &v.plan.sheets, p);
    if (e)
        return e;
    v.count = v.plan.sheets.volumes;
    run->sheets = v.plan.sheets.pages;
    return run_volumes(&v, BATCH_SHEETS, p);
}

enum err batch_proof(struct batch_run *run, struct problem *p)
{
    const struct batch *b = run->batch;
    if (!b->order->proof)
        return ERR_NONE;
    double width, height;
    largest(run, &width, &height);
    struct volumes v = {.run = run, .stem = NAMES_PROOF, .compose = compose_proof};
    v.plan.proof = proof_plan(b->order, b->job, width, height);
    v.count = v.plan.proof.volumes;
    return run_volumes(&v, BATCH_PROOF, p);
}
