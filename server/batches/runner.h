// Makes the batches that wait, one at a time, on a thread of its own that has the lowest claim to processor
// and disk: stele-qrgen, which it starts, has no better one, so that visitors are not slowed. Where several
// servers use one data folder, one of them makes batches (a lock file says which).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

struct generator;
struct runner;
struct store;

struct runner_options {
    struct store *store; // both outlive the runner
    struct generator *generator;
    void (*tell)(const char *text); // a sentence for the log, on the runner's thread; NULL: nobody listens
};

// Starts the thread. What was being made when an earlier server ended badly waits once more.
enum err runner_start(const struct runner_options *options, struct runner **ret, struct problem *p);

// Ends the thread within a few seconds; what it was making goes back to the queue. NULL is fine.
void runner_stop(struct runner *runner);

// A batch was put into the queue. Thread-safe, as all that follows; NULL is fine.
void runner_wake(struct runner *runner);

// The batch was stopped (batch_stop has been committed): ends its making, if this is it. Does not wait for
// the end.
void runner_leave(struct runner *runner, int64_t id);

struct runner_progress {
    int64_t id;          // what is being made
    char stage[16];      // as in struct event; "" at the very beginning
    int64_t done, total; // of the stage
    int64_t running_ms;
};
// False when nothing is being made by this server.
bool runner_progress(struct runner *runner, struct runner_progress *ret);
