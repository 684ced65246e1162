// One line a request, written by a thread of its own so that answering never waits for a disk. Lines are
// whole: several leave in one write(2), none in two unless the system writes short. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "server/http/http.h"

struct access_log;

enum err access_log_make(int fd, unsigned sample, struct access_log **ret_log, struct problem *p);
void access_log_free(struct access_log *l); // writes what is left; NULL is accepted

struct access_line {
    const char *id;
    const char *remote; // as it is to be shown
    const char *method; // as sent
    const char *path;   // as sent, without the query: what people search for is their own
    int status;
    uint64_t bytes;
    unsigned microseconds;
    const char *cache;   // "hit", "miss" or "-"
    const char *problem; // NULL or "": none
    bool aborted;        // the client went away, or a deadline closed the connection
};

// True when the next line of this status is to be written (sampling); asked before a line is made up.
bool access_log_wants(struct access_log *l, int status);

// Adds the line. Bytes that could end a line, or that a terminal would obey, are written as \xHH; long values
// are cut.
void access_log_add(struct access_log *l, const struct access_line *line);

// Writes what has gathered; called a few times a second.
void access_log_flush(struct access_log *l);

// The address without what tells one person from another: IPv4 without its last byte, IPv6 without its last
// 80 bits, written to `text` (REQUEST_REMOTE_SIZE bytes) in place.
void access_log_shorten(char *text);
