#include "server/http/page_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct entry *chain;         // in its bucket
    struct entry *newer, *older; // by last use
    uint64_t hash;
    struct answer *answer;
    size_t size; // with key and overhead
    size_t key_len;
    unsigned char key[];
};

// The smallest answer takes 3 KiB: with a bucket for every 2 KiB of the limit there are always more buckets
// than entries. A pointer for that is 0.4 % of the limit.
enum { BYTES_A_BUCKET = 2048 };

struct page_cache {
    pthread_mutex_t lock;
    uint64_t version; // atomic; written under the lock
    size_t limit, bytes, entries;
    struct entry *newest, *oldest;
    unsigned char hash_key[crypto_shorthash_KEYBYTES]; // random: nobody can choose addresses that collide
    size_t bucket_count;
    struct entry *buckets[];
};

enum err page_cache_make(size_t limit, struct page_cache **ret_cache, struct problem *p)
{
    size_t count = limit / BYTES_A_BUCKET + 1;
    struct page_cache *c = calloc(1, sizeof *c + count * sizeof(struct entry *));
    if (!c || sodium_init() < 0) {
        free(c);
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory for the page cache.");
    }
    pthread_mutex_init(&c->lock, NULL);
    c->limit = limit;
    c->bucket_count = count;
    randombytes_buf(c->hash_key, sizeof c->hash_key);
    *ret_cache = c;
    return ERR_NONE;
}

static uint64_t hash_of(const struct page_cache *c, const void *key, size_t len)
{
    uint64_t hash;
    _Static_assert(crypto_shorthash_BYTES == sizeof hash, "64 bits");
    crypto_shorthash((unsigned char *)&hash, key, len, c->hash_key);
    return hash;
}

static struct entry **find(struct page_cache *c, uint64_t hash, const void *key, size_t len)
{
    struct entry **at = &c->buckets[hash % c->bucket_count];
    while (*at && ((*at)->hash != hash || (*at)->key_len != len || memcmp((*at)->key, key, len) != 0))
        at = &(*at)->chain;
    return at;
}

static void unlink_use(struct page_cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(struct page_cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

// Takes *at out and chains it to *dropped, to be released without the lock.
static void drop(struct page_cache *c, struct entry **at, struct entry **dropped)
{
    struct entry *e = *at;
    *at = e->chain;
    unlink_use(c, e);
    c->bytes -= e->size;
    c->entries--;
    e->chain = *dropped;
    *dropped = e;
}

static void release(struct entry *dropped)
{
    while (dropped) {
        struct entry *next = dropped->chain;
        answer_unref(dropped->answer);
        free(dropped);
        dropped = next;
    }
}

static void shrink(struct page_cache *c, size_t limit, struct entry **dropped)
{
    while (c->oldest && c->bytes > limit) {
        struct entry **at = find(c, c->oldest->hash, c->oldest->key, c->oldest->key_len);
        if (!*at)
            break;
        drop(c, at, dropped);
    }
}

void page_cache_free(struct page_cache *c)
{
    struct entry *dropped = NULL;
    if (!c)
        return;
    shrink(c, 0, &dropped);
    release(dropped);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

struct answer *page_cache_get(struct page_cache *c, const void *key, size_t len)
{
    struct answer *found = NULL;
    if (c->limit == 0)
        return NULL;
    uint64_t hash = hash_of(c, key, len);
    pthread_mutex_lock(&c->lock);
    struct entry *e = *find(c, hash, key, len);
    if (e) {
        if (e != c->newest) {
            unlink_use(c, e);
            link_newest(c, e);
        }
        found = answer_ref(e->answer);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

void page_cache_put(struct page_cache *c, const void *key, size_t len, uint64_t version, struct answer *a)
{
    struct entry *dropped = NULL;
    size_t size = sizeof(struct entry) + len + a->footprint;
    if (size > c->limit / 4)
        return;
    struct entry *e = malloc(sizeof *e + len);
    if (!e)
        return;
    *e = (struct entry){.hash = hash_of(c, key, len), .size = size, .key_len = len};
    memcpy(e->key, key, len);
    pthread_mutex_lock(&c->lock);
    if (version != c->version) {
        e->chain = dropped;
        dropped = e;
    } else {
        struct entry **at = find(c, e->hash, key, len);
        if (*at)
            drop(c, at, &dropped);
        e->answer = answer_ref(a);
        e->chain = c->buckets[e->hash % c->bucket_count];
        c->buckets[e->hash % c->bucket_count] = e;
        link_newest(c, e);
        c->bytes += size;
        c->entries++;
        shrink(c, c->limit, &dropped);
    }
    pthread_mutex_unlock(&c->lock);
    release(dropped);
}

void page_cache_set_version(struct page_cache *c, uint64_t version)
{
    struct entry *dropped = NULL;
    pthread_mutex_lock(&c->lock);
    if (version != c->version) {
        __atomic_store_n(&c->version, version, __ATOMIC_RELEASE);
        shrink(c, 0, &dropped);
    }
    pthread_mutex_unlock(&c->lock);
    release(dropped);
}

uint64_t page_cache_version(const struct page_cache *c)
{
    return __atomic_load_n(&c->version, __ATOMIC_ACQUIRE);
}

void page_cache_size(struct page_cache *c, uint64_t *ret_entries, uint64_t *ret_bytes)
{
    pthread_mutex_lock(&c->lock);
    *ret_entries = c->entries;
    *ret_bytes = c->bytes;
    pthread_mutex_unlock(&c->lock);
}
