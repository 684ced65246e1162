// What stele-qrgen says while it makes a batch: one JSON object a line. Believed no more than any input.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/hash.h"
#include "content/code/code.h"

enum { EVENT_LINE_MAX = 4096 }; // bytes of one line

enum event_kind {
    EVENT_OTHER, // of a newer version, or no event at all: not looked at
    EVENT_PROGRESS,
    EVENT_DONE,
    EVENT_FAILED,
};

struct event {
    enum event_kind kind;
    char stage[16];               // PROGRESS: "plates", "check", "sheets", "proof", "finish"
    int64_t done, total;          // PROGRESS: 0 <= done <= total
    int64_t plates, files, bytes; // DONE
    char sha256[HASH_HEX_SIZE];   // DONE: of the ZIP
    char problem[24];             // FAILED: a word, as err_name writes them
    char code[CODE_SIZE];         // FAILED: the plate's that it is about, or ""
    char field[64];               // FAILED: what it is about, or ""
    char message[512];            // FAILED: a sentence, without control characters
};

// Pure. A line that has not the form of an event is EVENT_OTHER.
void event_read(const char *line, size_t len, struct event *ret);
