// Absolute deadlines of connections, kept by a thread of its own that shuts the sockets of those that miss
// them: libmicrohttpd's own timeout starts anew with every byte that arrives. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

enum deadline_phase {
    DEADLINE_NEW,     // accepted, no request line yet: the header deadline runs
    DEADLINE_HEADERS, // the request line is there: the header deadline runs
    DEADLINE_BODY,    // the body comes in: minimum rate
    DEADLINE_WORK,    // a handler works: none
    DEADLINE_ANSWER,  // the answer goes out: minimum rate
    DEADLINE_IDLE,    // between two requests, up to the end of the next request line
};

struct deadline {
    struct deadline *next, *previous;
    int fd;
    uint64_t state; // atomic: milliseconds << 3 | phase
    // the keeper's own
    uint64_t seen_state, seen_bytes;
    int64_t seen_at;
};

struct deadlines;

struct deadline_limits {
    unsigned header_ms, idle_ms, rate_ms, minimum_rate; // as in http_options
};

// `tick` is called with `arg` a few times a second on the keeper's thread.
enum err deadlines_start(const struct deadline_limits *limits, void (*tick)(void *arg), void *arg,
                         struct deadlines **ret, struct problem *p);
void deadlines_stop(struct deadlines *d); // NULL is accepted; every deadline must have been removed

// Begins to watch a connected socket, as DEADLINE_NEW. The socket stays open until deadlines_remove returns.
void deadlines_add(struct deadlines *d, struct deadline *mark, int fd, int64_t now_ms);
void deadlines_remove(struct deadlines *d, struct deadline *mark);

// Enters a phase; `now_ms` is when it, or for BODY, WORK and ANSWER the request, began.
static inline void deadline_enter(struct deadline *mark, enum deadline_phase phase, int64_t now_ms)
{
    __atomic_store_n(&mark->state, (uint64_t)now_ms << 3 | phase, __ATOMIC_RELAXED);
}

// From now on connections without a request are told that nothing more is read from them, at once and
// whenever they become idle.
void deadlines_drain(struct deadlines *d);

unsigned deadlines_connections(struct deadlines *d);
uint64_t deadlines_missed(struct deadlines *d);
