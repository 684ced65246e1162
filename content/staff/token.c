#include "content/staff/token.h"

#include <sodium.h>
#include <string.h>

void token_make(char ret_text[TOKEN_SIZE])
{
    unsigned char bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(ret_text, TOKEN_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

bool token_hash(const char *text, unsigned char ret_hash[TOKEN_HASH])
{
    if (!text || strlen(text) != TOKEN_SIZE - 1)
        return false;
    crypto_hash_sha256(ret_hash, (const unsigned char *)text, TOKEN_SIZE - 1);
    return true;
}
