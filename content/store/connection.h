// A connection with its prepared statements. Private to the store.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "common/err.h"
#include "content/store/statements.h"

struct query {
    sqlite3_stmt *stmt; // NULL until it is prepared
    int bind_error;
    bool busy;
};

struct connection {
    sqlite3 *db;
    bool writes;
    struct query queries[STATEMENT_COUNT];
};

enum connection_kind {
    CONNECTION_READER, // query_only
    CONNECTION_WRITER,
};

// Opens the file and sets what every connection has: WAL, FULL, foreign keys, no trusted schema, defensive,
// the busy timeout. Statements are not prepared yet.
enum err connection_open(const char *path, enum connection_kind kind, bool create, int busy_timeout_ms,
                         struct connection **ret, struct problem *p);

// Prepares one statement, or all of them, where they are not yet; once the schema is there. The writer has
// all of them when the store opens, so that a wrong one is found there. Readers prepare what they come to
// use: together the statements take most of a megabyte, and there is a reader for each thread. SQLite's
// result.
int connection_prepare(struct connection *c, enum statement id);
enum err connection_prepare_all(struct connection *c, struct problem *p);

void connection_close(struct connection *c);

// The code for SQLite's result, and a sentence with its message.
enum err connection_problem(sqlite3 *db, int rc, const char *doing, struct problem *p);
