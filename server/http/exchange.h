// What the server knows of one connection and of the request that it carries now. Internal to this room.
// Belongs to the connection's HTTP thread, save while a worker has it and the connection is suspended.
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "server/http/access_log.h"
#include "server/http/answer.h"
#include "server/http/deadlines.h"
#include "server/http/frame.h"
#include "server/http/http.h"
#include "server/http/page_cache.h"
#include "server/http/router.h"
#include "server/http/target.h"
#include "server/http/workers.h"

enum exchange_stage {
    EXCHANGE_HEADERS, // the handler's first call has not come
    EXCHANGE_BODY,    // the body is kept
    EXCHANGE_DISCARD, // the body is read and thrown away, so that the client comes to read our refusal
    EXCHANGE_READY,   // the request is whole
    EXCHANGE_WORKING, // a worker has it
    EXCHANGE_ANSWERED,
};

// Counters of one HTTP thread, alone on their cache lines.
struct http_counters {
    _Alignas(64) uint64_t answers[6];
    uint64_t cache_hits, cache_misses, refused_frames, worker_refused;
};

enum { HTTP_COUNTER_SLOTS = 16 };

struct http_server {
    struct http_options options;
    struct router *router;
    struct page_cache *cache;
    struct access_log *log;
    struct workers *workers;
    struct deadlines *deadlines;
    size_t daemon_count;
    struct MHD_Daemon *daemons[HTTP_MAX_LISTEN];
    int listen_fds[HTTP_MAX_LISTEN]; // -1: none
    bool own_sockets;                // opened here; otherwise they are the service manager's
    char *addresses[HTTP_MAX_LISTEN];
    struct http_counters counters[HTTP_COUNTER_SLOTS];
    uint64_t lent;       // bytes of bodies of HTTP_ADMIT_SPARINGLY; atomic
    unsigned *under_way; // by row: requests of rows with `at_once`; atomic
};

struct exchange {
    struct http_request req; // first: a handler's pointer is ours
    struct http_server *server;
    struct MHD_Connection *connection;
    struct deadline deadline;

    enum exchange_stage stage;
    int64_t started_ns; // when the request line was there; 0: no request
    const char *uri;    // where it lay in the connection's memory; not to be read later
    size_t uri_len;
    struct target target;
    struct frame frame;
    struct router_match match;
    int refusal; // status decided before any handler is asked; 0: none, 308: to the other slash form
    struct problem problem;
    struct buf body;
    uint64_t lent; // bytes of server->lent that are this request's
    uint64_t discarded;
    uint64_t discard_limit;
    enum negotiate_encoding encoding;
    struct buf key;  // of the page cache; empty when the answer is not to be kept
    unsigned *place; // in server->under_way, while this request is counted there
    struct arena arena;
    char id[REQUEST_ID_SIZE];
    struct http_response res;

    struct answer *answer; // made, or from the cache
    bool from_cache;
    bool head; // a HEAD request; handlers of cached rows see GET, as what they make answers both
    int sent_status;
    uint64_t sent_bytes;
    bool sent_last;       // the last byte of a 200 is among those
    char method_name[16]; // as sent, cut
};

// The calling thread's own.
struct http_counters *exchange_counters(struct http_server *server);

static inline void exchange_count(uint64_t *counter)
{
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

// True when the other end is a proxy that the options trust: one on this machine.
bool exchange_is_from_proxy(const struct exchange *x);

// Begins and ends a request on the connection.
void exchange_begin(struct exchange *x, const char *uri);
void exchange_end(struct exchange *x, bool aborted);

// Takes a place among the requests of the row that may be under way at once; false when none is left. Given
// back at the request's end.
bool exchange_enter(struct exchange *x);
void exchange_leave(struct exchange *x);

// Takes `bytes` of what all bodies of HTTP_ADMIT_SPARINGLY may have together; false when they are not left.
// Given back at the request's end.
bool exchange_borrow(struct exchange *x, uint64_t bytes);

// Chooses the language: {lang}, cookie, Accept-Language, default. For an address that no row matched, its
// first segment where that is a language.
void exchange_set_language(struct exchange *x);

// Calls guard and handler (or makes the refusal) and turns what they leave into x->answer, putting it into
// the page cache where it may be kept. x->answer stays NULL when memory is out. On an HTTP thread or a
// worker.
void exchange_run(struct exchange *x);

// Makes x->answer the error page of a status, dropping the one before. `problem` may be NULL.
void exchange_refuse(struct exchange *x, int status, const struct problem *problem);

// Tells `observe`, one of the row's, what was answered.
void exchange_tell(const struct exchange *x, route_observer *observe);

// Hands x->answer over, whole, in part or as 304, and tells the row's observer.
enum MHD_Result exchange_send(struct exchange *x);
