// The screen of a site's form.
#pragma once

#include "content/site.h"
#include "server/desk/frame/screen.h"
#include "server/desk/sites/site_form.h"

// What the screen shows beside the form.
struct site_screen {
    const struct site *stored; // as it is saved; NULL: a new site
    const json_t *document;    // that the checklist is about; NULL: the stored one's
    const char *focus;         // field to go to, or NULL
    const char *ask;           // the button that was pressed although something is missing, or NULL
};

// Puts the form into the context and sends the page: 200, or 422 when the form has failed.
enum err site_screen_send(struct screen *screen, struct site_form *f, const struct site_screen *what,
                          struct problem *problem);

// site_put.c: the fields, section by section, as member "parts" and "texts" of the context.
enum err site_put_fields(struct screen *screen, struct site_form *f, const struct site_screen *what,
                         struct problem *problem);

// site_map.c: where the site was when it was saved, as member "saved" of the context.
void site_put_map(struct screen *screen, const struct site *stored);

// site_stale.c: what changed in the original since a text was translated, as member "since" and "pieces" of
// `object`. Nothing when that is not known.
struct worddiff_budget;
enum err site_put_since(struct screen *screen, const struct site *stored, const struct site_text *text,
                        struct worddiff_budget *budget, json_t *object, struct problem *problem);

// site_missing.c: what a visitor would miss, as member "missing" of the context. *ret_asks: something that
// publishing asks for.
enum err site_put_missing(struct screen *screen, const struct site_form *f, const json_t *document,
                          const struct site *stored, bool *ret_asks, struct problem *problem);

// site_pictures.c: the first pictures, and how many files there are, as members "pictures" and "media_count".
enum err site_put_pictures(struct screen *screen, const struct site *stored, struct problem *problem);

// site_conflict.c: the choice between two states; 409. `mine` is what the form described, over the version
// that it was read at.
enum err site_conflict_send(struct screen *screen, struct site_form *f, const struct site *stored,
                            const json_t *mine, struct problem *problem);

// What only one side changed since `base` (NULL: not known) is taken from that side; what both changed stays
// mine. Texts are merged language by language and part by part; a list (facts, addresses …) is one thing. A
// new reference; NULL when memory is out.
json_t *site_merge(const json_t *base, const json_t *theirs, const json_t *mine);

// The merged state as hidden fields, member "kept", ready to be sent again over version f->version; with them
// what f->form says of a draft, a proposal, the time to publish at and translations that are up to date.
void site_put_kept(struct screen *screen, const struct site_form *f, const json_t *merged);

// proposals.c: what waits at the site, as member "proposals" of the context; and for who may not publish, on
// a published page, their own as member "proposal", else false.
enum err proposals_put_at(struct screen *screen, const struct site *stored, struct problem *problem);

// site_stale.c: pieces of a difference as member "pieces" of `object`: each "text" with is_added, is_removed.
enum err site_put_difference(struct screen *screen, struct worddiff_budget *budget, json_t *object,
                             const char *before, const char *after, struct problem *problem);
