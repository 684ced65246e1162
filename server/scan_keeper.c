#include "server/scan_keeper.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "content/scan.h"
#include "server/commands/say.h"

#define FLUSH_SECONDS 1
#define SAY_AGAIN_MS  60000 // a store that stays full is not spoken of every second

struct scan_keeper {
    struct scan_counter *counter;
    struct store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool stopping; // under mutex
    int64_t said_at;
};

static void flush(struct scan_keeper *k)
{
    struct problem p = PROBLEM_INIT;
    int64_t now = clock_monotonic_ms();
    if (scan_waiting(k->counter) == 0 || !scan_flush(k->counter, k->store, &p))
        return;
    if (k->said_at && now - k->said_at < SAY_AGAIN_MS)
        return;
    k->said_at = now;
    say("scans wait in memory: %s", p.text);
}

static void *keep(void *arg)
{
    struct scan_keeper *k = arg;
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

enum err scan_keeper_start(struct scan_counter *counter, struct store *store, struct scan_keeper **ret,
                           struct problem *p)
{
    struct scan_keeper *k = calloc(1, sizeof *k);
    if (!k)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *k = (struct scan_keeper){.counter = counter, .store = store};
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

void scan_keeper_stop(struct scan_keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->stopping = true;
    pthread_cond_signal(&k->woken);
    pthread_mutex_unlock(&k->mutex);
    pthread_join(k->thread, NULL);
    flush(k);
    if (scan_waiting(k->counter) > 0)
        say("%zu counts of scans could not be kept", scan_waiting(k->counter));
    pthread_cond_destroy(&k->woken);
    pthread_mutex_destroy(&k->mutex);
    free(k);
}
