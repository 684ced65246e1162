#include "server/http/error_text.h"

#include <string.h>

static void append_json_text(struct buf *out, const char *text)
{
    buf_append_char(out, '"');
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < ' ' || *at == '"' || *at == '\\')
            buf_printf(out, "\\u%04x", *at);
        else
            buf_append_char(out, (char)*at);
    }
    buf_append_char(out, '"');
}

void error_text(const struct http_request *req, const struct problem *problem, struct http_response *res)
{
    const char *accept = request_header(req, "Accept");
    const char *name = response_status_text(res->status);
    if (accept && strstr(accept, "application/json")) {
        res->content_type = RESPONSE_JSON;
        buf_printf(&res->body, "{\"status\":%d,\"error\":\"%s\",\"message\":", res->status, name);
        append_json_text(&res->body, problem->text);
        buf_printf(&res->body, ",\"id\":\"%s\"}\n", req->id);
        return;
    }
    res->content_type = RESPONSE_TEXT;
    buf_printf(&res->body, "%d %s\n", res->status, name);
    if (*problem->text)
        buf_printf(&res->body, "%s\n", problem->text);
    buf_printf(&res->body, "(%s)\n", req->id);
}
