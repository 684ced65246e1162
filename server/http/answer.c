#include "server/http/answer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <xxhash.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "server/http/compress.h"

// On every answer, unless the handler set its own. Everything comes from this origin; nothing is inline.
static const struct response_pair security[] = {
    {"Content-Security-Policy", RESPONSE_POLICY("")},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "strict-origin-when-cross-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

// One year (RFC 6797 section 6.1.1); no subdomains, which are not ours to speak for.
static const char hsts[] = "max-age=31536000";

// What an MHD_Response and its headers take besides the bytes: 20 headers of three blocks each.
enum { ANSWER_OVERHEAD = 3072 };

static const char *const encoding_names[NEGOTIATE_ENCODINGS] = {
    [NEGOTIATE_GZIP] = "gzip", [NEGOTIATE_BROTLI] = "br"};

// An answer being made.
struct making {
    struct http_response *res;
    const struct answer_terms *terms;
    struct answer *a;
    enum negotiate_encoding encoding;
    bool sets_cookie; // without validators, and kept nowhere: a 304 would leave the cookie out
    bool failed;
};

static const void *plain_bytes(const struct http_response *res, size_t *len)
{
    *len = res->fixed ? res->fixed_len : res->body.len;
    return res->fixed ? res->fixed : res->body.data;
}

static bool replaces(const struct http_response *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++)
        if (strcasecmp(res->headers[i].name, name) == 0)
            return true;
    return false;
}

static void set_etag(struct making *m, const char *suffix)
{
    struct http_response *res = m->res;
    char made[40] = "";
    if (m->a->status != 200 || !m->terms->whole_method || m->sets_cookie)
        return;
    if (!res->etag && res->fd >= 0) {
        snprintf(made, sizeof made, "%" PRIx64 "-%" PRIx64, res->fd_size, (uint64_t)res->last_modified);
    } else if (!res->etag) {
        size_t len;
        const void *data = plain_bytes(res, &len);
        snprintf(made, sizeof made, "%zx-%016" PRIx64, len, (uint64_t)XXH3_64bits(data, len));
    }
    snprintf(m->a->etag, sizeof m->a->etag, "\"%.45s%s\"", res->etag ? res->etag : made, suffix);
}

static void add(struct making *m, const char *name, const char *value)
{
    if (value && MHD_add_response_header(m->a->whole, name, value) != MHD_YES)
        m->failed = true;
}

static void add_date(struct making *m, const char *name, int64_t when)
{
    char text[CLOCK_HTTP_DATE_SIZE];
    if (!when)
        return;
    clock_http_date(when, text);
    add(m, name, text);
}

static void add_representation(struct making *m)
{
    const struct http_response *res = m->res;
    if (m->a->size || m->a->status == 200)
        add(m, "Content-Type", res->content_type);
    add(m, "Content-Encoding", encoding_names[m->encoding]);
    add(m, "Content-Language", res->content_language);
    add(m, "Content-Location", res->content_location);
    add(m, "ETag", *m->a->etag ? m->a->etag : NULL);
    add_date(m, "Last-Modified", m->a->last_modified);
    add(m, "Content-Range", res->range_of);
    if (m->a->status == 200 && m->terms->whole_method)
        add(m, "Accept-Ranges", "bytes");
}

static void add_caching(struct making *m)
{
    unsigned flags = m->terms->route_flags;
    bool encoded = (flags & ROUTE_CACHE) && compress_suits(m->res->content_type);
    const char *cache_control = m->res->cache_control;
    if (!cache_control || m->sets_cookie)
        cache_control = (flags & ROUTE_CACHE) && !m->sets_cookie ? "no-cache" : "private, no-store";
    add(m, "Cache-Control", cache_control);
    if (flags & ROUTE_NEGOTIATE)
        add(m, "Vary", encoded ? "Accept-Encoding, Accept-Language, Cookie" : "Accept-Language, Cookie");
    else if (encoded)
        add(m, "Vary", "Accept-Encoding");
}

static void add_headers(struct making *m)
{
    add_representation(m);
    add_caching(m);
    for (size_t i = 0; i < sizeof security / sizeof security[0]; i++)
        if (!replaces(m->res, security[i].name))
            add(m, security[i].name, security[i].value);
    if (m->terms->https)
        add(m, "Strict-Transport-Security", hsts);
    for (size_t i = 0; i < m->res->header_count; i++)
        add(m, m->res->headers[i].name, m->res->headers[i].value);
}

// Compresses into res->body where that makes the answer smaller; what cannot be compressed is sent as it is.
static void encode(struct making *m)
{
    size_t len;
    const void *data = plain_bytes(m->res, &len);
    struct buf packed = BUF_INIT;
    m->encoding = NEGOTIATE_IDENTITY;
    if (!(m->terms->route_flags & ROUTE_CACHE) || len < COMPRESS_MINIMUM ||
        m->terms->encoding == NEGOTIATE_IDENTITY || !compress_suits(m->res->content_type) ||
        compress_bytes(m->terms->encoding, data, len, &packed) != ERR_NONE || packed.len >= len) {
        buf_free(&packed);
        return;
    }
    buf_free(&m->res->body);
    m->res->body = packed;
    m->res->fixed = NULL;
    m->encoding = m->terms->encoding;
}

// A copy of the exact size: the growing buffer may have twice what it needs, and shrinking it in place would
// leave holes between answers that live long.
static char *take_body(const struct buf *body)
{
    char *copy = malloc(body->len ? body->len : 1);
    return copy ? memcpy(copy, body->data, body->len) : NULL;
}

static enum err make_memory(struct making *m)
{
    static const char *const suffixes[NEGOTIATE_ENCODINGS] = {"", "-gz", "-br"};
    struct answer *a = m->a;
    size_t len = 0;
    if (m->res->body.failed)
        return ERR_MEMORY;
    set_etag(m, "");
    encode(m);
    if (*a->etag && m->encoding != NEGOTIATE_IDENTITY) {
        size_t end = strlen(a->etag) - 1;
        snprintf(a->etag + end, sizeof a->etag - end, "%s\"", suffixes[m->encoding]);
    }
    char *own = NULL;
    if (m->res->fixed) {
        a->body = plain_bytes(m->res, &len);
    } else {
        len = m->res->body.len;
        own = take_body(&m->res->body);
        if (!own)
            return ERR_MEMORY;
        a->body = own;
    }
    a->size = len;
    a->footprint = ANSWER_OVERHEAD + (own ? len : 0);
    a->whole = MHD_create_response_from_buffer(len, (void *)a->body,
                                               own ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (a->whole)
        return ERR_NONE;
    free(own);
    return ERR_MEMORY;
}

static enum err make_file(struct making *m)
{
    struct answer *a = m->a;
    set_etag(m, "");
    a->size = m->res->fd_size;
    a->footprint = ANSWER_OVERHEAD;
    a->whole = MHD_create_response_from_fd_at_offset64(m->res->fd_size, m->res->fd, 0);
    if (!a->whole)
        return ERR_MEMORY;
    a->fd = steal_fd(&m->res->fd);
    return ERR_NONE;
}

enum err answer_make(struct http_response *res, const struct answer_terms *terms, struct answer **ret)
{
    struct answer *a = calloc(1, sizeof *a);
    struct making m = {.res = res, .terms = terms, .a = a};
    if (!a)
        return ERR_MEMORY;
    a->refs = 1;
    a->status = res->status;
    a->fd = -1;
    m.sets_cookie = replaces(res, "Set-Cookie");
    a->last_modified = m.sets_cookie ? 0 : res->last_modified;
    a->tag_len = res->tag_len;
    memcpy(a->tag, res->tag, res->tag_len);
    enum err e = res->fd >= 0 ? make_file(&m) : make_memory(&m);
    if (e == ERR_NONE)
        add_headers(&m);
    if (e != ERR_NONE || m.failed) {
        answer_unref(a);
        return e != ERR_NONE ? e : ERR_MEMORY;
    }
    *ret = a;
    return ERR_NONE;
}

struct answer *answer_ref(struct answer *a)
{
    __atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
    return a;
}

void answer_unref(struct answer *a)
{
    if (!a || __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    if (a->whole)
        MHD_destroy_response(a->whole);
    free(a);
}

struct copying {
    struct MHD_Response *to;
    const char *const *only; // NULL: every field
    bool failed;
};

static enum MHD_Result copy_field(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct copying *c = cls;
    (void)kind;
    for (size_t i = 0; c->only; i++) {
        if (!c->only[i])
            return MHD_YES;
        if (strcasecmp(c->only[i], name) == 0)
            break;
    }
    c->failed = c->failed || MHD_add_response_header(c->to, name, value) != MHD_YES;
    return MHD_YES;
}

// Takes `to` over: gives it back with the fields, or destroys it and gives NULL.
static struct MHD_Response *with_fields(struct MHD_Response *to, const struct answer *from,
                                        const char *const *only)
{
    struct copying c = {.to = to, .only = only};
    if (!to)
        return NULL;
    MHD_get_response_headers(from->whole, copy_field, &c);
    if (!c.failed)
        return to;
    MHD_destroy_response(to);
    return NULL;
}

static ssize_t never_read(void *cls, uint64_t at, char *to, size_t room)
{
    (void)cls;
    (void)at;
    (void)to;
    (void)room;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

// Of the size of the whole, as Content-Length of a 304 must say nothing else (RFC 9110 section 8.6); its body
// is never asked for.
struct MHD_Response *answer_not_modified(const struct answer *a)
{
    static const char *const kept[] = {"Cache-Control", "Content-Location", "ETag", "Vary", NULL};
    return with_fields(MHD_create_response_from_callback(a->size, 1, never_read, NULL, NULL), a, kept);
}

static void release_part(void *answer)
{
    answer_unref(answer);
}

static struct MHD_Response *part_of_memory(struct answer *a, uint64_t first, uint64_t len)
{
    struct MHD_Response *part =
        MHD_create_response_from_buffer_with_free_callback_cls(len, (char *)a->body + first, release_part, a);
    if (part)
        answer_ref(a);
    return part;
}

static struct MHD_Response *part_of_file(const struct answer *a, uint64_t first, uint64_t len)
{
    int fd = fcntl(a->fd, F_DUPFD_CLOEXEC, 3);
    struct MHD_Response *part = fd < 0 ? NULL : MHD_create_response_from_fd_at_offset64(len, fd, first);
    if (!part && fd >= 0)
        close(fd);
    return part;
}

struct MHD_Response *answer_part(struct answer *a, uint64_t first, uint64_t last)
{
    char value[80];
    uint64_t len = last - first + 1, size = a->size;
    struct MHD_Response *part = a->fd < 0 ? part_of_memory(a, first, len) : part_of_file(a, first, len);
    snprintf(value, sizeof value, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first, last, size);
    part = with_fields(part, a, NULL);
    if (part && MHD_add_response_header(part, "Content-Range", value) != MHD_YES) {
        MHD_destroy_response(part);
        part = NULL;
    }
    return part;
}
