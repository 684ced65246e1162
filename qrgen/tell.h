// How stele-qrgen tells of a batch: in words for people, or as JSON, one object a line, for the program that
// started it (docs/batch-job.md). One thread.
#pragma once

#include <stdbool.h>

#include "qrgen/batch.h"

enum tell_form {
    TELL_QUIET,    // failures alone
    TELL_WORDS,    // what it came to
    TELL_TERMINAL, // and a line that counts meanwhile
    TELL_JSON,
};

// What is known beside the result.
struct tell {
    enum tell_form form;
    const char *out;
    bool checked;
    size_t retired;
};

// A progress function of struct batch; `arg` is a struct tell.
void tell_progress(void *arg, enum batch_stage stage, size_t done, size_t total);

// Says what the batch came to; false when that cannot be written.
bool tell_done(const struct tell *t, const struct batch_result *r);

// Says a failure on standard error, and as JSON too in that form. `about` is the file it stands in, or NULL;
// `code` the plate's, or "".
void tell_failed(const struct tell *t, const char *about, const char *code, const struct problem *p);
