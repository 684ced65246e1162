#include "qrgen/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>

#define PROGRESS_EVERY_MS 200

// What the threads share. `lock` guards all but the atomics.
struct run {
    const struct crew *crew;
    atomic_size_t next;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed; // a thread has ended
    pthread_cond_t turned;  // `turn` has moved, or `stop` is set
    size_t turn;            // the task that is to be handed over next; all before it are done
    unsigned running;
    struct problem problem; // the first failure
    size_t failed;          // its task
};

// The first failure is the crew's; it stops the other threads.
static void fail(struct run *run, size_t task, const struct problem *p)
{
    pthread_mutex_lock(&run->lock);
    if (!run->problem.code) {
        run->problem = *p;
        run->failed = task;
    }
    atomic_store(&run->stop, true);
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->lock);
}

// Waits until all earlier tasks are handed over; false when the crew stops. On true no other thread hands
// anything over before end_turn.
static bool begin_turn(struct run *run, size_t task)
{
    pthread_mutex_lock(&run->lock);
    while (run->turn != task && !atomic_load(&run->stop))
        pthread_cond_wait(&run->turned, &run->lock);
    bool mine = run->turn == task && !atomic_load(&run->stop);
    pthread_mutex_unlock(&run->lock);
    return mine;
}

static void end_turn(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    run->turn++;
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->lock);
}

static void work_through(struct run *run, void *own)
{
    const struct crew *c = run->crew;
    while (!atomic_load(&run->stop)) {
        size_t task = atomic_fetch_add(&run->next, 1);
        if (task >= c->tasks)
            return;
        struct problem p = PROBLEM_INIT;
        enum err e = c->make(c->arg, own, task, &p);
        if (!e && !begin_turn(run, task))
            return;
        if (!e && c->hand)
            e = c->hand(c->arg, own, task, &p);
        if (e) {
            fail(run, task, &p);
            return;
        }
        end_turn(run);
    }
}

static void *thread_main(void *arg)
{
    struct run *run = arg;
    const struct crew *c = run->crew;
    void *own = NULL;
    struct problem p = PROBLEM_INIT;
    if (c->begin && c->begin(c->arg, &own, &p))
        fail(run, 0, &p);
    else
        work_through(run, own);
    if (c->end)
        c->end(own);
    pthread_mutex_lock(&run->lock);
    run->running--;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

static unsigned thread_count(const struct crew *c)
{
    unsigned n = c->threads;
    cpu_set_t set;
    if (n == 0 && sched_getaffinity(0, sizeof set, &set) == 0)
        n = (unsigned)CPU_COUNT(&set);
    if (n == 0)
        n = 1;
    if (n > CREW_THREADS_MAX)
        n = CREW_THREADS_MAX;
    return n > c->tasks ? (unsigned)c->tasks : n;
}

static void wait_a_moment(struct run *run)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PROGRESS_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&run->changed, &run->lock, &until);
}

// Waits until all threads are done; passes the caller's wish to stop on to them.
static void watch(struct run *run)
{
    const struct crew *c = run->crew;
    pthread_mutex_lock(&run->lock);
    while (run->running > 0) {
        wait_a_moment(run);
        if (c->stop && atomic_load(c->stop)) {
            atomic_store(&run->stop, true);
            pthread_cond_broadcast(&run->turned);
        }
        size_t done = run->turn;
        if (run->running == 0)
            break;
        pthread_mutex_unlock(&run->lock);
        if (c->progress)
            c->progress(c->progress_arg, done, c->tasks);
        pthread_mutex_lock(&run->lock);
    }
    pthread_mutex_unlock(&run->lock);
    if (c->progress)
        c->progress(c->progress_arg, run->turn, c->tasks);
}

static enum err run_threads(struct run *run, struct problem *p)
{
    pthread_t threads[CREW_THREADS_MAX];
    unsigned wanted = thread_count(run->crew), started = 0;
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
    if (run->turn < run->crew->tasks)
        return problem_set(p, ERR_CANCELLED, NULL,
                           "stopped before the batch was done; nothing of it was kept");
    return ERR_NONE;
}

enum err crew_run(const struct crew *c, size_t *ret_failed, struct problem *p)
{
    if (c->tasks == 0)
        return ERR_NONE;
    struct run run = {.crew = c};
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&run.changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_cond_init(&run.turned, NULL);
    pthread_mutex_init(&run.lock, NULL);
    enum err e = run_threads(&run, p);
    if (e && ret_failed)
        *ret_failed = run.failed;
    pthread_cond_destroy(&run.changed);
    pthread_cond_destroy(&run.turned);
    pthread_mutex_destroy(&run.lock);
    return e;
}
