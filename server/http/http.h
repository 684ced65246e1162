// The HTTP room: listens, guards, routes, negotiates, caches and answers. It knows nothing of sites: it gets
// routes and callbacks. Built on libmicrohttpd, which no other room sees.
//
// Life: http_block_signals in main before any thread starts; http_open; http_begin; http_run until the
// program is asked to end; http_stop. http_set_version and http_version can be called from any thread between
// open and stop, http_stats between begin and stop.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/route.h"

struct http_server;

// Renders the answer for an error: reads res->status, req->lang and req->id, appends to res->body, may set
// the content type and headers. It is asked whatever the client takes (request_wants_html). On failure, or
// with an empty body, a plain built-in text or JSON is sent instead. `problem` has an empty text when there
// is nothing to tell but the status; its text for status 500 is not for visitors (it goes to the log).
// req->route may be NULL. Called on HTTP and worker threads, several at once.
typedef enum err http_error_page(struct http_request *req, const struct problem *problem,
                                 struct http_response *res);

// Asked before the handler of a row with `who` or ROUTE_CSRF, after the body was read. Not ERR_NONE: the
// handler is not called, and the answer is what res holds when the guard changed its status (a redirect to
// the sign-in page), otherwise the error page of the code.
typedef enum err http_guard(struct http_request *req, struct http_response *res, struct problem *problem);

// Asked when the headers of a row with `who` are there and its body may be larger than HTTP_BODY_FREE, before
// any of that is kept: bodies lie in memory until the guard sees them. On an HTTP thread: must be quick.
// `req` has no body yet; what is left in req->user is forgotten.
enum http_admitted {
    HTTP_ADMIT,
    // Somebody who may have been let in a while ago: what they typed is worth keeping, so the body is read as
    // long as it has HTTP_BODY_LENT bytes at most, and all such bodies together HTTP_BODY_LENT_ALL. Otherwise
    // it is thrown away, and then the answer is the error page of 401.
    HTTP_ADMIT_SPARINGLY,
    HTTP_ADMIT_NOBODY, // 401 at once; nothing is read, and the connection is closed
};
typedef enum http_admitted http_admit(struct http_request *req);
#define HTTP_BODY_FREE     (16u << 10)
#define HTTP_BODY_LENT     (1u << 20)
#define HTTP_BODY_LENT_ALL (4u << 20)

enum http_log_addresses {
    HTTP_LOG_NO_ADDRESS,    // "-"
    HTTP_LOG_SHORT_ADDRESS, // IPv4 without its last byte, IPv6 without its last 80 bits
    HTTP_LOG_FULL_ADDRESS,
};

#define HTTP_MAX_LANGUAGES 32
#define HTTP_MAX_LISTEN    4

// Bounds of the numbers that people set, here and nowhere else.
enum {
    HTTP_THREADS_MOST = 256,
    HTTP_WORKERS_LEAST = 1,
    HTTP_WORKERS_MOST = 64,
    HTTP_CONNECTIONS_LEAST = 8,
    HTTP_CONNECTIONS_MOST = 100000,
    HTTP_LOG_SAMPLE_LEAST = 1,
    HTTP_LOG_SAMPLE_MOST = 1000000,
};

// Start from http_options_default() and change what differs. Everything pointed to stays valid until
// http_stop, save `listen`.
struct http_options {
    void *app;                        // handed to every callback as req->app
    const struct route_table *tables; // the tables in their order
    size_t table_count;
    const char *const *languages; // BCP 47 tags, NULL-terminated, the default first; 1 to HTTP_MAX_LANGUAGES
    http_error_page *error_page;  // NULL: built-in texts
    http_guard *guard;            // NULL: rows with `who` or ROUTE_CSRF are refused by http_open

    http_admit *admit; // NULL: bodies of every size are read from everybody

    // "ADDRESS:PORT", NULL-terminated, 1 to HTTP_MAX_LISTEN: "127.0.0.1:8080", "[::1]:8080",
    // "localhost:8080";
    // "*:8080" is every IPv4 and IPv6 address; port 0 is a free port. Not used when the process was given
    // sockets (LISTEN_PID, LISTEN_FDS as in sd_listen_fds(3)).
    const char *const *listen;
    bool https;       // visitors come by https (through a proxy): HSTS, is_https
    bool trust_proxy; // believe X-Forwarded-For and X-Forwarded-Proto when the connection is from loopback

    unsigned threads;            // HTTP threads; 0: one a core
    unsigned workers;            // worker threads
    unsigned worker_queue;       // requests waiting for a worker; beyond it 503 with Retry-After
    unsigned connections;        // at once, all threads together
    unsigned connections_per_ip; // 0: no limit
    size_t cache_bytes;          // page cache; 0: none
    size_t target_limit;         // longest request target, bytes; beyond it 414. At most 8000
    size_t connection_memory;    // bytes a connection for its headers; beyond it 431

    // Deadlines in milliseconds, all absolute: sending a byte now and then does not move them.
    unsigned header_ms;    // from the first byte to the end of the headers
    unsigned idle_ms;      // between two requests of a connection
    unsigned rate_ms;      // in every window of this length a body or an answer must move …
    unsigned minimum_rate; // … this many bytes a second; the first window is free of it

    int log_fd;          // one line a request; -1: none. Not closed by the server
    unsigned log_sample; // write one of so many lines; failures (status 500 and above) always. 1: every one
    enum http_log_addresses log_addresses;
};

// Sensible values for everything but app, tables, languages and listen: one HTTP thread a core, 2 workers, 64
// waiting, 2048 connections, 6 MiB of cache, target 4096, header deadline 10 s, idle 30 s, 10 s windows of
// 512 B/s, no log.
struct http_options http_options_default(void);

// Blocks SIGTERM, SIGINT and SIGHUP for this thread and those it will start, and ignores SIGPIPE.
void http_block_signals(void);

// Whether http_open could listen at `where` (as in http_options.listen), without doing it: its form, and
// that a name has an address. ERR_INVALID, with the way out.
enum err http_check_listen(const char *where, struct problem *p);

// Opens the sockets: clients can connect and wait, nobody is answered and no thread runs, so that what the
// addresses decide can still be put into `app`. Raises the limit of open files of the process where it is too
// low for `connections` and the system lets it. ERR_INVALID for a bad option or row (the problem names it),
// otherwise what the system said ("port 8080 of 127.0.0.1 is taken …").
enum err http_open(const struct http_options *options, struct http_server **ret_server, struct problem *p);

// Starts the threads and answers until http_stop. Once for each server. On failure only http_stop may follow.
enum err http_begin(struct http_server *server, struct problem *p);

// "http://127.0.0.1:8080/" of listening socket `index`, from 0; NULL past the last. The port is the real one.
// Valid until http_stop.
const char *http_address(const struct http_server *server, size_t index);

// The content version. Moving it (to any other value) drops the page cache at once.
void http_set_version(struct http_server *server, uint64_t version);
uint64_t http_version(const struct http_server *server);

// Waits for SIGTERM, SIGINT or SIGHUP and returns which. Meanwhile calls `tick` (may be NULL) with app every
// `tick_ms` milliseconds (at least 1) on this thread; when it returns false, http_run returns 0. Needs
// http_block_signals.
int http_run(struct http_server *server, unsigned tick_ms, bool (*tick)(void *app));

// Stops: no new connections, requests under way may finish for up to `grace_ms`, then everything is closed
// and released. NULL is accepted.
void http_stop(struct http_server *server, unsigned grace_ms);

// Counters since start, for /metrics.
struct http_stats {
    uint64_t answers[6]; // by status class: [2] is 2xx; [0] those of no class
    uint64_t cache_hits;
    uint64_t cache_misses;
    uint64_t cache_entries;
    uint64_t cache_bytes;
    uint64_t connections;    // open now
    uint64_t deadlines;      // connections closed by a deadline
    uint64_t refused_frames; // requests refused by the framing guard
    uint64_t worker_refused; // 503 because the queue was full
};
void http_stats(const struct http_server *server, struct http_stats *ret_stats);
