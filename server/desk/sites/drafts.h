// Drafts in forms: what is typed is kept on every pause, offered again when the form is opened, and dropped
// when the form is saved. With scripts by assets/scripts/desk-drafts.js, without them by a button.
//
// No draft is ever written over by another page: every page that is opened begins a draft of its own (an id),
// which a page opened from it (?draft=ID) goes on with. Each page says who it is (its writer) and which state
// of the draft it was opened from (its mark); when another page has written to the draft since, what comes is
// kept as one more draft, and the answer says so.
//
// A form has drafts when
//   - its GET row declares the parameter DRAFTS_PARAM,
//   - its handler calls drafts_open before field_put and drafts_put before screen_send,
//   - its template has {{>desk/draft-offer}} before the form, {{>desk/draft-fields}} inside it, and
//     data-draft="{{draft.subject}}" on it,
//   - its POST calls drafts_drop in the transaction that saves, and where there was nothing to save (the form
//     that comes back with problems calls drafts_put again).
// The form should send the version it was opened at back by itself (a hidden field): the draft keeps every
// field, so a form opened from a draft notices that somebody saved meanwhile.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

#define DRAFTS_PARAM "draft"

struct drafts_of {
    const char
        *subject;    // the thing: "site:12"; a-z, 0-9, ':' and '-'; "site:new": each draft is another thing
    int64_t version; // of the thing that is edited; 0: it is new
    const char *address; // of the form, where the draft is opened again: "/desk/sites/12/edit"
    const char *title;   // what the list of drafts calls it: the site's title; NULL: what the draft calls it
};

// When the address asks for a draft (?draft=ID) and there is one: fills the form from it and sets
// *ret_opened, else leaves both.
enum err drafts_open(struct screen *screen, const struct drafts_of *of, struct form *form, bool *ret_opened,
                     struct problem *p);

// Puts member `draft` for the partials: which drafts there are that are not open, since when, whether the
// thing was saved since, and who else is editing it now. `form` is the one that drafts_open or the request
// filled. Reads with screen->db.
enum err drafts_put(struct screen *screen, const struct drafts_of *of, const struct form *form,
                    struct problem *p);

// Adds the fields that say which draft `from` is, for pages that carry a form on as hidden fields.
void drafts_carry(const struct form *from, struct form *to);

// The form's draft of this thing has done its work. Nothing happens when there is none, or when another page
// has written to it since: that one stays, and is offered.
enum err drafts_drop(struct connection *writer, const struct http_request *req, const char *subject,
                     const struct form *form, struct problem *p);

// Puts list `drafts` (and flag `has_drafts`): the account's own drafts for {{>desk/drafts}} on the first
// page.
enum err drafts_put_mine(struct screen *screen, struct problem *p);
