// One language as it is kept in memory, shared by locale.c (reading), locale_message.c (messages) and
// locale_format.c (numbers and dates).
#pragma once

#include "common/arena.h"
#include "server/view/locale.h"
#include "server/view/plural.h"

struct piece {
    const char *text; // literal text, or the placeholder's name
    size_t len;
    bool placeholder;
};

struct form {
    struct piece *pieces;
    size_t count;
};

enum message_by {
    BY_CARDINAL,
    BY_ORDINAL,
    BY_ROMAN, // one form, {count} in Roman numerals
};

struct message {
    const char *key;
    enum message_by by;
    bool plain;                      // one form without placeholders
    bool counts;                     // depends on {count}
    struct form forms[PLURAL_COUNT]; // a category without pieces falls back to PLURAL_OTHER
};

struct number_style {
    const char *language;
    const char *group;
    const char *decimal;
    int smallest_group; // digits before the first separator that make one worth writing: CLDR
                        // minimumGroupingDigits
};

struct locale {
    const char *tag;
    const struct locale *fallback; // NULL for the default language
    struct message *messages;      // sorted by key
    size_t count;
    size_t capacity;
    const struct message **index; // by the hash of the key: a power of two of slots, more than there are
    size_t index_mask;            // messages, probed one after the other up to the first empty one
    plural_rule *cardinal;
    plural_rule *ordinal;
    const struct number_style *numbers;
    struct arena memory;
};

// Where the values of placeholders come from. `write` appends the value of `name` and returns true, or
// returns false when there is none. `count` chooses the form and is written for {count} in the message's own
// manner.
struct values {
    bool (*write)(const void *arg, const struct locale *l, const char *name, struct buf *out);
    const void *arg;
    bool has_count;
    int64_t count;
};

// Makes the index, once all messages are there. False when memory is out.
bool locale_index(struct locale *l);

bool locale_write(const struct locale *l, const char *key, const struct values *values, struct buf *out);

const struct number_style *locale_number_style(const char *tag);

// Roman numerals for 1 to 3999, else decimal digits.
void locale_roman(int64_t n, struct buf *out);
