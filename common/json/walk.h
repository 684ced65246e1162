// Walking through a large JSON document value by value, so that memory holds the text and one value. Nothing
// is read twice, and every problem has its line. One thread at a time.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

// Where the walk stands. The text needs no NUL behind it and must outlive the walk.
struct walk {
    const char *text;
    size_t len, at;
    unsigned long line; // of `at`, from 1
    size_t value_max;   // bytes that one value may have
    struct problem *p;  // gets what is wrong
};

#define WALK_OVER(text_, len_, value_max_, p_)                                                               \
    ((struct walk){.text = (text_), .len = (len_), .line = 1, .value_max = (value_max_), .p = (p_)})

// The next character that is no white space; '\0' at the end.
char walk_peek(struct walk *w);

// Goes past `c` when that is the next character that is no white space.
bool walk_take(struct walk *w, char c);

// ERR_INVALID with the line where the walk stands and the sentence: no format, but it may have a name
// (MESSAGE).
enum err walk_fault(struct walk *w, const char *sentence);

// Reads one JSON value; a new reference in *ret. ERR_INVALID; ERR_TOO_LARGE above value_max.
enum err walk_value(struct walk *w, json_t **ret);

// Reads an object, calling `each` with the name of every member; it must read the value. Stops at what it
// returns. ERR_INVALID, with the sentence `no_object` when no object begins here.
typedef enum err walk_member_fn(void *arg, struct walk *w, const char *name);
enum err walk_object(struct walk *w, const char *no_object, walk_member_fn *each, void *arg);

// Reads a list, calling `each` with every value, its number from 0 and its line; the reference stays the
// walk's. ERR_INVALID, with the sentence `no_list` when no list begins here, `not_closed` when it does not
// end.
typedef enum err walk_entry_fn(void *arg, json_t *value, size_t number, unsigned long line,
                               struct problem *p);
enum err walk_list(struct walk *w, const char *no_list, const char *not_closed, walk_entry_fn *each,
                   void *arg);

// True when nothing but white space is left.
bool walk_at_end(struct walk *w);
