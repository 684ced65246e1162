// A server with a handful of routes that show what the HTTP room does, for its tests and its measurements.
// Options stand in the environment: ECHO_LISTEN, ECHO_FOLDER (for /files), and the numbers in `numbers`
// below.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/http/http.h"

struct app {
    int folder;
    unsigned renders;                             // atomic: how often a cached row was rendered
    unsigned seen, seen_head, seen_hit, seen_304; // atomic: what the observer was told
    unsigned seen_tag;                            // atomic: how many answers carried the right tag
};

static void count(unsigned *counter)
{
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static long param_number(struct http_request *req, const char *name, long otherwise)
{
    const char *text = request_param(req, name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

// Everything that a handler can ask of a request, one line each.
static enum err show_request(struct http_request *req, struct http_response *res, struct problem *p)
{
    char remote[REQUEST_REMOTE_SIZE];
    const char *cookie = request_cookie(req, "taste"), *agent = request_header(req, "user-agent");
    const char *q = request_param(req, "q"), *value = request_value(req, "name");
    (void)p;
    request_remote(req, remote);
    res->content_type = RESPONSE_TEXT;
    buf_printf(&res->body, "path=%s\nquery=%s\nlang=%s from=%d\n", req->path, req->query, req->lang,
               req->lang_from);
    buf_printf(&res->body, "q=%s\nname=%s\ncookie=%s\nagent=%s\nremote=%s\nhttps=%d\nhtml=%d\nid=%s\n",
               q ? q : "(none)", value ? value : "(none)", cookie ? cookie : "(none)",
               agent ? agent : "(none)", remote, req->is_https, request_wants_html(req), req->id);
    return ERR_NONE;
}

static enum err page(struct http_request *req, struct http_response *res, struct problem *p)
{
    struct app *app = req->app;
    unsigned n = __atomic_add_fetch(&app->renders, 1, __ATOMIC_RELAXED);
    const char *name = request_value(req, "name");
    (void)p;
    sleep_ms(param_number(req, "sleep", 0));
    buf_printf(&res->body, "<!doctype html><title>%s</title><p>lang %s, render %u</p>\n",
               name ? name : "page", req->lang, n);
    long lines = param_number(req, "lines", 200);
    for (long i = 0; i < lines; i++)
        buf_printf(&res->body, "<p>Dòng %ld: bia đá kể chuyện nơi này.</p>\n", i * 7919 % 10007);
    res->content_language = req->lang;
    res->content_location = "/canonical";
    res->last_modified = 1700000000;
    return response_tag(res, "plate-7", 7);
}

static void seen(void *arg, const struct route_seen *s)
{
    struct app *app = arg;
    count(&app->seen);
    if (s->head)
        count(&app->seen_head);
    if (s->from_cache)
        count(&app->seen_hit);
    if (s->status == 304)
        count(&app->seen_304);
    if (s->tag_len == 7 && memcmp(s->tag, "plate-7", 7) == 0 && s->request->lang)
        count(&app->seen_tag);
}

static enum err counters(struct http_request *req, struct http_response *res, struct problem *p)
{
    struct app *app = req->app;
    struct http_stats s;
    (void)p;
    http_stats(req->server, &s);
    res->content_type = RESPONSE_JSON;
    buf_printf(&res->body,
               "{\"renders\":%u,\"seen\":%u,\"head\":%u,\"hit\":%u,\"unchanged\":%u,\"tag\":%u,\"hits\":%llu,"
               "\"misses\":%llu,\"entries\":%llu,\"bytes\":%llu,\"connections\":%llu,\"deadlines\":%llu,"
               "\"frames\":%llu,\"refused\":%llu}",
               app->renders, app->seen, app->seen_head, app->seen_hit, app->seen_304, app->seen_tag,
               (unsigned long long)s.cache_hits, (unsigned long long)s.cache_misses,
               (unsigned long long)s.cache_entries, (unsigned long long)s.cache_bytes,
               (unsigned long long)s.connections, (unsigned long long)s.deadlines,
               (unsigned long long)s.refused_frames, (unsigned long long)s.worker_refused);
    return ERR_NONE;
}

static enum err move_version(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)p;
    http_set_version(req->server, http_version(req->server) + 1);
    buf_append_str(&res->body, "moved");
    return ERR_NONE;
}

static enum err slow(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)p;
    sleep_ms(param_number(req, "ms", 100));
    res->content_type = RESPONSE_TEXT;
    buf_append_str(&res->body, "slept");
    return ERR_NONE;
}

static enum err upload(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)p;
    unsigned sum = 0;
    for (size_t i = 0; i < req->body_len; i++)
        sum = sum * 31 + (unsigned char)req->body[i];
    res->content_type = RESPONSE_TEXT;
    buf_printf(&res->body, "%zu bytes, sum %u\n", req->body_len, sum);
    return ERR_NONE;
}

static enum err file(struct http_request *req, struct http_response *res, struct problem *p)
{
    struct app *app = req->app;
    res->content_type = "application/octet-stream";
    res->cache_control = "public, max-age=31536000, immutable";
    return response_file(res, app->folder, request_value(req, "path"), p);
}

static enum err fixed(struct http_request *req, struct http_response *res, struct problem *p)
{
    static const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    (void)req;
    (void)p;
    res->content_type = "application/octet-stream";
    response_static(res, bytes, sizeof bytes - 1);
    return ERR_NONE;
}

// The same bytes every time, so that only the encoding tells two answers apart.
static enum err stable(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)req;
    (void)p;
    for (int i = 0; i < 100; i++)
        buf_printf(&res->body, "<p>Dòng %d đứng yên.</p>\n", i);
    return ERR_NONE;
}

static enum err big(struct http_request *req, struct http_response *res, struct problem *p)
{
    long bytes = param_number(req, "bytes", 1000000);
    (void)p;
    res->content_type = "application/octet-stream";
    char *at = buf_reserve(&res->body, (size_t)bytes);
    if (!at)
        return ERR_MEMORY;
    memset(at, 'x', (size_t)bytes);
    buf_grew(&res->body, (size_t)bytes);
    return ERR_NONE;
}

static enum err gone(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)req;
    problem_set(p, ERR_NOT_FOUND, NULL, "The plate was taken down.");
    response_tag(res, "plate-7", 7);
    return response_error(res, 410, p);
}

static enum err fail(struct http_request *req, struct http_response *res, struct problem *p)
{
    const char *code = request_value(req, "code");
    (void)res;
    for (int e = 1; e < ERR_COUNT; e++)
        if (strcmp(err_name((enum err)e), code) == 0)
            return problem_set(p, (enum err)e, NULL, "Asked to fail with \"%s\".", code);
    return ERR_NOT_FOUND;
}

// Tries to put a header in that splits the answer; says what came of it.
static enum err split(struct http_request *req, struct http_response *res, struct problem *p)
{
    const char *q = request_param(req, "q");
    (void)p;
    enum err e = response_header(res, "X-Echo", q ? q : "", NULL);
    res->content_type = RESPONSE_TEXT;
    buf_append_str(&res->body, err_name(e));
    return ERR_NONE;
}

static enum err cookie(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)req;
    buf_append_str(&res->body, "with a cookie");
    res->last_modified = 1700000000;
    res->etag = "tag";
    return response_header(res, "Set-Cookie", "a=b", p);
}

static enum err secret(struct http_request *req, struct http_response *res, struct problem *p)
{
    (void)p;
    buf_printf(&res->body, "for %s", (const char *)req->user);
    return ERR_NONE;
}

static enum err guard(struct http_request *req, struct http_response *res, struct problem *p)
{
    static char user[] = "thủ thư";
    const char *key = request_header(req, "X-Key");
    if (!key && req->route->who == 2)
        return problem_set(p, ERR_DENIED, NULL, "Only with a key.");
    if (!key) {
        response_redirect(res, 303, "/sign-in", p);
        return ERR_DENIED;
    }
    req->user = user;
    return ERR_NONE;
}

static enum err error_page(struct http_request *req, const struct problem *problem, struct http_response *res)
{
    if (!request_wants_html(req))
        return ERR_NONE;
    if (res->status == 409)
        return ERR_MEMORY; // to see what is sent when the page cannot be made
    buf_printf(&res->body, "<!doctype html><html lang=%s><h1>%d</h1><p>%s<p>%s", req->lang, res->status,
               problem->text, req->id);
    return ERR_NONE;
}

#define PARAMS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct route routes[] = {
    {.pattern = "/", .handler = page, .flags = ROUTE_CACHE | ROUTE_NEGOTIATE},
    {.pattern = "/show", .handler = show_request, .params = PARAMS("q")},
    {.pattern = "/show/{name}", .handler = show_request, .params = PARAMS("q")},
    {.pattern = "/page",
     .handler = page,
     .observe = seen,
     .flags = ROUTE_CACHE,
     .params = PARAMS("sleep", "lines")},
    {.pattern = "/hello",
     .handler = page,
     .observe = seen,
     .flags = ROUTE_CACHE | ROUTE_NEGOTIATE,
     .params = PARAMS("lines")},
    {.pattern = "/worked",
     .handler = page,
     .flags = ROUTE_CACHE | ROUTE_WORKER,
     .params = PARAMS("sleep", "lines")},
    {.pattern = "/counters", .handler = counters},
    {.methods = ROUTE_POST, .pattern = "/move", .handler = move_version},
    {.pattern = "/slow", .handler = slow, .flags = ROUTE_WORKER, .params = PARAMS("ms")},
    {.methods = ROUTE_POST,
     .pattern = "/upload",
     .handler = upload,
     .flags = ROUTE_BODY,
     .body_limit = 100000},
    {.methods = ROUTE_POST,
     .pattern = "/upload/worked",
     .handler = upload,
     .flags = ROUTE_BODY | ROUTE_WORKER,
     .body_limit = 100000},
    {.pattern = "/files/{path*}", .handler = file},
    {.pattern = "/stable", .handler = stable, .flags = ROUTE_CACHE},
    {.pattern = "/fixed", .handler = fixed},
    {.pattern = "/fixed-cached", .handler = fixed, .flags = ROUTE_CACHE},
    {.pattern = "/big", .handler = big, .params = PARAMS("bytes")},
    {.pattern = "/gone", .handler = gone, .observe = seen, .flags = ROUTE_CACHE},
    {.pattern = "/fail/{code}", .handler = fail},
    {.pattern = "/split", .handler = split, .params = PARAMS("q")},
    {.pattern = "/cookie", .handler = cookie, .flags = ROUTE_CACHE},
    {.pattern = "/secret", .handler = secret, .who = 1},
    {.pattern = "/secret/strict", .handler = secret, .who = 2},
    {.pattern = "/{lang}/", .handler = page, .flags = ROUTE_CACHE},
    {.pattern = "/{lang}/sites/{name}", .handler = page, .flags = ROUTE_CACHE, .params = PARAMS("lines")},
    {.pattern = "/{name}", .handler = page, .observe = seen, .flags = ROUTE_CACHE | ROUTE_EITHER_SLASH},
};

struct number {
    const char *name;
    unsigned *value;
};

static void read_numbers(const struct number *numbers, size_t count_of)
{
    for (size_t i = 0; i < count_of; i++) {
        const char *text = getenv(numbers[i].name);
        if (text)
            *numbers[i].value = (unsigned)strtoul(text, NULL, 10);
    }
}

static struct http_options read_options(struct app *app, const struct route_table *table)
{
    static const char *const languages[] = {"vi", "en", "zh-hant", NULL};
    static const char *listen[2] = {"127.0.0.1:0", NULL};
    struct http_options o = http_options_default();
    unsigned cache = (unsigned)o.cache_bytes, log = 0, addresses = o.log_addresses, trust = 0;
    const struct number numbers[] = {
        {"ECHO_THREADS", &o.threads},
        {"ECHO_WORKERS", &o.workers},
        {"ECHO_QUEUE", &o.worker_queue},
        {"ECHO_CONNECTIONS", &o.connections},
        {"ECHO_PER_IP", &o.connections_per_ip},
        {"ECHO_CACHE", &cache},
        {"ECHO_HEADER_MS", &o.header_ms},
        {"ECHO_IDLE_MS", &o.idle_ms},
        {"ECHO_RATE_MS", &o.rate_ms},
        {"ECHO_RATE", &o.minimum_rate},
        {"ECHO_LOG", &log},
        {"ECHO_LOG_SAMPLE", &o.log_sample},
        {"ECHO_LOG_ADDRESSES", &addresses},
        {"ECHO_TRUST_PROXY", &trust},
    };
    read_numbers(numbers, sizeof numbers / sizeof numbers[0]);
    if (getenv("ECHO_LISTEN"))
        listen[0] = getenv("ECHO_LISTEN");
    o.app = app;
    o.tables = table;
    o.table_count = 1;
    o.languages = languages;
    o.listen = listen;
    o.error_page = getenv("ECHO_PLAIN_ERRORS") ? NULL : error_page;
    o.guard = guard;
    o.https = getenv("ECHO_HTTPS") != NULL;
    o.trust_proxy = trust != 0;
    o.cache_bytes = cache;
    o.log_fd = log ? STDERR_FILENO : -1;
    o.log_addresses = (enum http_log_addresses)addresses;
    return o;
}

int main(void)
{
    struct app app = {.folder = -1};
    struct http_server *server = NULL;
    struct problem problem = PROBLEM_INIT;
    const struct route_table table = ROUTE_TABLE(routes);
    struct http_options options = read_options(&app, &table);
    const char *folder = getenv("ECHO_FOLDER");
    http_block_signals();
    if (folder)
        app.folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (http_open(&options, &server, &problem) != ERR_NONE || http_begin(server, &problem) != ERR_NONE) {
        fprintf(stderr, "echo_server: %s\n", problem.text);
        http_stop(server, 0);
        return 1;
    }
    for (size_t i = 0; http_address(server, i); i++)
        fprintf(stderr, "listening on %s\n", http_address(server, i));
    http_run(server, 1000, NULL);
    const char *grace = getenv("ECHO_GRACE_MS");
    http_stop(server, grace ? (unsigned)strtoul(grace, NULL, 10) : 3000);
    return 0;
}
