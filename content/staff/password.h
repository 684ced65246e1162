// Passwords: hashed with Argon2id (RFC 9106), m = 64 MiB, t = 2, p = 1; at most two at once in the process,
// whatever the number of threads, so that memory stays bounded. Never call these on an HTTP thread.
#pragma once

#include <sodium.h>
#include <stdbool.h>

#include "common/err.h"

#define PASSWORD_MIN       10  // characters (NIST SP 800-63B asks for 8 at least)
#define PASSWORD_MAX       256 // bytes
#define PASSWORD_HASH_SIZE crypto_pwhash_STRBYTES

// Length, UTF-8, and not one of the passwords everybody tries, nor the account's own name.
enum err password_check(const char *password, const char *account_name, struct problem *p);

// About 0.1 s of one core. ERR_MEMORY.
enum err password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE], struct problem *p);

// True when it fits. `hash` NULL takes as long and is false: whether a name exists is not to be heard from
// the time.
bool password_verify(const char *password, const char *hash);
