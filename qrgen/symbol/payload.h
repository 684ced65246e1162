// What a plate's symbol says: the address that opens its page.
#pragma once

#include "common/err.h"
#include "common/url.h"
#include "content/code/code.h"

#define PAYLOAD_SIZE (URL_BASE_MAX + 1 + CODE_SIZE) // base URL, slash, code and NUL

// "https://ditich.example.vn" and "k7m39qx2" -> "https://ditich.example.vn/k7m39qx2". The base URL is checked
// and brought to its one form by url_base: scheme and host lower case, since some phone cameras do not open
// "HTTPS://". `code` is as code_is_valid wants it. ERR_INVALID or ERR_TOO_LARGE with a sentence; the field is
// "--base-url" or "code". Thread-safe.
enum err payload_url(const char *base_url, const char *code, char ret[PAYLOAD_SIZE], struct problem *p);
