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

// One step in a plate's history, never changed afterwards.
struct plate_event {
    int64_t at;
    const char *account; // who, or NULL: a command or the server itself
    const char *event;   // "made", "state", "re-pointed", "moved", "note"
    const char *detail;  // JSON text, an object: made {site, tour, state}; state {from, to, reason};
                         // re-pointed {from-site, from-tour, site, tour}; moved {from, to}
};
struct plate_events {
    struct plate_event *items;
    size_t count;
};
// All of them, the newest first; none for a code that no plate has.
enum err plate_history(struct connection *c, struct arena *a, const char *code, struct plate_events *ret,
                       struct problem *p);

// The number of the newest step, which grows with each; 0: none. Who read the plate at that step has seen all
// of it.
enum err plate_last_event(struct connection *c, const char *code, int64_t *ret, struct problem *p);

// What a plate points at, or once did.
struct plate_target {
    bool is_tour;
    const char *slug, *state;
    const char *title; // of a site: in its original language; of a tour: words as JSON text
    const char *area;  // term key, or NULL
};
// One of the ids is 0. ERR_NOT_FOUND when there is no such site or tour.
enum err plate_target_load(struct connection *c, struct arena *a, int64_t site_id, int64_t tour_id,
                           struct plate_target *ret, struct problem *p);

// Makes a plate; an empty code gets a new random one, which comes back in *ret_code (may be NULL). ERR_EXISTS
// when the code is taken, ERR_INVALID when its check symbol is wrong. Writes an event and an audit row, moves
// the content version.
enum err plate_add(struct connection *writer, const struct plate *plate, const struct actor *actor,
                   char ret_code[CODE_SIZE], struct problem *p);

// Saves target, state, place, reason and position of an existing plate; what changed becomes events. A
// retired plate stays retired (ERR_DENIED).
enum err plate_update(struct connection *writer, const struct plate *plate, const struct actor *actor,
                      struct problem *p);
