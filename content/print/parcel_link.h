// Links by which a print shop fetches a batch's parcel without an account. The link holds 32 random bytes in
// base64url; the store holds their SHA-256. A link ends at its time, or when the desk revokes it; a password
// is optional. Every fetching is recorded: when, and nothing about who.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

#define PARCEL_TOKEN_SIZE 44
#define PARCEL_ID_SIZE    65 // the token's hash in hexadecimal: names a link at the desk, opens nothing

enum { PARCEL_DAYS_MAX = 90, PARCEL_NOTE_MAX = 120 };

struct parcel_link {
    char id[PARCEL_ID_SIZE];
    int64_t batch_id;
    const char *password_hash;                  // NULL: none is asked for
    int64_t created_at, expires_at, revoked_at; // revoked_at 0: not
    int64_t downloads, last_at;
    const char *account; // who made it, or NULL
    const char *note;    // whom it is for
};
struct parcel_links {
    struct parcel_link *items;
    size_t count;
};

// `password_hash` from password_hash (content/staff/password.h), or NULL. `note` may be "".
enum err parcel_link_make(struct connection *writer, int64_t batch_id, int64_t expires_at,
                          const char *password_hash, const char *note, const struct actor *actor,
                          char ret_token[PARCEL_TOKEN_SIZE], struct problem *p);

// Whatever its state: the caller says why one that is over is no good. ERR_NOT_FOUND for what is no link.
enum err parcel_link_find(struct connection *c, struct arena *a, const char *token, struct parcel_link *ret,
                          struct problem *p);
bool parcel_link_is_over(const struct parcel_link *link, int64_t now);

// The newest first, a hundred at most.
enum err parcel_link_list(struct connection *c, struct arena *a, int64_t batch_id, struct parcel_links *ret,
                          struct problem *p);

// `id` as in struct parcel_link. ERR_NOT_FOUND when the batch has no such link that is still good.
enum err parcel_link_revoke(struct connection *writer, int64_t batch_id, const char *id,
                            const struct actor *actor, struct problem *p);

// Records one fetching.
enum err parcel_link_fetched(struct connection *writer, const char *token, int64_t now, struct problem *p);

struct parcel_download {
    int64_t at;
    const char *note; // of the link
};
struct parcel_downloads {
    struct parcel_download *items;
    size_t count;
};
// The newest `limit` of a batch.
enum err parcel_link_downloads(struct connection *c, struct arena *a, int64_t batch_id, int limit,
                               struct parcel_downloads *ret, struct problem *p);
