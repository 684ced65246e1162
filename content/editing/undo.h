// Undoing a whole import or bulk change as one step.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

struct import_row {
    int64_t id, at;
    const char *account; // name, or NULL
    const char *name;    // of the file
    const char *format;  // "bundle", "csv", "geojson", "bulk"
    int64_t added, changed;
    int64_t undone_at; // 0: not undone
};
struct import_rows {
    struct import_row *items;
    size_t count;
};

// Newest first.
struct import_filter {
    const char *name;    // part of it; NULL: all
    const char *format;  // exactly, or NULL
    const char *account; // its name, or NULL
};

enum err undo_list(struct connection *c, struct arena *a, const struct import_filter *filter, int limit,
                   int64_t offset, struct import_rows *ret, struct problem *p);

// The newest import's id, 0 without any; and the first import after `id` that the account made under that
// name, 0 when there is none.
enum err undo_newest(struct connection *c, int64_t *ret, struct problem *p);
enum err undo_find_since(struct connection *c, int64_t id, int64_t account_id, const char *name, int64_t *ret,
                         struct problem *p);
enum err undo_count(struct connection *c, const struct import_filter *filter, int64_t *ret,
                    struct problem *p);

// One import. ERR_NOT_FOUND.
enum err undo_load(struct connection *c, struct arena *a, int64_t import_id, struct import_row *ret,
                   struct problem *p);

// A site that an import added (`first` is 1) or changed.
struct import_site {
    int64_t site_id;
    int64_t first, last, now; // versions: the first and last of the import's, and the site's own now
    const char *title;        // in the original language
};
struct import_sites {
    struct import_site *items;
    size_t count;
};

// The sites of an import in the order of their ids.
enum err undo_sites(struct connection *c, struct arena *a, int64_t import_id, int limit, int64_t offset,
                    struct import_sites *ret, struct problem *p);

#define UNDO_KEPT_NAMED 100

struct undo_report {
    int64_t binned;          // sites and tours that the import had added, now in the bin
    int64_t restored;        // those that are as they were before
    int64_t kept;            // those that somebody changed since: left alone
    const char **kept_names; // titles of the first UNDO_KEPT_NAMED of these
    int64_t terms_removed;   // terms that the import had added and nothing uses any more
    int64_t terms_kept;      // and those that are in use since
};

// How far it is, told again and again as struct exchange_options has it; false: it shall stop.
struct undo_progress {
    bool (*tell)(void *data, size_t done, size_t total);
    void *data;
};

// ERR_NOT_FOUND, ERR_EXISTS when it was undone already, or ERR_CANCELLED when `progress` (may be NULL) said
// so: the caller rolls back. A term that the import added goes when nothing uses it but what the import added
// too, which then lies in the bin without it. Languages and plates stay: they may be in use.
enum err undo_import(struct connection *writer, struct arena *a, int64_t import_id, const struct actor *actor,
                     const struct undo_progress *progress, struct undo_report *ret, struct problem *p);
