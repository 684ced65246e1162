// XXH64 with seed 0, as its specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md) describes it:
// tells two versions of the same bytes apart, many times faster than a hash that withstands people. Not for
// what somebody would gain from forging. Thread-safe.
#pragma once

#include <stddef.h>
#include <stdint.h>

uint64_t checksum(const void *data, size_t len);
