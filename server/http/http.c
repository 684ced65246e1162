#include "server/http/http.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "server/http/dispatch.h"
#include "server/http/exchange.h"
#include "server/http/listen.h"

struct http_options http_options_default(void)
{
    return (struct http_options){
        .workers = 2,
        .worker_queue = 64,
        .connections = 2048,
        .cache_bytes = 6 * 1024 * 1024,
        .target_limit = 4096,
        .connection_memory = 12 * 1024,
        .header_ms = 10000,
        .idle_ms = 30000,
        .rate_ms = 10000,
        .minimum_rate = 512,
        .log_fd = -1,
        .log_sample = 1,
        .log_addresses = HTTP_LOG_SHORT_ADDRESS,
    };
}

static sigset_t ending_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

void http_block_signals(void)
{
    sigset_t set = ending_signals();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

// Bounds of the numbers, in the order in which a person would meet them.
static enum err check_numbers(const struct http_options *o, struct problem *p)
{
    const struct {
        const char *name;
        uint64_t value, least, most;
    } bounds[] = {
        {"threads", o->threads, 0, HTTP_THREADS_MOST},
        {"workers", o->workers, HTTP_WORKERS_LEAST, HTTP_WORKERS_MOST},
        {"worker_queue", o->worker_queue, 1, 65536},
        {"connections", o->connections, HTTP_CONNECTIONS_LEAST, HTTP_CONNECTIONS_MOST},
        {"target_limit", o->target_limit, 64, 8000},
        {"connection_memory", o->connection_memory, 4096, 1024 * 1024},
        {"header_ms", o->header_ms, 20, 3600000},
        {"idle_ms", o->idle_ms, 20, 3600000},
        {"rate_ms", o->rate_ms, 20, 3600000},
        {"minimum_rate", o->minimum_rate, 1, 1 << 30},
        {"log_sample", o->log_sample, HTTP_LOG_SAMPLE_LEAST, HTTP_LOG_SAMPLE_MOST},
    };
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        if (bounds[i].value < bounds[i].least || bounds[i].value > bounds[i].most)
            return problem_set(p, ERR_INVALID, bounds[i].name, "%s must be from %llu to %llu, not %llu.",
                               bounds[i].name, (unsigned long long)bounds[i].least,
                               (unsigned long long)bounds[i].most, (unsigned long long)bounds[i].value);
    return ERR_NONE;
}

static enum err check_options(const struct http_options *o, struct problem *p)
{
    size_t languages = 0;
    while (o->languages && o->languages[languages])
        languages++;
    if (languages < 1 || languages > HTTP_MAX_LANGUAGES)
        return problem_set(p, ERR_INVALID, "languages", "Between 1 and %d languages can be set up, not %zu.",
                           HTTP_MAX_LANGUAGES, languages);
    return check_numbers(o, p);
}

// Every connection takes a descriptor, and files, the store and the log some more.
static void raise_file_limit(unsigned connections)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections * 2 + 256;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}

enum err http_check_listen(const char *where, struct problem *p)
{
    return listen_check(where, p);
}

static void tick_log(void *arg)
{
    access_log_flush(arg);
}

static enum err open_sockets(struct http_server *s, struct problem *p)
{
    enum err e = listen_inherit(s->listen_fds, HTTP_MAX_LISTEN, &s->daemon_count, p);
    s->own_sockets = e == ERR_NONE && s->daemon_count == 0;
    for (size_t i = 0; s->own_sockets && e == ERR_NONE && s->options.listen && s->options.listen[i]; i++) {
        if (i == HTTP_MAX_LISTEN)
            return problem_set(p, ERR_INVALID, "--listen", "At most %d addresses can be listened at.",
                               HTTP_MAX_LISTEN);
        e = listen_open(s->options.listen[i], &s->listen_fds[i], p);
        s->daemon_count += e == ERR_NONE;
    }
    if (e == ERR_NONE && s->daemon_count == 0)
        return problem_set(p, ERR_INVALID, "--listen", "No address to listen at is given; use --listen.");
    for (size_t i = 0; e == ERR_NONE && i < s->daemon_count; i++)
        if (!(s->addresses[i] = listen_address(s->listen_fds[i])))
            e = problem_set(p, ERR_MEMORY, NULL, "There is no memory to start the server.");
    return e;
}

static enum err make_parts(struct http_server *s, struct problem *p)
{
    const struct http_options *o = &s->options;
    enum err e = router_make(o->tables, o->table_count, o->languages, o->guard != NULL, &s->router, p);
    if (e == ERR_NONE && !(s->under_way = calloc(router_count(s->router) + 1, sizeof *s->under_way)))
        e = problem_set(p, ERR_MEMORY, NULL, "There is no memory to start the server.");
    if (e == ERR_NONE)
        e = page_cache_make(o->cache_bytes, &s->cache, p);
    if (e == ERR_NONE)
        e = access_log_make(o->log_fd, o->log_sample, &s->log, p);
    return e == ERR_NONE ? open_sockets(s, p) : e;
}

static enum err start_helpers(struct http_server *s, struct problem *p)
{
    const struct http_options *o = &s->options;
    const struct deadline_limits limits = {.header_ms = o->header_ms,
                                           .idle_ms = o->idle_ms,
                                           .rate_ms = o->rate_ms,
                                           .minimum_rate = o->minimum_rate};
    enum err e = deadlines_start(&limits, tick_log, s->log, &s->deadlines, p);
    return e == ERR_NONE ? workers_start(o->workers, o->worker_queue, &s->workers, p) : e;
}

static unsigned thread_count(const struct http_options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = o->threads ? o->threads : cores > 0 ? (unsigned)cores : 1;
    return threads > o->connections ? o->connections : threads;
}

// One daemon a listening socket. libmicrohttpd has one thread without a pool when the size is 0. Turbo mode
// is left alone: it skips checks that a hostile client can make matter.
static struct MHD_Daemon *start_daemon(struct http_server *s, int fd)
{
    const struct http_options *o = &s->options;
    unsigned threads = thread_count(o);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? (intptr_t)threads : 0, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)o->connections, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)o->connections_per_ip, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)o->connection_memory, NULL},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)dispatch_connection, s},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)dispatch_end, s},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)dispatch_request_line, s},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)dispatch_keep_escapes, s},
#if MHD_VERSION >= 0x01000000
        {MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL}, // see frame.c; older ones are checked there
#endif
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, dispatch_request, s, MHD_OPTION_ARRAY, items,
                            MHD_OPTION_END);
}

static struct http_server *make_server(const struct http_options *options)
{
    struct http_server *s = aligned_alloc(_Alignof(struct http_server), sizeof *s);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->options = *options;
    for (size_t i = 0; i < HTTP_MAX_LISTEN; i++)
        s->listen_fds[i] = -1;
    return s;
}

enum err http_open(const struct http_options *options, struct http_server **ret_server, struct problem *p)
{
    enum err e = check_options(options, p);
    if (e != ERR_NONE)
        return e;
    struct http_server *s = make_server(options);
    if (!s)
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory to start the server.");
    raise_file_limit(options->connections);
    e = make_parts(s, p);
    if (e != ERR_NONE) {
        http_stop(s, 0);
        return e;
    }
    *ret_server = s;
    return ERR_NONE;
}

enum err http_begin(struct http_server *s, struct problem *p)
{
    enum err e = start_helpers(s, p);
    for (size_t i = 0; e == ERR_NONE && i < s->daemon_count; i++) {
        s->daemons[i] = start_daemon(s, s->listen_fds[i]);
        if (!s->daemons[i])
            e = problem_set(p, ERR_IO, NULL, "The HTTP threads for %s could not be started.",
                            s->addresses[i]);
    }
    return e;
}

const char *http_address(const struct http_server *server, size_t index)
{
    return index < server->daemon_count ? server->addresses[index] : NULL;
}

void http_set_version(struct http_server *server, uint64_t version)
{
    page_cache_set_version(server->cache, version);
}

uint64_t http_version(const struct http_server *server)
{
    return page_cache_version(server->cache);
}

int http_run(struct http_server *server, unsigned tick_ms, bool (*tick)(void *app))
{
    sigset_t set = ending_signals();
    struct timespec wait = {.tv_sec = tick_ms / 1000, .tv_nsec = (long)(tick_ms % 1000) * 1000000};
    for (;;) {
        int signal_number = sigtimedwait(&set, NULL, &wait);
        if (signal_number > 0)
            return signal_number;
        if (tick && !tick(server->options.app))
            return 0;
    }
}

static void wait_for_connections(struct http_server *s, unsigned grace_ms)
{
    int64_t until = clock_monotonic_ms() + grace_ms;
    while (deadlines_connections(s->deadlines) > 0 && clock_monotonic_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

void http_stop(struct http_server *server, unsigned grace_ms)
{
    if (!server)
        return;
    for (size_t i = 0; i < HTTP_MAX_LISTEN; i++)
        if (server->daemons[i])
            MHD_quiesce_daemon(server->daemons[i]);
    // Not closed yet: an HTTP thread may be about to accept. A socket of the service manager's stays open for
    // whoever is started next.
    for (size_t i = 0; i < HTTP_MAX_LISTEN && server->own_sockets; i++)
        if (server->listen_fds[i] >= 0)
            shutdown(server->listen_fds[i], SHUT_RDWR);
    if (server->deadlines) {
        deadlines_drain(server->deadlines);
        wait_for_connections(server, grace_ms);
    }
    // Suspended connections are resumed: libmicrohttpd cannot stop with them. Until it has stopped, its
    // threads may ask for a worker, and are refused.
    workers_drain(server->workers);
    for (size_t i = 0; i < HTTP_MAX_LISTEN; i++)
        if (server->daemons[i])
            MHD_stop_daemon(server->daemons[i]);
    workers_free(server->workers);
    for (size_t i = 0; i < HTTP_MAX_LISTEN; i++)
        if (server->listen_fds[i] >= 0)
            close(server->listen_fds[i]);
    deadlines_stop(server->deadlines);
    access_log_free(server->log);
    page_cache_free(server->cache);
    free(server->under_way);
    router_free(server->router);
    for (size_t i = 0; i < HTTP_MAX_LISTEN; i++)
        free(server->addresses[i]);
    free(server);
}

void http_stats(const struct http_server *server, struct http_stats *ret_stats)
{
    struct http_stats sum = {.connections = deadlines_connections(server->deadlines),
                             .deadlines = deadlines_missed(server->deadlines)};
    page_cache_size(server->cache, &sum.cache_entries, &sum.cache_bytes);
    for (size_t i = 0; i < HTTP_COUNTER_SLOTS; i++) {
        const struct http_counters *c = &server->counters[i];
        for (size_t j = 0; j < 6; j++)
            sum.answers[j] += __atomic_load_n(&c->answers[j], __ATOMIC_RELAXED);
        sum.cache_hits += __atomic_load_n(&c->cache_hits, __ATOMIC_RELAXED);
        sum.cache_misses += __atomic_load_n(&c->cache_misses, __ATOMIC_RELAXED);
        sum.refused_frames += __atomic_load_n(&c->refused_frames, __ATOMIC_RELAXED);
        sum.worker_refused += __atomic_load_n(&c->worker_refused, __ATOMIC_RELAXED);
    }
    *ret_stats = sum;
}
