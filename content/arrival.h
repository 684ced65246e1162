// Arrivals: files on their way in, piece by piece, so that a lost network costs a piece and not the film.
// Each is a row of table upload, and a file DIR/uploads/coming/SITE-TOKEN that grows. What is whole goes
// where it belongs: a photo, sound or film into its site (server/pictures/intake.h), the file of an import to
// the imports (server/desk/exchange/upload.h); what is not is swept a day after it began.
//
// Everything here makes its own transactions, waits for the disk, and is thread-safe; on failure the arrival
// is as it was. Who sends a file waits for the answer: where somebody else writes to the store for longer
// than ARRIVAL_WAIT_MS, as an import does, the answer is ERR_BUSY, and another try may go better.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;
struct store;

enum {
    ARRIVAL_TOKEN_SIZE = 33,          // 32 of 0-9a-f and a NUL
    ARRIVAL_PIECE_MAX = 1 << 20,      // bytes of one piece
    ARRIVAL_KEPT_SECONDS = 24 * 3600, // from its beginning
    ARRIVALS_MAX = 60,                // of one account under way at once: more than one choice of a phone
    ARRIVAL_HEAD = 64,                // bytes of the first piece that tell the kind; see probe.h
    ARRIVAL_DISK_LEFT = 64 << 20,     // bytes that an arrival must leave free on the disk
    ARRIVAL_OF_IMPORT = 0,            // instead of a site: the file of an import
    ARRIVAL_WAIT_MS = 1000,           // for the store, at the most
};

struct arrival {
    char token[ARRIVAL_TOKEN_SIZE]; // its name in addresses; nobody can guess it
    int64_t site_id, account_id;    // ARRIVAL_OF_IMPORT: of no site
    const char *name;               // of the file as the person has it; no path is made from it
    int64_t bytes, received;
    int64_t created_at;
};

struct arrivals {
    struct arrival *items;
    size_t count;
};

// What may arrive, and how much of it.
struct arrival_rules {
    int64_t bytes_max;     // of one file
    int64_t account_bytes; // all of its like that one account may have under way
    // Judges a file by its first piece: ARRIVAL_HEAD bytes at least, or all. ERR_UNSUPPORTED, ERR_TOO_LARGE
    // and the like when it is not to be had; it is then not waited for any longer.
    enum err (*judge)(const struct arrival *arrival, const void *data, size_t len, struct problem *p);
};

// Photos, sounds and films. ERR_UNSUPPORTED when the first bytes are none of these, ERR_TOO_LARGE for a photo
// above MEDIA_PHOTO_BYTES_MAX.
extern const struct arrival_rules arrival_media;

// Begins one. `name` is cut to what is sensible. ERR_INVALID: no bytes; ERR_TOO_LARGE above the rules' limit;
// ERR_BUSY when the account has too much under way; ERR_FULL when the disk would be, with all that is under
// way already and what becomes of it. *ret is the arena's.
enum err arrival_begin(struct store *store, struct arena *a, const struct arrival_rules *rules,
                       int64_t site_id, int64_t account_id, const char *name, int64_t bytes,
                       struct arrival *ret, struct problem *p);

// ERR_NOT_FOUND also when it is of another site or account.
enum err arrival_find(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                      const char *token, struct arrival *ret, struct problem *p);

// The account's, of a site, in the order in which they began.
enum err arrival_list(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                      struct arrivals *ret, struct problem *p);

// All of sites that are whole, in the order in which they began.
enum err arrival_list_whole(struct connection *c, struct arena *a, struct arrivals *ret, struct problem *p);

// Adds the piece that begins at `offset`; when this returns, it is on the disk and arrival->received says so.
// Pieces of one arrival are written one after the other, also those of several processes: of two for one
// place the first counts, and the other one writes nothing. ERR_CONFLICT when `offset` is not where the next
// piece begins: arrival->received then says where; ERR_NOT_FOUND when it was dropped meanwhile, or its bytes
// are gone; ERR_TOO_LARGE when the piece is beyond the whole or ARRIVAL_PIECE_MAX; what the rules say of the
// first piece. The calling thread must be inside no snapshot (store_read_begin).
enum err arrival_add(struct store *store, const struct arrival_rules *rules, struct arrival *arrival,
                     int64_t offset, const void *data, size_t len, struct problem *p);

static inline bool arrival_is_whole(const struct arrival *arrival)
{
    return arrival->received == arrival->bytes;
}

// Where its bytes lie. In the arena; NULL when memory is out.
char *arrival_path(const struct store *store, struct arena *a, const struct arrival *arrival);

// It has landed, or is not wanted. What is gone already is fine.
enum err arrival_drop(struct store *store, const struct arrival *arrival, struct problem *p);

// The same for a thread that nobody waits for: it has the patience of store_begin.
enum err arrival_drop_patiently(struct store *store, const struct arrival *arrival, struct problem *p);

// The same inside a write transaction that makes it needless: its row alone. The file goes by arrival_forget.
enum err arrival_drop_row(struct connection *writer, const struct arrival *arrival, struct problem *p);
void arrival_forget(const struct store *store, const struct arrival *arrival);

// Drops what began more than a day before `now`, and files that no row speaks of. Patiently.
enum err arrival_sweep(struct store *store, int64_t now, struct problem *p);
