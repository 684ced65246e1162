#include "server/desk/frame/frame.h"

#include <stdlib.h>
#include <string.h>

#include "content/store/store.h"
#include "server/desk/frame/cookies.h"
#include "server/view/view.h"

// --- who

const struct desk_user *desk_user(const struct http_request *req)
{
    return req->user;
}

struct actor desk_actor(const struct http_request *req)
{
    const struct desk_user *user = req->user;
    if (!user)
        return (struct actor){.name = "the desk"};
    return (struct actor){.account_id = user->account.id, .name = user->account.name};
}

bool desk_may_publish(const struct desk_user *user)
{
    return user && account_may_publish(&user->account);
}

enum err desk_may_work_in(struct connection *c, const struct desk_user *user, const char *area, bool *ret,
                          struct problem *p)
{
    if (user->area_count == 0) {
        *ret = true;
        return ERR_NONE;
    }
    return account_may_work_in(c, user->account.id, area, ret, p);
}

const char *const desk_languages[] = {"vi", "en", NULL};

static const char *spoken(const char *tag)
{
    for (size_t i = 0; tag && desk_languages[i]; i++)
        if (strcmp(tag, desk_languages[i]) == 0)
            return desk_languages[i];
    return NULL;
}

const char *desk_language(const struct http_request *req)
{
    const struct desk_user *user = req->user;
    const char *tag = user ? spoken(user->account.language) : NULL;
    if (!tag)
        tag = spoken(cookies_get(req, COOKIES_LANGUAGE));
    if (!tag && req->lang_from != REQUEST_LANG_DEFAULT)
        tag = spoken(req->lang);
    return tag ? tag : desk_languages[0];
}

// --- writing

static enum err write_within(const struct http_request *req, int wait_ms, desk_change *change, void *arg,
                             struct problem *p)
{
    const struct app *app = req->app;
    struct connection *writer = NULL;
    enum err e = store_begin_within(app->store, wait_ms, &writer, p);
    if (e)
        return e;
    e = change(writer, arg, p);
    if (!e)
        return store_commit(app->store, p);
    store_rollback(app->store);
    return e;
}

enum err desk_write(const struct http_request *req, desk_change *change, void *arg, struct problem *p)
{
    return write_within(req, DESK_WAIT_MS, change, arg, p);
}

enum err desk_write_now(const struct http_request *req, desk_change *change, void *arg, struct problem *p)
{
    return write_within(req, 0, change, arg, p);
}

// --- answers

enum err desk_see_other(struct http_response *res, const char *location, struct problem *p)
{
    if (!location)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return response_redirect(res, 303, location, p);
}

enum err desk_json(struct http_response *res, int status, const json_t *value)
{
    cleanup_free char *text = json_dumps(value, JSON_COMPACT);
    if (!text)
        return ERR_MEMORY;
    res->status = status;
    res->content_type = RESPONSE_JSON;
    buf_append_str(&res->body, text);
    return res->body.failed ? ERR_MEMORY : ERR_NONE;
}

bool desk_wants_json(const struct http_request *req)
{
    const char *accept = request_header(req, "Accept");
    return accept && strstr(accept, "application/json");
}

const char *desk_local(const char *next)
{
    static const char home[] = "/desk/", folder[] = "/desk";
    size_t len = strlen(folder);
    if (!next || strncmp(next, folder, len) != 0 || !strchr("/?", next[len]))
        return home;
    for (const char *at = next; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 127 || *at == '\\' || *at == '#')
            return home;
    size_t path = strcspn(next, "?");
    if (memmem(next, path, "//", 2) || memmem(next, path, "/.", 2) || memmem(next, path, "%", 1))
        return home;
    return next;
}
