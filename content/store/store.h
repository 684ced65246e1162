// The store: one SQLite file and a media folder under a data folder.
//
//   DIR/stele.db        the database (WAL: also stele.db-wal and stele.db-shm)
//   DIR/stele.lock      taken with flock by every process for the length of a write transaction or checkpoint
//   DIR/media/ab/…      media under the SHA-256 of their bytes (content/media.h)
//   DIR/backups/        made before a migration
//   DIR/uploads/        files of imports until they have landed (server/desk/exchange/upload.h)
//   DIR/uploads/coming/ files that come in pieces (content/arrival.h)
//   DIR/batches/        parcels for the print shop (content/print/batch_file.h); can be made again
//
// One connection writes, under the lock; readers are one read-only connection per thread. SQLite
// before 3.51.3 can corrupt a WAL when two connections write and checkpoint at once; so no reader ever
// checkpoints, and writers take turns (docs/decisions/0003-store.md).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

struct store;
struct connection; // a reader's or the writer's; for content/store/query.h

struct store_options {
    const char *folder;  // the data folder
    bool create;         // make the folder and the database where they are missing
    bool read_only;      // no writer: store_begin is refused, and no migration is made; for stele-qrgen
    int busy_timeout_ms; // how long to wait for another process's lock; 0 means 5,000
    bool skip_check;     // leave out quick_check (commands that just ran it)

    // Called after a commit that moved the content version, on the committing thread, with the new version.
    void (*changed)(void *data, uint64_t version);
    void *changed_data;
};

// Opens, checks (quick_check) and migrates. Strings are copied. ERR_NOT_FOUND when there is no database and
// `create` is false; ERR_CORRUPT; ERR_UNSUPPORTED when the database is from a newer version of the program;
// ERR_BUSY, ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY. Each with a sentence. On failure no database is
// left half-made; the lock file stays, empty: another process may hold it.
enum err store_open(const struct store_options *options, struct store **ret, struct problem *p);

// Closes all connections, also those of other threads: these must have stopped using the store. Unless
// another process is using it too, stele.db then holds everything and nothing is left in the WAL. NULL is
// fine.
void store_close(struct store *store);

const char *store_folder(const struct store *store); // lives as long as the store

// The calling thread's read-only connection, opened at its first call in that thread. Do not hand it to
// another thread. Kept until the thread ends or store_close.
enum err store_reader(struct store *store, struct connection **ret, struct problem *p);

// One snapshot for all that is read until store_read_end. Not nested.
enum err store_read_begin(struct connection *reader, struct problem *p);
void store_read_end(struct connection *reader);

// Begins a write transaction (BEGIN IMMEDIATE under the lock file) and gives the writer's connection, which
// the calling thread owns until store_commit or store_rollback. Waits for other threads without limit and for
// other processes up to the busy timeout (ERR_BUSY).
enum err store_begin(struct store *store, struct connection **ret, struct problem *p);

// The same for who has somebody waiting, as every request has: ERR_BUSY when the store is not free within
// `wait_ms`, whoever has it. STORE_PATIENT: as store_begin.
enum err store_begin_within(struct store *store, int wait_ms, struct connection **ret, struct problem *p);

// As `wait_ms` of what begins a transaction for its caller: waits as store_begin does. For threads that
// nobody waits for; what may hold the store for long, an import, ends when the program stops.
enum { STORE_PATIENT = -1 };

// Ends the transaction; when ERR_NONE is returned the change is on the disk. On failure everything is rolled
// back. Either way the transaction is over. Checkpoints when the WAL has grown.
enum err store_commit(struct store *store, struct problem *p);
void store_rollback(struct store *store);

// Inside a write transaction: visitors will see a difference; moves the content version at commit.
enum err store_touch_content(struct connection *writer, struct problem *p);

// The content version as the connection sees it. Cheap: for polling ten times a second.
enum err store_content_version(struct connection *c, uint64_t *ret, struct problem *p);

// SQLite's integrity_check and foreign_key_check; each finding becomes a problem in `list`. ERR_CORRUPT when
// any.
enum err store_check(struct connection *reader, struct problem_list *list);

// Writes a consistent copy of the database to the new file `path` (ERR_EXISTS when there is one) and syncs
// it.
enum err store_copy_database(struct connection *reader, const char *path, struct problem *p);
