// What a plate says of what it points at, for whoever prints it. A board speaks the first language loudest,
// so their order is part of it: a site's original language first, then those set up, in their order.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/setting.h"

struct connection;

struct plate_text {
    const char *lang, *text;
};

struct plate_texts {
    const struct plate_text *items;
    size_t count;
};

struct plate_words {
    const char *slug;           // of the site or tour
    struct plate_texts titles;  // at least one: what has no title in these languages gives the one it has
    struct plate_texts rank;    // may be empty
    struct plate_texts address; // likewise: the address that holds today
};

// Of the plate with this code, in the arena. `spoken`: setting_languages, read once by who asks for many
// plates. ERR_NOT_FOUND with field "plates" when there is no such plate. *ret is untouched on failure.
enum err plate_words_load(struct connection *c, struct arena *a, const char *code,
                          const struct languages *spoken, struct plate_words *ret, struct problem *p);
