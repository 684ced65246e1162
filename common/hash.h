// SHA-256 (FIPS 180-4), lower-case hexadecimal, and random bytes, all from libsodium.
#pragma once

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

#define HASH_SIZE     32 // bytes
#define HASH_HEX_SIZE 65 // 64 digits and a NUL

struct hash {
    crypto_hash_sha256_state state;
};

void hash_start(struct hash *h);
void hash_add(struct hash *h, const void *data, size_t len);
void hash_end(struct hash *h, char ret_hex[HASH_HEX_SIZE]);

// The same as bytes, for who keeps many.
void hash_end_raw(struct hash *h, uint8_t ret[HASH_SIZE]);

// The hash of `len` bytes at once.
void hash_bytes(const void *data, size_t len, char ret_hex[HASH_HEX_SIZE]);
void hash_bytes_raw(const void *data, size_t len, uint8_t ret[HASH_SIZE]);

void hash_to_hex(const uint8_t raw[HASH_SIZE], char ret_hex[HASH_HEX_SIZE]);

// The hash of all that can be read from the file `path`. ERR_NOT_FOUND, ERR_DENIED or ERR_IO with a problem.
enum err hash_file(const char *path, char ret_hex[HASH_HEX_SIZE], struct problem *p);

// True for exactly 64 lower-case hexadecimal digits.
bool hash_is_hex(const char *text);

// Fills with random bytes from the operating system. Cannot fail. Thread-safe.
void hash_random(void *out, size_t len);
