#include "server/desk/frame/jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct job {
    struct jobs *jobs;
    job_work *work;
    void *arg;
};

struct jobs {
    pthread_mutex_t mutex;
    pthread_cond_t over;
    struct job_state state; // under mutex, as all below
    struct job job;
    pthread_t thread;
    bool has_thread; // to be joined
    bool stopping;
};

enum err jobs_open(struct jobs **ret, struct problem *p)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    pthread_condattr_t monotonic;
    if (!jobs)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    pthread_mutex_init(&jobs->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->over, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *ret = jobs;
    return ERR_NONE;
}

static void *run(void *arg)
{
    struct job *job = arg;
    struct jobs *jobs = job->jobs;
    job->work(job, job->arg);
    pthread_mutex_lock(&jobs->mutex);
    jobs->state.running = false;
    pthread_cond_broadcast(&jobs->over);
    pthread_mutex_unlock(&jobs->mutex);
    return NULL;
}

// Under the mutex; what runs no more ends its thread at once.
static void join_last(struct jobs *jobs)
{
    if (jobs->has_thread)
        pthread_join(jobs->thread, NULL);
    jobs->has_thread = false;
}

void jobs_close(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->mutex);
    jobs->stopping = true;
    while (jobs->state.running)
        pthread_cond_wait(&jobs->over, &jobs->mutex);
    pthread_mutex_unlock(&jobs->mutex);
    join_last(jobs);
    pthread_cond_destroy(&jobs->over);
    pthread_mutex_destroy(&jobs->mutex);
    free(jobs);
}

static enum err start_locked(struct jobs *jobs, struct problem *p)
{
    if (pthread_create(&jobs->thread, NULL, run, &jobs->job) != 0) {
        jobs->state.running = false;
        return problem_set(p, ERR_IO, NULL, "the system would not start another thread");
    }
    jobs->has_thread = true;
    return ERR_NONE;
}

enum err jobs_start(struct jobs *jobs, const char *name, const char *title, const char *who, job_work *work,
                    void *arg, struct problem *p)
{
    pthread_mutex_lock(&jobs->mutex);
    enum err e = ERR_NONE;
    if (jobs->state.running || jobs->stopping) {
        e = problem_set(p, ERR_BUSY, NULL, "other long work is still running: %s", jobs->state.title);
    } else {
        join_last(jobs);
        jobs->state = (struct job_state){.running = true};
        snprintf(jobs->state.name, sizeof jobs->state.name, "%s", name);
        snprintf(jobs->state.title, sizeof jobs->state.title, "%s", title);
        snprintf(jobs->state.who, sizeof jobs->state.who, "%s", who);
        jobs->job = (struct job){.jobs = jobs, .work = work, .arg = arg};
        e = start_locked(jobs, p);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return e;
}

bool job_progress(void *arg, size_t done, size_t total)
{
    struct jobs *jobs = ((struct job *)arg)->jobs;
    pthread_mutex_lock(&jobs->mutex);
    jobs->state.done = done;
    jobs->state.total = total;
    bool go_on = !jobs->stopping && !jobs->state.stopped;
    pthread_mutex_unlock(&jobs->mutex);
    return go_on;
}

bool job_go_on(void *arg)
{
    struct jobs *jobs = ((struct job *)arg)->jobs;
    pthread_mutex_lock(&jobs->mutex);
    bool go_on = !jobs->stopping && !jobs->state.stopped;
    pthread_mutex_unlock(&jobs->mutex);
    return go_on;
}

bool job_was_stopped(struct job *job)
{
    pthread_mutex_lock(&job->jobs->mutex);
    bool stopped = job->jobs->state.stopped;
    pthread_mutex_unlock(&job->jobs->mutex);
    return stopped;
}

bool jobs_stop(struct jobs *jobs, const char *name)
{
    pthread_mutex_lock(&jobs->mutex);
    bool runs = jobs->state.running && strcmp(jobs->state.name, name) == 0;
    jobs->state.stopped |= runs;
    pthread_mutex_unlock(&jobs->mutex);
    return runs;
}

void job_fail(struct job *job, const struct problem *why)
{
    pthread_mutex_lock(&job->jobs->mutex);
    job->jobs->state.failure = *why;
    pthread_mutex_unlock(&job->jobs->mutex);
}

void jobs_look(struct jobs *jobs, struct job_state *ret)
{
    pthread_mutex_lock(&jobs->mutex);
    *ret = jobs->state;
    pthread_mutex_unlock(&jobs->mutex);
}

bool jobs_wait(struct jobs *jobs, const char *name, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&jobs->mutex);
    bool runs;
    while ((runs = jobs->state.running && strcmp(jobs->state.name, name) == 0))
        if (pthread_cond_timedwait(&jobs->over, &jobs->mutex, &until) != 0)
            break;
    pthread_mutex_unlock(&jobs->mutex);
    return !runs;
}
