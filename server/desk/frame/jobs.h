// Work that is too long for a request: one piece at a time, on a thread of its own, so that neither a worker
// nor a browser waits for it. The browser asks how far it is. Once it is over, what came of it the work
// itself leaves where the screen finds it; only why the last one failed is kept here. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

struct jobs;

enum { JOB_NAME_SIZE = 64, JOB_TITLE_SIZE = 160, JOB_WHO_SIZE = 80 };

struct job_state {
    bool running;
    char name[JOB_NAME_SIZE];   // what its screens know it by
    char title[JOB_TITLE_SIZE]; // for people: a file's name
    char who[JOB_WHO_SIZE];     // whose it is
    size_t done, total;         // total 0: nobody knows yet
    bool stopped;               // somebody asked it to stop; it may run yet
    struct problem failure;     // why it came to nothing; code ERR_NONE: it did not, or runs still
};

struct job; // the one that runs
typedef void job_work(struct job *job, void *arg);

enum err jobs_open(struct jobs **ret, struct problem *p);

// Asks what runs to stop, and waits for it. NULL is fine.
void jobs_close(struct jobs *jobs);

// Starts `work` on a thread of its own; it takes `arg` over. Texts are copied. ERR_BUSY while another one
// runs: `arg` then stays the caller's.
enum err jobs_start(struct jobs *jobs, const char *name, const char *title, const char *who, job_work *work,
                    void *arg, struct problem *p);

// The work tells how far it is; false: it shall stop as soon as it can. `job` is a struct job.
bool job_progress(void *job, size_t done, size_t total);
bool job_go_on(void *job); // the same without anything to tell

// The work tells why it came to nothing, for a screen to say. Kept until another one starts.
void job_fail(struct job *job, const struct problem *why);

// Somebody does not want the job `name` any more: the work is told so. False when it does not run.
bool jobs_stop(struct jobs *jobs, const char *name);
bool job_was_stopped(struct job *job); // by jobs_stop, not because the program ends

void jobs_look(struct jobs *jobs, struct job_state *ret);

// Waits until the job `name` is over, `ms` at most. True when it does not run (any more).
bool jobs_wait(struct jobs *jobs, const char *name, int ms);
