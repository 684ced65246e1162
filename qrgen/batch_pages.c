#include "common/arena.h"
#include "qrgen/batch_parts.h"
#include "qrgen/parcel/names.h"
#include "qrgen/parcel/proof.h"
#include "qrgen/parcel/sheets.h"

// What sheets and proof have in common: volumes that are composed side by side and handed over in order.
struct volumes {
    struct batch_run *run;
    const char *stem;
    size_t count;
    double module_mm; // the smallest
    union {
        struct sheets sheets;
        struct proof proof;
    } plan;
    enum err (*compose)(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                        struct problem *p);
};

// --- the gate for sheets

// What is needed to check the pages of a volume; room for one page.
struct seen {
    struct sheets_place *on_page;
    struct check_place *places;
    char (*urls)[PAYLOAD_SIZE];
};

static enum err expect(const struct volumes *v, size_t count, struct seen *seen, struct problem *p)
{
    const struct sheets *s = &v->plan.sheets;
    const struct batch *b = v->run->batch;
    for (size_t i = 0; i < count; i++) {
        const struct sheets_place *at = &seen->on_page[i];
        enum err e = payload_url(b->order->base_url, b->job->plates[at->plate].code, seen->urls[i], p);
        if (e)
            return e;
        seen->places[i] = (struct check_place){at->x, at->y, s->cell_mm[0], s->cell_mm[1], seen->urls[i]};
    }
    return ERR_NONE;
}

static enum err check_pages(const struct volumes *v, size_t number, struct batch_work *w,
                            const struct buf *pdf, struct seen *seen, struct problem *p)
{
    const struct sheets *s = &v->plan.sheets;
    size_t first = number * s->volume_pages, end = first + s->volume_pages;
    struct check_sheet sheet = {s->paper_mm[0], s->paper_mm[1], v->module_mm, seen->places, 0};
    enum err e = ERR_NONE;
    for (size_t page = first; page < end && page < s->pages && !e; page++) {
        sheet.count = sheets_on_page(s, page, seen->on_page);
        e = expect(v, sheet.count, seen, p);
        if (!e)
            e = batch_stopped(v->run, p);
        if (!e)
            e = check_sheet(w->check, pdf->data, pdf->len, page - first + 1, &sheet, p);
    }
    return e;
}

static enum err check_volume(const struct volumes *v, size_t number, struct batch_work *w,
                             const struct buf *pdf, struct problem *p)
{
    size_t room = v->plan.sheets.columns * v->plan.sheets.rows;
    cleanup_arena struct arena a = ARENA_INIT;
    struct seen seen = {arena_array(&a, room, sizeof *seen.on_page),
                        arena_array(&a, room, sizeof *seen.places), arena_array(&a, room, sizeof *seen.urls)};
    if (!seen.on_page || !seen.places || !seen.urls)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    return check_pages(v, number, w, pdf, &seen, p);
}

static enum err compose_sheets(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                               struct problem *p)
{
    enum err e = sheets_volume(&v->plan.sheets, number, w->maker.lettering, batch_draw, w, ret, p);
    return e || !w->check ? e : check_volume(v, number, w, ret, p);
}

static enum err compose_proof(const struct volumes *v, size_t number, struct batch_work *w, struct buf *ret,
                              struct problem *p)
{
    return proof_volume(&v->plan.proof, number, w->maker.lettering, batch_draw, w, ret, p);
}

static enum err begin(void *arg, void **ret_own, struct problem *p)
{
    const struct volumes *v = arg;
    bool check = v->compose == compose_sheets && !v->run->batch->skip_check;
    return batch_work_new(v->run, check, (struct batch_work **)ret_own, p);
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

enum err batch_sheets(struct batch_run *run, struct problem *p)
{
    const struct batch *b = run->batch;
    if (b->order->sheets.width_mm == 0)
        return ERR_NONE;
    struct batch_result sum = {.plates = 0};
    batch_sum_up(run, &sum);
    struct volumes v = {
        .run = run, .stem = NAMES_SHEETS, .module_mm = sum.module_mm[0], .compose = compose_sheets};
    enum err e = sheets_plan(b->order, b->job, sum.plate_mm[1][0], sum.plate_mm[1][1], &v.plan.sheets, p);
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
    struct batch_result sum = {.plates = 0};
    batch_sum_up(run, &sum);
    struct volumes v = {.run = run, .stem = NAMES_PROOF, .compose = compose_proof};
    v.plan.proof = proof_plan(b->order, b->job, sum.plate_mm[1][0], sum.plate_mm[1][1]);
    v.count = v.plan.proof.volumes;
    return run_volumes(&v, BATCH_PROOF, p);
}
