#include "server/desk/staff/account_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "content/setting.h"
#include "content/staff/link.h"
#include "content/store/store.h"
#include "server/desk/frame/field.h"
#include "server/view/view.h"

static const struct field_option roles[] = {
    {"editor", VIEW_KEY("desk.role.editor"), .hint = VIEW_KEY("desk.accounts.editor_hint")},
    {"field", VIEW_KEY("desk.role.field"), .hint = VIEW_KEY("desk.accounts.field_hint")},
    {"admin", VIEW_KEY("desk.role.admin"), .hint = VIEW_KEY("desk.accounts.admin_hint")},
    {NULL},
};

enum { NAME, ROLE, PUBLISH, AREAS, ENABLED, FIELD_COUNT };
static const struct field shapes[FIELD_COUNT] = {
    [NAME] = {.name = "name",
              .label = VIEW_KEY("desk.accounts.name"),
              .hint = VIEW_KEY("desk.accounts.name_hint"),
              .max = 64,
              .required = true},
    [ROLE] = {.name = "role", .kind = FIELD_RADIO, .label = VIEW_KEY("desk.accounts.role"), .options = roles},
    [PUBLISH] = {.name = "publish",
                 .kind = FIELD_TICK,
                 .label = VIEW_KEY("desk.accounts.publish"),
                 .hint = VIEW_KEY("desk.accounts.publish_hint")},
    [AREAS] = {.name = "areas",
               .kind = FIELD_TICKS,
               .label = VIEW_KEY("desk.accounts.areas"),
               .hint = VIEW_KEY("desk.accounts.areas_hint")},
    [ENABLED] = {.name = "enabled",
                 .kind = FIELD_TICK,
                 .label = VIEW_KEY("desk.accounts.enabled"),
                 .hint = VIEW_KEY("desk.accounts.enabled_hint")},
};

struct editing {
    struct account account; // id 0: a new one
    const char *const *areas;
    size_t area_count;
    struct actor actor;
    char link[LINK_TOKEN_SIZE]; // made for a new one
};

// --- the page

// Areas are offered where there are any, being enabled only for who is there already.
static enum err put_fields(struct screen *screen, const struct form *form, bool is_new,
                           struct problem *problem)
{
    struct field fields[FIELD_COUNT];
    const struct field_option *areas = NULL;
    size_t count = 0;
    enum err e = field_terms(screen, "area", &areas, problem);
    if (e)
        return e;
    for (int i = 0; i < FIELD_COUNT; i++) {
        if ((i == AREAS && !areas->value) || (i == ENABLED && is_new))
            continue;
        fields[count] = shapes[i];
        if (i == AREAS)
            fields[count].options = areas;
        count++;
    }
    field_put(screen, form, fields, count);
    return ERR_NONE;
}

static enum err send(struct http_request *req, struct http_response *res, const struct account *account,
                     const struct form *form, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_fields(&screen, form, account->id == 0, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    context_flag(c, c->root, "is_new", account->id == 0);
    context_text(c, c->root, "action",
                 account->id ? arena_printf(screen.arena, "/desk/accounts/%lld", (long long)account->id)
                             : "/desk/accounts/add");
    context_flag(c, c->root, "waiting", account->id && !account->has_password);
    context_flag(c, c->root, "totp", account->has_totp);
    screen_time(&screen, c->root, "created", account->created_at);
    screen_ago(&screen, c->root, "seen", account->last_seen_at);
    field_answer(&screen, form);
    screen.title = VIEW_KEY("desk.accounts.add");
    screen.title_text = account->id ? account->name : NULL;
    screen.menu = "/desk/accounts";
    return screen_send(&screen, "desk/account", problem);
}

// The link is shown once: the store holds only its hash. It begins as the address that the admin uses.
static enum err send_link(struct http_request *req, struct http_response *res, const struct account *account,
                          const char *token, struct problem *problem)
{
    const char *host = request_header(req, "Host");
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    context_text(c, c->root, "account", account->name);
    context_text(c, c->root, "link",
                 arena_printf(screen.arena, "%s://%s/desk/password/%s", req->is_https ? "https" : "http",
                              host ? host : "", token));
    context_text(c, c->root, "back",
                 arena_printf(screen.arena, "/desk/accounts/%lld", (long long)account->id));
    screen.title = VIEW_KEY("desk.accounts.link_title");
    screen.menu = "/desk/accounts";
    return screen_send(&screen, "desk/account-link", problem);
}

enum err account_form_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct form form = form_empty(req->arena);
    struct connection *reader = NULL;
    json_t *publish = NULL;
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = setting_get(reader, SETTING_PUBLISH, &publish, problem);
    if (e)
        return e;
    form_set(&form, "role", "editor");
    form_set(&form, "publish", json_is_false(publish) ? NULL : "1");
    json_decref(publish);
    return send(req, res, &(struct account){.id = 0}, &form, problem);
}

static enum err load(struct http_request *req, struct editing *ret, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    const char *id = request_value(req, "id"), **areas = NULL;
    *ret = (struct editing){.actor = desk_actor(req)};
    if (strlen(id) > 18 || strspn(id, "0123456789") != strlen(id))
        return problem_set(problem, ERR_NOT_FOUND, NULL, "there is no such account");
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = account_load(reader, req->arena, strtoll(id, NULL, 10), &ret->account, problem);
    if (!e)
        e = account_areas(reader, req->arena, ret->account.id, &areas, &ret->area_count, problem);
    if (!e)
        ret->areas = areas;
    return e;
}

enum err account_form_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct editing editing;
    struct form form = form_empty(req->arena);
    enum err e = load(req, &editing, problem);
    if (e)
        return e;
    form_set(&form, "name", editing.account.name);
    form_set(&form, "role", role_name(editing.account.role));
    form_set(&form, "publish", editing.account.may_publish ? "1" : NULL);
    form_set(&form, "enabled", editing.account.disabled_at ? NULL : "1");
    for (size_t i = 0; i < editing.area_count; i++)
        form_add(&form, "areas", editing.areas[i]);
    return send(req, res, &editing.account, &form, problem);
}

// --- saving

static void take(struct form *form, struct account *account)
{
    account->name = form_line(form, "name");
    account->may_publish = form_has(form, "publish");
    if (!account->id || form_has(form, "enabled"))
        account->disabled_at = 0;
    else if (!account->disabled_at)
        account->disabled_at = clock_now();
    if (!role_from(form_value(form, "role"), &account->role))
        form_problem(form, "role", VIEW_KEY("desk.accounts.role_missing"));
}

static enum err save(struct connection *writer, void *arg, struct problem *p)
{
    struct editing *editing = arg;
    struct account *account = &editing->account;
    bool is_new = account->id == 0;
    enum err e = is_new ? account_add(writer, account, &editing->actor, &account->id, p)
                        : account_update(writer, account, &editing->actor, p);
    if (!e)
        e = account_set_areas(writer, account->id, editing->areas, editing->area_count, &editing->actor, p);
    if (!e && is_new)
        e = link_make(writer, LINK_PASSWORD, account->id, clock_now(), editing->link, p);
    return e;
}

// True when what went wrong is said in the form.
static bool said_in_form(struct form *form, enum err e, const struct problem *problem)
{
    if (e != ERR_INVALID && e != ERR_EXISTS && e != ERR_DENIED)
        return false;
    form_take(form, problem);
    return true;
}

static enum err read_and_save(struct http_request *req, struct form *form, struct editing *editing,
                              struct problem *problem)
{
    enum err e = form_read(req->arena, req->body, req->body_len, form, problem);
    if (e)
        return e;
    take(form, &editing->account);
    editing->areas = form_values(form, "areas", &editing->area_count);
    if (form->failed)
        return ERR_NONE;
    e = desk_write(req, save, editing, problem);
    return said_in_form(form, e, problem) ? ERR_NONE : e;
}

enum err account_form_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = {.failed = false};
    struct editing editing = {.actor = desk_actor(req), .account.language = desk_language(req)};
    enum err e = read_and_save(req, &form, &editing, problem);
    if (e)
        return e;
    if (form.failed)
        return send(req, res, &(struct account){.id = 0}, &form, problem);
    return send_link(req, res, &editing.account, editing.link, problem);
}

enum err account_form_save(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = {.failed = false};
    struct editing editing;
    enum err e = load(req, &editing, problem);
    const struct account before = editing.account;
    if (!e)
        e = read_and_save(req, &form, &editing, problem);
    if (e)
        return e;
    if (form.failed)
        return send(req, res, &before, &form, problem);
    json_t *values = json_pack("{s:s}", "account", editing.account.name);
    e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.accounts.saved"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, "/desk/accounts", problem);
}

static enum err make_link(struct connection *writer, void *arg, struct problem *p)
{
    struct editing *editing = arg;
    return link_make(writer, LINK_PASSWORD, editing->account.id, clock_now(), editing->link, p);
}

enum err account_form_link(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct editing editing;
    enum err e = load(req, &editing, problem);
    if (!e)
        e = desk_write(req, make_link, &editing, problem);
    return e ? e : send_link(req, res, &editing.account, editing.link, problem);
}
