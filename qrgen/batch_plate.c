#include <stdio.h>
#include <string.h>

#include "qrgen/batch_parts.h"
#include "qrgen/symbol/raster.h"

#define FILE_MAX_BYTES (256u << 20) // a picture of MEASURE_SIDE_PX_MAX is far below

// A kind of files: where they stand, and how they are made and checked.
struct kind {
    const char *folder, *suffix;
    enum err (*make)(const struct batch *b, struct batch_work *w, struct buf *ret, struct problem *p);
    enum err (*check)(struct batch_work *w, const void *data, size_t len, struct problem *p);
};

enum err batch_work_new(const struct batch *b, bool check, struct batch_work **ret, struct problem *p)
{
    struct batch_work *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    w->batch = b;
    w->drawing = DRAWING_INIT;
    w->written = BUF_INIT;
    for (size_t i = 0; i < ORDER_KINDS; i++)
        w->files[i] = BUF_INIT;
    w->lettering = lettering_new();
    w->check = check ? check_new() : NULL;
    if (!w->lettering || (check && !w->check)) {
        batch_work_free(w);
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    }
    *ret = w;
    return ERR_NONE;
}

void batch_work_free(struct batch_work *w)
{
    if (!w)
        return;
    check_free(w->check);
    lettering_free(w->lettering);
    drawing_free(&w->drawing);
    for (size_t i = 0; i < ORDER_KINDS; i++)
        buf_free(&w->files[i]);
    buf_free(&w->written);
    free(w);
}

static enum err check_width(const struct order *order, const struct matrix *m, const struct measure *measure,
                            struct problem *p)
{
    double mm = measure_picture_mm(measure, m->size);
    if (order->size_mm == 0 || mm <= order->size_mm + 0.005)
        return ERR_NONE;
    return problem_set(
        p, ERR_TOO_LARGE, "--size-mm",
        "its address needs a symbol of version %d, which is %.1f mm wide with its quiet zone and "
        "%.3f mm a module, more than the %g mm asked for: use a shorter base URL, a smaller "
        "module or a larger size",
        m->version, mm, measure_module_mm(measure), order->size_mm);
}

static enum err measure_for(const struct order *order, const struct matrix *m, struct measure *ret,
                            struct problem *p)
{
    if (order->module_mm == 0 && order->size_mm != 0)
        return measure_from_side(order->size_mm, order->dpi, m->size, ret, p);
    double mm = order->module_mm == 0 ? MEASURE_MODULE_MM_DEFAULT : order->module_mm;
    enum err e = measure_from_module(mm, order->dpi, ret, p);
    return e ? e : check_width(order, m, ret, p);
}

enum err batch_plan(const struct batch *b, size_t i, struct batch_work *w, struct problem *p)
{
    enum err e = payload_url(b->order->base_url, b->job->plates[i].code, w->url, p);
    if (!e)
        e = matrix_make(w->url, &w->matrix, p);
    return e ? e : measure_for(b->order, &w->matrix, &w->measure, p);
}

static enum err draw(struct batch_work *w, struct drawing *ret, double *ret_width, double *ret_height,
                     struct problem *p)
{
    (void)p;
    double module_mm = measure_module_mm(&w->measure), quiet = MATRIX_QUIET * module_mm;
    drawing_reset(ret);
    drawing_symbol(ret, &w->matrix, quiet, quiet, module_mm);
    *ret_width = *ret_height = measure_picture_mm(&w->measure, w->matrix.size);
    return ERR_NONE;
}

enum err batch_draw(void *work, size_t i, struct drawing *ret, double *ret_width, double *ret_height,
                    struct problem *p)
{
    struct batch_work *w = work;
    enum err e = batch_plan(w->batch, i, w, p);
    return e ? e : draw(w, ret, ret_width, ret_height, p);
}

static enum err make_png(const struct batch *b, struct batch_work *w, struct buf *ret, struct problem *p)
{
    (void)b;
    return raster_png(&w->matrix, &w->measure, ret, p);
}

static enum err check_png(struct batch_work *w, const void *data, size_t len, struct problem *p)
{
    return check_picture(w->check, data, len, &w->measure, w->url, p);
}

static const struct kind kinds[ORDER_KINDS] = {
    [ORDER_PNG] = {"png", ".png", make_png, check_png},
};

enum err batch_file_name(const struct batch *b, size_t i, enum order_kind kind, char ret[BATCH_FILE_MAX],
                         struct problem *p)
{
    char name[JOB_FILE_MAX];
    enum err e = job_file_name(b->job, i + 1, kinds[kind].suffix, name, p);
    if (!e)
        snprintf(ret, BATCH_FILE_MAX, "%s/%s", kinds[kind].folder, name);
    return e;
}

// A folder's files are read back and checked as they were written. Those of a ZIP file are checked as they will
// be handed over, and zip_finish proves that just these bytes stand in it.
static enum err check_file(struct batch_run *run, enum order_kind kind, const char *name, struct batch_work *w,
                           struct problem *p)
{
    const struct buf *seen = &w->files[kind];
    if (!run->output.is_zip) {
        enum err e = folder_read(&run->output.folder, name, FILE_MAX_BYTES, &w->written, p);
        if (e)
            return e;
        seen = &w->written;
    }
    return kinds[kind].check(w, seen->data, seen->len, p);
}

static enum err make_file(struct batch_run *run, size_t i, enum order_kind kind, struct batch_work *w,
                          struct problem *p)
{
    struct outcome *o = &run->outcomes[i];
    struct buf *made = &w->files[kind];
    char name[BATCH_FILE_MAX];
    enum err e = kinds[kind].make(run->batch, w, made, p);
    if (!e)
        e = batch_file_name(run->batch, i, kind, name, p);
    if (!e && !run->output.is_zip)
        e = output_write(&run->output, name, made->data, made->len, p);
    if (!e && w->check)
        e = check_file(run, kind, name, w, p);
    if (e)
        return e;
    o->files[kind].bytes = (uint32_t)made->len;
    hash_bytes_raw(made->data, made->len, o->files[kind].sha256);
    return ERR_NONE;
}

static enum err make_files(struct batch_run *run, size_t i, struct batch_work *w, struct problem *p)
{
    struct outcome *o = &run->outcomes[i];
    enum err e = batch_plan(run->batch, i, w, p);
    for (enum order_kind kind = 0; kind < ORDER_KINDS && !e; kind++)
        if (run->batch->order->kinds & 1u << kind)
            e = make_file(run, i, kind, w, p);
    if (e)
        return e;
    o->measure = w->measure;
    o->version = (uint8_t)w->matrix.version;
    o->level = w->matrix.level;
    o->margin = -1;
    o->width_mm = o->height_mm = (float)measure_picture_mm(&w->measure, w->matrix.size);
    return ERR_NONE;
}

bool batch_name_plate(const struct job_plate *plate, struct problem *p)
{
    if (p->code != ERR_CORRUPT && p->code != ERR_TOO_LARGE && p->code != ERR_INVALID)
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
    return batch_work_new(run->batch, !run->batch->skip_check, (struct batch_work **)ret_own, p);
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
        e = batch_file_name(run->batch, task, kind, name, p);
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
