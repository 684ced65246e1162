#include "server/desk/media/media_send.h"

#include <stdlib.h>
#include <string.h>

#include "content/store/store.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/multipart.h"
#include "server/desk/frame/sending.h"
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

// The site of the address, which the user may work on; and change now where that is asked. Release with
// site_clear.
static enum err open_site(const struct http_request *req, struct connection *db, bool changes,
                          struct site *ret, struct problem *p)
{
    cleanup_site struct site site = {.id = 0};
    int64_t id;
    enum err e = sites_id(req, &id);
    if (!e)
        e = sites_load(db, req, req->arena, id, &site, p);
    if (!e && changes)
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
    return intake_put(intake_of(req), arrival, p);
}

// --- for scripts

static enum err open_place(struct sending *s, bool changes, struct problem *p)
{
    cleanup_site struct site site = {.id = 0};
    s->rules = arrival_media;
    enum err e = open_site(s->screen.req, s->db, changes, &site, p);
    if (!e)
        s->site_id = site.id;
    return e;
}

static enum err take(struct sending *s, struct problem *p)
{
    return put_in(s->screen.req, &s->arrival, p);
}

static enum err ask(struct sending *s, const char *token, struct sending_told *ret, struct problem *p)
{
    static const char *const names[] = {[INTAKE_WAITING] = "waiting",
                                        [INTAKE_MAKING] = "making",
                                        [INTAKE_DONE] = "done",
                                        [INTAKE_FAILED] = "failed"};
    struct intake_told told;
    if (intake_ask(intake_of(s->screen.req), s->screen.user->account.id, token, &told))
        return problem_set(p, ERR_NOT_FOUND, "upload", "nothing is known of this file");
    *ret = (struct sending_told){.state = names[told.state],
                                 .was_there = told.was_there,
                                 .is_kept = told.is_kept,
                                 .problem = told.problem};
    return ERR_NONE;
}

static void forget(struct sending *s, const char *token)
{
    intake_forget(intake_of(s->screen.req), s->screen.user->account.id, token);
}

static enum err see(struct sending *s, bool again, struct problem *p)
{
    if (again)
        intake_wait(intake_of(s->screen.req), s->screen.user->account.id, s->site_id);
    return media_see(s->screen.req, s->screen.res, "", p);
}

static const struct sending_kind media = {
    .open = open_place,
    .take = take,
    .ask = ask,
    .forget = forget,
    .tell = media_tell,
    .see = see,
};

enum err media_send_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_new(&media, req, res, problem);
}

enum err media_send_ask(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_ask(&media, req, res, problem);
}

enum err media_send_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_add(&media, req, res, problem);
}

enum err media_send_again(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_again(&media, req, res, problem);
}

enum err media_send_drop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_drop(&media, req, res, problem);
}

// --- a form with files

static enum err take_file(struct http_request *req, const struct site *site,
                          const struct multipart_part *file, struct problem *p)
{
    struct arrival arrival;
    enum err e = arrival_begin(store_of(req), req->arena, &arrival_media, site->id,
                               desk_user(req)->account.id, file->file, (int64_t)file->len, &arrival, p);
    if (e)
        return e;
    for (size_t at = 0; !e && at < file->len;) {
        size_t len = file->len - at < ARRIVAL_PIECE_MAX ? file->len - at : ARRIVAL_PIECE_MAX;
        e = arrival_add(store_of(req), &arrival_media, &arrival, (int64_t)at, file->data + at, len, p);
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
    int64_t account = desk_user(req)->account.id;
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const struct multipart_part *file = &parts->items[i];
        struct problem p = PROBLEM_INIT;
        if (!file->file || strcmp(file->name, "files") != 0 ||
            (file->len == 0 && strcmp(file->file, "file") == 0))
            continue;
        if (take_file(req, site, file, &p))
            intake_refuse(intake_of(req), site->id, account, file->file, &p);
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
        e = open_site(req, db, true, &site, problem);
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

static void put_told(struct screen *screen, json_t *list, const struct intake_told *told)
{
    bool failed = told->state == INTAKE_FAILED;
    sending_put_told(screen, list, told->token, told->name, failed, failed && told->is_kept,
                     failed ? media_tell(screen, &told->problem) : "");
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
    context_text(c, c->root, "uploads",
                 arena_printf(screen->arena, "/desk/sites/%lld/media/uploads", (long long)site->id));
    for (size_t i = 0; !e && i < arrivals.count; i++)
        if (!arrival_is_whole(&arrivals.items[i]))
            sending_put_partly(screen, list, &arrivals.items[i]);
        else if (may && intake_ask(intake_of(req), account, arrivals.items[i].token, &told[0]))
            (void)put_in(req, &arrivals.items[i], NULL);
    size_t count = intake_of(req) ? intake_list(intake_of(req), account, site->id, told, COMING_SHOWN) : 0;
    bool making = false;
    for (size_t i = 0; i < count; i++) {
        put_told(screen, list, &told[i]);
        making |= told[i].state != INTAKE_FAILED;
    }
    context_flag(c, c->root, "has_coming", json_array_size(list) > 0);
    context_flag(c, c->root, "has_making", making);
    return e;
}
