#include "server/http/conditional.h"
#include "server/http/exchange.h"
#include "server/http/range.h"

// What leaves for one request.
struct sending {
    int status;
    uint64_t bytes;
    bool last; // the last byte of a 200 is among them
    struct MHD_Response *response;
    bool own; // made for this request alone
};

static bool is_unchanged(const struct exchange *x)
{
    const char *const *fields = x->frame.fields;
    return (fields[FRAME_IF_NONE_MATCH] || fields[FRAME_IF_MODIFIED_SINCE]) &&
           conditional_unchanged(fields[FRAME_IF_NONE_MATCH], fields[FRAME_IF_MODIFIED_SINCE],
                                 x->answer->etag, x->answer->last_modified);
}

static void send_whole(struct exchange *x, struct sending *s)
{
    s->status = x->answer->status;
    s->bytes = x->head ? 0 : x->answer->size;
    s->last = s->status == 200 && !x->head;
    s->response = x->answer->whole;
}

// Ranges are for GET alone (RFC 9110 section 14.2).
static void send_part(struct exchange *x, struct sending *s)
{
    uint64_t first = 0, last = 0;
    const char *range = x->frame.fields[FRAME_RANGE];
    if (x->head || !conditional_range_holds(x->frame.fields[FRAME_IF_RANGE], x->answer->etag,
                                            x->answer->last_modified)) {
        send_whole(x, s);
        return;
    }
    switch (range_read(range, x->answer->size, &first, &last)) {
    case RANGE_WHOLE:
        send_whole(x, s);
        break;
    case RANGE_PART:
        s->status = 206;
        s->bytes = last - first + 1;
        s->last = last + 1 == x->answer->size;
        s->response = answer_part(x->answer, first, last);
        s->own = true;
        break;
    case RANGE_UNSATISFIABLE:
        exchange_refuse(x, 416, NULL);
        if (x->answer)
            send_whole(x, s);
        break;
    }
}

static void choose(struct exchange *x, struct sending *s)
{
    bool selectable = x->answer->status == 200 && (x->head || x->req.method == HTTP_GET);
    if (selectable && is_unchanged(x)) {
        s->status = 304;
        s->response = answer_not_modified(x->answer);
        s->own = true;
    } else if (selectable && x->frame.fields[FRAME_RANGE]) {
        send_part(x, s);
    } else {
        send_whole(x, s);
    }
}

void exchange_tell(const struct exchange *x, route_observer *observe)
{
    struct route_seen seen = {
        .request = &x->req,
        .tag = x->answer->tag,
        .tag_len = x->answer->tag_len,
        .status = x->sent_status,
        .from_cache = x->from_cache,
        .head = x->head,
    };
    observe(x->server->options.app, &seen);
}

enum MHD_Result exchange_send(struct exchange *x)
{
    struct sending s = {0};
    x->stage = EXCHANGE_ANSWERED;
    if (!x->answer)
        return MHD_NO;
    choose(x, &s);
    if (!s.response)
        return MHD_NO;
    deadline_enter(&x->deadline, DEADLINE_ANSWER, x->started_ns / 1000000);
    x->sent_status = s.status;
    x->sent_bytes = s.bytes;
    x->sent_last = s.last;
    enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)s.status, s.response);
    if (s.own)
        MHD_destroy_response(s.response);
    const struct route *route = x->match.route;
    if (queued == MHD_YES && x->answer && route && route->observe)
        exchange_tell(x, route->observe);
    return queued;
}
