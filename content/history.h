// Audit rows and imports.
#pragma once

#include <jansson.h>

#include "common/err.h"
#include "content/actor.h"

struct connection;

// `detail` may be NULL; it is borrowed.
enum err history_audit(struct connection *writer, const struct actor *actor, const char *action,
                       const char *subject, const json_t *detail, struct problem *p);
enum err history_revision(struct connection *writer, const struct actor *actor, const char *subject,
                          int64_t subject_id, int64_t version, const json_t *document, struct problem *p);

// What every save of a site or tour leaves: a revision of `document` (borrowed; NULL is ERR_MEMORY) and an
// audit row with the version in its detail. `kind` is "site" or "tour", `action` "site.add" and the like.
struct history_saved {
    const char *kind, *action, *slug;
    int64_t id, version;
};
enum err history_saved(struct connection *writer, const struct actor *actor,
                       const struct history_saved *saved, const json_t *document, struct problem *p);

// What an action said of an import when it was done, "import.land" or "import.undo"; a new reference, NULL
// when there is no such row.
enum err history_import_detail(struct connection *c, int64_t import_id, const char *action, json_t **ret,
                               struct problem *p);

// Begins an import: actor->import_id is set for the saves that belong to it.
enum err history_begin_import(struct connection *writer, struct actor *actor, const char *name,
                              const char *format, struct problem *p);
// `action` is the audit's: "import.land", "import.bulk".
struct history_import {
    const char *action, *name;
    int64_t added, changed;
    const json_t
        *terms; // by scheme, the keys of those that it added, for who undoes it; NULL: none. Borrowed
};
enum err history_finish_import(struct connection *writer, const struct actor *actor,
                               const struct history_import *import, struct problem *p);
