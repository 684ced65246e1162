// Private to server/desk/sites: one request that saves a site's form, in its steps. What the buttons do is
// site_save.c's; what would be saved, site_document.c's; proposals, site_propose.c's.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "content/site.h"
#include "server/desk/frame/frame.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/sites.h"

struct saving_button {
    const char *name;
    const char *state; // afterwards; NULL: as it is
    const char *flash; // message key
    bool publisher;    // only for who may publish
    bool is_checked;   // asks for what is missing
};

struct saving {
    struct screen *screen;
    struct site_form *f;
    const struct saving_button *button;
    bool anyway;               // the checklist was seen
    const struct site *stored; // NULL: new
    json_t *before, *after;    // documents; before NULL: new
    int64_t publish_at;
    struct sites_before_bin before_bin; // for who takes the site out of it
    bool is_held;                       // who may not publish changed what was to be published at a time
    int64_t id;                         // afterwards
};

bool saving_is(const struct saving *s, const char *button);
bool saving_is_binned(const struct saving *s);
bool saving_is_published(const struct saving *s);

// Fills before, after and is_held; the site that the button would leave behind.
enum err saving_read_documents(struct saving *s, struct problem *problem);

// The form comes back with its problems; `ask`: below the list of what is missing.
enum err saving_again(struct saving *s, bool ask, struct problem *problem);

// For desk_write; `arg` is the struct saving. The form's draft, and the proposal that the form came from,
// have done their work.
enum err saving_finish(struct connection *writer, void *arg, struct problem *p);

// For desk_write likewise: keeps the form as a proposal. ERR_CONFLICT when the same person sent another one
// from another page; saving_sent_elsewhere then answers.
enum err saving_propose(struct connection *writer, void *arg, struct problem *p);
enum err saving_sent_elsewhere(struct saving *s, struct problem *problem);
