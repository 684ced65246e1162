// Private to drafts.c and drafts_keep.c: what drafts are called, and the form's fields as they are kept.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "content/editing/draft.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

// --- names: what is edited ("site:12"), and which of the account's drafts of it

#define DRAFT_NO_ID "open" // in forms and addresses: the thing's alone, as it was before drafts had ids

bool draft_is_subject(const char *text);
bool draft_is_id(const char *text);
const char *draft_new_id(struct arena *a);                          // NULL when memory is out
const char *draft_id_of(const struct form *form, const char *name); // the field when it is an id, else ""
const char *draft_key(struct arena *a, const char *subject, const char *id); // as content/editing keeps it
const char *draft_id_in(const char *key, const char *subject); // of a draft of this thing; "" for none
bool draft_is_new(const char *subject); // of new things each is another one: nobody else is editing it
const char *draft_address(struct arena *a, const char *address, const char *id); // where it is opened

// --- as it is kept: {"address": "…", "title": "…", "subject": "site:12", "writer": "…", "mark": "…",
//                     "fields": [["name", "value"], …]}

// In the form's arena; NULL when memory is out.
const char *draft_make_document(const struct form *form, const char *mark);
void draft_fill_form(struct form *form, const json_t *document);
const char *draft_member(const json_t *document, const char *name); // "" when it has none
// What the draft calls itself: a thing that is new has no other title than the one that is typed.
const char *draft_title(const json_t *document);

// --- drafts.c

// Who else is editing the thing now.
enum err drafts_find_others(struct screen *screen, const char *subject, struct drafts *ret,
                            struct problem *p);
