#include "common/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"

void hash_start(struct hash *h)
{
    crypto_hash_sha256_init(&h->state);
}

void hash_add(struct hash *h, const void *data, size_t len)
{
    crypto_hash_sha256_update(&h->state, data, len);
}

void hash_end_raw(struct hash *h, uint8_t ret[HASH_SIZE])
{
    crypto_hash_sha256_final(&h->state, ret);
}

void hash_to_hex(const uint8_t raw[HASH_SIZE], char ret_hex[HASH_HEX_SIZE])
{
    sodium_bin2hex(ret_hex, HASH_HEX_SIZE, raw, HASH_SIZE);
}

void hash_end(struct hash *h, char ret_hex[HASH_HEX_SIZE])
{
    uint8_t digest[HASH_SIZE];
    hash_end_raw(h, digest);
    hash_to_hex(digest, ret_hex);
}

void hash_bytes(const void *data, size_t len, char ret_hex[HASH_HEX_SIZE])
{
    struct hash h;
    hash_start(&h);
    hash_add(&h, data, len);
    hash_end(&h, ret_hex);
}

void hash_bytes_raw(const void *data, size_t len, uint8_t ret[HASH_SIZE])
{
    crypto_hash_sha256(ret, data, len);
}

enum err hash_file(const char *path, char ret_hex[HASH_HEX_SIZE], struct problem *p)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return problem_errno(p, path, "cannot open %s", path);
    struct hash h;
    hash_start(&h);
    char chunk[64 * 1024];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, path, "cannot read %s", path);
        if (n == 0)
            break;
        hash_add(&h, chunk, (size_t)n);
    }
    hash_end(&h, ret_hex);
    return ERR_NONE;
}

bool hash_is_hex(const char *text)
{
    return text && strspn(text, "0123456789abcdef") == 64 && text[64] == '\0';
}

void hash_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}
