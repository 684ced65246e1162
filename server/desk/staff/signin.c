// Signing in, in one step or two; signing out; the desk's language.
#include "server/desk/staff/signin.h"

#include <string.h>

#include "common/url.h"
#include "server/desk/frame/cookies.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/staff/credentials.h"
#include "server/desk/staff/signin_parts.h"
#include "server/view/view.h"

static const struct field first_fields[] = {
    {.name = "name",
     .label = VIEW_KEY("desk.signin.name"),
     .autocomplete = "username",
     .max = 64,
     .required = true,
     .focus = true},
    {.name = "password",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.signin.password"),
     .autocomplete = "current-password",
     .required = true},
    {.name = "next", .kind = FIELD_HIDDEN},
};
static const struct field second_fields[] = {
    {.name = "code",
     .label = VIEW_KEY("desk.signin.code"),
     .hint = VIEW_KEY("desk.signin.code_hint"),
     .autocomplete = "one-time-code",
     .inputmode = "numeric",
     .max = 20,
     .required = true,
     .focus = true},
    // Of its own: a phone's keyboard for digits cannot write its letters.
    {.name = "recovery",
     .label = VIEW_KEY("desk.signin.recovery"),
     .hint = VIEW_KEY("desk.signin.recovery_hint"),
     .max = 32},
    {.name = "ticket", .kind = FIELD_HIDDEN},
    {.name = "next", .kind = FIELD_HIDDEN},
};

static enum err send_form(struct http_request *req, struct http_response *res, const struct form *form,
                          bool second, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    if (second)
        field_put(&screen, form, second_fields, sizeof second_fields / sizeof second_fields[0]);
    else
        field_put(&screen, form, first_fields, sizeof first_fields / sizeof first_fields[0]);
    context_flag(&screen.context, screen.context.root, "second", second);
    screen.title = second ? VIEW_KEY("desk.signin.second_title") : VIEW_KEY("desk.signin.title");
    screen.plain = true;
    return screen_send(&screen, "desk/signin", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    const char *next = desk_local(request_param(req, "next"));
    if (desk_user(req))
        return desk_see_other(res, next, problem);
    form_set(&form, "next", next);
    return send_form(req, res, &form, false, problem);
}

static void say_wait(struct form *form, const struct http_request *req, struct http_response *res,
                     int64_t wait)
{
    const char *seconds = arena_printf(req->arena, "%lld", (long long)wait);
    if (seconds)
        response_header(res, "Retry-After", seconds, NULL);
    form_problem_number(form, "", VIEW_KEY("desk.signin.wait"), "count", wait);
    res->status = 429;
}

void signin_say(struct form *form, const struct http_request *req, struct http_response *res,
                const struct credentials_result *result)
{
    static const struct {
        const char *field, *key; // NULL: nothing is wrong
    } said[] = {
        [CREDENTIALS_GOOD] = {NULL},
        [CREDENTIALS_WRONG] = {"", VIEW_KEY("desk.signin.wrong")},
        [CREDENTIALS_WRONG_CODE] = {"code", VIEW_KEY("desk.signin.wrong_code")},
        [CREDENTIALS_WRONG_RECOVERY] = {"code", VIEW_KEY("desk.signin.wrong_recovery")},
        [CREDENTIALS_NEED_CODE] = {NULL},
        [CREDENTIALS_WAIT] = {NULL},
        [CREDENTIALS_OVER] = {"", VIEW_KEY("desk.signin.over")},
    };
    if (result->verdict == CREDENTIALS_WAIT) {
        say_wait(form, req, res, result->wait);
    } else if (said[result->verdict].key) {
        const char *field = said[result->verdict].field;
        bool recovery = strcmp(field, "code") == 0 && !form_has(form, "code") && form_has(form, "recovery");
        form_problem(form, recovery ? "recovery" : field, said[result->verdict].key);
        res->status = 422;
    }
}

bool signin_say_busy(struct form *form, struct http_response *res, const char *key, enum err e)
{
    if (e != ERR_BUSY)
        return false;
    response_header(res, "Retry-After", "10", NULL);
    form_problem(form, "", key);
    res->status = 503;
    return true;
}

void signin_say_confirm(struct form *form, const char *field, const struct http_request *req,
                        struct http_response *res, const struct credentials_result *result)
{
    if (result->verdict == CREDENTIALS_WAIT) {
        say_wait(form, req, res, result->wait);
    } else if (result->verdict != CREDENTIALS_GOOD) {
        form_problem(form, field, VIEW_KEY("desk.me.wrong_password"));
        res->status = 422;
    }
}

static enum err sign_in(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct credentials_result result;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    const struct credentials given = {
        .name = form_line(&form, "name"),
        .password = form_value(&form, "password"),
        .ticket = form_value(&form, "ticket"),
        .code = form_line(&form, form_has(&form, "code") ? "code" : "recovery"),
    };
    e = credentials_check(req, &given, &result, problem);
    if (!e && result.verdict == CREDENTIALS_GOOD) {
        e = credentials_sign_in(req, res, &result.account, NULL, problem);
        if (!e)
            return desk_see_other(res, desk_local(form_value(&form, "next")), problem);
    }
    if (signin_say_busy(&form, res, VIEW_KEY("desk.signin.busy"), e))
        return send_form(req, res, &form, form_has(&form, "ticket"), problem);
    if (e)
        return e;
    signin_say(&form, req, res, &result);
    if (result.ticket)
        form_set(&form, "ticket", result.ticket);
    bool second = result.ticket || (result.verdict == CREDENTIALS_WAIT && form_has(&form, "ticket"));
    return send_form(req, res, &form, second, problem);
}

// --- before it is sent

static enum err nothing(struct connection *writer, void *arg, struct problem *p)
{
    (void)writer, (void)arg, (void)p;
    return ERR_NONE;
}

// {"ready": false} while somebody else writes for long: the page then keeps what was typed, and asks again.
static enum err tell_ready(struct http_request *req, struct http_response *res, struct problem *problem)
{
    enum err e = desk_write(req, nothing, NULL, problem);
    if (e && e != ERR_BUSY)
        return e;
    json_t *answer = json_pack("{s:b}", "ready", e == ERR_NONE);
    e = answer ? desk_json(res, 200, answer) : ERR_MEMORY;
    json_decref(answer);
    return e;
}

// --- out, and the language

static enum err end_session(struct connection *writer, void *arg, struct problem *p)
{
    const struct desk_user *user = arg;
    return session_end(writer, user->session.id, p);
}

static enum err sign_out(struct http_request *req, struct http_response *res, struct problem *problem)
{
    enum err e = desk_write(req, end_session, req->user, problem);
    if (!e)
        e = cookies_set(req, res, COOKIES_SESSION, NULL, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.signin.signed_out"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/sign-in", problem);
}

struct language_change {
    const struct desk_user *user;
    struct actor actor;
    const char *language;
};

static enum err keep_language(struct connection *writer, void *arg, struct problem *p)
{
    const struct language_change *change = arg;
    return account_set_language(writer, change->user->account.id, change->language, &change->actor, p);
}

static enum err set_language(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    const char *language = NULL;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    for (size_t i = 0; !e && desk_languages[i]; i++)
        if (strcmp(desk_languages[i], form_line(&form, "language")) == 0)
            language = desk_languages[i];
    if (!e && !language)
        return problem_set(problem, ERR_INVALID, "language", "the desk does not speak this language");
    struct language_change change = {desk_user(req), desk_actor(req), language};
    if (!e)
        e = cookies_set(req, res, COOKIES_LANGUAGE, language, problem);
    if (!e && change.user)
        e = desk_write(req, keep_language, &change, problem);
    return e ? e : desk_see_other(res, desk_local(form_value(&form, "next")), problem);
}

static const char *const next_param[] = {"next", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/sign-in",
     .handler = show,
     .who = DESK_ANYBODY,
     .flags = DESK_GET,
     .params = next_param},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sign-in",
     .handler = sign_in,
     .who = DESK_ANYBODY,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/sign-in/ready", .handler = tell_ready, .who = DESK_ANYBODY, .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sign-out",
     .handler = sign_out,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/language",
     .handler = set_language,
     .who = DESK_ANYBODY,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_signin_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
