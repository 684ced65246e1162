#include "server/http/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct place {
    workers_job *job;
    void *arg;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    bool stopping;
    size_t reserved; // places that are taken: filled or about to be
    size_t head, count, capacity;
    unsigned threads;
    pthread_t *thread;
    struct place places[];
};

static void *work(void *arg)
{
    struct workers *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (w->count == 0 && !(w->stopping && w->reserved == 0))
            pthread_cond_wait(&w->filled, &w->lock);
        if (w->count == 0)
            break;
        struct place place = w->places[w->head];
        w->head = (w->head + 1) % w->capacity;
        w->count--;
        w->reserved--;
        pthread_mutex_unlock(&w->lock);
        place.job(place.arg);
        pthread_mutex_lock(&w->lock);
    }
    pthread_cond_broadcast(&w->filled); // the others may be waiting for the last reserved place
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum err workers_start(unsigned threads, unsigned waiting, struct workers **ret_workers, struct problem *p)
{
    struct workers *w = calloc(1, sizeof *w + waiting * sizeof w->places[0]);
    if (w)
        w->thread = calloc(threads, sizeof *w->thread);
    if (!w || !w->thread) {
        free(w);
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory for the worker pool.");
    }
    w->capacity = waiting;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->filled, NULL);
    for (w->threads = 0; w->threads < threads; w->threads++) {
        if (pthread_create(&w->thread[w->threads], NULL, work, w) != 0) {
            workers_free(w);
            return problem_set(p, ERR_IO, NULL, "The system allows no further thread for the worker pool.");
        }
    }
    *ret_workers = w;
    return ERR_NONE;
}

bool workers_reserve(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    bool free_place = w->reserved < w->capacity && !w->stopping;
    w->reserved += free_place;
    pthread_mutex_unlock(&w->lock);
    return free_place;
}

void workers_put(struct workers *w, workers_job *job, void *arg)
{
    pthread_mutex_lock(&w->lock);
    w->places[(w->head + w->count++) % w->capacity] = (struct place){.job = job, .arg = arg};
    pthread_cond_signal(&w->filled);
    pthread_mutex_unlock(&w->lock);
}

void workers_drain(struct workers *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->filled);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->threads; i++)
        pthread_join(w->thread[i], NULL);
    w->threads = 0;
}

void workers_free(struct workers *w)
{
    if (!w)
        return;
    workers_drain(w);
    pthread_cond_destroy(&w->filled);
    pthread_mutex_destroy(&w->lock);
    free(w->thread);
    free(w);
}
