#include "server/http/exchange.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/hash.h"
#include "server/http/cookie.h"
#include "server/http/error_text.h"
#include "server/http/negotiate.h"

enum {
    KEPT_BODY = 64 * 1024, // bytes of body buffer that a connection keeps for its next request
    SHOWN_SIZE = 64,       // of an address that is not shown in full
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct http_counters *exchange_counters(struct http_server *server)
{
    static unsigned next;
    static _Thread_local unsigned slot = UINT32_MAX;
    if (slot == UINT32_MAX)
        slot = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % HTTP_COUNTER_SLOTS;
    return &server->counters[slot];
}

// Unique within the process and not to be guessed from outside: a counter scrambled with a secret (the mixing
// function of SplitMix64).
static void make_id(char id[REQUEST_ID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    static uint64_t secret;
    static _Thread_local uint64_t next;
    if (next == 0)
        hash_random(&next, sizeof next);
    if (__atomic_load_n(&secret, __ATOMIC_RELAXED) == 0) {
        uint64_t random;
        hash_random(&random, sizeof random);
        __atomic_store_n(&secret, random, __ATOMIC_RELAXED);
    }
    uint64_t z = ++next * 0x9E3779B97F4A7C15 ^ __atomic_load_n(&secret, __ATOMIC_RELAXED);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    for (int i = 0; i < REQUEST_ID_SIZE - 1; i++, z >>= 4)
        id[i] = digits[z & 15];
    id[REQUEST_ID_SIZE - 1] = '\0';
}

void exchange_begin(struct exchange *x, const char *uri)
{
    x->started_ns = now_ns();
    deadline_enter(&x->deadline, DEADLINE_HEADERS, x->started_ns / 1000000);
    x->stage = EXCHANGE_HEADERS;
    x->uri = uri;
    x->uri_len = strlen(uri);
    target_keep(&x->target, uri, x->server->options.target_limit);
    x->match = (struct router_match){.lang = -1};
    x->refusal = 0;
    x->problem.code = ERR_NONE;
    x->problem.text[0] = '\0';
    x->discarded = 0;
    x->encoding = NEGOTIATE_IDENTITY;
    buf_reset(&x->key);
    x->from_cache = false;
    x->head = false;
    x->sent_status = 0;
    x->sent_bytes = 0;
    x->sent_last = false;
    x->method_name[0] = '\0';
    make_id(x->id);
    x->req = (struct http_request){
        .app = x->server->options.app,
        .server = x->server,
        .arena = &x->arena,
        .path = "/",
        .query = "",
        .id = x->id,
        .lang = x->server->options.languages[0],
        .body = "",
    };
}

// The log is read by others than the one who was given the address.
static const char *shown_path(const struct exchange *x, char text[SHOWN_SIZE])
{
    const struct route *route = x->match.route;
    size_t shown = router_shown(x->server->router, x->req.path);
    if (route && (route->flags & ROUTE_SECRET))
        return route->pattern;
    if (!x->req.path[shown])
        return x->req.path;
    snprintf(text, SHOWN_SIZE, "%.*s...", (int)shown, x->req.path);
    return text;
}

static void log_line(const struct exchange *x, int64_t ended_ns, bool aborted)
{
    struct http_server *server = x->server;
    char remote[REQUEST_REMOTE_SIZE] = "", path[SHOWN_SIZE];
    if (!access_log_wants(server->log, x->sent_status))
        return;
    if (server->options.log_addresses != HTTP_LOG_NO_ADDRESS)
        request_remote(&x->req, remote);
    if (server->options.log_addresses == HTTP_LOG_SHORT_ADDRESS)
        access_log_shorten(remote);
    access_log_add(server->log,
                   &(struct access_line){
                       .id = x->id,
                       .remote = *remote ? remote : "-",
                       .method = x->method_name,
                       .path = shown_path(x, path),
                       .status = x->sent_status,
                       .bytes = x->sent_bytes,
                       .microseconds = (unsigned)((ended_ns - x->started_ns) / 1000),
                       .cache = x->from_cache ? "hit"
                                : x->key.len  ? "miss"
                                              : "-",
                       .problem = x->sent_status >= 500 || x->sent_status == 400 ? x->problem.text : NULL,
                       .aborted = aborted,
                   });
}

bool exchange_enter(struct exchange *x)
{
    const struct route *route = x->match.route;
    if (!route->at_once)
        return true;
    x->place = &x->server->under_way[x->match.index];
    if (__atomic_add_fetch(x->place, 1, __ATOMIC_RELAXED) <= route->at_once)
        return true;
    exchange_leave(x);
    return false;
}

void exchange_leave(struct exchange *x)
{
    if (x->place)
        __atomic_sub_fetch(x->place, 1, __ATOMIC_RELAXED);
    x->place = NULL;
}

bool exchange_borrow(struct exchange *x, uint64_t bytes)
{
    if (__atomic_add_fetch(&x->server->lent, bytes, __ATOMIC_RELAXED) <= HTTP_BODY_LENT_ALL) {
        x->lent = bytes;
        return true;
    }
    __atomic_sub_fetch(&x->server->lent, bytes, __ATOMIC_RELAXED);
    return false;
}

static void give_back(struct exchange *x)
{
    if (x->lent)
        __atomic_sub_fetch(&x->server->lent, x->lent, __ATOMIC_RELAXED);
    x->lent = 0;
}

void exchange_end(struct exchange *x, bool aborted)
{
    int64_t ended = now_ns();
    if (x->started_ns == 0)
        return;
    if (x->sent_status) {
        int class = x->sent_status / 100;
        exchange_count(&exchange_counters(x->server)->answers[class < 6 ? class : 0]);
        log_line(x, ended, aborted);
    }
    const struct route *route = x->match.route;
    if (!aborted && x->sent_last && x->answer && route && route->delivered)
        exchange_tell(x, route->delivered);
    exchange_leave(x);
    give_back(x);
    answer_unref(x->answer);
    x->answer = NULL;
    arena_clear(&x->arena);
    if (x->body.capacity > KEPT_BODY)
        buf_free(&x->body);
    else
        buf_reset(&x->body);
    x->started_ns = 0;
    deadline_enter(&x->deadline, DEADLINE_IDLE, ended / 1000000);
}

static void take_language(struct exchange *x, int index, enum request_lang_from from)
{
    x->req.lang_index = (size_t)index;
    x->req.lang = x->server->options.languages[index];
    x->req.lang_from = from;
}

static int language_of_path(const struct exchange *x)
{
    const char *const *languages = x->server->options.languages;
    if (x->match.route || x->target.count == 0)
        return x->match.lang;
    for (int i = 0; languages[i]; i++)
        if (strcmp(languages[i], target_segment(&x->target, 0)) == 0)
            return i;
    return -1;
}

void exchange_set_language(struct exchange *x)
{
    const char *const *languages = x->server->options.languages;
    size_t len;
    int index = language_of_path(x);
    if (index >= 0) {
        take_language(x, index, REQUEST_LANG_PATH);
        return;
    }
    // What is kept for everybody must not depend on who asks first.
    if (x->match.route && (x->match.route->flags & ROUTE_CACHE) && !(x->match.route->flags & ROUTE_NEGOTIATE))
        return;
    const char *cookie = cookie_find(x->frame.fields[FRAME_COOKIE], "lang", &len);
    index = cookie ? negotiate_one_language(cookie, len, languages) : -1;
    if (index >= 0) {
        take_language(x, index, REQUEST_LANG_COOKIE);
        return;
    }
    index = negotiate_language(x->frame.fields[FRAME_ACCEPT_LANGUAGE], languages);
    if (index >= 0)
        take_language(x, index, REQUEST_LANG_HEADER);
}

static void response_begin(struct exchange *x)
{
    x->res = (struct http_response){
        .arena = &x->arena,
        .status = 200,
        .content_type = RESPONSE_HTML,
        .body = BUF_INIT,
        .version = page_cache_version(x->server->cache),
        .fd = -1,
    };
}

// Every method that the address answers to, as Allow wants it.
static const char *allow_list(const struct exchange *x, char text[64])
{
    static const struct {
        unsigned bit;
        const char *name;
    } methods[] = {
        {ROUTE_GET, "GET, HEAD, "}, {ROUTE_POST, "POST, "},     {ROUTE_PUT, "PUT, "},
        {ROUTE_PATCH, "PATCH, "},   {ROUTE_DELETE, "DELETE, "},
    };
    char *at = text;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (x->match.allowed & methods[i].bit)
            at = stpcpy(at, methods[i].name);
    stpcpy(at, "OPTIONS");
    return text;
}

static enum err send_to_other_slash(struct exchange *x)
{
    const char *path = x->target.path, *query = x->target.query;
    int len = (int)strlen(path) - x->target.final_slash;
    const char *location = arena_printf(&x->arena, "%.*s%s%s%s", len, path, x->target.final_slash ? "" : "/",
                                        *query ? "?" : "", query);
    return location ? response_redirect(&x->res, 308, location, &x->problem) : ERR_MEMORY;
}

static enum err refuse(struct exchange *x)
{
    char allow[64];
    if (x->refusal == 308)
        return send_to_other_slash(x);
    if (x->refusal == 204 || x->refusal == 405)
        response_header(&x->res, "Allow", allow_list(x, allow), NULL);
    if (x->refusal == 503)
        response_header(&x->res, "Retry-After", "2", NULL);
    if (x->refusal == 204)
        x->res.status = 204;
    else
        response_error(&x->res, x->refusal, x->problem.text[0] ? &x->problem : NULL);
    return ERR_NONE;
}

static enum err ask_guard(struct exchange *x)
{
    const struct route *route = x->match.route;
    if (!route->who && !(route->flags & ROUTE_CSRF))
        return ERR_NONE;
    return x->server->options.guard(&x->req, &x->res, &x->problem);
}

static void ask_handler(struct exchange *x)
{
    enum err e = ask_guard(x);
    if (e != ERR_NONE && x->res.status != 200)
        return; // the guard's own answer
    if (e == ERR_NONE)
        e = x->match.route->handler(&x->req, &x->res, &x->problem);
    if (e != ERR_NONE)
        response_error(&x->res, response_status_of(e), &x->problem);
}

// The room's own answer where it can be had, otherwise the status; what the server is in trouble with, paths
// in it, is for the log.
static void render_error(struct exchange *x)
{
    static const struct problem nothing;
    const struct problem *shown = x->res.problem && x->res.status != 500 ? x->res.problem : &nothing;
    http_error_page *page = x->server->options.error_page;
    if (x->res.problem && x->res.problem != &x->problem)
        x->problem = *x->res.problem;
    if (page && page(&x->req, shown, &x->res) == ERR_NONE && x->res.body.len && !x->res.body.failed)
        return;
    buf_reset(&x->res.body);
    error_text(&x->req, x->res.status < 500 ? shown : &nothing, &x->res);
}

static void finish(struct exchange *x)
{
    const struct route *route = x->match.route;
    struct http_response *res = &x->res;
    bool empty = !res->body.len && !res->fixed && res->fd < 0;
    if (res->error_page || (res->status >= 400 && empty))
        render_error(x);
    struct answer_terms terms = {
        .route_flags = route ? route->flags : 0,
        .https = x->server->options.https,
        .whole_method = x->head || x->req.method == HTTP_GET,
        .encoding = x->encoding,
    };
    answer_unref(x->answer);
    x->answer = NULL;
    answer_make(res, &terms, &x->answer); // without memory there is no answer, and the connection is closed
    buf_free(&res->body);
    if (res->fd >= 0)
        close(res->fd);
    res->fd = -1;
}

static bool may_be_kept(const struct http_response *res)
{
    static const short kept[] = {200, 301, 308, 410};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (res->status == kept[i])
            return !res->uncached;
    return res->status == 404 && res->cache_missing && !res->uncached;
}

void exchange_run(struct exchange *x)
{
    response_begin(x);
    enum err e = ERR_NONE;
    if (x->refusal)
        e = refuse(x);
    else
        ask_handler(x);
    if (e != ERR_NONE)
        response_error(&x->res, response_status_of(e), &x->problem);
    finish(x);
    if (x->answer && x->key.len && !x->refusal && may_be_kept(&x->res))
        page_cache_put(x->server->cache, x->key.data, x->key.len, x->res.version, x->answer);
}

void exchange_refuse(struct exchange *x, int status, const struct problem *problem)
{
    char range[48];
    uint64_t size = x->answer ? x->answer->size : 0;
    response_begin(x);
    if (status == 416) {
        snprintf(range, sizeof range, "bytes */%llu", (unsigned long long)size);
        x->res.range_of = range;
    }
    response_error(&x->res, status, problem);
    finish(x);
}
