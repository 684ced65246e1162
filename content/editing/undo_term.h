// Private to content/editing: undoing what an import did to the vocabularies.
#pragma once

#include "content/editing/undo.h"
#include "content/site.h"

// A term that the import added and that is there still.
struct undo_term {
    const char *scheme, *key, *labels;
    const char *parent; // key, or NULL
    int64_t id;
    bool goes; // nothing but what goes to the bin uses it
};

struct undo_terms {
    struct undo_term *items;
    size_t count;
};

// Which terms the import added, by its audit row, and which of them go: those that no site has but the
// `leaving` ones (ids in order, which are about to go to the bin), no account and no term that stays. A
// kind goes only where there is "other" for its sites to have instead. In the arena.
enum err undo_terms_find(struct connection *c, struct arena *a, int64_t import_id, const int64_t *leaving,
                         size_t leaving_count, struct undo_terms *ret, struct problem *p);

// Takes the terms that go from a site on its way to the bin.
void undo_terms_strip(const struct undo_terms *terms, struct site *site);

// Deletes those that go, each with its audit row, and counts them and those that stay.
enum err undo_terms_delete(struct connection *writer, struct arena *a, const struct undo_terms *terms,
                           const struct actor *actor, struct undo_report *report, struct problem *p);
