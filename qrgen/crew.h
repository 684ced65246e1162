// A crew: threads that work through numbered tasks side by side and hand the results over in the order of the
// tasks. Each thread has at most one task in hand, so that memory does not grow with their number.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

#define CREW_THREADS_MAX 64

struct crew {
    size_t tasks;
    unsigned threads;        // 1 to CREW_THREADS_MAX; 0: one for each processor that may be used
    const atomic_bool *stop; // all give up soon after this becomes true; NULL: never
    void *arg;
    // A thread's own memory, made in that thread. NULL: there is none.
    enum err (*begin)(void *arg, void **ret_own, struct problem *p);
    void (*end)(void *own);
    // The work of one task; any number at a time.
    enum err (*make)(void *arg, void *own, size_t task, struct problem *p);
    // What follows when all earlier tasks were handed over: one at a time, in the thread that made it. NULL:
    // nothing.
    enum err (*hand)(void *arg, void *own, size_t task, struct problem *p);
    // A few times a second and once at the end, in the thread that called crew_run. NULL: nobody listens.
    void (*progress)(void *arg, size_t done, size_t total);
    void *progress_arg;
};

// Returns when all tasks are done, or the first failure, after which no further task is begun. ERR_CANCELLED
// when stopped, ERR_IO when not one thread could be started, or what a function of the crew returned: then
// *ret_failed (may be NULL) gets the number of the task.
enum err crew_run(const struct crew *c, size_t *ret_failed, struct problem *p);
