#include "server/http/frame.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#include "server/http/syntax.h"

// From 1.0 on libmicrohttpd refuses by itself what is told by places here, when it is asked to be strict
// (http.c), and lays the lines out in another way.
#define LIBRARY_IS_STRICT (MHD_VERSION >= 0x01000000)

static const struct {
    const char *name;
    size_t len;
    bool once; // a second one is refused
} known[FRAME_FIELDS] = {
#define FIELD(text, single)                                                                                  \
    {                                                                                                        \
        .name = (text), .len = sizeof(text) - 1, .once = (single)                                            \
    }
    [FRAME_HOST] = FIELD("host", true),
    [FRAME_CONTENT_LENGTH] = FIELD("content-length", true),
    [FRAME_TRANSFER_ENCODING] = FIELD("transfer-encoding", true),
    [FRAME_EXPECT] = FIELD("expect", false),
    [FRAME_ACCEPT] = FIELD("accept", false),
    [FRAME_ACCEPT_ENCODING] = FIELD("accept-encoding", false),
    [FRAME_ACCEPT_LANGUAGE] = FIELD("accept-language", false),
    [FRAME_COOKIE] = FIELD("cookie", false),
    [FRAME_RANGE] = FIELD("range", false),
    [FRAME_IF_RANGE] = FIELD("if-range", false),
    [FRAME_IF_NONE_MATCH] = FIELD("if-none-match", false),
    [FRAME_IF_MODIFIED_SINCE] = FIELD("if-modified-since", false),
    [FRAME_FORWARDED_FOR] = FIELD("x-forwarded-for", false),
    [FRAME_FORWARDED_PROTO] = FIELD("x-forwarded-proto", false),
#undef FIELD
};

static enum MHD_Result refuse(struct frame *f, const char *why)
{
    f->refused = why;
    return MHD_NO;
}

static enum MHD_Result keep(struct frame *f, const char *name, size_t len, const char *value)
{
    for (size_t i = 0; i < FRAME_FIELDS; i++) {
        if (len != known[i].len || strncasecmp(name, known[i].name, len) != 0)
            continue;
        if (f->seen[i]++ == 0)
            f->fields[i] = value;
        else if (known[i].once)
            return refuse(f, "a header field that may stand there once stands there twice");
        break;
    }
    return MHD_YES;
}

// Each line was "name: value CR LF"; in older libraries the colon and the line's end are NUL bytes by now.
static enum MHD_Result take_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                  const char *value, size_t value_len)
{
    struct frame *f = cls;
    (void)kind;
    if (!LIBRARY_IS_STRICT && name != f->expected)
        return refuse(f, "a header line is folded, holds a NUL byte or does not end in CR LF");
    if (!syntax_is_token(name, name_len))
        return refuse(f, "the name of a header field has a character that names cannot have");
    const char *gap = LIBRARY_IS_STRICT ? value : name + name_len + 1;
    while (gap < value && (*gap == ' ' || *gap == '\t'))
        gap++;
    if (gap != value || syntax_has_control(value, value_len, "\t"))
        return refuse(f, "a header field holds a control character");
    f->expected = value + value_len + 2;
    char *end = (char *)value + value_len; // the connection's own memory, which is writable
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    return keep(f, name, name_len, value);
}

static bool check_lines(struct frame *f, struct MHD_Connection *connection, const char *method)
{
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_field, f);
    if (f->refused)
        return false;
    if (LIBRARY_IS_STRICT)
        return true;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (!info || method + info->header_size != f->expected + 2 || f->expected[0] || f->expected[1])
        return refuse(f, "a header line is folded, holds a NUL byte or does not end in CR LF");
    return true;
}

// Digits only (RFC 9110 section 8.6): libmicrohttpd has refused lists, signs and overflow already.
static bool read_length(struct frame *f)
{
    const char *at = f->fields[FRAME_CONTENT_LENGTH];
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 18 || at[digits])
        return refuse(f, "Content-Length is no number");
    for (f->content_length = 0; *at; at++)
        f->content_length = f->content_length * 10 + (unsigned)(*at - '0');
    return true;
}

static bool check_framing(struct frame *f, const char *version)
{
    bool is_1_0 = strcmp(version, "HTTP/1.0") == 0;
    if (!is_1_0 && !f->fields[FRAME_HOST])
        return refuse(f, "the Host header field is missing");
    if (f->fields[FRAME_TRANSFER_ENCODING]) {
        if (f->fields[FRAME_CONTENT_LENGTH])
            return refuse(f, "Content-Length and Transfer-Encoding contradict each other");
        if (is_1_0 || strcasecmp(f->fields[FRAME_TRANSFER_ENCODING], "chunked") != 0)
            return refuse(f, "the transfer coding is not known here");
        f->chunked = true;
    }
    return !f->fields[FRAME_CONTENT_LENGTH] || read_length(f);
}

static bool is_request_line(const char *method, const char *uri, size_t uri_len, const char *version)
{
    if (!syntax_is_token(method, strlen(method)))
        return false;
    return LIBRARY_IS_STRICT ||
           (uri == method + strlen(method) + 1 && version == uri + uri_len + 1 && !version[8] && !version[9]);
}

bool frame_read(struct frame *f, struct MHD_Connection *connection, const char *method, const char *uri,
                size_t uri_len, const char *version)
{
    *f = (struct frame){.expected = version + strlen("HTTP/1.1") + 2};
    if (!is_request_line(method, uri, uri_len, version))
        return refuse(f, "the request line is not method, target and version with one space between them");
    return check_lines(f, connection, method) && check_framing(f, version);
}
