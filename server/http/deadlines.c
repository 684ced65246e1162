#include "server/http/deadlines.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "common/clock.h"

enum { TICK_MS = 200, DRAIN_TICK_MS = 20 };

struct deadlines {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct deadline_limits limits;
    void (*tick)(void *arg);
    void *arg;
    struct deadline *first;
    unsigned connections;
    uint64_t missed;
    unsigned tick_ms;
    bool draining, stopping;
};

// Bytes that moved in the phase's direction since the connection began: received, or acknowledged by the
// other side. The kernel counts them, so that answering costs nothing for it.
static uint64_t bytes_moved(const struct deadline *mark, enum deadline_phase phase)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(mark->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return UINT64_MAX; // no TCP socket: cannot be judged, only the other deadlines hold
    return phase == DEADLINE_BODY ? info.tcpi_bytes_received : info.tcpi_bytes_acked;
}

// In each window of rate_ms so many bytes must move. The first window begins when the keeper first sees the
// phase.
static bool is_too_slow(const struct deadlines *d, struct deadline *mark, uint64_t state, int64_t now)
{
    enum deadline_phase phase = state & 7;
    bool first = mark->seen_state != state;
    if (!first && now - mark->seen_at < d->limits.rate_ms)
        return false;
    uint64_t bytes = bytes_moved(mark, phase);
    uint64_t wanted = (uint64_t)d->limits.minimum_rate * (uint64_t)(now - mark->seen_at) / 1000;
    bool slow = !first && bytes != UINT64_MAX && bytes - mark->seen_bytes < wanted;
    mark->seen_state = state;
    mark->seen_bytes = bytes;
    mark->seen_at = now;
    return slow;
}

static bool is_missed(const struct deadlines *d, struct deadline *mark, uint64_t state, int64_t now)
{
    int64_t since = (int64_t)(state >> 3);
    switch ((enum deadline_phase)(state & 7)) {
    case DEADLINE_NEW:
    case DEADLINE_HEADERS:
        return now - since > d->limits.header_ms;
    case DEADLINE_IDLE:
        return now - since > d->limits.idle_ms;
    case DEADLINE_BODY:
    case DEADLINE_ANSWER:
        return is_too_slow(d, mark, state, now);
    case DEADLINE_WORK:
        break;
    }
    return false;
}

static void look(struct deadlines *d, struct deadline *mark, int64_t now)
{
    uint64_t state = __atomic_load_n(&mark->state, __ATOMIC_RELAXED);
    enum deadline_phase phase = state & 7;
    if (is_missed(d, mark, state, now)) {
        shutdown(mark->fd, SHUT_RDWR); // the HTTP thread sees the end and closes
        d->missed++;
    } else if (d->draining && (phase == DEADLINE_NEW || phase == DEADLINE_IDLE)) {
        shutdown(mark->fd, SHUT_RD); // a request that has arrived already is still read and answered
    }
}

static void wait_for_tick(struct deadlines *d)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)d->tick_ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&d->wake, &d->lock, &until);
}

static void *keep(void *arg)
{
    struct deadlines *d = arg;
    pthread_mutex_lock(&d->lock);
    while (!d->stopping) {
        int64_t now = clock_monotonic_ms();
        for (struct deadline *mark = d->first; mark; mark = mark->next)
            look(d, mark, now);
        pthread_mutex_unlock(&d->lock);
        if (d->tick)
            d->tick(d->arg);
        pthread_mutex_lock(&d->lock);
        if (!d->stopping)
            wait_for_tick(d);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

// Short deadlines want a finer clock.
static unsigned tick_for(const struct deadline_limits *limits)
{
    unsigned shortest = limits->header_ms < limits->idle_ms ? limits->header_ms : limits->idle_ms;
    shortest = limits->rate_ms < shortest ? limits->rate_ms : shortest;
    unsigned tick = shortest / 4;
    return tick > TICK_MS ? TICK_MS : tick < DRAIN_TICK_MS ? DRAIN_TICK_MS : tick;
}

enum err deadlines_start(const struct deadline_limits *limits, void (*tick)(void *arg), void *arg,
                         struct deadlines **ret, struct problem *p)
{
    struct deadlines *d = calloc(1, sizeof *d);
    if (!d)
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory for the deadlines.");
    d->limits = *limits;
    d->tick = tick;
    d->arg = arg;
    d->tick_ms = tick_for(limits);
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&d->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&d->thread, NULL, keep, d) != 0) {
        pthread_cond_destroy(&d->wake);
        pthread_mutex_destroy(&d->lock);
        free(d);
        return problem_set(p, ERR_IO, NULL, "The system allows no further thread for the deadlines.");
    }
    *ret = d;
    return ERR_NONE;
}

void deadlines_stop(struct deadlines *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    pthread_cond_destroy(&d->wake);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

void deadlines_add(struct deadlines *d, struct deadline *mark, int fd, int64_t now_ms)
{
    *mark = (struct deadline){.fd = fd};
    deadline_enter(mark, DEADLINE_NEW, now_ms);
    pthread_mutex_lock(&d->lock);
    mark->next = d->first;
    if (d->first)
        d->first->previous = mark;
    d->first = mark;
    d->connections++;
    pthread_mutex_unlock(&d->lock);
}

void deadlines_remove(struct deadlines *d, struct deadline *mark)
{
    pthread_mutex_lock(&d->lock);
    *(mark->previous ? &mark->previous->next : &d->first) = mark->next;
    if (mark->next)
        mark->next->previous = mark->previous;
    d->connections--;
    pthread_mutex_unlock(&d->lock);
}

void deadlines_drain(struct deadlines *d)
{
    pthread_mutex_lock(&d->lock);
    d->draining = true;
    d->tick_ms = DRAIN_TICK_MS;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
}

unsigned deadlines_connections(struct deadlines *d)
{
    pthread_mutex_lock(&d->lock);
    unsigned n = d->connections;
    pthread_mutex_unlock(&d->lock);
    return n;
}

uint64_t deadlines_missed(struct deadlines *d)
{
    pthread_mutex_lock(&d->lock);
    uint64_t n = d->missed;
    pthread_mutex_unlock(&d->lock);
    return n;
}
