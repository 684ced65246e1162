// Settings that live in the store, and the languages set up.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

// The names in use. Values are JSON.
#define SETTING_NAME    "name"    // words: the collection's name
#define SETTING_LOGO    "logo"    // text: SHA-256 of the picture
#define SETTING_MAP     "map"     // content/map_background.h
#define SETTING_PUBLISH "publish" // whether new editors may publish; not made: they may

// A new reference; JSON null when the setting was never made.
enum err setting_get(struct connection *c, const char *name, json_t **ret, struct problem *p);
enum err setting_set(struct connection *writer, const char *name, const json_t *value, struct problem *p);

// The logo's SHA-256 in the arena, NULL when there is none. The picture as it came, for what is printed, lies
// at media_path (content/media.h); pages show what was made of it.
enum err setting_logo(struct connection *c, struct arena *a, const char **ret, struct problem *p);

#define LANGUAGES_MAX 32 // that can be set up at once; server/http.h has the same bound

struct languages {
    const char *
        *tags; // enabled ones, in order; the first is the default. At least one: "vi" when none is set up.
    size_t count;
};
bool languages_has(const struct languages *list, const char *tag);

enum err setting_languages(struct connection *c, struct arena *a, struct languages *ret, struct problem *p);
// Enables exactly these, in this order. What is written in others stays, unseen. ERR_INVALID for an empty
// list.
enum err setting_set_languages(struct connection *writer, const struct languages *list, struct problem *p);
// Adds the language at `position`, or moves and enables it.
enum err setting_add_language(struct connection *writer, const char *tag, int position, struct problem *p);
