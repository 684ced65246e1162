// The pictures, sounds and films of a site at the desk: what the modules of this room share. Routes are in
// media.c. Every change is a new revision of the site, made as the site's own form makes them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "content/arrival.h"
#include "content/media.h"
#include "content/probe/exif.h"
#include "content/site.h"
#include "content/site_media.h"
#include "server/desk/frame/screen.h"
#include "server/desk/sites/sites.h"
#include "server/http/route.h"

struct intake_told;

route_handler media_item_show;  // media_item.c
route_handler media_item_post;  // media_item.c
route_handler media_send_form;  // media_send.c: a form with files
route_handler media_send_new;   // media_send.c: begins an upload
route_handler media_send_ask;   // media_send.c: how far it is
route_handler media_send_add;   // media_send.c: a piece
route_handler media_send_again; // media_send.c
route_handler media_send_drop;  // media_send.c
route_handler media_order;      // media_change.c
route_handler media_remove;     // media_change.c
route_handler media_put_back;   // media_change.c
route_handler media_place;      // media_place.c
route_handler media_places;     // media_place.c: where the photos were taken, for a map
route_handler media_file;       // media_file.c

// --- media_change.c

// Changes a site that was just loaded; *ret_changed false: nothing is to be saved. Inside the transaction.
typedef enum err media_edit(struct connection *writer, struct site *site, struct arena *a, void *arg,
                            bool *ret_changed, struct problem *p);

// Loads the site of the address, sees that the user may change it, edits and saves it, all in one
// transaction. *ret_changed (may be NULL) as the edit left it.
enum err media_save(const struct http_request *req, media_edit *edit, void *arg, bool *ret_changed,
                    struct problem *p);

// {sha256} of the address; ERR_NOT_FOUND when it is none.
enum err media_sha256(const struct http_request *req, const char **ret, struct problem *p);

// 303 to the site's page of media, `rest` behind it ("", "#m-…").
enum err media_see(struct http_request *req, struct http_response *res, const char *rest, struct problem *p);

// --- media_put.c

// Puts a file of the site into the context: what it is, its addresses, what is missing.
enum err media_put(struct screen *screen, json_t *object, const struct site *site, size_t at,
                   const struct media_variants *all, struct problem *problem);

// Whether the words (JSON text) have any in the language.
bool media_has_words(struct arena *a, const char *words, const char *lang);

// The languages that the installation has now, in the arena.
enum err media_languages(struct screen *screen, const char *const **ret, size_t *ret_count,
                         struct problem *problem);

// --- media_place.c

// What the camera noted in the photo, read from the file as it came. All is missing where it cannot be read.
void media_notes(const struct app *app, struct arena *a, const struct site_media *m, struct exif *ret);

// Where the photo was taken, and how far that is from the site, as member `place`; nothing where the photo
// does not tell, or tells what the site has already.
void media_put_place(struct screen *screen, json_t *object, const struct site *site,
                     const struct site_media *m);

// --- media_tell.c

// What went wrong with a file, in the desk's language: one sentence.
const char *media_tell(struct screen *screen, const struct problem *problem);
