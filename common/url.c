#include "common/url.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_unreserved(char c)
{
    return is_alpha(c) || is_digit(c) || (c && strchr("-._~", c));
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// What can be quoted in a sentence: up to 80 bytes, ending before the first control character or bad byte.
static int shown(const char *text)
{
    size_t len = strnlen(text, URL_BASE_MAX), n = 0;
    len = fold_utf8_cut(text, fold_utf8_check(text, len), 80);
    while (n < len && (unsigned char)text[n] >= ' ' && text[n] != 0x7F)
        n++;
    return (int)n;
}

// A base URL being taken apart: `text` as given, `at` what is left of it.
struct base {
    const char *text, *at;
    bool secure;
    struct buf *out;
    struct problem *p;
};

__attribute__((format(printf, 2, 3))) static enum err refuse(const struct base *b, const char *fmt, ...)
{
    char reason[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    return problem_set(b->p, ERR_INVALID, NULL, "The base URL \"%.*s\" %s", shown(b->text), b->text, reason);
}

static enum err take_scheme(struct base *b)
{
    static const struct {
        const char *prefix;
        bool secure;
    } schemes[] = {{"https://", true}, {"http://", false}};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].prefix);
        if (strncasecmp(b->at, schemes[i].prefix, len) == 0) {
            buf_append(b->out, schemes[i].prefix, len);
            b->secure = schemes[i].secure;
            b->at += len;
            return ERR_NONE;
        }
    }
    return refuse(b, "is not a complete web address; write it with its scheme and host, as in "
                     "https://example.org.");
}

// Bytes that no part may hold, each with what to do about it.
static enum err check_bytes(struct base *b)
{
    static const struct {
        char c;
        const char *reason;
    } foreign[] = {
        {'?', "has a query; leave out everything from the question mark on."},
        {'#', "has a fragment; leave out everything from the # on."},
        {'\\', "has a backslash; write / instead."},
        {' ', "has a space; leave it out."},
    };
    for (const char *c = b->at; *c; c++) {
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
            if (*c == foreign[i].c)
                return refuse(b, "%s", foreign[i].reason);
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return refuse(b, "has a control character after what is shown here; leave it out.");
    }
    return ERR_NONE;
}

static enum err check_label(const struct base *b, const char *label, size_t len)
{
    if (len == 0)
        return refuse(b, "has a host with an empty part; write the host without double or outer dots.");
    if (len > 63)
        return refuse(b, "has a host with a part of more than 63 characters, which no name server knows.");
    if (label[0] == '-' || label[len - 1] == '-')
        return refuse(b, "has a host with a hyphen at the edge of a part; check the host.");
    for (size_t i = 0; i < len; i++) {
        if (label[i] & 0x80)
            return refuse(b, "has a host with letters beyond ASCII; write the host in its punycode form, "
                             "which begins with xn--.");
        if (!is_alpha(label[i]) && !is_digit(label[i]) && label[i] != '-')
            return refuse(b, "has \"%c\" in its host; a host has letters, digits, hyphens and dots.",
                          label[i]);
    }
    return ERR_NONE;
}

static enum err take_name(struct base *b, size_t len)
{
    const char *host = b->at, *last = host;
    if (len == 0)
        return refuse(b, "has no host; write it as in https://example.org.");
    if (len > URL_HOST_MAX)
        return refuse(b, "has a host of more than %d characters.", URL_HOST_MAX);
    for (size_t start = 0, i = 0; i <= len; i++) {
        if (i < len && host[i] != '.')
            continue;
        enum err e = check_label(b, host + start, i - start);
        if (e != ERR_NONE)
            return e;
        last = host + start;
        start = i + 1;
    }
    char copy[URL_HOST_MAX + 1];
    for (size_t i = 0; i < len; i++)
        copy[i] = is_alpha(host[i]) ? host[i] | 0x20 : host[i];
    copy[len] = '\0';
    struct in_addr address;
    size_t digits = strspn(last, "0123456789");
    if (last + digits == host + len && inet_pton(AF_INET, copy, &address) != 1)
        return refuse(b, "has a host that ends in a number but is no IPv4 address; check the host.");
    buf_append(b->out, copy, len);
    b->at += len;
    return ERR_NONE;
}

static enum err take_ipv6(struct base *b)
{
    const char *close = strchr(b->at, ']');
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t len = close ? (size_t)(close - b->at - 1) : sizeof copy;
    if (len < sizeof copy) {
        memcpy(copy, b->at + 1, len);
        copy[len] = '\0';
    }
    if (len >= sizeof copy || inet_pton(AF_INET6, copy, &address) != 1)
        return refuse(b, "has brackets without an IPv6 address between them; write it as in "
                         "http://[2001:db8::1]:8080.");
    inet_ntop(AF_INET6, &address, copy, sizeof copy);
    buf_printf(b->out, "[%s]", copy);
    b->at = close + 1;
    return ERR_NONE;
}

static enum err take_host(struct base *b)
{
    size_t authority = strcspn(b->at, "/");
    if (memchr(b->at, '@', authority))
        return refuse(b, "has a user name before an @; leave it out.");
    if (*b->at == '[')
        return take_ipv6(b);
    return take_name(b, strcspn(b->at, ":/"));
}

static enum err take_port(struct base *b)
{
    if (*b->at != ':')
        return *b->at && *b->at != '/' ? refuse(b, "has something between its host and its path; check it.")
                                       : ERR_NONE;
    size_t len = strcspn(++b->at, "/");
    unsigned long port = 0;
    for (size_t i = 0; i < len; i++)
        port = is_digit(b->at[i]) && port <= 65535 ? port * 10 + (unsigned long)(b->at[i] - '0') : 65536;
    if (port < 1 || port > 65535)
        return refuse(b, "has a port that is no number from 1 to 65535.");
    if (port != (b->secure ? 443 : 80))
        buf_printf(b->out, ":%lu", port);
    b->at += len;
    return ERR_NONE;
}

static enum err check_segment(const struct base *b, const char *segment, size_t len)
{
    if (len == 0)
        return refuse(b, "has two slashes in its path; write one.");
    if (strspn(segment, ".") >= len && len <= 2)
        return refuse(b, "has \".\" or \"..\" in its path; write the path itself.");
    for (size_t i = 0; i < len; i++) {
        if (segment[i] == '%' && i + 2 < len && hex_value(segment[i + 1]) >= 0 &&
            hex_value(segment[i + 2]) >= 0)
            i += 2;
        else if (!is_unreserved(segment[i]) && !strchr("!$&'()*+,;=:@", segment[i]))
            return refuse(b, "has a character in its path that must be percent-encoded; write the path as a "
                             "browser's address bar copies it.");
    }
    return ERR_NONE;
}

static enum err take_path(struct base *b)
{
    size_t len = strlen(b->at);
    while (len > 0 && b->at[len - 1] == '/')
        len--;
    for (size_t i = 0; i < len;) {
        size_t segment = i + 1;
        for (i = segment; i < len && b->at[i] != '/';)
            i++;
        enum err e = check_segment(b, b->at + segment, i - segment);
        if (e != ERR_NONE)
            return e;
    }
    buf_append(b->out, b->at, len);
    return ERR_NONE;
}

enum err url_base(const char *text, struct buf *out, struct problem *p)
{
    if (!*text)
        return problem_set(
            p, ERR_INVALID, NULL,
            "The base URL is empty; write it with its scheme and host, as in https://example.org.");
    if (strnlen(text, URL_BASE_MAX + 1) > URL_BASE_MAX)
        return problem_set(p, ERR_TOO_LARGE, NULL,
                           "The base URL \"%.*s…\" is longer than %d bytes; plates need a short one.",
                           shown(text), text, URL_BASE_MAX);
    static enum err (*const steps[])(struct base *) = {take_scheme, check_bytes, take_host, take_port,
                                                       take_path};
    struct base b = {.text = text, .at = text, .out = out, .p = p};
    size_t before = out->len;
    enum err e = ERR_NONE;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && e == ERR_NONE; i++)
        e = steps[i](&b);
    if (e == ERR_NONE && out->failed)
        e = problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading the base URL.");
    if (e != ERR_NONE)
        buf_truncate(out, before);
    return e;
}

const char *url_host(const char *base, size_t *ret_len)
{
    const char *slashes = strstr(base, "://");
    const char *host = slashes ? slashes + 3 : base;
    *ret_len = strcspn(host, "/");
    return host;
}

void url_encode(struct buf *out, const char *text, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (is_unreserved(text[i]))
            buf_append_char(out, text[i]);
        else
            buf_append(out, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
}

// Decodes into `at`, which has room for `len` bytes.
static enum err decode_to(const char *text, size_t len, bool form, char *at, size_t *ret_len,
                          struct problem *p)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = form && text[i] == '+' ? ' ' : text[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return problem_set(
                    p, ERR_INVALID, NULL,
                    "The address has a %% that no two hexadecimal digits follow; write %%25 for "
                    "the sign itself.");
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (!c)
            return problem_set(p, ERR_INVALID, NULL, "The address has a NUL character; leave out %%00.");
        at[n++] = c;
    }
    if (!fold_utf8_valid(at, n))
        return problem_set(p, ERR_INVALID, NULL,
                           "The address has escapes that are not UTF-8; write non-ASCII letters as UTF-8.");
    *ret_len = n;
    return ERR_NONE;
}

static enum err decode(const char *text, size_t len, bool form, struct buf *out, struct problem *p)
{
    size_t decoded = 0;
    char *at = buf_reserve(out, len);
    if (!at)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading an address.");
    enum err e = decode_to(text, len, form, at, &decoded, p);
    buf_grew(out, decoded);
    return e;
}

enum err url_decode(const char *text, size_t len, struct buf *out, struct problem *p)
{
    return decode(text, len, false, out, p);
}

struct url_query url_query_over(const char *text, size_t len)
{
    return (struct url_query){.at = text, .end = text + len, .most = URL_PARAMETERS_MAX};
}

enum err url_query_next(struct url_query *q, struct buf *name, struct buf *value, struct problem *p)
{
    while (q->at < q->end && *q->at == '&')
        q->at++;
    if (q->at == q->end)
        return ERR_NOT_FOUND;
    if (q->count++ >= q->most)
        return problem_set(p, ERR_TOO_LARGE, NULL, "The query has more than %u parameters.", q->most);
    size_t left = (size_t)(q->end - q->at);
    const char *start = q->at, *stop = memchr(start, '&', left);
    size_t len = stop ? (size_t)(stop - start) : left;
    const char *equals = memchr(start, '=', len);
    size_t name_len = equals ? (size_t)(equals - start) : len;
    q->at += len;
    buf_reset(name);
    buf_reset(value);
    enum err e = decode(start, name_len, true, name, p);
    if (e == ERR_NONE && equals)
        e = decode(equals + 1, len - name_len - 1, true, value, p);
    if (e == ERR_INVALID && p)
        snprintf(p->field, sizeof p->field, "%s", name->data);
    return e;
}
