// The second factor of somebody else's account, taken off by an admin: the phone and the recovery codes are
// lost. It asks for the admin's own password, ends the account's sessions, as the lost phone may hold one,
// and is told at the account's next sign-in (credentials.c).
#include <stdlib.h>
#include <string.h>

#include "content/staff/totp.h"
#include "content/store/store.h"
#include "server/desk/frame/field.h"
#include "server/desk/staff/account_form.h"
#include "server/desk/staff/signin_parts.h"
#include "server/view/view.h"

static const struct field fields[] = {
    {.name = "current",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.accounts.own_password"),
     .hint = VIEW_KEY("desk.accounts.own_password_hint"),
     .autocomplete = "current-password",
     .required = true},
};

struct taking_off {
    struct account account;
    struct actor actor;
};

static enum err load(struct http_request *req, struct taking_off *ret, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    const char *id = request_value(req, "id");
    *ret = (struct taking_off){.actor = desk_actor(req)};
    if (strlen(id) > 18 || strspn(id, "0123456789") != strlen(id))
        return problem_set(problem, ERR_NOT_FOUND, NULL, "there is no such account");
    enum err e = store_reader(app->store, &reader, problem);
    return e ? e : account_load(reader, req->arena, strtoll(id, NULL, 10), &ret->account, problem);
}

static const char *address_of(struct http_request *req, const struct account *account)
{
    return arena_printf(req->arena, "/desk/accounts/%lld", (long long)account->id);
}

// One's own is turned off on its own page; where there is none, there is nothing to ask.
static const char *elsewhere(struct http_request *req, const struct account *account)
{
    if (account->id == desk_user(req)->account.id)
        return "/desk/me/second-factor";
    return account->has_totp ? NULL : address_of(req, account);
}

static enum err send(struct http_request *req, struct http_response *res, const struct account *account,
                     const struct form *form, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    const char *address = address_of(req, account);
    field_put(&screen, form, fields, sizeof fields / sizeof fields[0]);
    context_text(c, c->root, "account", account->name);
    context_text(c, c->root, "back", address);
    screen.title = VIEW_KEY("desk.accounts.factor_off");
    screen.menu = "/desk/accounts";
    return screen_send(&screen, "desk/account-factor", problem);
}

enum err account_factor_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct taking_off t;
    struct form form = form_empty(req->arena);
    enum err e = load(req, &t, problem);
    if (e)
        return e;
    const char *to = elsewhere(req, &t.account);
    return to ? desk_see_other(res, to, problem) : send(req, res, &t.account, &form, problem);
}

static enum err take_off(struct connection *writer, void *arg, struct problem *p)
{
    const struct taking_off *t = arg;
    enum err e = totp_turn_off(writer, t->account.id, &t->actor, p);
    return e ? e : session_end_all(writer, t->account.id, NULL, p);
}

static enum err finish(struct http_request *req, struct http_response *res, struct taking_off *t,
                       struct problem *problem)
{
    enum err e = desk_write(req, take_off, t, problem);
    if (e && e != ERR_NOT_FOUND) // somebody else was quicker
        return e;
    json_t *values = json_pack("{s:s}", "account", t->account.name);
    e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.accounts.factor_off_done"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, address_of(req, &t->account), problem);
}

enum err account_factor_off(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct taking_off t;
    struct form form;
    struct credentials_result result;
    enum err e = load(req, &t, problem);
    if (e)
        return e;
    const char *to = elsewhere(req, &t.account);
    if (to)
        return desk_see_other(res, to, problem);
    e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = credentials_confirm(req, form_value(&form, "current"), &result, problem);
    if (e)
        return e;
    signin_say_confirm(&form, "current", req, res, &result);
    return form.failed ? send(req, res, &t.account, &form, problem) : finish(req, res, &t, problem);
}
