#include "server/desk/media/media_send.h"

#include <stdlib.h>
#include <string.h>

#include "content/store/store.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/multipart.h"
#include "server/pictures/intake.h"
#include "server/view/view.h"

enum { COMING_SHOWN = 100 };

static struct store *store_of(const struct http_request *req)
{
    const struct app *app = req->app;
    return app->store;
}

static struct intake *intake_of(const struct http_request *req)
{
    const struct app *app = req->app;
    return app->intake;
}

// The site of the address, which the user may work on and change now. Release with site_clear.
static enum err open_site(const struct http_request *req, struct connection *db, struct site *ret,
                          struct problem *p)
{
    cleanup_site struct site site = {.id = 0};
    int64_t id;
    enum err e = sites_id(req, &id);
    if (!e)
        e = sites_load(db, req, req->arena, id, &site, p);
    if (!e)
        e = sites_may_change(desk_user(req), site.state, p);
    if (!e && !intake_of(req))
        e = problem_set(p, ERR_NOT_FOUND, "media-helper", "stele-media was not found");
    if (e)
        return e;
    *ret = site;
    site.details = NULL;
    return ERR_NONE;
}

static enum err put_in(const struct http_request *req, const struct arrival *arrival, struct problem *p)
{
    const struct actor actor = desk_actor(req);
    return intake_put(intake_of(req), arrival, &actor, desk_may_publish(desk_user(req)), p);
}

// --- for scripts

struct sending {
    struct screen screen;
    struct connection *db;
    struct site site;
    struct arrival arrival;
};

static void sending_clear(struct sending *s)
{
    site_clear(&s->site);
    screen_close(&s->screen);
}
#define cleanup_sending CLEANUP(sending_clear)

static enum err sending_open(struct sending *s, struct http_request *req, struct http_response *res,
                             struct problem *p)
{
    enum err e = screen_open_bare(&s->screen, req, res);
    if (!e)
        e = store_reader(store_of(req), &s->db, p);
    return e ? e : open_site(req, s->db, &s->site, p);
}

static enum err find(struct sending *s, struct problem *p)
{
    const struct http_request *req = s->screen.req;
    return arrival_find(s->db, req->arena, s->site.id, desk_user(req)->account.id,
                        request_value(req, "upload"), &s->arrival, p);
}

static enum err answer_json(struct sending *s, int status, json_t *object)
{
    enum err e = object ? desk_json(s->screen.res, status, object) : ERR_MEMORY;
    json_decref(object);
    return e;
}

// A sentence in the desk's language; where the file is already, for who sent a piece to the wrong place.
static enum err answer_failed(struct sending *s, const struct problem *p)
{
    json_t *object = json_pack("{s:s, s:s}", "message", media_tell(&s->screen, p), "code", err_name(p->code));
    if (p->code == ERR_CONFLICT)
        json_object_set_new(object, "received", json_integer(s->arrival.received));
    return answer_json(s, response_status_of(p->code), object);
}

static enum err answer_state(struct sending *s, int status, const struct arrival *arrival,
                             const struct intake_told *told)
{
    static const char *const names[] = {[INTAKE_WAITING] = "waiting",
                                        [INTAKE_MAKING] = "making",
                                        [INTAKE_DONE] = "done",
                                        [INTAKE_FAILED] = "failed"};
    json_t *object = json_pack("{s:s, s:i}", "state", told ? names[told->state] : "coming", "piece",
                               (int)ARRIVAL_PIECE_MAX);
    if (arrival) {
        json_object_set_new(object, "upload", json_string(arrival->token));
        json_object_set_new(object, "received", json_integer(arrival->received));
        json_object_set_new(object, "bytes", json_integer(arrival->bytes));
    }
    if (told && told->state == INTAKE_FAILED) {
        json_object_set_new(object, "message", json_string(media_tell(&s->screen, &told->problem)));
        json_object_set_new(object, "code", json_string(err_name(told->problem.code)));
        json_object_set_new(object, "is_kept", json_boolean(told->is_kept));
    }
    if (told && told->state == INTAKE_DONE)
        json_object_set_new(object, "was_there", json_boolean(told->was_there));
    return answer_json(s, status, object);
}

// What is whole goes in, also when a server before this one was told of it.
static enum err move_on(struct sending *s, int status, struct problem *p)
{
    struct intake_told told;
    const struct http_request *req = s->screen.req;
    if (!arrival_is_whole(&s->arrival))
        return answer_state(s, status, &s->arrival, NULL);
    enum err e = put_in(req, &s->arrival, p);
    if (!e)
        e = intake_ask(intake_of(req), desk_user(req)->account.id, s->arrival.token, &told);
    return e ? e : answer_state(s, status, &s->arrival, &told);
}

enum err media_send_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_sending struct sending s = {.screen = {.req = req}};
    struct form form;
    int64_t bytes = 0;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    e = sending_open(&s, req, res, problem);
    if (e && e != ERR_DENIED && e != ERR_NOT_FOUND)
        return e;
    if (!e && !form_int(&form, "bytes", &bytes))
        e = problem_set(problem, ERR_INVALID, "bytes", "how large the file is, is missing");
    if (!e)
        e = arrival_begin(store_of(req), req->arena, s.site.id, desk_user(req)->account.id,
                          form_line(&form, "name"), bytes, &s.arrival, problem);
    return e ? answer_failed(&s, problem) : answer_state(&s, 201, &s.arrival, NULL);
}

enum err media_send_ask(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_sending struct sending s = {.screen = {.req = req}};
    struct intake_told told;
    enum err e = sending_open(&s, req, res, problem);
    if (e)
        return e;
    if (intake_ask(intake_of(req), desk_user(req)->account.id, request_value(req, "upload"), &told) ==
        ERR_NONE)
        return answer_state(&s, 200, NULL, &told);
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

enum err media_send_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_sending struct sending s = {.screen = {.req = req}};
    enum err e = sending_open(&s, req, res, problem);
    if (!e)
        e = find(&s, problem);
    if (!e)
        e = arrival_add(store_of(req), &s.arrival, offset_of(req), req->body, req->body_len, problem);
    if (is_hopeless(e) && s.arrival.received == 0)
        (void)arrival_drop(store_of(req), &s.arrival, NULL); // else a day later
    if (!e)
        e = move_on(&s, 200, problem);
    if (e == ERR_CONFLICT) // another piece may have come meanwhile
        (void)find(&s, NULL);
    return e ? answer_failed(&s, problem) : ERR_NONE;
}

// What failed because the server was in trouble is tried again, without being sent again.
enum err media_send_again(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_sending struct sending s = {.screen = {.req = req}};
    enum err e = sending_open(&s, req, res, problem);
    if (!e)
        e = find(&s, problem);
    if (e)
        return answer_failed(&s, problem);
    if (desk_wants_json(req))
        return move_on(&s, 200, problem);
    if (arrival_is_whole(&s.arrival))
        e = put_in(req, &s.arrival, problem);
    if (!e)
        intake_wait(intake_of(req), desk_user(req)->account.id, s.site.id);
    return e ? e : media_see(req, res, "", problem);
}

// Also by a form, without scripts; and for what failed: it has been read.
enum err media_send_drop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_sending struct sending s = {.screen = {.req = req}};
    enum err e = sending_open(&s, req, res, problem);
    if (e)
        return e;
    intake_forget(intake_of(req), desk_user(req)->account.id, request_value(req, "upload"));
    e = find(&s, problem);
    if (!e)
        e = arrival_drop(store_of(req), &s.arrival, problem);
    if (e && e != ERR_NOT_FOUND)
        return e;
    if (!desk_wants_json(req))
        return media_see(req, res, "", problem);
    return answer_json(&s, 200, json_pack("{s:b}", "ok", 1));
}

// --- a form with files

static enum err take_file(struct http_request *req, const struct site *site,
                          const struct multipart_part *file, struct problem *p)
{
    struct arrival arrival;
    enum err e = arrival_begin(store_of(req), req->arena, site->id, desk_user(req)->account.id, file->file,
                               (int64_t)file->len, &arrival, p);
    if (e)
        return e;
    for (size_t at = 0; !e && at < file->len;) {
        size_t len = file->len - at < ARRIVAL_PIECE_MAX ? file->len - at : ARRIVAL_PIECE_MAX;
        e = arrival_add(store_of(req), &arrival, (int64_t)at, file->data + at, len, p);
        at += len;
    }
    if (!e)
        e = put_in(req, &arrival, p);
    if (e)
        (void)arrival_drop(store_of(req), &arrival, NULL);
    return e;
}

// Each by itself: one that cannot be taken is told of, and the others go on. An empty choice is a part too.
static size_t take_files(struct http_request *req, const struct site *site, const struct multipart *parts)
{
    const struct actor actor = desk_actor(req);
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const struct multipart_part *file = &parts->items[i];
        struct problem p = PROBLEM_INIT;
        if (!file->file || strcmp(file->name, "files") != 0 ||
            (file->len == 0 && strcmp(file->file, "file") == 0))
            continue;
        if (take_file(req, site, file, &p))
            intake_refuse(intake_of(req), site->id, &actor, file->file, &p);
        count++;
    }
    return count;
}

enum err media_send_form(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_site struct site site = {.id = 0};
    struct multipart parts;
    struct connection *db;
    enum err e = store_reader(store_of(req), &db, problem);
    if (!e)
        e = open_site(req, db, &site, problem);
    if (!e)
        e = multipart_read(req->arena, request_header(req, "Content-Type"), req->body, req->body_len, &parts,
                           problem);
    if (e)
        return e;
    if (take_files(req, &site, &parts) == 0)
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.media.nothing_chosen"), NULL, problem);
    else
        intake_wait(intake_of(req), desk_user(req)->account.id, site.id); // most are done by then
    return e ? e : media_see(req, res, "", problem);
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

static void put_told(struct screen *screen, json_t *list, const struct intake_told *told)
{
    struct context *c = &screen->context;
    json_t *item = put_name(screen, list, told->token, told->name);
    bool failed = told->state == INTAKE_FAILED;
    context_flag(c, item, "is_coming", false);
    context_flag(c, item, "is_failed", failed);
    context_flag(c, item, "is_making", !failed);
    context_flag(c, item, "is_kept", failed && told->is_kept);
    context_text(c, item, "problem", failed ? media_tell(screen, &told->problem) : "");
}

static void put_partly(struct screen *screen, json_t *list, const struct arrival *arrival)
{
    struct context *c = &screen->context;
    json_t *item = put_name(screen, list, arrival->token, arrival->name);
    context_flag(c, item, "is_coming", true);
    context_flag(c, item, "is_failed", false);
    context_flag(c, item, "is_making", false);
    context_flag(c, item, "is_kept", false);
    context_number(c, item, "percent", arrival->received * 100 / arrival->bytes);
}

enum err media_put_coming(struct screen *screen, const struct site *site, struct problem *problem)
{
    struct context *c = &screen->context;
    const struct http_request *req = screen->req;
    json_t *list = context_list(c, c->root, "coming");
    struct arrivals arrivals;
    struct intake_told *told = arena_array(screen->arena, COMING_SHOWN, sizeof *told);
    int64_t account = screen->user->account.id;
    if (!told)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    enum err e = arrival_list(screen->db, screen->arena, site->id, account, &arrivals, problem);
    bool may = intake_of(req) && sites_may_change(screen->user, site->state, NULL) == ERR_NONE;
    for (size_t i = 0; !e && i < arrivals.count; i++)
        if (!arrival_is_whole(&arrivals.items[i]))
            put_partly(screen, list, &arrivals.items[i]);
        else if (may && intake_ask(intake_of(req), account, arrivals.items[i].token, &told[0]))
            (void)put_in(req, &arrivals.items[i], NULL);
    size_t count = may ? intake_list(intake_of(req), account, site->id, told, COMING_SHOWN) : 0;
    bool making = false;
    for (size_t i = 0; i < count; i++) {
        put_told(screen, list, &told[i]);
        making |= told[i].state != INTAKE_FAILED;
    }
    context_flag(c, c->root, "has_coming", json_array_size(list) > 0);
    context_flag(c, c->root, "has_making", making);
    return e;
}
