// Private to the screens of plates.
#pragma once

#include "content/plate.h"
#include "server/desk/frame/field.h"
#include "server/desk/frame/list.h"
#include "server/desk/frame/screen.h"

// A plate that the signed-in person may work on, and what it points at.
struct plates_one {
    struct plate plate;
    struct plate_target target;
    const char *title; // of the target, as text
    const char *path;  // "/desk/plates/k7m39qx2"
    int64_t step;      // plate_last_event
};

// By the {code} of the address, however it is typed. ERR_NOT_FOUND; ERR_DENIED when it lies outside the areas
// that the account is limited to. `c` may be the writer's.
enum err plates_load(struct connection *c, const struct http_request *req, struct plates_one *ret,
                     struct problem *p);

// The title of a target as text: a tour's in the desk's language. Never NULL.
const char *plates_title(const struct http_request *req, const struct plate_target *target);

// Message key for a state. Never NULL.
const char *plates_state_key(const char *state);

// States as options of a field or filter, in their order of life, ending with a NULL value.
extern const struct field_option plates_states[];

// The same without "retired", which is a step of its own.
extern const struct field_option plates_states_in_use[];
// Nor "in-batch", into which only batches bring plates.
extern const struct field_option plates_states_by_hand[];

// Puts `target`: the title of what the plate opens, in the desk's language where it is a tour's.
struct desk_plate;
void plates_put_target(struct screen *screen, json_t *object, const struct desk_plate *plate);

// Puts `code`, `code_words`, `state`, `state_words` into an object.
void plates_put_code(struct screen *screen, json_t *object, const char *code, const char *state);

// A change of one plate: loads it in the transaction, lets `edit` change it, saves.
struct plates_change {
    const struct http_request *req;
    enum err (*edit)(struct connection *writer, struct plates_change *change, struct problem *p);
    struct plates_one one; // loaded before `edit`; its step, afterwards
    const char *undo;      // afterwards: the address that takes it back; NULL: nothing was changed
    void *arg;
};
enum err plates_save(struct plates_change *change, struct problem *p);

// True when the form was shown at another step than the plate is at now.
bool plates_is_stale(const struct form *form, const struct plates_one *one);

// For `edit`: points the plate at a site or tour (the other is 0) that the person may work on. ERR_NOT_FOUND,
// ERR_DENIED.
enum err plates_aim(struct connection *writer, struct plates_change *change, int64_t site_id, int64_t tour_id,
                    struct problem *p);

// Back to the plate's page, which tells what somebody else did meanwhile.
enum err plates_late(struct http_request *req, struct http_response *res, const struct plates_one *one,
                     const char *key, struct problem *p);

// Puts `scans`: how often people opened the plate, by day and month.
enum err plates_put_scans(struct screen *screen, const char *code, struct problem *p);

// --- ticks that live across a list's pages: plates_ticks.c, with templates desk/choice-head, -kept and -foot
// around a form of the id "choice". Its answers to these buttons are pages, nothing is made.

// True when a button of the list was pressed (another page, find, forget what is not in sight), none that
// makes.
bool plates_turning(const struct form *form);
// After list_read: with "find" the search and the filters are what the form says.
void plates_take_find(const struct list *list, const struct form *form, struct list_query *q);
// Puts `kept`, hidden fields for the ticks `name` of the form that none of `items` shows by its member, and
// how many.
void plates_put_kept(struct screen *screen, const struct form *form, const char *name, const json_t *items,
                     const char *member);

// Handlers of other files.
route_handler plates_new, plates_make;      // plates_new.c
route_handler plates_qr_png, plates_qr_svg; // plates_qr.c
route_handler plates_targets, plates_point; // plates_target.c
