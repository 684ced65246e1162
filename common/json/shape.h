// The shape of a JSON document as a table: which members an object may have, and of what form each must be.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

enum shape_type {
    SHAPE_TEXT,    // a string in NFC of 1 to `limit` bytes
    SHAPE_SLUG,    // 1 to 80 of a-z 0-9 -
    SHAPE_LANG,    // a language tag in lower case
    SHAPE_DATE,    // EDTF (common/edtf.h)
    SHAPE_INSTANT, // RFC 3339 in UTC, to the second (common/clock.h)
    SHAPE_URL,     // http:// or https://, at most `limit` bytes, no white space
    SHAPE_NUMBER,  // from `min` to `max`
    SHAPE_BOOL,
    SHAPE_ONE_OF,     // one of `choices`
    SHAPE_HASH,       // 64 lower-case hexadecimal digits
    SHAPE_WORDS,      // language -> text of at most `limit` bytes each
    SHAPE_WORDS_LIST, // language -> list of such texts
    SHAPE_POINT,      // [x, y], both from `min` to `max`
    SHAPE_OBJECT,     // of the shape `inner`
    SHAPE_MAP,        // language -> object of the shape `inner`
    SHAPE_LIST,       // of objects of the shape `inner`, at most `limit`
    SHAPE_TEXT_LIST,  // of texts, at most `limit` of 200 bytes
    SHAPE_SLUG_LIST,  // of slugs, at most `limit`
    SHAPE_LANG_LIST,  // of language tags, at most `limit`
    SHAPE_ANY,        // whatever it is: the caller looks at it
};

struct shape_member {
    const char *name;
    enum shape_type type;
    bool required;
    size_t limit;
    double min, max;
    const char *const *choices; // ends with NULL
    const struct shape *inner;
};

struct shape {
    const struct shape_member *members; // ends with a row without name
};

// Checks `value` against the shape, members unknown to it included. `path` is how the value is called in
// problems
// ("" for the whole document): "facts[2].label.vi". Stops at the first fault: ERR_INVALID with the path as
// field.
enum err shape_check(const json_t *value, const struct shape *shape, const char *path, struct problem *p);

// One member's value alone, as for a row of `members`.
enum err shape_check_member(const json_t *value, const struct shape_member *member, const char *path,
                            struct problem *p);
