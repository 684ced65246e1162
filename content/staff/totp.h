// The second factor: one-time codes of six digits by time (RFC 6238: SHA-1, 30 s), and ten recovery codes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

#define TOTP_SECRET_SIZE    20 // bytes (RFC 4226 section 4: the length of SHA-1)
#define TOTP_RECOVERY_COUNT 10
#define TOTP_RECOVERY_SIZE  12 // "abcde-fghjk" and a NUL

void totp_make_secret(unsigned char ret_secret[TOTP_SECRET_SIZE]);

// The address that authenticator programs read from a QR symbol:
// otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER. In the arena.
enum err totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET_SIZE], const char *issuer,
                  const char *account, char **ret_uri, struct problem *p);
// The secret in base 32, in groups of four, for typing by hand. In the arena.
char *totp_words(struct arena *a, const unsigned char secret[TOTP_SECRET_SIZE]);

// Whether the six digits fit now (or a step before or after), for a secret that is not stored yet.
// ERR_NONE, or ERR_DENIED. Whatever is no letter and no digit is ignored in `code`, here and below.
enum err totp_try(const unsigned char secret[TOTP_SECRET_SIZE], const char *code, int64_t now,
                  int64_t *ret_step, struct problem *p);

// Turns the second factor on, with `codes` as its recovery codes (kept hashed), or off. ERR_EXISTS when it is
// on already, ERR_NOT_FOUND when it is off: it is never replaced.
enum err totp_turn_on(struct connection *writer, int64_t account_id,
                      const unsigned char secret[TOTP_SECRET_SIZE], int64_t step,
                      char codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE], const struct actor *actor,
                      struct problem *p);
enum err totp_turn_off(struct connection *writer, int64_t account_id, const struct actor *actor,
                       struct problem *p);

// At sign-in: six digits or a recovery code. Each is good once. ERR_DENIED when it does not fit.
enum err totp_sign_in(struct connection *writer, int64_t account_id, const char *code, int64_t now,
                      struct problem *p);

// Whether what was typed is meant as a recovery code and not as six digits.
bool totp_is_recovery(const char *code);

// Who else took the second factor off since the account was last signed in: the newest such change. *ret is
// NULL when nobody did, else the actor's name as it was, in the arena; *ret_account_id is 0 for a command.
enum err totp_taken_off_by(struct connection *c, struct arena *a, int64_t account_id, const char **ret,
                           int64_t *ret_account_id, struct problem *p);

void totp_make_recovery(char ret_codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE]);
