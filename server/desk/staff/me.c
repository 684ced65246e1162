// One's own account: where one is signed in, and the password.
#include <sodium.h>
#include <string.h>

#include "common/clock.h"
#include "content/staff/password.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/staff/credentials.h"
#include "server/desk/staff/signin_parts.h"
#include "server/view/view.h"

static const struct field password_fields[] = {
    {.name = "current",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.me.current"),
     .autocomplete = "current-password",
     .required = true},
    {.name = "password",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.me.new"),
     .hint = VIEW_KEY("desk.links.password_hint"),
     .autocomplete = "new-password",
     .required = true},
};

// --- the page

static void put_session(struct screen *screen, json_t *list, const struct session *session)
{
    struct context *c = &screen->context;
    char id[2 * SESSION_ID_SIZE + 1];
    json_t *item = context_item(c, list);
    context_text(c, item, "session", sodium_bin2hex(id, sizeof id, session->id, SESSION_ID_SIZE));
    context_text(c, item, "device", session->device);
    context_flag(c, item, "current", memcmp(session->id, screen->user->session.id, SESSION_ID_SIZE) == 0);
    screen_ago(screen, item, "seen", session->last_seen_at);
    screen_time(screen, item, "since", session->created_at);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct sessions sessions;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = session_list(screen.db, screen.arena, screen.user->account.id, clock_now(), &sessions, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    json_t *list = context_list(c, c->root, "sessions");
    for (size_t i = 0; i < sessions.count; i++)
        put_session(&screen, list, &sessions.items[i]);
    context_flag(c, c->root, "several", sessions.count > 1);
    context_flag(c, c->root, "totp", screen.user->account.has_totp);
    context_flag(c, c->root, "at_me", true);
    screen.title = VIEW_KEY("desk.me.title");
    screen.menu = "/desk/me";
    return screen_send(&screen, "desk/me", problem);
}

// --- signing other places out

struct ending {
    const struct desk_user *user;
    unsigned char id[SESSION_ID_SIZE];
    bool all;
};

// Only one's own: a session of somebody else is as if not there.
static enum err end_sessions(struct connection *writer, void *arg, struct problem *p)
{
    const struct ending *ending = arg;
    const struct desk_user *user = ending->user;
    struct sessions sessions;
    cleanup_arena struct arena a = ARENA_INIT;
    if (ending->all)
        return session_end_all(writer, user->account.id, user->session.id, p);
    enum err e = session_list(writer, &a, user->account.id, clock_now(), &sessions, p);
    for (size_t i = 0; !e && i < sessions.count; i++)
        if (memcmp(sessions.items[i].id, ending->id, SESSION_ID_SIZE) == 0)
            return session_end(writer, ending->id, p);
    return e;
}

static enum err end(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct ending ending = {.user = desk_user(req)};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    const char *id = form_line(&form, "session");
    ending.all = strcmp(id, "others") == 0;
    if (!ending.all && sodium_hex2bin(ending.id, sizeof ending.id, id, strlen(id), NULL, NULL, NULL) != 0)
        return problem_set(problem, ERR_INVALID, "session", "this is no session");
    e = desk_write(req, end_sessions, &ending, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.me.ended"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/me", problem);
}

// --- the password

struct new_password {
    const struct desk_user *user;
    struct actor actor;
    char hash[PASSWORD_HASH_SIZE];
};

static enum err keep_password(struct connection *writer, void *arg, struct problem *p)
{
    const struct new_password *n = arg;
    return account_set_password(writer, n->user->account.id, n->hash, n->user->session.id, &n->actor, p);
}

static enum err send_password_form(struct http_request *req, struct http_response *res,
                                   const struct form *form, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    field_put(&screen, form, password_fields, sizeof password_fields / sizeof password_fields[0]);
    screen.title = VIEW_KEY("desk.me.password_title");
    screen.menu = "/desk/me/password";
    return screen_send(&screen, "desk/me-password", problem);
}

static enum err show_password(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return send_password_form(req, res, &form, problem);
}

static enum err check_new(struct http_request *req, struct http_response *res, struct form *form,
                          struct problem *problem)
{
    struct credentials_result result;
    const char *password = form_value(form, "password");
    enum err e = password_check(password ? password : "", desk_user(req)->account.name, problem);
    if (e == ERR_INVALID)
        form_take(form, problem);
    else if (e)
        return e;
    e = credentials_confirm(req, form_value(form, "current"), &result, problem);
    if (!e)
        signin_say_confirm(form, "current", req, res, &result);
    if (!e && form->failed && res->status == 200)
        res->status = 422;
    return e;
}

static enum err set_password(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct new_password change = {.user = desk_user(req), .actor = desk_actor(req)};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = check_new(req, res, &form, problem);
    if (e)
        return e;
    if (form.failed)
        return send_password_form(req, res, &form, problem);
    e = password_hash(form_value(&form, "password"), change.hash, problem);
    if (!e)
        e = desk_write(req, keep_password, &change, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.me.password_done"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/me", problem);
}

#define FORM .who = DESK_SIGNED_IN, .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT

static const struct route rows[] = {
    {.pattern = "/desk/me", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET},
    {.methods = ROUTE_POST, .pattern = "/desk/me/sessions/end", .handler = end, FORM},
    {.pattern = "/desk/me/password", .handler = show_password, .who = DESK_SIGNED_IN, .flags = DESK_GET},
    {.methods = ROUTE_POST, .pattern = "/desk/me/password", .handler = set_password, FORM},
};

const struct route_table desk_me_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
