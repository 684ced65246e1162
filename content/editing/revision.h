// Revisions: the saved states of sites, what changed between them, and going back.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/site.h"

struct connection;

struct revision {
    int64_t version;
    int64_t at;
    const char *account; // name, or NULL: no account
    int64_t import_id;   // 0: none
    bool is_bulk;        // the import is a bulk change
};

struct revisions {
    struct revision *items;
    size_t count;
};

// Of a site, newest first, those before version `before` (0: from the newest).
enum err revision_list(struct connection *c, struct arena *a, int64_t site_id, int64_t before, int limit,
                       struct revisions *ret, struct problem *p);

// The document as site_to_json(…, true) made it. A new reference. ERR_NOT_FOUND.
enum err revision_load(struct connection *c, int64_t site_id, int64_t version, json_t **ret,
                       struct problem *p);

// The newest document in which the site was not in the bin. ERR_NOT_FOUND.
enum err revision_before_bin(struct connection *c, int64_t site_id, json_t **ret, struct problem *p);

// A document back into a site, ready for site_save: id, version and created_at are the caller's to set.
// Release with site_clear.
enum err revision_to_site(const json_t *document, struct arena *a, struct site *ret, struct problem *p);

// Saves the state of version `version` again as the newest one; for terms that have gone since it has those
// of the present one. `current` is the version that the person was looking at: ERR_CONFLICT when it is no
// longer the newest.
enum err revision_restore(struct connection *writer, int64_t site_id, int64_t version, int64_t current,
                          const struct actor *actor, struct problem *p);

// The same for who goes back to what was written: whether the site is published, when it will be, and its
// slug stay as they are; for who may not publish, site_hold is done. The area is the version's, as all else:
// whoever is bound to areas looks, in the same transaction, where the site lies afterwards.
enum err revision_restore_content(struct connection *writer, int64_t site_id, int64_t version,
                                  int64_t current, bool may_publish, const struct actor *actor,
                                  struct problem *p);

// What differs between two documents, member by member: paths as in problems ("text.vi.body",
// "facts[1].value.en"). Either value is NULL where the member is missing; texts are as they stand, other
// values as JSON text.
struct revision_change {
    const char *path;
    const char *before, *after;
};
struct revision_changes {
    struct revision_change *items;
    size_t count;
};
enum err revision_compare(const json_t *before, const json_t *after, struct arena *a,
                          struct revision_changes *ret, struct problem *p);
