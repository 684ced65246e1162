// Plates: physical QR boards and their permanent codes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"
#include "content/code/code.h"

struct connection;

struct plate {
    char code[CODE_SIZE];
    int64_t site_id, tour_id; // exactly one is not 0
    const char *state;        // "planned", "in-batch", "printed", "installed", "damaged", "retired"
    const char *place;        // where the board stands
    const char *reason;       // of a retirement
    bool has_position;
    double lat, lon;
    int64_t created_at, updated_at;
    // set by loading only:
    const char *site_slug, *tour_slug, *target_state;
};

struct plates {
    struct plate *items;
    size_t count;
};

bool plate_state_is_valid(const char *state);

// ERR_NOT_FOUND when no plate has that code.
enum err plate_load(struct connection *c, struct arena *a, const char *code, struct plate *ret,
                    struct problem *p);
enum err plate_list(struct connection *c, struct arena *a, struct plates *ret, struct problem *p);
enum err plate_list_of_site(struct connection *c, struct arena *a, int64_t site_id, struct plates *ret,
                            struct problem *p);

// Makes a plate; an empty code gets a new random one, which comes back in *ret_code (may be NULL). ERR_EXISTS
// when the code is taken, ERR_INVALID when its check symbol is wrong. Writes an event and an audit row, moves
// the content version.
enum err plate_add(struct connection *writer, const struct plate *plate, const struct actor *actor,
                   char ret_code[CODE_SIZE], struct problem *p);

// Saves target, state, place, reason and position of an existing plate; what changed becomes events. A
// retired plate stays retired (ERR_DENIED).
enum err plate_update(struct connection *writer, const struct plate *plate, const struct actor *actor,
                      struct problem *p);
