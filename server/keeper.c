#include "server/keeper.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "content/print/parcel_count.h"
#include "content/scan.h"
#include "server/commands/say.h"

#define FLUSH_SECONDS 1
#define SAY_AGAIN_MS  60000 // a store that stays full is not spoken of every second

// Something that is counted in memory.
struct counted {
    const char *what;
    size_t (*waiting)(void *counter);
    enum err (*flush)(void *counter, struct store *store, struct problem *p);
    void *counter;
    int64_t said_at;
};

enum { SCANS, DOWNLOADS, COUNTED };

struct keeper {
    struct counted counted[COUNTED];
    struct store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool stopping; // under mutex
};

static size_t scans_waiting(void *counter)
{
    return scan_waiting(counter);
}

static enum err flush_scans(void *counter, struct store *store, struct problem *p)
{
    return scan_flush(counter, store, p);
}

static size_t downloads_waiting(void *counter)
{
    return parcel_count_waiting(counter);
}

static enum err flush_downloads(void *counter, struct store *store, struct problem *p)
{
    return parcel_count_flush(counter, store, p);
}

static void flush_one(struct counted *c, struct store *store)
{
    struct problem p = PROBLEM_INIT;
    int64_t now = clock_monotonic_ms();
    if (c->waiting(c->counter) == 0 || !c->flush(c->counter, store, &p))
        return;
    if (c->said_at && now - c->said_at < SAY_AGAIN_MS)
        return;
    c->said_at = now;
    say("%s wait in memory: %s", c->what, p.text);
}

static void flush(struct keeper *k)
{
    for (int i = 0; i < COUNTED; i++)
        flush_one(&k->counted[i], k->store);
}

static void *keep(void *arg)
{
    struct keeper *k = arg;
    pthread_mutex_lock(&k->mutex);
    while (!k->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += FLUSH_SECONDS;
        pthread_cond_timedwait(&k->woken, &k->mutex, &until);
        pthread_mutex_unlock(&k->mutex);
        flush(k);
        pthread_mutex_lock(&k->mutex);
    }
    pthread_mutex_unlock(&k->mutex);
    return NULL;
}

enum err keeper_start(struct scan_counter *scans, struct parcel_count *downloads, struct store *store,
                      struct keeper **ret, struct problem *p)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (!k)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *k = (struct keeper){
        .counted =
            {
                [SCANS] = {"scans", scans_waiting, flush_scans, scans, 0},
                [DOWNLOADS] = {"fetched parcels", downloads_waiting, flush_downloads, downloads, 0},
            },
        .store = store,
    };
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&k->mutex, NULL);
    pthread_cond_init(&k->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&k->thread, NULL, keep, k) != 0) {
        free(k);
        return problem_set(p, ERR_IO, NULL, "the system would not start another thread");
    }
    *ret = k;
    return ERR_NONE;
}

void keeper_stop(struct keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->stopping = true;
    pthread_cond_signal(&k->woken);
    pthread_mutex_unlock(&k->mutex);
    pthread_join(k->thread, NULL);
    flush(k);
    for (int i = 0; i < COUNTED; i++) {
        size_t left = k->counted[i].waiting(k->counted[i].counter);
        if (left > 0)
            say("%zu counts of %s could not be kept", left, k->counted[i].what);
    }
    pthread_cond_destroy(&k->woken);
    pthread_mutex_destroy(&k->mutex);
    free(k);
}
