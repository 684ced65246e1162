// Terms: the vocabularies kind, category, rank and area.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

struct term {
    int64_t id;
    const char *key;
    const char *labels;  // words as JSON text
    const char *picture; // or NULL
    const char *parent;  // key, or NULL
    int64_t count;       // of published sites; only from term_counts
};

struct terms {
    struct term *items;
    size_t count;
};

// The schemes' names, ending with NULL: "kind", "category", "rank", "area".
extern const char *const term_schemes[];

enum err term_list(struct connection *c, struct arena *a, const char *scheme, struct terms *ret,
                   struct problem *p);

// The terms of a scheme that published sites have, with how many.
enum err term_counts(struct connection *c, struct arena *a, const char *scheme, struct terms *ret,
                     struct problem *p);

// *ret_id 0 when there is none.
enum err term_find(struct connection *c, const char *scheme, const char *key, int64_t *ret_id,
                   struct problem *p);

// Adds a term, or gives the one of that key new labels, picture and position. labels: words as JSON text.
// Moves the content version.
enum err term_save(struct connection *writer, const char *scheme, const struct term *term, int position,
                   int64_t *ret_id, struct problem *p);
// Sets the wider term; both must exist already. parent NULL: none. ERR_INVALID when it would make a circle.
enum err term_set_parent(struct connection *writer, const char *scheme, const char *key, const char *parent,
                         struct problem *p);
