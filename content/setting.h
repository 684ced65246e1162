// Settings that live in the store, and the languages set up.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

// The names in use. Values are JSON.
#define SETTING_NAME "name" // words: the collection's name

// A new reference; JSON null when the setting was never made.
enum err setting_get(struct connection *c, const char *name, json_t **ret, struct problem *p);
enum err setting_set(struct connection *writer, const char *name, const json_t *value, struct problem *p);

struct languages {
    const char *
        *tags; // enabled ones, in order; the first is the default. At least one: "vi" when none is set up.
    size_t count;
};
enum err setting_languages(struct connection *c, struct arena *a, struct languages *ret, struct problem *p);
// Adds the language at `position`, or moves and enables it.
enum err setting_add_language(struct connection *writer, const char *tag, int position, struct problem *p);
