// Private to the screens of batches.
#pragma once

#include "content/print/batch.h"
#include "server/batches/generator.h"
#include "server/desk/frame/field.h"
#include "server/desk/frame/list.h"
#include "server/desk/frame/screen.h"

// Message key for a state. Never NULL.
const char *batches_state_key(const char *state);
extern const struct field_option batches_states[]; // ends with a NULL value

// Puts `id`, `label` (the name), `state`, `state_words`, `good`, `bad`, `path` into an object.
void batches_put(struct screen *screen, json_t *object, const struct batch *batch);

// The batch of the {id} in the address. ERR_NOT_FOUND.
enum err batches_load(struct connection *c, const struct http_request *req, struct batch *ret,
                      struct problem *p);
// "/desk/batches/12", in the arena; NULL when memory is out.
const char *batches_path(struct arena *a, int64_t id);

// --- options: batches_options.c

// The fields that say how plates are to be made. `designs` has the plate designs as options.
#define BATCHES_FIELDS_MAX 20
struct batches_fields {
    struct field items[BATCHES_FIELDS_MAX];
    size_t count;
};
enum err batches_fields(struct screen *screen, struct batches_fields *ret, struct problem *p);
// What stands in an empty form.
void batches_defaults(struct screen *screen, struct form *form, const struct batches_fields *fields);
// Reads the options out of a form; what is wrong becomes a problem of the form.
void batches_read_options(const struct http_request *req, struct form *form, struct batch_options *ret);
// What the library or the generator says of options, beside the right field.
void batches_take(struct form *form, const struct problem *p);
// The same options as the query of the preview's address, without '?'. In the arena.
const char *batches_query(struct arena *a, const struct form *form, const char *code);

// The fields that a preview depends on, out of its address.
void batches_read_preview(const struct http_request *req, struct form *ret); // batches_preview.c

// --- from how far plates read: batches_reach.c

// Modules a side of the symbols that this server's address gives; 0 when it gives none.
int batches_symbol_size(const struct http_request *req);
// Metres, to the hundredth; 0 when the options make no sense. Only how large the symbol is counts.
double batches_reads_from(int size, const struct design *design, const struct batch_options *o);
// The same in words, for what the form says; "" likewise.
const char *batches_reads_words(struct screen *screen, const struct form *form);

// --- choosing plates: batches_choose.c

extern const struct list batches_choice;
#define BATCHES_CHOICE_PARAMS LIST_PARAMS, "state", "area", "tour", "all"
// Reads search and filters from the address, or the form when it asked to find; the tour's id into *ret_tour.
enum err batches_read_choice(struct screen *screen, const struct form *form, struct list_query *ret,
                             int64_t *ret_tour, struct problem *p);
// Puts the list with ticks. *ret_code: a plate to draw the preview of, "" when none was found.
enum err batches_put_choice(struct screen *screen, const struct form *form, char ret_code[CODE_SIZE],
                            struct problem *p);

struct batches_chosen {
    struct batch_item *items;
    size_t count;
};
// What was ticked, pasted, or all that was found; each once. Problems go into the form.
enum err batches_read_plates(struct http_request *req, struct http_response *res, struct form *form,
                             struct batches_chosen *ret, struct problem *p);

// --- handlers of other files

route_handler batches_new, batches_make;                                     // batches_make.c
route_handler batches_preview;                                               // batches_preview.c
route_handler batches_reads;                                                 // batches_reach.c
route_handler batches_zip, batches_picture, batches_progress;                // batches_files.c
route_handler batches_stop, batches_again, batches_printed, batches_reprint; // batches_steps.c
route_handler batches_link, batches_revoke;                                  // batches_links.c

// The page of one batch with a form that came back; `form` may be empty.
enum err batches_send_one(struct http_request *req, struct http_response *res, struct form *form,
                          struct problem *p);
// Puts `state`, `done`, `total` and `words` into an object.
void batches_put_progress(struct screen *screen, json_t *object, const struct batch *batch);
// Puts `links`, `downloads` and the fields of a new link.
enum err batches_put_links(struct screen *screen, const struct batch *batch, const struct form *form,
                           struct problem *p);
