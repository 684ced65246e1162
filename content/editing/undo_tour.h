// Private to content/editing: the tours of an import.
#pragma once

#include "content/editing/undo.h"

// As undo_import for the tours; they count in the report like sites. A tour whose earlier stops are no sites
// any more is left alone.
enum err undo_tours(struct connection *writer, struct arena *a, int64_t import_id, const struct actor *actor,
                    struct undo_report *report, struct problem *p);

// How many slugs a report holds.
#define UNDO_KEPT_NAMED 100
