// The table of what may stand in a design's file: one row a key. For the files of this room alone.
#pragma once

#include "qrgen/design/design.h"

enum design_type {
    DESIGN_NUMBER, // double
    DESIGN_BOX_OF, // struct design_box: four numbers
    DESIGN_CHOICE, // int: the index into `choices`
    DESIGN_STRING, // const char *
    DESIGN_LANG,   // const char *: a language tag
};

struct design_key {
    const char *name;
    enum design_type type;
    unsigned kinds;    // a bit for each enum design_kind that knows it
    unsigned required; // and for each that cannot do without it
    size_t offset;     // of the member in struct design_element, or struct design for the page
    double least, most;
    const char *const *choices;
};

extern const struct design_key design_keys[];
extern const size_t design_key_count;

// "column", "text" …: how sections begin.
extern const char *const design_kind_names[DESIGN_KIND_COUNT];

// The sizes and places that a whole file must have. Called by design_parse.
enum err design_check(const struct design *d, struct problem *p);
