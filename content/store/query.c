#include "content/store/query.h"

#include <assert.h>
#include <string.h>

#include "content/store/connection.h"

struct query *query_start(struct connection *c, enum statement id)
{
    struct query *q = &c->queries[id];
    assert(c->writes || !statements[id].writes); // asked of a reader: a mistake in the program
    assert(!q->busy);
    q->busy = true;
    q->bind_error = connection_prepare(c, id);
    return q;
}

static void remember(struct query *q, int rc)
{
    if (rc != SQLITE_OK && q->bind_error == SQLITE_OK)
        q->bind_error = rc;
}

void query_bind_text(struct query *q, int index, const char *text)
{
    remember(q, text ? sqlite3_bind_text(q->stmt, index, text, -1, SQLITE_STATIC)
                     : sqlite3_bind_null(q->stmt, index));
}

void query_bind_text_or_null(struct query *q, int index, const char *text)
{
    query_bind_text(q, index, text && text[0] ? text : NULL);
}

void query_bind_blob(struct query *q, int index, const void *data, size_t len)
{
    remember(q, sqlite3_bind_blob64(q->stmt, index, data, len, SQLITE_STATIC));
}

void query_bind_int(struct query *q, int index, int64_t value)
{
    remember(q, sqlite3_bind_int64(q->stmt, index, value));
}

void query_bind_real(struct query *q, int index, double value)
{
    remember(q, sqlite3_bind_double(q->stmt, index, value));
}

void query_bind_known(struct query *q, int index, int64_t value)
{
    if (value > 0)
        query_bind_int(q, index, value);
    else
        query_bind_null(q, index);
}

void query_bind_null(struct query *q, int index)
{
    remember(q, sqlite3_bind_null(q->stmt, index));
}

enum err query_step(struct query *q, bool *ret_row, struct problem *p)
{
    sqlite3 *db = sqlite3_db_handle(q->stmt);
    if (q->bind_error != SQLITE_OK)
        return connection_problem(db, q->bind_error, "cannot use the store", p);
    int rc = sqlite3_step(q->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return connection_problem(db, rc, "cannot use the store", p);
    *ret_row = rc == SQLITE_ROW;
    return ERR_NONE;
}

enum err query_run(struct query *q, struct problem *p)
{
    bool row = false;
    enum err e = query_step(q, &row, p);
    query_end(q);
    return e;
}

enum err query_number(struct query *q, int64_t otherwise, int64_t *ret, struct problem *p)
{
    bool row = false;
    enum err e = query_step(q, &row, p);
    if (!e)
        *ret = row && !query_is_null(q, 0) ? query_int(q, 0) : otherwise;
    query_end(q);
    return e;
}

const char *query_text(struct query *q, int column)
{
    return (const char *)sqlite3_column_text(q->stmt, column);
}

const char *query_text_or_empty(struct query *q, int column)
{
    const char *text = query_text(q, column);
    return text ? text : "";
}

char *query_dup(struct query *q, int column, struct arena *a)
{
    const char *text = query_text(q, column);
    return text ? arena_strndup(a, text, (size_t)sqlite3_column_bytes(q->stmt, column)) : NULL;
}

const void *query_blob(struct query *q, int column, size_t *ret_len)
{
    const void *data = sqlite3_column_blob(q->stmt, column);
    *ret_len = (size_t)sqlite3_column_bytes(q->stmt, column);
    return data;
}

int64_t query_int(struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double query_real(struct query *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

bool query_is_null(struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t query_last_id(struct connection *c)
{
    return sqlite3_last_insert_rowid(c->db);
}

int64_t query_changes(struct connection *c)
{
    return sqlite3_changes64(c->db);
}

void query_end(struct query *q)
{
    if (!q || !q->busy)
        return;
    if (q->stmt) {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);
    }
    q->busy = false;
}
