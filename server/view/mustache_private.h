// The compiled form of a template, shared by the compiler (mustache.c) and the renderer (mustache_render.c).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

struct name_part { // borrowed from the name
    const char *text;
    size_t len;
};

// Splits at the dots. The number of parts; 0 when there are more than `room`.
size_t name_split(const char *text, struct name_part *parts, size_t room);

enum op_kind {
    OP_TEXT,
    OP_INDENT,   // a tag stands first on its line: the indentation of the partial goes here
    OP_VALUE,    // escaped
    OP_RAW,      // {{{name}}}
    OP_RAW_AMP,  // {{&name}}
    OP_SECTION,  // operations up to `end` belong to it
    OP_INVERTED, // the same
    OP_PARTIAL,
};

struct name {
    const char *text;
    const char *prefix; // of "prefix:rest", else NULL
    const char *rest;
    struct name_part *parts; // between the dots
    size_t count;            // 0 for the implicit iterator "."
};

struct op {
    enum op_kind kind;
    bool line_start;  // OP_TEXT: begins where a line of the template begins
    uint32_t line;    // of the template, from 1
    uint32_t end;     // index behind the section's last operation
    const char *text; // OP_TEXT: the text. OP_PARTIAL: the blanks that indent it
    size_t len;
    struct name name;
};

struct mustache {
    struct arena memory; // names and texts
    const char *name;
    struct op *ops;
    size_t count;
    size_t capacity;
};
