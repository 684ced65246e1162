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

// Lets every job that was put finish, then ends the threads. NULL is accepted.
void workers_stop(struct workers *w);
