#include "qrgen/batch.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "qrgen/check/check.h"
#include "qrgen/manifest.h"
#include "qrgen/output.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/payload.h"
#include "qrgen/symbol/raster.h"

#define FILE_MAX_BYTES    (256u << 20) // a picture of MEASURE_SIDE_PX_MAX is far below
#define MANIFEST_CHUNK    (64u << 10)
#define PROGRESS_EVERY_MS 200

// What is kept of each plate until the manifest is written.
struct outcome {
    struct measure measure;
    uint32_t bytes;
    uint8_t version;
    char level;
    char sha256[HASH_HEX_SIZE];
};

// What the threads share. `lock` guards `problem`, `running` and `changed`.
struct run {
    const struct batch *batch;
    const struct output *output;
    struct outcome *outcomes; // one for each plate; written by the thread that took it
    atomic_size_t next, done;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned running;
    struct problem problem; // the first failure
};

// One plate on its way; a thread uses the same memory for all of its plates.
struct work {
    struct check *check; // NULL when the check is left out
    struct matrix matrix;
    struct buf png, written;
    char url[PAYLOAD_SIZE];
    char file[JOB_FILE_MAX];
};

static void work_free(struct work *w)
{
    check_free(w->check);
    buf_free(&w->png);
    buf_free(&w->written);
}

#define cleanup_work CLEANUP(work_free)

static enum err check_width(const struct batch *b, const struct matrix *m, const struct measure *measure,
                            struct problem *p)
{
    double mm = measure_picture_mm(measure, m->size);
    if (b->size_mm == 0 || mm <= b->size_mm + 0.005)
        return ERR_NONE;
    return problem_set(
        p, ERR_TOO_LARGE, "--size-mm",
        "its address needs a symbol of version %d, which is %.1f mm wide with its quiet zone and "
        "%.3f mm a module, more than the %g mm asked for: use a shorter base URL, a smaller "
        "module or a larger size",
        m->version, mm, measure_module_mm(measure), b->size_mm);
}

static enum err measure_for(const struct batch *b, const struct matrix *m, struct measure *ret,
                            struct problem *p)
{
    if (b->module_mm == 0 && b->size_mm != 0)
        return measure_from_side(b->size_mm, b->dpi, m->size, ret, p);
    enum err e =
        measure_from_module(b->module_mm == 0 ? MEASURE_MODULE_MM_DEFAULT : b->module_mm, b->dpi, ret, p);
    return e ? e : check_width(b, m, ret, p);
}

static enum err plan(const struct batch *b, size_t i, struct work *w, struct measure *ret, struct problem *p)
{
    enum err e = payload_url(b->base_url, b->job->plates[i].code, w->url, p);
    if (!e)
        e = matrix_make(w->url, &w->matrix, p);
    return e ? e : measure_for(b, &w->matrix, ret, p);
}

static enum err make_picture(struct run *run, size_t i, struct work *w, struct problem *p)
{
    struct outcome *o = &run->outcomes[i];
    enum err e = plan(run->batch, i, w, &o->measure, p);
    if (!e)
        e = raster_png(&w->matrix, &o->measure, &w->png, p);
    if (!e)
        e = job_file_name(run->batch->job, i + 1, w->file, p);
    if (!e)
        e = output_write(run->output, w->file, w->png.data, w->png.len, p);
    if (!e && w->check) {
        e = output_read(run->output, w->file, FILE_MAX_BYTES, &w->written, p);
        if (!e)
            e = check_picture(w->check, w->written.data, w->written.len, &o->measure, w->url, p);
    }
    if (e)
        return e;
    o->bytes = (uint32_t)w->png.len;
    o->version = (uint8_t)w->matrix.version;
    o->level = w->matrix.level;
    hash_bytes(w->png.data, w->png.len, o->sha256);
    return ERR_NONE;
}

// Failures that are about one plate say which; those of the disk or the memory are about all.
static void name_plate(const struct job_plate *plate, struct problem *p)
{
    if (p->code != ERR_CORRUPT && p->code != ERR_TOO_LARGE && p->code != ERR_INVALID)
        return;
    struct problem about = *p;
    if (plate->line)
        problem_at(p, about.code, plate->line, 0, about.field, "plate %s (line %lu): %s", plate->code,
                   plate->line, about.text);
    else
        problem_set(p, about.code, about.field, "plate %s: %s", plate->code, about.text);
}

// The first failure is the batch's; it stops the other threads.
static void fail(struct run *run, const struct problem *p)
{
    pthread_mutex_lock(&run->lock);
    if (!run->problem.code)
        run->problem = *p;
    pthread_mutex_unlock(&run->lock);
    atomic_store(&run->stop, true);
}

static void work_through(struct run *run, struct work *w)
{
    const struct job *job = run->batch->job;
    while (!atomic_load(&run->stop)) {
        size_t i = atomic_fetch_add(&run->next, 1);
        if (i >= job->count)
            return;
        struct problem p = PROBLEM_INIT;
        if (make_picture(run, i, w, &p)) {
            name_plate(&job->plates[i], &p);
            fail(run, &p);
            return;
        }
        atomic_fetch_add(&run->done, 1);
    }
}

static void *thread_main(void *arg)
{
    struct run *run = arg;
    cleanup_work struct work w = {.png = BUF_INIT, .written = BUF_INIT};
    bool check = !run->batch->skip_check;
    if (check)
        w.check = check_new();
    if (check && !w.check) {
        struct problem p;
        problem_set(&p, ERR_MEMORY, NULL, "out of memory");
        fail(run, &p);
    }
    work_through(run, &w);
    pthread_mutex_lock(&run->lock);
    run->running--;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

static unsigned thread_count(const struct batch *b)
{
    unsigned n = b->threads;
    cpu_set_t set;
    if (n == 0 && sched_getaffinity(0, sizeof set, &set) == 0)
        n = (unsigned)CPU_COUNT(&set);
    if (n == 0)
        n = 1;
    if (n > BATCH_THREADS_MAX)
        n = BATCH_THREADS_MAX;
    return n > b->job->count ? (unsigned)b->job->count : n;
}

static void report(const struct run *run)
{
    const struct batch *b = run->batch;
    if (b->progress)
        b->progress(b->progress_arg, atomic_load(&run->done), b->job->count);
}

// Waits until all threads are done; passes the caller's wish to stop on to them.
static void watch(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    while (run->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += PROGRESS_EVERY_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&run->changed, &run->lock, &until);
        if (run->batch->stop && atomic_load(run->batch->stop))
            atomic_store(&run->stop, true);
        if (run->running == 0)
            break;
        pthread_mutex_unlock(&run->lock);
        report(run);
        pthread_mutex_lock(&run->lock);
    }
    pthread_mutex_unlock(&run->lock);
    report(run);
}

static enum err run_threads(struct run *run, struct problem *p)
{
    pthread_t threads[BATCH_THREADS_MAX];
    unsigned wanted = thread_count(run->batch), started = 0;
    run->running = wanted;
    while (started < wanted && pthread_create(&threads[started], NULL, thread_main, run) == 0)
        started++;
    pthread_mutex_lock(&run->lock);
    run->running -= wanted - started;
    pthread_mutex_unlock(&run->lock);
    watch(run);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (started == 0)
        return problem_set(p, ERR_IO, NULL, "cannot start a thread: the system's limit is reached");
    if (run->problem.code) {
        if (p)
            *p = run->problem;
        return run->problem.code;
    }
    if (atomic_load(&run->done) < run->batch->job->count)
        return problem_set(p, ERR_CANCELLED, NULL,
                           "stopped before the batch was done; nothing of it was kept");
    return ERR_NONE;
}

static enum err flush(const struct run *run, int fd, struct buf *text, struct problem *p)
{
    if (text->failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = output_append(run->output, fd, OUTPUT_LAST, text->data, text->len, p);
    buf_reset(text);
    return e;
}

static enum err write_row(const struct run *run, size_t i, struct buf *text, struct problem *p)
{
    const struct batch *b = run->batch;
    const struct outcome *o = &run->outcomes[i];
    char url[PAYLOAD_SIZE], file[JOB_FILE_MAX];
    enum err e = payload_url(b->base_url, b->job->plates[i].code, url, p);
    if (!e)
        e = job_file_name(b->job, i + 1, file, p);
    if (e)
        return e;
    const struct manifest_row row = {
        .sequence = i + 1,
        .plate = &b->job->plates[i],
        .url = url,
        .file = file,
        .version = o->version,
        .size = 17 + 4 * o->version,
        .level = o->level,
        .measure = o->measure,
        .sha256 = o->sha256,
        .checked = !b->skip_check,
    };
    manifest_add(text, &row);
    return ERR_NONE;
}

static enum err write_manifest(const struct run *run, struct problem *p)
{
    cleanup_close int fd = -1;
    enum err e = output_create(run->output, OUTPUT_LAST, &fd, p);
    cleanup_buf struct buf text = BUF_INIT;
    manifest_head(&text);
    for (size_t i = 0; i < run->batch->job->count && !e; i++) {
        e = write_row(run, i, &text, p);
        if (!e && text.len >= MANIFEST_CHUNK)
            e = flush(run, fd, &text, p);
    }
    return e ? e : flush(run, fd, &text, p);
}

static void widen(double range[2], double value)
{
    if (range[0] == 0 || value < range[0])
        range[0] = value;
    if (value > range[1])
        range[1] = value;
}

static struct batch_result sum_up(const struct run *run)
{
    struct batch_result r = {.pictures = run->batch->job->count, .version = {MATRIX_VERSION_MAX, 0}};
    for (size_t i = 0; i < r.pictures; i++) {
        const struct outcome *o = &run->outcomes[i];
        r.bytes += o->bytes;
        widen(r.module_mm, measure_module_mm(&o->measure));
        widen(r.picture_mm, measure_picture_mm(&o->measure, 17 + 4 * o->version));
        if (o->version < r.version[0])
            r.version[0] = o->version;
        if (o->version > r.version[1])
            r.version[1] = o->version;
    }
    return r;
}

// What can be refused before anything is written is refused here. All addresses of a batch are equally long,
// so the first plate speaks for nearly all.
static enum err preflight(const struct batch *b, struct problem *p)
{
    if (b->job->count == 0)
        return problem_set(p, ERR_INVALID, NULL,
                           b->job->retired ? "all plates of the list are retired: there is nothing to print"
                                           : "there are no plates to print");
    enum err e = job_check_unique(b->job, p);
    if (e)
        return e;
    struct work w = {.check = NULL};
    struct measure measure;
    struct problem about = PROBLEM_INIT;
    e = plan(b, 0, &w, &measure, &about);
    if (e == ERR_TOO_LARGE && !strcmp(about.field, "--size-mm"))
        name_plate(&b->job->plates[0], &about);
    if (e && p)
        *p = about;
    return e;
}

static enum err run_in(struct run *run, struct output *output, struct problem *p)
{
    enum err e = run_threads(run, p);
    if (!e)
        e = write_manifest(run, p);
    return e ? e : output_finish(output, p);
}

static void run_init(struct run *run)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&run->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&run->lock, NULL);
}

enum err batch_run(const struct batch *b, struct batch_result *ret, struct problem *p)
{
    enum err e = preflight(b, p);
    if (e)
        return e;
    cleanup_output struct output output = OUTPUT_INIT;
    e = output_begin(b->out, b->replace, &output, p);
    if (e)
        return e;
    cleanup_free struct outcome *outcomes = calloc(b->job->count, sizeof *outcomes);
    if (!outcomes)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct run run = {.batch = b, .output = &output, .outcomes = outcomes};
    run_init(&run);
    e = run_in(&run, &output, p);
    pthread_cond_destroy(&run.changed);
    pthread_mutex_destroy(&run.lock);
    if (!e)
        *ret = sum_up(&run);
    return e;
}
