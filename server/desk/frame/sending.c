#include "server/desk/frame/sending.h"

#include <stdlib.h>
#include <string.h>

#include "content/store/store.h"
#include "server/view/view.h"

const char *const sending_params[] = {"offset", NULL};

static int64_t account_of(const struct sending *s)
{
    return s->screen.user->account.id;
}

static void sending_clear(struct sending *s)
{
    screen_close(&s->screen);
}
#define cleanup_sending CLEANUP(sending_clear)

static enum err start(struct sending *s, struct http_request *req, struct http_response *res, bool changes,
                      struct problem *p)
{
    enum err e = screen_open_bare(&s->screen, req, res);
    if (!e)
        e = store_reader(s->screen.app->store, &s->db, p);
    return e ? e : s->kind->open(s, changes, p);
}

static const char *token_of(const struct sending *s)
{
    return request_value(s->screen.req, "upload");
}

static enum err find(struct sending *s, struct problem *p)
{
    return arrival_find(s->db, s->screen.arena, s->site_id, account_of(s), token_of(s), &s->arrival, p);
}

// --- answers

static enum err answer_json(struct sending *s, int status, json_t *object)
{
    enum err e = object ? desk_json(s->screen.res, status, object) : ERR_MEMORY;
    json_decref(object);
    return e;
}

// Where the file is already, for who sent a piece to the wrong place.
static enum err answer_failed(struct sending *s, const struct problem *p)
{
    json_t *object = json_pack("{s:s, s:s, s:s}", "message", s->kind->tell(&s->screen, p), "code",
                               err_name(p->code), "field", p->field);
    if (p->code == ERR_CONFLICT)
        json_object_set_new(object, "received", json_integer(s->arrival.received));
    return answer_json(s, response_status_of(p->code), object);
}

static void put_told(struct sending *s, json_t *object, const struct sending_told *told)
{
    if (strcmp(told->state, "failed") == 0) {
        json_object_set_new(object, "message", json_string(s->kind->tell(&s->screen, &told->problem)));
        json_object_set_new(object, "code", json_string(err_name(told->problem.code)));
        json_object_set_new(object, "is_kept", json_boolean(told->is_kept));
    }
    if (strcmp(told->state, "done") == 0)
        json_object_set_new(object, "was_there", json_boolean(told->was_there));
    if (told->location)
        json_object_set_new(object, "location", json_string(told->location));
}

static enum err answer_state(struct sending *s, int status, const struct arrival *arrival,
                             const struct sending_told *told)
{
    json_t *object =
        json_pack("{s:s, s:i}", "state", told ? told->state : "coming", "piece", (int)ARRIVAL_PIECE_MAX);
    if (arrival) {
        json_object_set_new(object, "upload", json_string(arrival->token));
        json_object_set_new(object, "received", json_integer(arrival->received));
        json_object_set_new(object, "bytes", json_integer(arrival->bytes));
    }
    if (told)
        put_told(s, object, told);
    return answer_json(s, status, object);
}

// What is whole goes in, also when a server before this one was told of it.
static enum err move_on(struct sending *s, int status, struct problem *p)
{
    struct sending_told told = {.state = ""};
    if (!arrival_is_whole(&s->arrival))
        return answer_state(s, status, &s->arrival, NULL);
    enum err e = s->kind->take(s, p);
    if (!e)
        e = s->kind->ask(s, s->arrival.token, &told, p);
    return e ? e : answer_state(s, status, &s->arrival, &told);
}

// --- the routes

static enum err begin(struct sending *s, const struct form *form, struct problem *p)
{
    int64_t bytes = 0;
    const char *name = form_line(form, "name");
    enum err e = form_int(form, "bytes", &bytes)
                     ? ERR_NONE
                     : problem_set(p, ERR_INVALID, "bytes", "how large the file is, is missing");
    if (!e && s->kind->check)
        e = s->kind->check(s, form, name, bytes, p);
    if (!e)
        e = arrival_begin(s->screen.app->store, s->screen.arena, &s->rules, s->site_id, account_of(s), name,
                          bytes, &s->arrival, p);
    if (e || !s->kind->begun)
        return e;
    e = s->kind->begun(s, form, p);
    if (e)
        (void)arrival_drop(s->screen.app->store, &s->arrival, NULL); // else a day later
    return e;
}

enum err sending_new(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem)
{
    cleanup_sending struct sending s = {.kind = kind, .screen = {.req = req}};
    struct form form;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    e = start(&s, req, res, true, problem);
    if (e && e != ERR_DENIED && e != ERR_NOT_FOUND)
        return e;
    if (!e)
        e = begin(&s, &form, problem);
    return e ? answer_failed(&s, problem) : answer_state(&s, 201, &s.arrival, NULL);
}

enum err sending_ask(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem)
{
    cleanup_sending struct sending s = {.kind = kind, .screen = {.req = req}};
    struct sending_told told = {.state = ""};
    enum err e = start(&s, req, res, false, problem);
    if (e)
        return e;
    if (kind->ask(&s, token_of(&s), &told, NULL) == ERR_NONE)
        return answer_state(&s, 200, NULL, &told);
    e = kind->open(&s, true, problem);
    if (!e)
        e = find(&s, problem);
    if (!e)
        e = move_on(&s, 200, problem);
    return e ? answer_failed(&s, problem) : ERR_NONE;
}

// Decimal digits alone; < 0 for what is no offset.
static int64_t offset_of(const struct http_request *req)
{
    const char *text = request_param(req, "offset");
    size_t len = text ? strlen(text) : 0;
    return len && len <= 12 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : -1;
}

// A file that is refused by its first piece is not waited for any longer.
static bool is_hopeless(enum err e)
{
    return e == ERR_UNSUPPORTED || e == ERR_TOO_LARGE;
}

static void drop(struct sending *s)
{
    s->kind->forget(s, s->arrival.token);
    (void)arrival_drop(s->screen.app->store, &s->arrival, NULL); // else a day later
}

enum err sending_add(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem)
{
    cleanup_sending struct sending s = {.kind = kind, .screen = {.req = req}};
    enum err e = start(&s, req, res, true, problem);
    if (!e)
        e = find(&s, problem);
    if (!e)
        e = arrival_add(s.screen.app->store, &s.rules, &s.arrival, offset_of(req), req->body, req->body_len,
                        problem);
    if (is_hopeless(e) && s.arrival.received == 0)
        drop(&s);
    if (!e)
        e = move_on(&s, 200, problem);
    return e ? answer_failed(&s, problem) : ERR_NONE;
}

enum err sending_again(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                       struct problem *problem)
{
    cleanup_sending struct sending s = {.kind = kind, .screen = {.req = req}};
    enum err e = start(&s, req, res, true, problem);
    if (!e)
        e = find(&s, problem);
    if (!e && desk_wants_json(req))
        e = move_on(&s, 200, problem);
    else if (!e && arrival_is_whole(&s.arrival))
        e = kind->take(&s, problem);
    if (desk_wants_json(req))
        return e ? answer_failed(&s, problem) : ERR_NONE;
    return e && e != ERR_NOT_FOUND ? e : kind->see(&s, !e, problem);
}

enum err sending_drop(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                      struct problem *problem)
{
    cleanup_sending struct sending s = {.kind = kind, .screen = {.req = req}};
    enum err e = start(&s, req, res, false, problem);
    if (e)
        return e;
    kind->forget(&s, token_of(&s));
    e = find(&s, problem);
    if (!e)
        e = arrival_drop(s.screen.app->store, &s.arrival, problem);
    if (e && e != ERR_NOT_FOUND)
        return e;
    return desk_wants_json(req) ? answer_json(&s, 200, json_pack("{s:b}", "ok", 1))
                                : kind->see(&s, false, problem);
}

// --- what is on its way

static json_t *put_name(struct screen *screen, json_t *list, const char *token, const char *name)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list);
    context_text(c, item, "upload", token);
    context_text(c, item, "name", name);
    return item;
}

void sending_put_partly(struct screen *screen, json_t *list, const struct arrival *arrival)
{
    struct context *c = &screen->context;
    json_t *item = put_name(screen, list, arrival->token, arrival->name);
    context_flag(c, item, "is_coming", true);
    context_flag(c, item, "is_failed", false);
    context_flag(c, item, "is_making", false);
    context_flag(c, item, "is_kept", false);
    context_number(c, item, "percent", arrival->received * 100 / arrival->bytes);
}

void sending_put_told(struct screen *screen, json_t *list, const char *token, const char *name,
                      bool is_failed, bool is_kept, const char *words)
{
    struct context *c = &screen->context;
    json_t *item = put_name(screen, list, token, name);
    context_flag(c, item, "is_coming", false);
    context_flag(c, item, "is_failed", is_failed);
    context_flag(c, item, "is_making", !is_failed);
    context_flag(c, item, "is_kept", is_kept);
    context_text(c, item, "problem", words);
}
