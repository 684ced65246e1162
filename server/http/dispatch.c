#include "server/http/dispatch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "server/http/exchange.h"

// A refused body up to this many bytes beyond twice its limit is still read, so that the client finishes
// sending and comes to read why; a connection closed meanwhile would look like a network that failed.
enum { DISCARD_ROOM = 1024 * 1024 };

static void open_connection(struct http_server *server, struct MHD_Connection *connection,
                            void **socket_context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct exchange *x = info ? calloc(1, sizeof *x) : NULL;
    *socket_context = x;
    if (!x)
        return; // dispatch_request closes it
    x->server = server;
    x->connection = connection;
    x->body = BUF_INIT;
    x->key = BUF_INIT;
    x->arena = ARENA_INIT;
    target_init(&x->target);
    deadlines_add(server->deadlines, &x->deadline, info->connect_fd, clock_monotonic_ms());
}

static void close_connection(struct exchange *x)
{
    if (!x)
        return;
    deadlines_remove(x->server->deadlines, &x->deadline);
    target_free(&x->target);
    buf_free(&x->body);
    buf_free(&x->key);
    arena_clear(&x->arena);
    answer_unref(x->answer);
    free(x);
}

void dispatch_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                         enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        open_connection(cls, connection, socket_context);
    else
        close_connection(*socket_context);
}

void *dispatch_request_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct exchange *x = info ? info->socket_context : NULL;
    (void)cls;
    if (x)
        exchange_begin(x, uri ? uri : "");
    return x;
}

size_t dispatch_keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

void dispatch_end(void *cls, struct MHD_Connection *connection, void **request_context,
                  enum MHD_RequestTerminationCode how)
{
    struct exchange *x = *request_context;
    (void)cls;
    (void)connection;
    if (x)
        exchange_end(x, how != MHD_REQUEST_TERMINATED_COMPLETED_OK);
    *request_context = NULL;
}

static enum http_method method_of(const char *name)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",       [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_METHOD_OTHER;
}

static int status_of_target(enum target_state state)
{
    static const short statuses[] = {
        [TARGET_OK] = 0,         [TARGET_BAD] = 400,
        [TARGET_TOO_LONG] = 414, [TARGET_UNMATCHABLE] = 404,
        [TARGET_ASTERISK] = 400, [TARGET_NO_MEMORY] = 503,
    };
    return statuses[state];
}

static int status_of_route(struct exchange *x)
{
    enum router_result found = router_find(x->server->router, &x->target, x->req.method, &x->match);
    if (found == ROUTER_FOUND) {
        x->req.route = x->match.route;
        return status_of_target(target_read_params(&x->target, x->match.route->params));
    }
    if (found == ROUTER_NO_METHOD)
        return x->req.method == HTTP_OPTIONS ? 204 : 405;
    return found == ROUTER_REDIRECT ? 308 : 404;
}

static bool is_seen_as_https(const struct exchange *x)
{
    const char *proto = x->frame.fields[FRAME_FORWARDED_PROTO];
    return x->server->options.https ||
           (proto && strcasecmp(proto, "https") == 0 && exchange_is_from_proxy(x));
}

static void find_route(struct exchange *x, const char *method)
{
    enum target_state state = target_parse(&x->target, x->server->options.target_limit);
    x->req.method = method_of(method);
    x->head = x->req.method == HTTP_HEAD;
    x->req.path = x->target.path;
    x->req.query = x->target.query;
    x->req.is_https = is_seen_as_https(x);
    if (state == TARGET_ASTERISK && x->req.method == HTTP_OPTIONS) {
        x->match.allowed = ROUTE_GET | ROUTE_POST | ROUTE_PUT | ROUTE_PATCH | ROUTE_DELETE;
        x->refusal = 204;
        return;
    }
    x->refusal = state == TARGET_OK ? status_of_route(x) : status_of_target(state);
}

static enum MHD_Result refuse_now(struct exchange *x)
{
    exchange_set_language(x);
    exchange_run(x);
    return exchange_send(x); // in the first call: libmicrohttpd closes the connection after it
}

static uint64_t body_limit(const struct exchange *x)
{
    const struct route *route = x->match.route;
    return route && (route->flags & ROUTE_BODY) ? route->body_limit : 0;
}

static enum http_admitted ask_admit(struct exchange *x, uint64_t most, bool fits)
{
    http_admit *admit = x->server->options.admit;
    if (x->refusal || most <= HTTP_BODY_FREE || !admit || !x->req.route->who)
        return HTTP_ADMIT;
    enum http_admitted admitted = admit(&x->req);
    x->req.user = NULL;
    if (admitted != HTTP_ADMIT_SPARINGLY || !fits)
        return admitted;
    return most <= HTTP_BODY_LENT && exchange_borrow(x, most) ? HTTP_ADMIT : admitted;
}

// Decides what becomes of the body before it comes.
static enum MHD_Result plan_body(struct exchange *x)
{
    uint64_t limit = body_limit(x), length = x->frame.content_length;
    if (!x->frame.chunked && length == 0)
        return MHD_YES;
    deadline_enter(&x->deadline, DEADLINE_BODY, x->started_ns / 1000000);
    x->discard_limit = 2 * limit + DISCARD_ROOM;
    bool fits = !x->refusal && limit && length <= limit;
    enum http_admitted admitted = ask_admit(x, x->frame.chunked ? limit : length, fits);
    if (fits && admitted == HTTP_ADMIT) {
        x->stage = EXCHANGE_BODY;
        return MHD_YES;
    }
    if (!x->refusal)
        x->refusal = admitted == HTTP_ADMIT || !limit ? 413 : 401;
    if (x->frame.fields[FRAME_EXPECT] || length > x->discard_limit || admitted == HTTP_ADMIT_NOBODY)
        return refuse_now(x);
    x->stage = EXCHANGE_DISCARD;
    return MHD_YES;
}

static enum MHD_Result take_headers(struct exchange *x, const char *method, const char *version)
{
    x->stage = EXCHANGE_READY;
    strncat(x->method_name, method, sizeof x->method_name - 1);
    if (!frame_read(&x->frame, x->connection, method, x->uri, x->uri_len, version)) {
        exchange_count(&exchange_counters(x->server)->refused_frames);
        problem_set(&x->problem, ERR_INVALID, NULL, "The request cannot be read: %s.", x->frame.refused);
        x->refusal = 400;
        return refuse_now(x);
    }
    find_route(x, method);
    return plan_body(x);
}

// False when the connection is to be closed.
static bool take_body(struct exchange *x, const char *data, size_t len)
{
    if (x->stage == EXCHANGE_BODY && x->body.len + len > body_limit(x)) {
        buf_free(&x->body);
        x->refusal = 413;
        x->stage = EXCHANGE_DISCARD;
    }
    if (x->stage == EXCHANGE_DISCARD) {
        x->discarded += len;
        return x->discarded <= x->discard_limit;
    }
    buf_append(&x->body, data, len);
    return !x->body.failed;
}

static void make_key(struct exchange *x)
{
    const struct target *t = &x->target;
    unsigned char head[4] = {(unsigned char)x->req.lang_index, (unsigned char)x->encoding,
                             (unsigned char)(x->match.index >> 8), (unsigned char)x->match.index};
    buf_append(&x->key, head, sizeof head);
    buf_append(&x->key, t->decoded.data, t->path_end);
    for (size_t i = 0; i < ROUTE_MAX_PARAMS; i++) {
        if (!t->params[i])
            continue;
        buf_append_char(&x->key, (char)(i + 1));
        buf_append(&x->key, t->params[i], strlen(t->params[i]) + 1);
    }
    if (x->key.failed)
        buf_reset(&x->key); // an answer without a key is not kept
}

static bool take_from_cache(struct exchange *x)
{
    x->encoding = negotiate_encoding(x->frame.fields[FRAME_ACCEPT_ENCODING]);
    x->req.method = HTTP_GET;
    make_key(x);
    x->answer = x->key.len ? page_cache_get(x->server->cache, x->key.data, x->key.len) : NULL;
    x->from_cache = x->answer != NULL;
    struct http_counters *counters = exchange_counters(x->server);
    exchange_count(x->from_cache ? &counters->cache_hits : &counters->cache_misses);
    return x->from_cache;
}

static void run_on_worker(void *arg)
{
    struct exchange *x = arg;
    struct MHD_Connection *connection = x->connection;
    exchange_run(x);
    MHD_resume_connection(connection); // from here on the HTTP thread has it
}

static enum MHD_Result answer(struct exchange *x)
{
    struct http_server *server = x->server;
    if (!x->refusal && !exchange_enter(x))
        x->refusal = 503;
    unsigned flags = x->refusal ? 0 : x->match.route->flags;
    x->req.body = x->body.data;
    x->req.body_len = x->body.len;
    exchange_set_language(x);
    if ((flags & ROUTE_CACHE) && take_from_cache(x))
        return exchange_send(x);
    if ((flags & ROUTE_WORKER) && workers_reserve(server->workers)) {
        x->stage = EXCHANGE_WORKING;
        deadline_enter(&x->deadline, DEADLINE_WORK, x->started_ns / 1000000);
        MHD_suspend_connection(x->connection);
        workers_put(server->workers, run_on_worker, x);
        return MHD_YES;
    }
    if (flags & ROUTE_WORKER) {
        exchange_count(&exchange_counters(server)->worker_refused);
        x->refusal = 503;
    }
    exchange_run(x);
    return exchange_send(x);
}

enum MHD_Result dispatch_request(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_len, void **request_context)
{
    struct exchange *x = *request_context;
    (void)cls;
    (void)connection;
    (void)url;
    if (!x || x->stage == EXCHANGE_ANSWERED)
        return MHD_NO;
    if (x->stage == EXCHANGE_HEADERS)
        return take_headers(x, method, version);
    if (x->stage == EXCHANGE_WORKING)
        return exchange_send(x);
    if (*upload_len) {
        bool taken = take_body(x, upload, *upload_len);
        *upload_len = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    return answer(x);
}
