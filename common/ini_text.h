// Text of [SECTION] and NAME = VALUE lines, as settings files and plate designs have it: what inih reads,
// with the line that each thing stands in, which inih does not tell.
#pragma once

#include <stddef.h>

#include "common/err.h"

struct ini_text;

// A line that gives a value; `section` is "" before the first. Not ERR_NONE ends the reading.
typedef enum err ini_text_pair(struct ini_text *t, const char *section, const char *name, const char *value);

// What the caller sets; the rest is kept by the functions below.
struct ini_text {
    ini_text_pair *pair;
    void *user;
    const char *path;      // said before the line in a refusal; NULL: nothing is
    const char *malformed; // says of a line that it has no form
    struct problem *p;     // may be NULL

    unsigned long line;         // the one being read, from 1
    unsigned long section_line; // where the section under way begins; 0 before the first
    enum err code;              // of the first refusal
    const char *at, *end;       // what is still to be read
};

// Reads the whole text, which is UTF-8 without NUL. The first refusal ends it and is returned.
enum err ini_text_read(struct ini_text *t, const char *text, size_t len);

// Refuses what stands in t->line: "PATH, line 3: …". Returns ERR_INVALID.
enum err ini_text_refuse(struct ini_text *t, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
