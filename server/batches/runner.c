#include "server/batches/runner.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "content/print/batch.h"
#include "content/print/batch_file.h"
#include "content/store/store.h"
#include "server/batches/generator.h"

enum {
    LOOK_S = 5,      // how often the queue is looked at without being told
    CHECK_MS = 1000, // how often a making asks whether its batch is still wanted
    NICE = 15,
    IOPRIO_IDLE = 3 << 13, // ioprio_set(2): IOPRIO_CLASS_IDLE
    IOPRIO_WHO_THREAD = 1, // IOPRIO_WHO_PROCESS with 0: the calling thread
};

struct runner {
    struct store *store;
    struct generator *generator;
    void (*tell)(const char *text);
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    atomic_bool stopping;            // set under mutex
    atomic_bool leave;               // the making under way is to end
    bool wake;                       // under mutex
    struct runner_progress progress; // under mutex; id 0: nothing
    int64_t began_ms, checked_ms;
    int lock_fd; // of the folder's lock file; -1: another server makes batches
};

static void tell(struct runner *r, const char *what, const struct problem *p)
{
    char text[640];
    snprintf(text, sizeof text, "%s: %s", what, p->text);
    if (r->tell)
        r->tell(text);
}

// What the thread has, the programs that it starts have too. SCHED_IDLE (sched(7)) runs in what visitors
// leave: beside SCHED_BATCH at the same nice value their page rate fell by a fifth, beside this by a tenth.
static void lower_priority(void)
{
    const struct sched_param none = {.sched_priority = 0};
    sched_setscheduler(0, SCHED_IDLE, &none);
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
    syscall(SYS_ioprio_set, IOPRIO_WHO_THREAD, 0, IOPRIO_IDLE);
}

// --- one transaction each

typedef enum err step(struct connection *writer, void *arg, struct problem *p);

static enum err write_step(struct runner *r, step *change, void *arg, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin(r->store, &writer, p);
    if (e)
        return e;
    e = change(writer, arg, p);
    if (!e)
        return store_commit(r->store, p);
    store_rollback(r->store);
    return e;
}

struct outcome {
    int64_t id;
    struct batch_result result;
    const char *failure, *message;
};

static enum err begin(struct connection *writer, void *arg, struct problem *p)
{
    const struct outcome *o = arg;
    return batch_begin(writer, o->id, clock_now(), p);
}

static enum err put_back(struct connection *writer, void *arg, struct problem *p)
{
    const struct outcome *o = arg;
    return batch_put_back(writer, o->id, p);
}

static enum err made(struct connection *writer, void *arg, struct problem *p)
{
    const struct outcome *o = arg;
    return batch_made(writer, o->id, &o->result, clock_now(), p);
}

static enum err failed(struct connection *writer, void *arg, struct problem *p)
{
    const struct outcome *o = arg;
    return batch_failed(writer, o->id, o->failure, o->message, clock_now(), p);
}

static enum err recover(struct connection *writer, void *arg, struct problem *p)
{
    (void)arg;
    return batch_recover(writer, clock_now(), p);
}

// --- progress

static void set_progress(struct runner *r, const struct runner_progress *progress)
{
    pthread_mutex_lock(&r->mutex);
    r->progress = *progress;
    pthread_mutex_unlock(&r->mutex);
}

// It may have been stopped at the desk of another server.
static void check_wanted(struct runner *r, int64_t id)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *reader;
    struct batch batch;
    if (clock_monotonic_ms() - r->checked_ms < CHECK_MS)
        return;
    r->checked_ms = clock_monotonic_ms();
    if (store_reader(r->store, &reader, NULL) == ERR_NONE &&
        batch_load(reader, &a, id, &batch, NULL) == ERR_NONE && strcmp(batch.state, "running") != 0)
        atomic_store(&r->leave, true);
}

static void hear(void *arg, const struct event *event)
{
    struct runner *r = arg;
    struct runner_progress now = {.id = r->progress.id, .done = event->done, .total = event->total};
    if (event->kind != EVENT_PROGRESS)
        return;
    memcpy(now.stage, event->stage, sizeof now.stage);
    set_progress(r, &now);
    check_wanted(r, now.id);
}

bool runner_progress(struct runner *r, struct runner_progress *ret)
{
    if (!r)
        return false;
    pthread_mutex_lock(&r->mutex);
    bool any = r->progress.id != 0;
    if (any) {
        *ret = r->progress;
        ret->running_ms = clock_monotonic_ms() - r->began_ms;
    }
    pthread_mutex_unlock(&r->mutex);
    return any;
}

// --- one batch

struct paths {
    struct arena arena;
    const char *folder, *fresh, *parcel;
};

static void paths_clear(struct paths *paths)
{
    arena_clear(&paths->arena);
}

static enum err make_paths(struct runner *r, int64_t id, struct paths *ret, struct problem *p)
{
    struct arena *a = &ret->arena;
    const char *name = batch_file_name(a, id);
    ret->folder = batch_file_folder(r->store, a);
    ret->fresh =
        ret->folder ? arena_printf(a, "%s/%lld.%lld.new.zip", ret->folder, (long long)id, (long long)getpid())
                    : NULL;
    ret->parcel = ret->folder && name ? arena_printf(a, "%s/%s", ret->folder, name) : NULL;
    if (!ret->fresh || !ret->parcel)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    unlink(ret->fresh);
    return file_make_folder(ret->folder, p);
}

static enum err read_job(struct runner *r, int64_t id, int64_t sequence, struct buf *job, struct problem *p)
{
    struct connection *reader;
    enum err e = store_reader(r->store, &reader, p);
    return e ? e : batch_job(reader, id, generator_means(r->generator), sequence, job, p);
}

// Pictures of the first few plates, for the desk and the print shop; a parcel is none the worse without them.
static void draw_pictures(struct runner *r, int64_t id, struct paths *paths)
{
    for (int64_t i = 1; i <= BATCH_PICTURES && !atomic_load(&r->leave); i++) {
        cleanup_buf struct buf job = BUF_INIT, png = BUF_INIT;
        const char *name = batch_file_picture(&paths->arena, id, i);
        const char *path = name ? arena_printf(&paths->arena, "%s/%s", paths->folder, name) : NULL;
        if (!path)
            return;
        unlink(path);
        if (read_job(r, id, i, &job, NULL) == ERR_NONE && strstr(job.data, "\"plates\":[{") &&
            generator_preview(r->generator, job.data, job.len, &png, NULL) == ERR_NONE)
            file_write_atomic(path, png.data, png.len, NULL);
    }
}

static enum err make_parcel(struct runner *r, int64_t id, struct paths *paths, struct event *ret,
                            struct problem *p)
{
    cleanup_buf struct buf job = BUF_INIT;
    enum err e = make_paths(r, id, paths, p);
    if (!e)
        e = read_job(r, id, 0, &job, p);
    if (!e)
        e = generator_make(r->generator, job.data, job.len, paths->fresh, hear, r, &r->leave, ret, p);
    if (!e)
        draw_pictures(r, id, paths);
    if (!e && rename(paths->fresh, paths->parcel) < 0)
        e = problem_errno(p, NULL, "the parcel cannot be put in its place");
    return e ? e : file_sync_folder(paths->folder, p);
}

// Stopped at the last moment: the parcel belongs to nobody, unless it is the one that was there before.
static void forget_unwanted(struct runner *r, int64_t id, const char *sha256)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *reader;
    struct batch batch;
    if (store_reader(r->store, &reader, NULL) || batch_load(reader, &a, id, &batch, NULL))
        return;
    if (!batch_has_parcel(&batch) || strcmp(batch.sha256, sha256) != 0)
        batch_file_remove(r->store, id);
}

static void tell_outcome(struct runner *r, enum err e, const struct event *done, struct outcome *o,
                         const struct problem *why)
{
    struct problem p = PROBLEM_INIT;
    enum err written;
    if (e == ERR_CANCELLED && atomic_load(&r->stopping)) {
        written = write_step(r, put_back, o, &p);
    } else if (e == ERR_CANCELLED) {
        return; // at the desk: its row says so already
    } else if (e) {
        o->failure = strcmp(why->field, "program") == 0 ? "program" : err_name(e);
        o->message = why->text;
        written = write_step(r, failed, o, &p);
    } else {
        o->result = (struct batch_result){.files = done->files, .bytes = done->bytes, .sha256 = done->sha256};
        written = write_step(r, made, o, &p);
        if (written == ERR_CONFLICT)
            forget_unwanted(r, o->id, done->sha256);
    }
    if (written && written != ERR_CONFLICT)
        tell(r, "what became of a batch could not be written down", &p);
}

static void make(struct runner *r, int64_t id)
{
    struct outcome o = {.id = id};
    struct event done = {.kind = EVENT_OTHER};
    struct problem why = PROBLEM_INIT;
    CLEANUP(paths_clear) struct paths paths = {.arena = ARENA_INIT};
    atomic_store(&r->leave, false);
    if (atomic_load(&r->stopping)) // after the line above: runner_stop sets both, this one first
        atomic_store(&r->leave, true);
    r->began_ms = r->checked_ms = clock_monotonic_ms();
    set_progress(r, &(struct runner_progress){.id = id});
    enum err e = write_step(r, begin, &o, &why);
    if (!e) {
        e = make_parcel(r, id, &paths, &done, &why);
        tell_outcome(r, e, &done, &o, &why);
        if (e) // one that had to be killed has left what it began
            batch_file_sweep(r->store, NULL);
    } else if (e != ERR_CONFLICT) {
        tell(r, "a batch could not be begun", &why);
    }
    set_progress(r, &(struct runner_progress){.id = 0});
}

// --- the thread

// The lock goes with the process, however it ends.
static bool take_lock(struct runner *r, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = batch_file_folder(r->store, &a);
    const char *path = folder ? arena_printf(&a, "%s/lock", folder) : NULL;
    if (r->lock_fd >= 0)
        return true;
    if (!path || file_make_folder(folder, p))
        return false;
    cleanup_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return false;
    if (write_step(r, recover, NULL, p) || batch_file_sweep(r->store, p)) {
        tell(r, "batches cannot be made", p);
        return false;
    }
    r->lock_fd = steal_fd(&fd);
    return true;
}

static int64_t next(struct runner *r)
{
    struct connection *reader;
    struct problem p = PROBLEM_INIT;
    int64_t id = 0;
    if (!take_lock(r, &p))
        return 0;
    if (store_reader(r->store, &reader, &p) || batch_waiting(reader, &id, &p))
        tell(r, "the queue of batches cannot be read", &p);
    return id;
}

static void *keep(void *arg)
{
    struct runner *r = arg;
    lower_priority();
    pthread_mutex_lock(&r->mutex);
    while (!atomic_load(&r->stopping)) {
        r->wake = false;
        pthread_mutex_unlock(&r->mutex);
        int64_t id = next(r);
        if (id)
            make(r, id);
        pthread_mutex_lock(&r->mutex);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += LOOK_S;
        if (!id && !r->wake && !atomic_load(&r->stopping))
            pthread_cond_timedwait(&r->woken, &r->mutex, &until);
    }
    pthread_mutex_unlock(&r->mutex);
    return NULL;
}

static void release(struct runner *r)
{
    if (r->lock_fd >= 0)
        close(r->lock_fd);
    pthread_cond_destroy(&r->woken);
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

enum err runner_start(const struct runner_options *o, struct runner **ret, struct problem *p)
{
    struct runner *r = calloc(1, sizeof *r);
    if (!r)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *r = (struct runner){.store = o->store, .generator = o->generator, .tell = o->tell, .lock_fd = -1};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&r->thread, NULL, keep, r) != 0) {
        release(r);
        return problem_set(p, ERR_IO, NULL, "the system would not start another thread");
    }
    *ret = r;
    return ERR_NONE;
}

void runner_stop(struct runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    atomic_store(&r->stopping, true);
    atomic_store(&r->leave, true);
    pthread_cond_signal(&r->woken);
    pthread_mutex_unlock(&r->mutex);
    pthread_join(r->thread, NULL);
    release(r);
}

void runner_wake(struct runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    r->wake = true;
    pthread_cond_signal(&r->woken);
    pthread_mutex_unlock(&r->mutex);
}

void runner_leave(struct runner *r, int64_t id)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    if (r->progress.id == id)
        atomic_store(&r->leave, true);
    pthread_mutex_unlock(&r->mutex);
}
