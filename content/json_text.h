// Reading JSON that this program wrote itself, where every microsecond counts: the document of each site that
// a visitor opens.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

// The same value as json_loads(text, 0, NULL): a new reference, NULL when the text is no JSON object or
// array, or memory is out. Several times faster for the plain form that jansson writes (no escapes, no
// exponents); anything else is handed to json_loads. The text must be UTF-8, as all text in the store is.
// Thread-safe.
json_t *json_text_read(const char *text);

// One member of a flat object of strings.
struct json_text_member {
    const char *key, *value; // not NUL-terminated
    size_t key_len, value_len;
};

// Steps through an object of strings without escapes: *at begins as the object's text and is moved on. False
// at the end, and for everything that is not of that form; *ret_plain then tells which.
bool json_text_next(const char **at, struct json_text_member *ret, bool *ret_plain);
