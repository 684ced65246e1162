// Private to content/staff/: random tokens as cookies and links carry them.
#pragma once

#include <stdbool.h>

enum { TOKEN_BYTES = 32, TOKEN_SIZE = 44, TOKEN_HASH = 32 };

// 32 random bytes in base64url without padding (RFC 4648 section 5).
void token_make(char ret_text[TOKEN_SIZE]);

// The SHA-256 of a token as the store keeps it; false for a text that has not the form of a token.
bool token_hash(const char *text, unsigned char ret_hash[TOKEN_HASH]);
