#include "content/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "content/store/connection.h"
#include "content/store/copy.h"
#include "content/store/migrate.h"
#include "content/store/query.h"

enum {
    DEFAULT_BUSY_TIMEOUT_MS = 5000,
    CHECKPOINT_PAGES = 1000, // 4 MiB of WAL, SQLite's own default
};

struct reader {
    struct reader *next;
    struct store *store;
    struct connection *connection;
};

struct store {
    char *folder;
    char *path;
    struct store_options options;
    int lock_fd;
    struct connection *writer;
    pthread_mutex_t write_mutex; // held from store_begin to store_commit or store_rollback
    uint64_t version;            // content version after the last commit here; under write_mutex
    pthread_key_t reader_key;
    pthread_mutex_t readers_mutex;
    struct reader *readers;
};

static void reader_free(struct reader *reader)
{
    connection_close(reader->connection);
    free(reader);
}

// Runs when a thread that had a reader ends.
static void reader_thread_ended(void *data)
{
    struct reader *reader = data;
    struct store *store = reader->store;
    pthread_mutex_lock(&store->readers_mutex);
    for (struct reader **at = &store->readers; *at; at = &(*at)->next)
        if (*at == reader) {
            *at = reader->next;
            break;
        }
    pthread_mutex_unlock(&store->readers_mutex);
    reader_free(reader);
}

static enum err lock_busy(const struct store *store, struct problem *p)
{
    return problem_set(p, ERR_BUSY, NULL, "another process is writing to %s; try again when it is done",
                       store->folder);
}

// flock has no timed form: ask, and sleep a little longer each time.
static enum err lock_take(struct store *store, int wait_ms, struct problem *p)
{
    int64_t deadline = clock_monotonic_ms() + wait_ms;
    for (long pause_ns = 200000;; pause_ns = pause_ns < 20000000 ? pause_ns * 2 : pause_ns) {
        if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
            return ERR_NONE;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return problem_errno(p, NULL, "cannot lock %s", store->folder);
        if (clock_monotonic_ms() >= deadline)
            return lock_busy(store, p);
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
    }
}

static void lock_release(struct store *store)
{
    flock(store->lock_fd, LOCK_UN);
}

static enum err quick_check(sqlite3 *db, struct problem *p)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum err e = ERR_NONE;
    if (rc != SQLITE_ROW)
        e = connection_problem(db, rc, "cannot check the database", p);
    else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        e = problem_set(p, ERR_CORRUPT, NULL, "the database is damaged (%s); restore a backup",
                        sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return e;
}

static enum err open_lock(struct store *store, struct problem *p)
{
    cleanup_buf struct buf path = BUF_INIT;
    buf_printf(&path, "%s/stele.lock", store->folder);
    store->lock_fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    return store->lock_fd >= 0 ? ERR_NONE : problem_errno(p, path.data, "cannot open %s", path.data);
}

static enum err open_writer_locked(struct store *store, struct problem *p)
{
    enum err e = connection_open(store->path, CONNECTION_WRITER, store->options.create,
                                 store->options.busy_timeout_ms, &store->writer, p);
    if (!e && !store->options.skip_check)
        e = quick_check(store->writer->db, p);
    if (!e)
        e = migrate_run(store->writer->db, store->folder, p);
    if (!e)
        e = connection_prepare_all(store->writer, p);
    return e ? e : store_content_version(store->writer, &store->version, p);
}

static enum err open_writer(struct store *store, struct problem *p)
{
    enum err e = open_lock(store, p);
    if (!e)
        e = lock_take(store, store->options.busy_timeout_ms, p);
    if (e)
        return e;
    e = open_writer_locked(store, p);
    lock_release(store);
    return e;
}

static enum err check_there(const struct store *store, struct problem *p)
{
    struct stat st;
    if (stat(store->path, &st) == 0)
        return ERR_NONE;
    if (errno != ENOENT && errno != ENOTDIR)
        return problem_errno(p, store->folder, "cannot open %s", store->path);
    return problem_set(p, ERR_NOT_FOUND, store->folder,
                       "%s is not a data folder: it holds no stele.db; 'stele import' makes one",
                       store->folder);
}

// A database that a reader may not migrate must already be of this program's version.
static enum err check_version(struct store *store, struct problem *p)
{
    struct connection *c;
    enum err e =
        connection_open(store->path, CONNECTION_READER, false, store->options.busy_timeout_ms, &c, p);
    if (e)
        return e;
    int version = migrate_version(c->db);
    if (!store->options.skip_check)
        e = quick_check(c->db, p);
    connection_close(c);
    if (e)
        return e;
    if (version == migration_count)
        return ERR_NONE;
    return problem_set(p, ERR_UNSUPPORTED, store->folder,
                       "the database in %s is of version %d, this program's is %d: %s", store->folder,
                       version, migration_count,
                       version < migration_count ? "start 'stele serve' once" : "use a newer stele");
}

static enum err open_in_folder(struct store *store, struct problem *p)
{
    enum err e = store->options.create ? file_make_folder(store->folder, p) : check_there(store, p);
    if (e)
        return e;
    return store->options.read_only ? check_version(store, p) : open_writer(store, p);
}

enum err store_open(const struct store_options *options, struct store **ret, struct problem *p)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    store->options = *options;
    store->lock_fd = -1;
    if (store->options.busy_timeout_ms == 0)
        store->options.busy_timeout_ms = DEFAULT_BUSY_TIMEOUT_MS;
    pthread_mutex_init(&store->write_mutex, NULL);
    pthread_mutex_init(&store->readers_mutex, NULL);
    pthread_key_create(&store->reader_key, reader_thread_ended);
    enum err e = ERR_NONE;
    store->folder = strdup(options->folder);
    if (!store->folder || asprintf(&store->path, "%s/stele.db", options->folder) < 0) {
        store->path = NULL;
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    }
    if (!e)
        e = open_in_folder(store, p);
    if (e) {
        store_close(store);
        return e;
    }
    *ret = store;
    return ERR_NONE;
}

static void checkpoint(struct store *store, int mode)
{
    sqlite3_wal_checkpoint_v2(store->writer->db, NULL, mode, NULL, NULL);
}

// So that stele.db alone holds everything when nobody uses it. Another process that still reads or writes is
// not waited for: it will do the same.
static void checkpoint_at_end(struct store *store)
{
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return;
    sqlite3_busy_timeout(store->writer->db, 0);
    checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE);
    lock_release(store);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    pthread_key_delete(store->reader_key);
    while (store->readers) {
        struct reader *next = store->readers->next;
        reader_free(store->readers);
        store->readers = next;
    }
    if (store->writer)
        checkpoint_at_end(store);
    connection_close(store->writer);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    pthread_mutex_destroy(&store->write_mutex);
    pthread_mutex_destroy(&store->readers_mutex);
    free(store->path);
    free(store->folder);
    free(store);
}

const char *store_folder(const struct store *store)
{
    return store->folder;
}

static enum err reader_open(struct store *store, struct reader **ret, struct problem *p)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    reader->store = store;
    enum err e = connection_open(store->path, CONNECTION_READER, false, store->options.busy_timeout_ms,
                                 &reader->connection, p);
    if (e) {
        reader_free(reader);
        return e;
    }
    *ret = reader;
    return ERR_NONE;
}

enum err store_reader(struct store *store, struct connection **ret, struct problem *p)
{
    struct reader *reader = pthread_getspecific(store->reader_key);
    if (!reader) {
        enum err e = reader_open(store, &reader, p);
        if (e)
            return e;
        pthread_mutex_lock(&store->readers_mutex);
        reader->next = store->readers;
        store->readers = reader;
        pthread_mutex_unlock(&store->readers_mutex);
        pthread_setspecific(store->reader_key, reader);
    }
    *ret = reader->connection;
    return ERR_NONE;
}

enum err store_read_begin(struct connection *reader, struct problem *p)
{
    return query_run(query_start(reader, SQL_BEGIN_READ), p);
}

void store_read_end(struct connection *reader)
{
    query_run(query_start(reader, SQL_END_READ), NULL);
}

// Inside the mutex, which is given back on failure.
static enum err begin_locked(struct store *store, int wait_ms, struct connection **ret, struct problem *p)
{
    enum err e = lock_take(store, wait_ms, p);
    if (!e) {
        e = query_run(query_start(store->writer, SQL_BEGIN_WRITE), p);
        if (e)
            lock_release(store);
    }
    if (e) {
        pthread_mutex_unlock(&store->write_mutex);
        return e;
    }
    *ret = store->writer;
    return ERR_NONE;
}

static enum err check_writable(const struct store *store, struct problem *p)
{
    return store->writer ? ERR_NONE
                         : problem_set(p, ERR_DENIED, NULL, "the store was opened for reading only");
}

enum err store_begin(struct store *store, struct connection **ret, struct problem *p)
{
    enum err e = check_writable(store, p);
    if (e)
        return e;
    pthread_mutex_lock(&store->write_mutex);
    return begin_locked(store, store->options.busy_timeout_ms, ret, p);
}

enum err store_begin_within(struct store *store, int wait_ms, struct connection **ret, struct problem *p)
{
    int64_t until = clock_monotonic_ms() + wait_ms;
    struct timespec at;
    if (wait_ms < 0)
        return store_begin(store, ret, p);
    enum err e = check_writable(store, p);
    if (e)
        return e;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait_ms / 1000;
    at.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    if (pthread_mutex_clocklock(&store->write_mutex, CLOCK_MONOTONIC, &at) != 0)
        return lock_busy(store, p);
    int64_t left = until - clock_monotonic_ms();
    return begin_locked(store, left > 0 ? (int)left : 0, ret, p);
}

static void end_write(struct store *store)
{
    lock_release(store);
    pthread_mutex_unlock(&store->write_mutex);
}

// PASSIVE never waits for readers; what they still need stays in the WAL until the next time.
static void checkpoint_when_grown(struct store *store)
{
    cleanup_buf struct buf wal = BUF_INIT;
    buf_printf(&wal, "%s-wal", store->path);
    struct stat st;
    if (!wal.failed && stat(wal.data, &st) == 0 && st.st_size > (off_t)CHECKPOINT_PAGES * 4096)
        checkpoint(store, SQLITE_CHECKPOINT_PASSIVE);
}

enum err store_commit(struct store *store, struct problem *p)
{
    uint64_t version = store->version;
    enum err e = store_content_version(store->writer, &version, p);
    if (!e)
        e = query_run(query_start(store->writer, SQL_COMMIT), p);
    if (e) {
        store_rollback(store);
        return e;
    }
    bool moved = version != store->version;
    store->version = version;
    checkpoint_when_grown(store);
    end_write(store);
    if (moved && store->options.changed)
        store->options.changed(store->options.changed_data, version);
    return ERR_NONE;
}

void store_rollback(struct store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        query_end(&store->writer->queries[i]);
    if (!sqlite3_get_autocommit(store->writer->db))
        query_run(query_start(store->writer, SQL_ROLLBACK), NULL);
    end_write(store);
}

enum err store_touch_content(struct connection *writer, struct problem *p)
{
    return query_run(query_start(writer, SQL_TOUCH_CONTENT), p);
}

enum err store_content_version(struct connection *c, uint64_t *ret, struct problem *p)
{
    int64_t version;
    enum err e = query_number(query_start(c, SQL_CONTENT_VERSION), 0, &version, p);
    if (!e)
        *ret = (uint64_t)version;
    return e;
}

static enum err list_findings(struct connection *c, enum statement id, const char *passed, const char *words,
                              struct problem_list *list)
{
    cleanup_query struct query *q = query_start(c, id);
    struct problem p;
    bool row;
    enum err found = ERR_NONE, e;
    while (!(e = query_step(q, &row, &p)) && row) {
        const char *text = query_text_or_empty(q, 0);
        if (passed && strcmp(text, passed) == 0)
            continue;
        found = problem_set(&p, ERR_CORRUPT, "stele.db", "%s%s", words, text);
        problem_list_add(list, &p);
    }
    if (e)
        problem_list_add(list, &p);
    return e ? e : found;
}

enum err store_check(struct connection *reader, struct problem_list *list)
{
    enum err pages = list_findings(reader, SQL_INTEGRITY_CHECK, "ok", "", list);
    enum err keys =
        list_findings(reader, SQL_FOREIGN_KEY_CHECK, NULL, "a row points to nothing in the table ", list);
    return pages ? pages : keys;
}

enum err store_copy_database(struct connection *reader, const char *path, struct problem *p)
{
    return copy_database(reader->db, path, p);
}
