// Drafts: unfinished edits, saved on every pause. They are the editor's own and no part of a site's history.
// What is edited is the draft's thing ("site:12", "site:new"); one account may have several drafts of it,
// each with a subject of its own: the thing, ':' and the draft's id. Transactions as in content/site.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

enum { DRAFT_MAX = 4 * 1024 * 1024, DRAFT_SUBJECT_MAX = 120 };

struct draft {
    const char *subject; // "site:12:4f…", "site:new:9a…"; or the thing alone
    int64_t account_id;
    const char *account;  // name
    int64_t base_version; // version of the site that was being edited; 0: none
    const char *document; // the form's fields, as JSON text
    int64_t updated_at;
};

struct drafts {
    struct draft *items;
    size_t count;
};

// Keeps or replaces. `document` must be a JSON object of at most DRAFT_MAX bytes (ERR_INVALID,
// ERR_TOO_LARGE).
enum err draft_save(struct connection *writer, int64_t account_id, const char *subject, int64_t base_version,
                    const char *document, int64_t now, struct problem *p);

// ERR_NOT_FOUND when there is none.
enum err draft_load(struct connection *c, struct arena *a, int64_t account_id, const char *subject,
                    struct draft *ret, struct problem *p);
enum err draft_delete(struct connection *writer, int64_t account_id, const char *subject, struct problem *p);

// The account's drafts, newest first, without documents.
enum err draft_list(struct connection *c, struct arena *a, int64_t account_id, struct drafts *ret,
                    struct problem *p);

// The account's drafts of one thing, newest first, without documents.
enum err draft_list_of(struct connection *c, struct arena *a, int64_t account_id, const char *thing,
                       struct drafts *ret, struct problem *p);

// Who else was editing the thing since `since`, each once, newest first, without documents.
enum err draft_others(struct connection *c, struct arena *a, int64_t account_id, const char *thing,
                      int64_t since, struct drafts *ret, struct problem *p);
