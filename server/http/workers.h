// A fixed number of threads for what is slow, with a bounded queue. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

struct workers;

typedef void workers_job(void *arg);

// Starts `threads` threads; at most `waiting` jobs wait.
enum err workers_start(unsigned threads, unsigned waiting, struct workers **ret_workers, struct problem *p);

// Reserves a place for one job; false when every place is taken. A reserved place must be filled.
bool workers_reserve(struct workers *w);

// Puts a job into the reserved place.
void workers_put(struct workers *w, workers_job *job, void *arg);

// Reserves no place from here on, lets every job that was put finish, and ends the threads. workers_reserve
// may still be called, by any thread, until workers_free. NULL is accepted; a second call does nothing.
void workers_drain(struct workers *w);

// Drains, then releases: nobody may call anything for these workers any more. NULL is accepted.
void workers_free(struct workers *w);
