#include "content/store/connection.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/cleanup.h"
#include "content/store/functions.h"

static const struct {
    int rc;
    enum err code;
    const char *words;
} sqlite_codes[] = {
    {SQLITE_NOMEM, ERR_MEMORY, "out of memory"},
    {SQLITE_FULL, ERR_FULL, "the disk is full"},
    {SQLITE_BUSY, ERR_BUSY, "the database is in use by another process"},
    {SQLITE_LOCKED, ERR_BUSY, "the database is in use"},
    {SQLITE_CORRUPT, ERR_CORRUPT, "the database is damaged; restore a backup"},
    {SQLITE_NOTADB, ERR_CORRUPT, "the file is not a database; restore a backup"},
    {SQLITE_CANTOPEN, ERR_IO, "the database cannot be opened"},
    {SQLITE_READONLY, ERR_DENIED, "the database may not be written"},
    {SQLITE_PERM, ERR_DENIED, "the database may not be used"},
    {SQLITE_IOERR, ERR_IO, "reading or writing the database failed"},
};

static const struct {
    int extended;
    enum err code;
} sqlite_constraints[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_EXISTS},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_EXISTS},
    {SQLITE_CONSTRAINT_TRIGGER, ERR_DENIED},
};

static enum err constraint_code(int extended)
{
    for (size_t i = 0; i < sizeof sqlite_constraints / sizeof sqlite_constraints[0]; i++)
        if (sqlite_constraints[i].extended == extended)
            return sqlite_constraints[i].code;
    return ERR_INVALID;
}

enum err connection_problem(sqlite3 *db, int rc, const char *doing, struct problem *p)
{
    const char *message = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    if ((rc & 0xFF) == SQLITE_CONSTRAINT)
        return problem_set(p, constraint_code(db ? sqlite3_extended_errcode(db) : rc), NULL, "%s: %s", doing,
                           message);
    for (size_t i = 0; i < sizeof sqlite_codes / sizeof sqlite_codes[0]; i++)
        if (sqlite_codes[i].rc == (rc & 0xFF))
            return problem_set(p, sqlite_codes[i].code, NULL, "%s: %s (%s)", doing, sqlite_codes[i].words,
                               message);
    return problem_set(p, ERR_IO, NULL, "%s: %s", doing, message);
}

static enum err run(sqlite3 *db, const char *sql, struct problem *p)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_NONE : connection_problem(db, rc, "cannot open the store", p);
}

// wal_autocheckpoint=0: only store.c checkpoints, under the lock file. The cache is small on purpose: readers
// are one a thread, and the operating system keeps the pages anyway. They are not mapped: every reader would
// count them anew, and a file cut short by a broken disk would end the program instead of failing a read.
static const char *const shared_pragmas = "PRAGMA foreign_keys=ON;"
                                          "PRAGMA trusted_schema=OFF;"
                                          "PRAGMA cell_size_check=ON;"
                                          "PRAGMA wal_autocheckpoint=0;"
                                          "PRAGMA temp_store=MEMORY;"
                                          "PRAGMA cache_size=-512;"
                                          "PRAGMA synchronous=FULL;";

static const char *const kind_pragmas[] = {
    [CONNECTION_READER] = "PRAGMA query_only=ON; PRAGMA mmap_size=0;",
    [CONNECTION_WRITER] = "PRAGMA journal_mode=WAL;",
};

static enum err configure(struct connection *c, enum connection_kind kind, int busy_timeout_ms,
                          struct problem *p)
{
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, busy_timeout_ms);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    enum err e = run(c->db, shared_pragmas, p);
    return e ? e : run(c->db, kind_pragmas[kind], p);
}

// SQLite would count every byte that it takes, under a lock that all threads share.
static void count_no_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum err connection_open(const char *path, enum connection_kind kind, bool create, int busy_timeout_ms,
                         struct connection **ret, struct problem *p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, count_no_memory);
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    c->writes = kind == CONNECTION_WRITER;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(path, &c->db, flags, NULL);
    if (rc == SQLITE_OK)
        rc = functions_register(c->db);
    enum err e = rc == SQLITE_OK ? configure(c, kind, busy_timeout_ms, p)
                                 : connection_problem(c->db, rc, "cannot open the store", p);
    if (e) {
        connection_close(c);
        return e;
    }
    *ret = c;
    return ERR_NONE;
}

int connection_prepare(struct connection *c, enum statement id)
{
    struct query *q = &c->queries[id];
    return q->stmt
               ? SQLITE_OK
               : sqlite3_prepare_v3(c->db, statements[id].sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
}

enum err connection_prepare_all(struct connection *c, struct problem *p)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        int rc = connection_prepare(c, (enum statement)i);
        if (rc != SQLITE_OK)
            return connection_problem(c->db, rc, statements[i].sql, p);
    }
    return ERR_NONE;
}

void connection_close(struct connection *c)
{
    if (!c)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(c->queries[i].stmt);
    sqlite3_close(c->db);
    free(c);
}
