#include "server/http/request.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "server/http/cookie.h"
#include "server/http/exchange.h"
#include "server/http/negotiate.h"

static const struct exchange *exchange_of(const struct http_request *req)
{
    return (const struct exchange *)req;
}

const char *request_value(const struct http_request *req, const char *name)
{
    const struct router_match *m = &exchange_of(req)->match;
    size_t len = strlen(name);
    for (size_t i = 0; i < m->value_count; i++)
        if (m->values[i].name_len == len && memcmp(m->values[i].name, name, len) == 0)
            return target_segment(&exchange_of(req)->target, m->values[i].segment);
    return NULL;
}

const char *request_param(const struct http_request *req, const char *name)
{
    const char *const *declared = req->route ? req->route->params : NULL;
    for (size_t i = 0; declared && declared[i]; i++)
        if (strcmp(declared[i], name) == 0)
            return exchange_of(req)->target.params[i];
    return NULL;
}

const char *request_header(const struct http_request *req, const char *name)
{
    return MHD_lookup_connection_value(exchange_of(req)->connection, MHD_HEADER_KIND, name);
}

const char *request_cookie(const struct http_request *req, const char *name)
{
    size_t len;
    const char *value = cookie_find(exchange_of(req)->frame.fields[FRAME_COOKIE], name, &len);
    return value && len <= COOKIE_MAX_VALUE ? arena_strndup(req->arena, value, len) : NULL;
}

// "[::ffff:192.0.2.7]" is how a socket for both families speaks of an IPv4 visitor.
static void show_address(const struct sockaddr *address, char text[REQUEST_REMOTE_SIZE])
{
    *text = '\0';
    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, REQUEST_REMOTE_SIZE);
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(v6))
            inet_ntop(AF_INET, v6->s6_addr + 12, text, REQUEST_REMOTE_SIZE);
        else
            inet_ntop(AF_INET6, v6, text, REQUEST_REMOTE_SIZE);
    }
}

// The last element is what the proxy itself saw; what stands before it, anybody may have written.
static void take_forwarded(const char *header, char text[REQUEST_REMOTE_SIZE])
{
    unsigned char binary[sizeof(struct in6_addr)];
    char last[REQUEST_REMOTE_SIZE];
    const char *comma = strrchr(header, ',');
    const char *at = comma ? comma + 1 : header;
    at += strspn(at, " \t[");
    size_t len = strcspn(at, "] \t");
    if (len >= sizeof last)
        return;
    memcpy(last, at, len);
    last[len] = '\0';
    if (inet_pton(AF_INET, last, binary) == 1 || inet_pton(AF_INET6, last, binary) == 1)
        memcpy(text, last, len + 1);
}

static void connected_address(const struct exchange *x, char text[REQUEST_REMOTE_SIZE])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *text = '\0';
    if (info && info->client_addr)
        show_address(info->client_addr, text);
}

bool exchange_is_from_proxy(const struct exchange *x)
{
    char text[REQUEST_REMOTE_SIZE];
    if (!x->server->options.trust_proxy)
        return false;
    connected_address(x, text);
    return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

void request_remote(const struct http_request *req, char ret_text[REQUEST_REMOTE_SIZE])
{
    const struct exchange *x = exchange_of(req);
    const char *forwarded = x->frame.fields[FRAME_FORWARDED_FOR];
    connected_address(x, ret_text);
    if (forwarded && exchange_is_from_proxy(x))
        take_forwarded(forwarded, ret_text);
}

bool request_wants_html(const struct http_request *req)
{
    return negotiate_html(exchange_of(req)->frame.fields[FRAME_ACCEPT]);
}
