// Running another program to its end, within a time and with bounded output. Thread-safe.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

struct child_options {
    const char *const *argv; // [0] is the program: a path, or a name looked for in PATH; NULL-terminated
    int input;               // descriptor that becomes its standard input; -1: none (it reads nothing)
    int timeout_ms;          // from its start; then it is killed
    size_t output_max;       // bytes of standard output; a child that writes more is killed

    // Not NULL: the child may run as long as it likes to, and is listened to meanwhile. Each line of its
    // standard output is handed over as it comes, without its end, and not kept; `output_max` bounds one
    // line, `timeout_ms` its silence. Called on the calling thread. Bytes after the last line end are a line
    // too.
    void (*line)(void *arg, const char *line, size_t len);
    void *line_arg;
    // Once this is true the child is asked to end by SIGTERM, and killed when it has not after `stop_ms`.
    // Looked at ten times a second. NULL: never.
    const atomic_bool *stop;
    int stop_ms;
};

struct child_result {
    struct buf output;
    struct buf errors; // the first 4 KiB of its standard error; what is more is thrown away
    int exit_status;   // -1 when a signal ended it
    int signal;        // that signal, or 0
    bool timed_out;    // killed because it took too long
    bool too_much;     // killed because it wrote too much
    bool stopped;      // asked to end by `stop`
};

#define CHILD_RESULT_INIT ((struct child_result){.output = BUF_INIT, .errors = BUF_INIT})
void child_result_clear(struct child_result *result);
#define cleanup_child CLEANUP(child_result_clear)

// Starts the program with no signal blocked or ignored, reads what it says, and waits for its end. *result,
// which the caller has initialised, is filled whenever ERR_NONE is returned: however the child ended is not
// an error here. ERR_NOT_FOUND, ERR_DENIED or ERR_IO when it could not be started, ERR_MEMORY. No child is
// left behind. The calling process must not ignore SIGCHLD.
enum err child_run(const struct child_options *options, struct child_result *result, struct problem *p);
