// The page cache: finished answers by key, bounded in bytes, the least recently used dropped first, all of
// them dropped when the content version moves. Thread-safe.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "server/http/answer.h"

struct page_cache;

// `limit` in bytes, keys and overhead included. 0: nothing is ever kept.
enum err page_cache_make(size_t limit, struct page_cache **ret_cache, struct problem *p);
void page_cache_free(struct page_cache *c);

// A reference to the answer under the key, made from the current version; NULL when there is none.
struct answer *page_cache_get(struct page_cache *c, const void *key, size_t len);

// Keeps a reference to the answer, unless `version` is no longer the current one or the answer is larger than
// a quarter of the limit. What stood under the key is replaced. Without memory nothing is kept.
void page_cache_put(struct page_cache *c, const void *key, size_t len, uint64_t version, struct answer *a);

// Moves the version and drops everything when it differs from before.
void page_cache_set_version(struct page_cache *c, uint64_t version);
uint64_t page_cache_version(const struct page_cache *c);

void page_cache_size(struct page_cache *c, uint64_t *ret_entries, uint64_t *ret_bytes);
