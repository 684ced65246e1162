// Sessions: who is signed in. The cookie holds 32 random bytes in base64url; the store holds their SHA-256.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

struct connection;

#define SESSION_TOKEN_SIZE 44 // 43 symbols of base64url and a NUL
#define SESSION_ID_SIZE    32 // bytes: the SHA-256 of the token
#define SESSION_CSRF_SIZE  44 // as the token

enum {
    SESSION_IDLE_S = 12 * 3600,      // without a request
    SESSION_LIFE_S = 30 * 24 * 3600, // in all
    SESSION_TOUCH_S = 300,           // how often `last seen` is written
};

struct session {
    unsigned char id[SESSION_ID_SIZE];
    int64_t account_id;
    char csrf[SESSION_CSRF_SIZE]; // goes into every form
    int64_t created_at, last_seen_at, expires_at;
    const char *device; // "Firefox, Windows": from the User-Agent header, shortened
};

struct sessions {
    struct session *items;
    size_t count;
};

// Makes a session and gives the cookie's value. `device` is cut at 120 bytes.
enum err session_start(struct connection *writer, int64_t account_id, const char *device, int64_t now,
                       char ret_token[SESSION_TOKEN_SIZE], struct problem *p);

// The session behind a cookie's value. ERR_NOT_FOUND when there is none, when it is over, or when its account
// is disabled.
enum err session_find(struct connection *c, struct arena *a, const char *token, int64_t now,
                      struct session *ret, struct problem *p);

// Writes `last seen`, when it is older than SESSION_TOUCH_S. *ret_due says so without writing.
bool session_is_due(const struct session *session, int64_t now);
enum err session_touch(struct connection *writer, const struct session *session, int64_t now,
                       struct problem *p);

enum err session_list(struct connection *c, struct arena *a, int64_t account_id, int64_t now,
                      struct sessions *ret, struct problem *p);
enum err session_end(struct connection *writer, const unsigned char id[SESSION_ID_SIZE], struct problem *p);
enum err session_end_all(struct connection *writer, int64_t account_id, const unsigned char *but_id,
                         struct problem *p);
enum err session_sweep(struct connection *writer, int64_t now, struct problem *p); // those that are over

// Compares in constant time.
bool session_csrf_fits(const struct session *session, const char *token);
