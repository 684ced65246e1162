// One-time links: the first admin's, and the one that sets a new password. The link holds 32 random bytes in
// base64url; the store holds their SHA-256.
#pragma once

#include <stdint.h>

#include "common/err.h"

struct connection;

#define LINK_TOKEN_SIZE 44

enum link_purpose { LINK_FIRST_ADMIN, LINK_PASSWORD };
enum { LINK_FIRST_ADMIN_S = 24 * 3600, LINK_PASSWORD_S = 48 * 3600 };

// Makes a link; earlier unused ones of the same purpose and account are no longer good. account_id 0 for the
// first admin.
enum err link_make(struct connection *writer, enum link_purpose purpose, int64_t account_id, int64_t now,
                   char ret_token[LINK_TOKEN_SIZE], struct problem *p);

// ERR_NOT_FOUND when the link is unknown, used or over. *ret_account_id is 0 for the first admin's.
enum err link_find(struct connection *c, const char *token, int64_t now, enum link_purpose *ret_purpose,
                   int64_t *ret_account_id, struct problem *p);

// Uses it up. ERR_NOT_FOUND when somebody else was faster.
enum err link_use(struct connection *writer, const char *token, int64_t now, struct problem *p);
