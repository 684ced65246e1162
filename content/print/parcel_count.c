#include "content/print/parcel_count.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/print/parcel_link.h"
#include "content/store/store.h"

struct fetched {
    char token[PARCEL_TOKEN_SIZE];
    int64_t at;
};

struct parcel_count {
    pthread_mutex_t mutex;
    struct fetched items[PARCEL_COUNT_MAX]; // the oldest first; under mutex, as is
    size_t count;
};

struct parcel_count *parcel_count_new(void)
{
    struct parcel_count *c = calloc(1, sizeof *c);
    if (c)
        pthread_mutex_init(&c->mutex, NULL);
    return c;
}

void parcel_count_free(struct parcel_count *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->mutex);
    free(c);
}

void parcel_count_add(struct parcel_count *c, const char *token, int64_t now)
{
    struct fetched item = {.at = now};
    if (strlen(token) >= sizeof item.token)
        return;
    strcpy(item.token, token);
    pthread_mutex_lock(&c->mutex);
    if (c->count < PARCEL_COUNT_MAX)
        c->items[c->count++] = item;
    pthread_mutex_unlock(&c->mutex);
}

size_t parcel_count_waiting(struct parcel_count *c)
{
    pthread_mutex_lock(&c->mutex);
    size_t count = c->count;
    pthread_mutex_unlock(&c->mutex);
    return count;
}

static enum err write_items(struct connection *writer, const struct fetched *items, size_t count,
                            struct problem *p)
{
    for (size_t i = 0; i < count; i++) {
        enum err e = parcel_link_fetched(writer, items[i].token, items[i].at, p);
        if (e && e != ERR_NOT_FOUND)
            return e;
    }
    return ERR_NONE;
}

static enum err write_all(struct store *store, const struct fetched *items, size_t count, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = write_items(writer, items, count, p);
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

enum err parcel_count_flush(struct parcel_count *c, struct store *store, struct problem *p)
{
    size_t count = parcel_count_waiting(c);
    struct fetched *items = malloc(count * sizeof *items + 1);
    if (!items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    pthread_mutex_lock(&c->mutex); // nobody else takes items away
    memcpy(items, c->items, count * sizeof *items);
    pthread_mutex_unlock(&c->mutex);
    enum err e = write_all(store, items, count, p);
    free(items);
    if (e)
        return e;
    pthread_mutex_lock(&c->mutex);
    c->count -= count;
    memmove(c->items, c->items + count, c->count * sizeof *c->items);
    pthread_mutex_unlock(&c->mutex);
    return ERR_NONE;
}
