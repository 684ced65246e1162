// A session that ended while somebody was typing: the password is asked for in place, and the work goes on.
// With scripts by a dialog (desk.js), without them by a page that carries what was typed.
#include <string.h>
#include <strings.h>

#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/staff/credentials.h"
#include "server/desk/staff/signin.h"
#include "server/desk/staff/signin_parts.h"
#include "server/http/http.h"
#include "server/view/view.h"

#define KEPT "keep."

enum { RESUME_LIMIT = HTTP_BODY_LENT }; // what the form that it carries along had

static const struct field fields[] = {
    {.name = "again-name",
     .label = VIEW_KEY("desk.signin.name"),
     .autocomplete = "username",
     .required = true},
    {.name = "again-password",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.signin.password"),
     .autocomplete = "current-password",
     .required = true},
    {.name = "again-code",
     .label = VIEW_KEY("desk.signin.code"),
     .hint = VIEW_KEY("desk.again.code_hint"),
     .autocomplete = "one-time-code", // or a recovery code: letters too
     .optional = true},
};

// --- without scripts

static void put_kept(struct screen *screen, const struct form *form, const char *prefix, bool strip)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "kept");
    size_t skip = strip ? strlen(KEPT) : 0;
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->items[i].name;
        if (strcmp(name, "csrf") == 0 || (strip && strncmp(name, KEPT, skip) != 0))
            continue;
        json_t *item = context_item(c, list);
        context_text(c, item, "name", arena_printf(screen->arena, "%s%s", prefix, name + skip));
        context_text(c, item, "value", form->items[i].value);
    }
}

static enum err send_question(struct screen *screen, const struct form *form, const char *to, bool fresh,
                              struct problem *problem)
{
    struct context *c = &screen->context;
    field_put(screen, form, fields, sizeof fields / sizeof fields[0]);
    put_kept(screen, form, KEPT, !fresh);
    context_text(c, c->root, "to", to);
    screen->title = VIEW_KEY("desk.again.title");
    screen->plain = true;
    return screen_send(screen, "desk/again", problem);
}

// Filters that live in the address are part of what was asked for.
static const char *target_of(const struct http_request *req)
{
    const char *target = *req->query ? arena_printf(req->arena, "%s?%s", req->path, req->query) : req->path;
    return target ? target : req->path;
}

bool signin_offer_to_resume(struct http_request *req, struct http_response *res)
{
    const char *type = request_header(req, "Content-Type");
    static const char urlencoded[] = "application/x-www-form-urlencoded";
    struct form form;
    cleanup_screen struct screen screen = {.req = req};
    if (req->method != HTTP_POST || desk_wants_json(req) || !request_wants_html(req) || !type ||
        strncasecmp(type, urlencoded, strlen(urlencoded)) != 0)
        return false;
    if (form_read(req->arena, req->body, req->body_len, &form, NULL) ||
        screen_open(&screen, req, res, NULL) || send_question(&screen, &form, target_of(req), true, NULL))
        return false;
    res->status = 401;
    return true;
}

static enum err send_resumed(struct http_request *req, struct http_response *res, const struct form *form,
                             const char *csrf, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    put_kept(&screen, form, "", true);
    context_text(c, c->root, "to", desk_local(form_value(form, "to")));
    context_text(c, c->root, "new_csrf", csrf);
    screen.title = VIEW_KEY("desk.again.resumed_title");
    screen.plain = true;
    return screen_send(&screen, "desk/resumed", problem);
}

// What the fields of a form that signs in again are called: beside the fields of a form that was under way
// they have a prefix of their own.
struct names {
    const char *name, *password, *code;
};
static const struct names own_form_names = {"name", "password", "code"};
static const struct names kept_form_names = {"again-name", "again-password", "again-code"};

// Signs in when the form is right. *ret_csrf, the new session's token, is set with CREDENTIALS_GOOD alone.
static enum err try_again(struct http_request *req, struct http_response *res, const struct names *names,
                          const struct form *form, struct credentials_result *ret_result,
                          const char **ret_csrf, struct problem *problem)
{
    const struct credentials given = {.name = form_line(form, names->name),
                                      .password = form_value(form, names->password),
                                      .code = form_line(form, names->code)};
    enum err e = credentials_check(req, &given, ret_result, problem);
    if (!e && ret_result->verdict == CREDENTIALS_GOOD)
        e = credentials_sign_in(req, res, &ret_result->account, ret_csrf, problem);
    return e;
}

static void say_why(struct form *form, const struct http_request *req, struct http_response *res,
                    const struct credentials_result *result)
{
    signin_say(form, req, res, result);
    if (result->verdict == CREDENTIALS_NEED_CODE)
        form_problem(form, "again-code", VIEW_KEY("desk.again.need_code"));
}

static enum err resume(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct credentials_result result;
    const char *csrf = NULL;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    e = try_again(req, res, &kept_form_names, &form, &result, &csrf, problem);
    if (!e && result.verdict == CREDENTIALS_GOOD)
        return send_resumed(req, res, &form, csrf, problem);
    if (!signin_say_busy(&form, res, VIEW_KEY("desk.signin.busy"), e)) {
        if (e)
            return e;
        say_why(&form, req, res, &result);
        field_answer(&(struct screen){.res = res}, &form);
    }
    cleanup_screen struct screen screen = {.req = req};
    e = screen_open(&screen, req, res, problem);
    return e ? e : send_question(&screen, &form, desk_local(form_value(&form, "to")), false, problem);
}

// --- with scripts: {"need_code": false, "message": "…", "busy": false}, or the new token. `busy`: nothing
// was tried, and the script tries once more by itself.

// {"signed_in": true, "csrf": "…", "account": 12, "name": "…"}: with the token that forms need now, and whose
// it is: a page of another account must not use it. Before signing in, the token for POST
// /desk/sign-in/again.
static enum err tell_session(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct desk_user *user = desk_user(req);
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open_bare(&screen, req, res);
    if (!e)
        e = screen_put_token(&screen, problem);
    if (e)
        return e;
    context_flag(&screen.context, screen.context.root, "signed_in", user != NULL);
    context_text(&screen.context, screen.context.root, "name", user ? user->account.name : NULL);
    if (user)
        context_number(&screen.context, screen.context.root, "account", user->account.id);
    return screen.context.failed ? ERR_MEMORY : desk_json(res, 200, screen.context.root);
}

static enum err tell_failure(struct http_request *req, struct http_response *res, const struct form *form,
                             const struct credentials_result *result, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open_bare(&screen, req, res);
    if (e)
        return e;
    static const short statuses[] = {429, 503};
    bool code = result->verdict == CREDENTIALS_NEED_CODE || result->verdict == CREDENTIALS_WRONG_CODE;
    int status = 401;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        status = res->status == statuses[i] ? statuses[i] : status;
    field_put(&screen, form, fields, sizeof fields / sizeof fields[0]);
    json_t *first =
        json_array_get(json_object_get(json_object_get(screen.context.root, "problems"), "items"), 0);
    const char *text = json_string_value(json_object_get(first, "text"));
    json_t *answer =
        json_pack("{s:b, s:s, s:b}", "need_code", code, "message", text ? text : "", "busy", status == 503);
    e = answer ? desk_json(res, status, answer) : ERR_MEMORY;
    json_decref(answer);
    (void)problem;
    return e;
}

static enum err sign_in_again(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct credentials_result result = {.verdict = CREDENTIALS_WRONG};
    const char *csrf = NULL;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    e = try_again(req, res, &own_form_names, &form, &result, &csrf, problem);
    if (signin_say_busy(&form, res, VIEW_KEY("desk.signin.waits"), e))
        return tell_failure(req, res, &form, &result, problem);
    if (e)
        return e;
    if (result.verdict != CREDENTIALS_GOOD) {
        say_why(&form, req, res, &result);
        return tell_failure(req, res, &form, &result, problem);
    }
    json_t *answer = json_pack("{s:s, s:s}", "csrf", csrf, "name", result.account.name);
    e = answer ? desk_json(res, 200, answer) : ERR_MEMORY;
    json_decref(answer);
    return e;
}

static const struct route rows[] = {
    {.pattern = "/desk/session", .handler = tell_session, .who = DESK_ANYBODY, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sign-in/again",
     .handler = sign_in_again,
     .who = DESK_ANYBODY,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sign-in/resume",
     .handler = resume,
     .who = DESK_ANYBODY,
     .flags = DESK_POST,
     .body_limit = RESUME_LIMIT},
};

const struct route_table desk_again_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
