// Private to the desk's lists: what those of sites, plates and events have in common.
#pragma once

#include "common/buf.h"
#include "content/editing/desk_list.h"
#include "content/store/query.h"

// An FTS5 expression that finds nothing.
extern const char *const desk_list_nothing;

// What was typed as a LIKE pattern for codes, in `out`: a code, whole or its beginning, however it is
// written; only its symbols go into the pattern. NULL when it can be none.
const char *desk_list_code_pattern(const char *query, struct buf *out);

// What was typed as an FTS5 expression, in `out`; desk_list_nothing when no word of it can be searched for.
// NULL when nothing was typed.
const char *desk_list_expression(const char *query, struct buf *out);

// Binds the account that limits a list; 0 leaves NULL, which limits nothing.
void desk_list_bind_account(struct query *q, int index, int64_t account_id);

// What a statement has to pass over is at most half of what was counted: beyond that it is asked for its rows
// from the end.
struct desk_list_range {
    bool from_end;
    int64_t limit, offset;
};
struct desk_list_range desk_list_range(const struct desk_counted *counted, int limit, int64_t offset);

// True when nothing that was counted lies behind the offset.
bool desk_list_is_empty(const struct desk_counted *counted, int64_t offset);

// Reads rows of a state and its number (and frees the query) into ret_counts, in the order of `states`.
enum err desk_list_count_states(struct query *counting, const char *const *states, int64_t *ret_counts,
                                size_t count, struct problem *p);
