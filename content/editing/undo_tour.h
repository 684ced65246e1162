// Private to content/editing: the tours of an import.
#pragma once

#include "content/editing/undo.h"

struct query;

// A site or tour that an import touched: the first and last version that the import made, and its own now.
struct undo_touched {
    int64_t id, first, last, now;
    const char *slug;
    const char *name; // a site's title in its original language, a tour's titles as JSON text
};
bool undo_read_touched(struct query *q, struct arena *a, void *item);

// As undo_import for the tours; they count in the report like sites. A tour whose earlier stops are no sites
// any more is left alone.
enum err undo_tours(struct connection *writer, struct arena *a, int64_t import_id, const struct actor *actor,
                    struct undo_report *report, struct problem *p);
