#include "server/publisher.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "content/editing/schedule.h"
#include "content/store/store.h"
#include "server/commands/say.h"

#define LOOK_SECONDS 30

struct publisher {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool stopping; // under mutex
};

static enum err publish(struct store *store, struct problem *p)
{
    struct connection *writer;
    struct actor actor = {.name = "the clock"};
    int64_t count;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = schedule_publish(writer, clock_now(), &actor, &count, p);
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

// Only looks, unless a time has come: a write takes the lock from others.
static void look(struct publisher *publisher)
{
    struct connection *reader;
    struct problem p = PROBLEM_INIT;
    int64_t next = 0;
    enum err e = store_reader(publisher->store, &reader, &p);
    if (!e)
        e = schedule_next(reader, &next, &p);
    if (!e && next && next <= clock_now())
        e = publish(publisher->store, &p);
    if (e)
        say("sites that should be published by now are not: %s", p.text);
}

static void *keep(void *arg)
{
    struct publisher *publisher = arg;
    pthread_mutex_lock(&publisher->mutex);
    while (!publisher->stopping) {
        pthread_mutex_unlock(&publisher->mutex);
        look(publisher);
        pthread_mutex_lock(&publisher->mutex);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += LOOK_SECONDS;
        if (!publisher->stopping)
            pthread_cond_timedwait(&publisher->woken, &publisher->mutex, &until);
    }
    pthread_mutex_unlock(&publisher->mutex);
    return NULL;
}

enum err publisher_start(struct store *store, struct publisher **ret, struct problem *p)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *publisher = (struct publisher){.store = store};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&publisher->mutex, NULL);
    pthread_cond_init(&publisher->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&publisher->thread, NULL, keep, publisher) != 0) {
        pthread_cond_destroy(&publisher->woken);
        pthread_mutex_destroy(&publisher->mutex);
        free(publisher);
        return problem_set(p, ERR_IO, NULL, "the system would not start another thread");
    }
    *ret = publisher;
    return ERR_NONE;
}

void publisher_stop(struct publisher *publisher)
{
    if (!publisher)
        return;
    pthread_mutex_lock(&publisher->mutex);
    publisher->stopping = true;
    pthread_cond_signal(&publisher->woken);
    pthread_mutex_unlock(&publisher->mutex);
    pthread_join(publisher->thread, NULL);
    pthread_cond_destroy(&publisher->woken);
    pthread_mutex_destroy(&publisher->mutex);
    free(publisher);
}
