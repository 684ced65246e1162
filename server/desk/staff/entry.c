#include "server/desk/staff/entry.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/url.h"
#include "content/staff/link.h"
#include "content/store/store.h"
#include "server/desk/frame/cookies.h"
#include "server/desk/frame/frame.h"
#include "server/desk/frame/guard.h"
#include "server/desk/frame/screen.h"
#include "server/desk/staff/signin.h"
#include "server/view/view.h"

// --- who asks

static enum err load_user(struct connection *c, struct http_request *req, const char *token,
                          struct problem *problem)
{
    struct desk_user *user = arena_alloc(req->arena, sizeof *user);
    const char **areas = NULL;
    if (!user)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    enum err e = session_find(c, req->arena, token, clock_now(), &user->session, problem);
    if (!e)
        e = account_load(c, req->arena, user->session.account_id, &user->account, problem);
    if (!e)
        e = account_areas(c, req->arena, user->account.id, &areas, &user->area_count, problem);
    if (e)
        return e;
    user->areas = areas;
    req->user = user;
    return ERR_NONE;
}

// No session is no failure: req->user stays NULL.
static enum err find_user(struct http_request *req, struct problem *problem)
{
    const struct app *app = req->app;
    const char *token = cookies_get(req, COOKIES_SESSION);
    struct connection *reader = NULL;
    if (!token)
        return ERR_NONE;
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = load_user(reader, req, token, problem);
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err touch(struct connection *writer, void *arg, struct problem *p)
{
    return session_touch(writer, arg, clock_now(), p);
}

// That somebody was here is not worth an error page when it cannot be written.
static void touch_session(const struct http_request *req)
{
    struct desk_user *user = req->user;
    if (user && (req->route->flags & ROUTE_WORKER) && session_is_due(&user->session, clock_now()))
        (void)desk_write_now(req, touch, &user->session, NULL);
}

// --- where it comes from

static bool changes(const struct http_request *req)
{
    return req->method != HTTP_GET && req->method != HTTP_HEAD && req->method != HTTP_OPTIONS;
}

static bool has_token(const struct http_request *req)
{
    char from_form[SESSION_CSRF_SIZE];
    const struct desk_user *user = req->user;
    const char *token = request_header(req, "X-CSRF-Token");
    if (!token && guard_form_token(request_header(req, "Content-Type"), req->body, req->body_len, from_form))
        token = from_form;
    if (!token)
        return false;
    if (user && session_csrf_fits(&user->session, token))
        return true;
    return (req->route->who & DESK_ANYBODY) && guard_token_fits(token, cookies_get(req, COOKIES_START));
}

static enum err check_change(struct http_request *req, struct problem *problem)
{
    const struct app *app = req->app;
    if (!guard_same_origin(request_header(req, "Sec-Fetch-Site"), request_header(req, "Origin"),
                           request_header(req, "Host"), app->base_url))
        return problem_set(problem, ERR_DENIED, "origin",
                           "the request does not come from a page of this server");
    if (!has_token(req))
        return problem_set(problem, ERR_DENIED, "csrf",
                           "the form's token is missing or no longer good: open the page again");
    return ERR_NONE;
}

// --- the guard

static enum err send_to_sign_in(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_buf struct buf location = BUF_INIT;
    buf_append_str(&location, "/desk/sign-in?next=");
    url_encode(&location, req->path, strlen(req->path));
    if (*req->query) {
        buf_append_str(&location, "%3F");
        url_encode(&location, req->query, strlen(req->query));
    }
    if (location.failed)
        return ERR_MEMORY;
    return response_redirect(res, 303, arena_strdup(req->arena, location.data), problem);
}

// Always a failure for the caller: the handler is not to be asked.
static enum err ask_to_sign_in(struct http_request *req, struct http_response *res, struct problem *problem)
{
    problem_set(problem, ERR_DENIED, "session",
                "nobody is signed in, or the session has ended: sign in again");
    if (!changes(req) && !desk_wants_json(req))
        (void)send_to_sign_in(req, res, NULL);
    else if (!signin_offer_to_resume(req, res))
        response_error(res, 401, problem);
    return ERR_DENIED;
}

enum err desk_guard(struct http_request *req, struct http_response *res, struct problem *problem)
{
    unsigned who = req->route->who;
    res->cache_control = "private, no-store";
    response_header(res, "Referrer-Policy", "same-origin", NULL);
    enum err e = find_user(req, problem);
    if (e)
        return e;
    touch_session(req);
    if (!guard_may(who, req->user)) {
        if (!req->user)
            return ask_to_sign_in(req, res, problem);
        return problem_set(problem, ERR_DENIED, "role", "this part of the desk is not for the role \"%s\"",
                           role_name(((struct desk_user *)req->user)->account.role));
    }
    return changes(req) ? check_change(req, problem) : ERR_NONE;
}

enum http_admitted desk_admit(struct http_request *req)
{
    bool found = find_user(req, NULL) == ERR_NONE && req->user;
    if (found && guard_may(req->route->who, req->user))
        return HTTP_ADMIT;
    bool was_here = cookies_get(req, COOKIES_SESSION) || cookies_get(req, COOKIES_START);
    return was_here ? HTTP_ADMIT_SPARINGLY : HTTP_ADMIT_NOBODY;
}

// --- errors

static const char *told(int status, const struct problem *problem)
{
    static const struct {
        int status;
        const char *field; // of the problem; NULL: any
        const char *key;
    } known[] = {
        {401, NULL, VIEW_KEY("desk.error.session")},   {403, "csrf", VIEW_KEY("desk.error.token")},
        {403, "origin", VIEW_KEY("desk.error.token")}, {403, "state", VIEW_KEY("desk.error.state")},
        {403, "area", VIEW_KEY("desk.error.area")},    {403, NULL, VIEW_KEY("desk.error.denied")},
        {404, NULL, VIEW_KEY("desk.error.not_found")}, {409, NULL, VIEW_KEY("desk.error.conflict")},
        {413, NULL, VIEW_KEY("desk.error.too_large")}, {503, NULL, VIEW_KEY("desk.error.busy")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].status == status && (!known[i].field || strcmp(known[i].field, problem->field) == 0))
            return known[i].key;
    return status >= 500 ? VIEW_KEY("desk.error.failed") : VIEW_KEY("desk.error.wrong");
}

static enum err tell_page(struct screen *screen, const struct problem *problem)
{
    struct context *c = &screen->context;
    int status = screen->res->status;
    screen_message(screen, c->root, "text", told(status, problem), NULL);
    context_number(c, c->root, "status", status);
    if (status >= 500)
        context_text(c, c->root, "request_id", screen->req->id);
    screen->title = VIEW_KEY("desk.error.title");
    screen->plain = !screen->user;
    return screen_send(screen, "desk/error", NULL);
}

static enum err tell_script(struct screen *screen, const struct problem *problem)
{
    int status = screen->res->status;
    json_t *object =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "status", status, "error", response_status_text(status),
                  "code", problem->code ? err_name(problem->code) : "", "field", problem->field, "message",
                  screen_words(screen, told(status, problem), NULL), "id", screen->req->id);
    enum err e = object ? desk_json(screen->res, status, object) : ERR_MEMORY;
    json_decref(object);
    return e;
}

static enum err tell_plainly(struct screen *screen, const struct problem *problem)
{
    struct http_response *res = screen->res;
    res->content_type = RESPONSE_TEXT;
    buf_printf(&res->body, "%d %s\n%s\n(%s)\n", res->status, response_status_text(res->status),
               screen_words(screen, told(res->status, problem), NULL), screen->req->id);
    return ERR_NONE;
}

enum err desk_error_page(struct http_request *req, const struct problem *problem, struct http_response *res)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open_bare(&screen, req, res);
    if (e)
        return e;
    res->cache_control = "private, no-store";
    if (request_wants_html(req))
        return tell_page(&screen, problem);
    return desk_wants_json(req) ? tell_script(&screen, problem) : tell_plainly(&screen, problem);
}

// --- the first admin

enum err desk_first_link(struct store *store, char ret[DESK_FIRST_SIZE], struct problem *p)
{
    struct connection *writer = NULL;
    char token[LINK_TOKEN_SIZE];
    int64_t admins = 0;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = account_count_admins(writer, &admins, p);
    if (!e && admins == 0)
        e = link_make(writer, LINK_FIRST_ADMIN, 0, clock_now(), token, p);
    if (e) {
        store_rollback(store);
        return e;
    }
    e = store_commit(store, p);
    if (!e && admins == 0)
        snprintf(ret, DESK_FIRST_SIZE, "/desk/first/%s", token);
    else if (!e)
        ret[0] = '\0';
    return e;
}
