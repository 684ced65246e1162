// Running the statements of content/store/statements.h. A statement is prepared once for a connection; a
// query is one run of it:
//
//     struct query *q = query_start(c, SQL_SITE_BY_SLUG);
//     query_bind_text(q, 1, slug);
//     bool row;
//     enum err e = query_step(q, &row, p);
//     … query_text(q, 0) …            while `row`
//     query_end(q);
//
// Errors of preparing and binding are remembered and come back from query_step. A statement has one query at
// a time per connection. Texts and blobs that are bound must stay unchanged until query_end; those read live
// until the next step.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "content/store/statements.h"

struct connection;
struct query;

struct query *query_start(struct connection *c, enum statement id);

// Parameters count from 1. A NULL text binds NULL.
void query_bind_text(struct query *q, int index, const char *text);
void query_bind_text_or_null(struct query *q, int index, const char *text); // "" binds NULL too
void query_bind_blob(struct query *q, int index, const void *data, size_t len);
void query_bind_int(struct query *q, int index, int64_t value);
void query_bind_real(struct query *q, int index, double value);
void query_bind_null(struct query *q, int index);
void query_bind_known(struct query *q, int index,
                      int64_t value); // NULL for what is not above 0: not known, no id

// *ret_row: true when there is a row to read, false at the end. ERR_BUSY, ERR_FULL, ERR_CORRUPT, ERR_IO,
// ERR_EXISTS (unique), ERR_INVALID (CHECK, foreign key or NOT NULL), ERR_DENIED (a trigger said no),
// ERR_MEMORY.
enum err query_step(struct query *q, bool *ret_row, struct problem *p);

// For a statement without rows: steps, and ends the query.
enum err query_run(struct query *q, struct problem *p);

// For a statement with at most one row of one number: `otherwise` when there is no row or it is NULL. Ends
// the query.
enum err query_number(struct query *q, int64_t otherwise, int64_t *ret, struct problem *p);

// Columns count from 0. Text of NULL is NULL; numbers of NULL are 0.
const char *query_text(struct query *q, int column);
const char *query_text_or_empty(struct query *q, int column);
char *query_dup(struct query *q, int column, struct arena *a); // NULL for NULL, or out of memory
const void *query_blob(struct query *q, int column, size_t *ret_len);
int64_t query_int(struct query *q, int column);
double query_real(struct query *q, int column);
bool query_is_null(struct query *q, int column);

int64_t query_last_id(struct connection *c); // id of the row inserted last
int64_t query_changes(struct connection *c); // rows changed by the last statement

// Frees the statement for its next use. NULL is fine.
void query_end(struct query *q);

static inline void query_end_p(struct query **q)
{
    query_end(*q);
}
#define cleanup_query CLEANUP(query_end_p)
