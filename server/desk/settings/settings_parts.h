// Private to the screens of settings: settings.c, settings_languages.c, settings_logo.c, settings_map.c and
// terms.c.
#pragma once

#include "content/setting.h"
#include "content/term.h"
#include "server/desk/frame/field.h"
#include "server/desk/frame/screen.h"

enum err settings_languages(struct screen *screen, struct languages *ret, struct problem *p);

// A field for each language, NAME[LANG], the first of them needed.
enum err settings_words_fields(struct screen *screen, const char *name, unsigned max,
                               const struct languages *languages, struct field **ret, struct problem *p);

// What is stored into the fields that were not typed.
void settings_fill_words(struct form *form, const char *name, const json_t *words);

// What was typed over `before` (may be NULL): languages that are turned off keep theirs. A new reference,
// NULL when memory is out. What is wrong is said in the form.
json_t *settings_read_words(struct form *form, const char *name, const json_t *before,
                            const struct languages *languages, size_t max_bytes);

enum err settings_audit(struct connection *writer, const struct http_request *req, const char *action,
                        const char *subject, const char *what, const char *to, struct problem *p);

// The page of settings with the form in it: what came back, or empty and filled with what is stored.
enum err settings_send(struct http_request *req, struct http_response *res, struct form *form,
                       struct problem *problem);

// What is stored of the map's background, into the form.
enum err settings_fill_map(struct screen *screen, struct form *form, struct problem *problem);

// The background of the page's map: the one that the form asks to see before it is saved, else the stored
// one.
enum err settings_put_map(struct screen *screen, struct form *form, struct problem *problem);

// --- vocabularies: terms.c, terms_list.c

enum err terms_find(const struct terms *terms, const char *key, size_t *ret, struct problem *p); // its place
const char *terms_label(struct screen *screen, const struct term *term);                         // never NULL
// Puts the page of the list that the address asks for, and its own address as `back`.
enum err terms_put_items(struct screen *screen, const char *scheme, const struct terms *terms,
                         struct problem *problem);
extern const char *const terms_params[];

// Puts `tags`, the languages in their order, and `known`, those that can be added.
void settings_put_languages(struct screen *screen, const struct languages *languages);

route_handler settings_language_change, settings_language_on; // settings_languages.c
route_handler settings_logo, settings_logo_remove;            // settings_logo.c
route_handler settings_map;                                   // settings_map.c
route_handler terms_show, terms_add, terms_one, terms_save, terms_up, terms_merge, terms_delete; // terms.c
