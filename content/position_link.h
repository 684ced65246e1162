// Private to content: what the addresses of maps say of a place. Only the address itself is read; nobody is
// asked. Thread-safe.
#pragma once

#include <stdbool.h>

#include "common/buf.h"
#include "common/err.h"

// Whether the text holds an address: "geo:…", "…://…", or a map's without "https://" before it. What
// position_read takes for a pair is none.
bool position_is_link(const char *text);

// Appends the pair that the address names, latitude first, as position_read reads it: "10.5, 105.75". The
// forms are in position.h. ERR_INVALID with a sentence for an address that names no place, for one that
// cannot be read without the network, and for one that is too long; ERR_MEMORY. *out keeps its length on
// failure.
enum err position_link_read(const char *text, const char *field, struct buf *out, struct problem *p);
