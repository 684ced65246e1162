// gzip (RFC 1952) and brotli (RFC 7932) of whole answers. State is kept per thread. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/negotiate.h"

// Below this many bytes a compressed answer saves no packet.
#define COMPRESS_MINIMUM 512

// Appends the compressed bytes to *out. ERR_MEMORY; ERR_UNSUPPORTED for NEGOTIATE_IDENTITY. On failure *out
// has the length that it had.
enum err compress_bytes(enum negotiate_encoding encoding, const void *data, size_t len, struct buf *out);

// True for content types whose bytes shrink: text/*, JSON, XML, JavaScript, SVG, manifests.
bool compress_suits(const char *content_type);
