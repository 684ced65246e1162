// Drafts in forms: what is typed is kept on every pause, offered again when the form is opened, and dropped
// when the form is saved. With scripts by assets/scripts/desk-drafts.js, without them by a button.
//
// A form has drafts when
//   - its GET row declares the parameter DRAFTS_PARAM,
//   - its handler calls drafts_open before field_put and drafts_put before screen_send,
//   - its template has {{>desk/draft-offer}} before the form, {{>desk/draft-fields}} inside it, and
//     data-draft="{{draft.subject}}" on it,
//   - its POST calls drafts_drop in the transaction that saves (the form that comes back with problems calls
//     drafts_put again).
// The form should send the version it was opened at back by itself (a hidden field): the draft keeps every
// field, so a form opened from a draft notices that somebody saved meanwhile.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

#define DRAFTS_PARAM "draft"

struct drafts_of {
    const char *subject; // "site:12", "site:new"; a-z, 0-9, ':' and '-', DRAFT_SUBJECT_MAX bytes at most
    int64_t version;     // of the thing that is edited; 0: it is new
    const char *address; // of the form, where the draft is opened again: "/desk/sites/12/edit"
    const char *title;   // what the list of drafts calls it: the site's title; NULL: the form's page title
};

// When the address asks for the draft (?draft=open) and there is one: fills the form from it and sets
// *ret_opened, else leaves both.
enum err drafts_open(struct screen *screen, const struct drafts_of *of, struct form *form, bool *ret_opened,
                     struct problem *p);

// Puts member `draft` for the partials: whether there is a draft that is not open, since when, whether the
// thing was saved since, and who else is editing it now. Reads with screen->db.
enum err drafts_put(struct screen *screen, const struct drafts_of *of, struct problem *p);

// The draft has done its work. Nothing happens when there is none.
enum err drafts_drop(struct connection *writer, const struct http_request *req, const char *subject,
                     struct problem *p);

// Puts list `drafts` (and flag `has_drafts`): the account's own drafts for {{>desk/drafts}} on the first
// page.
enum err drafts_put_mine(struct screen *screen, struct problem *p);
