#include <stdio.h>
#include <string.h>

#include "qrgen/batch_parts.h"

#define FILE_MAX_BYTES (256u << 20) // a picture of MEASURE_SIDE_PX_MAX is far below

enum err batch_work_new(const struct batch_run *run, bool check, struct batch_work **ret, struct problem *p)
{
    struct batch_work *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    w->run = run;
    w->written = BUF_INIT;
    for (size_t i = 0; i < ORDER_KINDS; i++)
        w->files[i] = BUF_INIT;
    enum err e = maker_new(&run->look, &w->maker, p);
    if (!e && check && !(w->check = check_new()))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e)
        batch_work_free(w);
    else
        *ret = w;
    return e;
}

void batch_work_free(struct batch_work *w)
{
    if (!w)
        return;
    check_free(w->check);
    maker_free(&w->maker);
    for (size_t i = 0; i < ORDER_KINDS; i++)
        buf_free(&w->files[i]);
    buf_free(&w->written);
    free(w);
}

enum err batch_draw(void *work, size_t i, struct drawing *ret, double *ret_width, double *ret_height,
                    struct problem *p)
{
    struct batch_work *w = work;
    const struct job_plate *plate = &w->run->batch->job->plates[i];
    enum err e = batch_stopped(w->run, p);
    if (!e)
        e = maker_plan(&w->maker, plate, p);
    if (!e)
        e = maker_draw(&w->maker, plate, ret, p);
    *ret_width = w->maker.plate.width_mm;
    *ret_height = w->maker.plate.height_mm;
    return e;
}

enum err batch_file_name(const struct batch_run *run, size_t i, enum order_kind kind,
                         char ret[BATCH_FILE_MAX], struct problem *p)
{
    char name[JOB_FILE_MAX];
    enum err e = job_file_name(run->batch->job, i + 1, kind_rows[kind].suffix, name, p);
    if (!e)
        snprintf(ret, BATCH_FILE_MAX, "%s%s%s", run->plain ? "" : kind_rows[kind].folder,
                 run->plain ? "" : "/", name);
    return e;
}

// A folder's files are read back and checked as they were written. Those of a ZIP file are checked as they
// will be handed over, and zip_finish proves that just these bytes stand in it.
static enum err check_file(struct batch_run *run, enum order_kind kind, const char *name,
                           struct batch_work *w, struct check_margin *margin, struct problem *p)
{
    const struct buf *seen = &w->files[kind];
    if (!run->output.is_zip) {
        enum err e = folder_read(&run->output.folder, name, FILE_MAX_BYTES, &w->written, p);
        if (e)
            return e;
        seen = &w->written;
    }
    return kind_rows[kind].check(w->check, &w->maker.plate, seen, margin, p);
}

static enum err make_file(struct batch_run *run, size_t i, enum order_kind kind, struct batch_work *w,
                          struct problem *p)
{
    struct outcome *o = &run->outcomes[i];
    struct buf *made = &w->files[kind];
    char name[BATCH_FILE_MAX];
    enum err e = kind_rows[kind].make(&w->maker.plate, made, p);
    if (!e)
        e = batch_file_name(run, i, kind, name, p);
    if (!e && !run->output.is_zip)
        e = output_write(&run->output, name, made->data, made->len, p);
    if (!e && w->check)
        e = check_file(run, kind, name, w, &o->margin, p);
    if (e)
        return e;
    o->files[kind].bytes = (uint32_t)made->len;
    hash_bytes_raw(made->data, made->len, o->files[kind].sha256);
    return ERR_NONE;
}

// A bare symbol's PNG is made from its modules.
static bool needs_drawing(const struct batch_run *run)
{
    return !run->look.bare || run->batch->order->kinds != 1u << ORDER_PNG;
}

static enum err make_files(struct batch_run *run, size_t i, struct batch_work *w, struct problem *p)
{
    struct outcome *o = &run->outcomes[i];
    const struct job_plate *plate = &run->batch->job->plates[i];
    enum err e = maker_plan(&w->maker, plate, p);
    if (!e && needs_drawing(run))
        e = maker_draw(&w->maker, plate, &w->maker.drawing, p);
    for (enum order_kind kind = 0; kind < ORDER_KINDS && !e; kind++)
        if (run->batch->order->kinds & 1u << kind)
            e = make_file(run, i, kind, w, p);
    if (e)
        return e;
    o->measure = w->maker.measure;
    o->version = (uint8_t)w->maker.matrix.version;
    o->level = w->maker.matrix.level;
    o->width_mm = (float)w->maker.plate.width_mm;
    o->height_mm = (float)w->maker.plate.height_mm;
    return ERR_NONE;
}

bool batch_name_plate(const struct job_plate *plate, struct problem *p)
{
    bool names = p->code == ERR_UNSUPPORTED && p->field[0] != '-'; // a letter, not a program that is missing
    if (p->code != ERR_CORRUPT && p->code != ERR_TOO_LARGE && p->code != ERR_INVALID && !names)
        return false;
    struct problem about = *p;
    if (plate->line)
        problem_at(p, about.code, plate->line, 0, about.field, "plate %s (line %lu): %s", plate->code,
                   plate->line, about.text);
    else
        problem_set(p, about.code, about.field, "plate %s: %s", plate->code, about.text);
    return true;
}

// --- the crew's functions

static enum err begin_work(void *arg, void **ret_own, struct problem *p)
{
    const struct batch_run *run = arg;
    return batch_work_new(run, !run->batch->skip_check, (struct batch_work **)ret_own, p);
}

static void end_work(void *own)
{
    batch_work_free(own);
}

static enum err make_plate(void *arg, void *own, size_t task, struct problem *p)
{
    return make_files(arg, task, own, p);
}

static enum err hand_plate(void *arg, void *own, size_t task, struct problem *p)
{
    struct batch_run *run = arg;
    struct batch_work *w = own;
    enum err e = ERR_NONE;
    for (enum order_kind kind = 0; kind < ORDER_KINDS && !e; kind++) {
        if (!(run->batch->order->kinds & 1u << kind))
            continue;
        char name[BATCH_FILE_MAX];
        e = batch_file_name(run, task, kind, name, p);
        if (!e)
            e = output_write(&run->output, name, w->files[kind].data, w->files[kind].len, p);
    }
    return e;
}

enum err batch_plates(struct batch_run *run, struct problem *p)
{
    struct crew crew = {
        .tasks = run->batch->job->count,
        .arg = run,
        .begin = begin_work,
        .end = end_work,
        .make = make_plate,
        .hand = run->output.is_zip ? hand_plate : NULL,
    };
    size_t task = 0;
    struct problem about = PROBLEM_INIT;
    enum err e = batch_crew(run, &crew, BATCH_PLATES, &task, &about);
    const struct job_plate *plate = &run->batch->job->plates[task];
    if (e && batch_name_plate(plate, &about))
        run->failed = plate;
    if (e && p)
        *p = about;
    return e;
}
