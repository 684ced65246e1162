// One-time links: the first admin's, and the one that sets a password.
#include <string.h>

#include "common/clock.h"
#include "content/staff/link.h"
#include "content/staff/password.h"
#include "content/store/store.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/staff/credentials.h"
#include "server/view/view.h"

static const struct field first_fields[] = {
    {.name = "name",
     .label = VIEW_KEY("desk.links.name"),
     .hint = VIEW_KEY("desk.links.name_hint"),
     .autocomplete = "username",
     .max = 64,
     .required = true,
     .focus = true},
    {.name = "password",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.links.password"),
     .hint = VIEW_KEY("desk.links.password_hint"),
     .autocomplete = "new-password",
     .required = true},
};
static const struct field password_fields[] = {
    {.name = "password",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.links.password"),
     .hint = VIEW_KEY("desk.links.password_hint"),
     .autocomplete = "new-password",
     .required = true,
     .focus = true},
};

// What each kind of link asks for.
static const struct {
    const struct field *fields;
    size_t count;
    const char *title, *lead, *go;
} kinds[] = {
    [LINK_FIRST_ADMIN] = {first_fields, sizeof first_fields / sizeof first_fields[0],
                          VIEW_KEY("desk.links.first_title"), VIEW_KEY("desk.links.first_lead"),
                          VIEW_KEY("desk.links.first_go")},
    [LINK_PASSWORD] = {password_fields, sizeof password_fields / sizeof password_fields[0],
                       VIEW_KEY("desk.links.password_title"), VIEW_KEY("desk.links.password_lead"),
                       VIEW_KEY("desk.links.password_go")},
};

struct opening {
    const struct http_request *req;
    const char *token;
    enum link_purpose purpose;
    struct account account; // of a password link; to be made of a first admin's
    char hash[PASSWORD_HASH_SIZE];
};

// The first admin may have been made otherwise meanwhile: by `stele user add`, or by a second server.
static enum err check_none_yet(struct connection *c, enum link_purpose purpose, struct problem *p)
{
    int64_t admins = 0;
    enum err e = purpose == LINK_FIRST_ADMIN ? account_count_admins(c, &admins, p) : ERR_NONE;
    return e || !admins ? e : problem_set(p, ERR_NOT_FOUND, NULL, "there is an admin already");
}

// ERR_NOT_FOUND: the link is not, or no longer, good.
static enum err open_link(struct http_request *req, enum link_purpose purpose, struct opening *ret,
                          struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    enum link_purpose found;
    int64_t account_id;
    *ret = (struct opening){.req = req, .token = request_value(req, "token"), .purpose = purpose};
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = link_find(reader, ret->token, clock_now(), &found, &account_id, problem);
    if (!e && found != purpose)
        e = problem_set(problem, ERR_NOT_FOUND, NULL, "the link is of another kind");
    if (!e)
        e = check_none_yet(reader, purpose, problem);
    return e || !account_id ? e : account_load(reader, req->arena, account_id, &ret->account, problem);
}

static enum err send_over(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    res->status = 404;
    screen.title = VIEW_KEY("desk.links.over_title");
    screen.plain = true;
    return screen_send(&screen, "desk/link-over", problem);
}

static enum err send_form(struct http_request *req, struct http_response *res, const struct opening *o,
                          const struct form *form, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    context_text(c, c->root, "account", o->purpose == LINK_PASSWORD ? o->account.name : NULL);
    context_text(c, c->root, "action", req->path);
    screen_message(&screen, c->root, "lead", kinds[o->purpose].lead, NULL);
    screen_message(&screen, c->root, "go", kinds[o->purpose].go, NULL);
    field_put(&screen, form, kinds[o->purpose].fields, kinds[o->purpose].count);
    field_answer(&screen, form);
    screen.title = kinds[o->purpose].title;
    screen.plain = true;
    return screen_send(&screen, "desk/link", problem);
}

static enum err show(struct http_request *req, struct http_response *res, enum link_purpose purpose,
                     struct problem *problem)
{
    struct opening o;
    struct form form = form_empty(req->arena);
    enum err e = open_link(req, purpose, &o, problem);
    if (e == ERR_NOT_FOUND)
        return send_over(req, res, problem);
    return e ? e : send_form(req, res, &o, &form, problem);
}

// --- using it

static enum err use(struct connection *writer, void *arg, struct problem *p)
{
    struct opening *o = arg;
    enum err e = check_none_yet(writer, o->purpose, p);
    if (!e)
        e = link_use(writer, o->token, clock_now(), p);
    struct actor actor = {.account_id = o->account.id, .name = o->account.name};
    if (!e && o->purpose == LINK_FIRST_ADMIN)
        e = account_add(writer, &o->account, &actor, &o->account.id, p);
    actor.account_id = o->account.id;
    return e ? e : account_set_password(writer, o->account.id, o->hash, NULL, &actor, p);
}

// ERR_INVALID, ERR_EXISTS: said in the form.
static enum err take(struct opening *o, struct form *form, struct problem *problem)
{
    const char *password = form_value(form, "password");
    if (o->purpose == LINK_FIRST_ADMIN)
        o->account = (struct account){.name = form_line(form, "name"),
                                      .role = ROLE_ADMIN,
                                      .may_publish = true,
                                      .language = desk_language(o->req)};
    enum err e = password_check(password ? password : "", o->account.name, problem);
    if (!e)
        e = password_hash(password, o->hash, problem);
    if (!e)
        e = desk_write(o->req, use, o, problem);
    if (e == ERR_INVALID || e == ERR_EXISTS)
        form_take(form, problem);
    return e;
}

// In one go where there is no second factor.
static enum err go_on(struct http_request *req, struct http_response *res, const struct account *account,
                      const char *words, struct problem *problem)
{
    bool straight = !account->has_totp && !account->disabled_at;
    enum err e = desk_flash(req, res, DESK_DONE, words, NULL, problem);
    if (!e && straight) // whose own words, if it has any, matter more
        e = credentials_sign_in(req, res, account, NULL, problem);
    return e ? e : desk_see_other(res, straight ? "/desk/" : "/desk/sign-in", problem);
}

static enum err answer(struct http_request *req, struct http_response *res, enum link_purpose purpose,
                       struct problem *problem)
{
    struct opening o;
    struct form form;
    enum err e = open_link(req, purpose, &o, problem);
    if (!e)
        e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = take(&o, &form, problem);
    if (e == ERR_NOT_FOUND)
        return send_over(req, res, problem);
    if (e == ERR_INVALID || e == ERR_EXISTS)
        return send_form(req, res, &o, &form, problem);
    if (e)
        return e;
    return go_on(req, res, &o.account,
                 purpose == LINK_FIRST_ADMIN ? VIEW_KEY("desk.links.first_done")
                                             : VIEW_KEY("desk.links.password_done"),
                 problem);
}

static enum err show_first(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return show(req, res, LINK_FIRST_ADMIN, problem);
}

static enum err make_first(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return answer(req, res, LINK_FIRST_ADMIN, problem);
}

static enum err show_password(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return show(req, res, LINK_PASSWORD, problem);
}

static enum err set_password(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return answer(req, res, LINK_PASSWORD, problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/first/{token}",
     .handler = show_first,
     .who = DESK_ANYBODY,
     .flags = DESK_GET | ROUTE_SECRET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/first/{token}",
     .handler = make_first,
     .who = DESK_ANYBODY,
     .flags = DESK_POST | ROUTE_SECRET,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/password/{token}",
     .handler = show_password,
     .who = DESK_ANYBODY,
     .flags = DESK_GET | ROUTE_SECRET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/password/{token}",
     .handler = set_password,
     .who = DESK_ANYBODY,
     .flags = DESK_POST | ROUTE_SECRET,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_links_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
