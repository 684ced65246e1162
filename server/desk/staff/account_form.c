#include "server/desk/staff/account_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hash.h"
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

// What the form showed, so that nothing is overwritten that nobody saw.
#define SEEN "seen"

enum { NAME, ROLE, PUBLISH, AREAS, ENABLED, SHOWN, FIELD_COUNT };
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
    [SHOWN] = {.name = SEEN, .kind = FIELD_HIDDEN},
};

struct editing {
    struct http_request *req;
    struct account account; // id 0: a new one
    const char *const *areas;
    size_t area_count;
    struct actor actor;
    char link[LINK_TOKEN_SIZE]; // made for a new one
    const struct form *form;    // what is to be saved
};

static void make_mark(const struct editing *editing, char ret[HASH_HEX_SIZE])
{
    const struct account *account = &editing->account;
    const char state[] = {(char)('0' + account->role), account->may_publish ? 'p' : '-',
                          account->disabled_at ? 'd' : '-'};
    struct hash h;
    hash_start(&h);
    hash_add(&h, state, sizeof state);
    hash_add(&h, account->name, strlen(account->name) + 1);
    for (size_t i = 0; i < editing->area_count; i++)
        hash_add(&h, editing->areas[i], strlen(editing->areas[i]) + 1);
    hash_end(&h, ret);
}

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
        if ((i == AREAS && !areas->value) || ((i == ENABLED || i == SHOWN) && is_new))
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

static enum err load_from(struct connection *c, struct editing *editing, int64_t id, struct problem *problem)
{
    const char **areas = NULL;
    enum err e = account_load(c, editing->req->arena, id, &editing->account, problem);
    if (!e)
        e = account_areas(c, editing->req->arena, id, &areas, &editing->area_count, problem);
    if (!e)
        editing->areas = areas;
    return e;
}

static enum err load(struct http_request *req, struct editing *ret, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    const char *id = request_value(req, "id");
    *ret = (struct editing){.req = req, .actor = desk_actor(req)};
    if (strlen(id) > 18 || strspn(id, "0123456789") != strlen(id))
        return problem_set(problem, ERR_NOT_FOUND, NULL, "there is no such account");
    enum err e = store_reader(app->store, &reader, problem);
    return e ? e : load_from(reader, ret, strtoll(id, NULL, 10), problem);
}

static void set_mark(struct form *form, const struct editing *editing)
{
    char mark[HASH_HEX_SIZE];
    make_mark(editing, mark);
    form_set(form, SEEN, mark);
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
    set_mark(&form, &editing);
    return send(req, res, &editing.account, &form, problem);
}

// --- saving

// The account becomes what the form says; its role has been looked at.
static void take(struct editing *editing)
{
    const struct form *form = editing->form;
    struct account *account = &editing->account;
    account->name = form_line(form, "name");
    account->may_publish = form_has(form, "publish");
    if (!account->id || form_has(form, "enabled"))
        account->disabled_at = 0;
    else if (!account->disabled_at)
        account->disabled_at = clock_now();
    (void)role_from(form_value(form, "role"), &account->role);
    editing->areas = form_values(form, "areas", &editing->area_count);
}

static enum err add(struct connection *writer, void *arg, struct problem *p)
{
    struct editing *editing = arg;
    struct account *account = &editing->account;
    take(editing);
    enum err e = account_add(writer, account, &editing->actor, &account->id, p);
    if (!e)
        e = account_set_areas(writer, account->id, editing->areas, editing->area_count, &editing->actor, p);
    return e ? e : link_make(writer, LINK_PASSWORD, account->id, clock_now(), editing->link, p);
}

// Loads it once more, as nobody else changes it now. ERR_CONFLICT when it is not what the form showed:
// *editing is then how it stands.
static enum err change(struct connection *writer, void *arg, struct problem *p)
{
    struct editing *editing = arg;
    char mark[HASH_HEX_SIZE];
    const char *seen = form_value(editing->form, SEEN);
    enum err e = load_from(writer, editing, editing->account.id, p);
    if (e)
        return e;
    make_mark(editing, mark);
    if (!seen || strcmp(seen, mark) != 0)
        return problem_set(p, ERR_CONFLICT, SEEN, "somebody else has changed the account meanwhile");
    take(editing);
    e = account_update(writer, &editing->account, &editing->actor, p);
    return e ? e
             : account_set_areas(writer, editing->account.id, editing->areas, editing->area_count,
                                 &editing->actor, p);
}

// How it stands, in words: "Minh, Thực địa, đã khóa, Ô Môn".
static enum err describe(struct screen *screen, const struct editing *editing, struct buf *out,
                         struct problem *problem)
{
    const struct account *account = &editing->account;
    const struct field_option *areas = NULL;
    const char *role = arena_printf(screen->arena, "desk.role.%s", role_name(account->role));
    enum err e = field_terms(screen, "area", &areas, problem);
    if (e)
        return e;
    buf_printf(out, "%s, %s", account->name, role ? screen_words(screen, role, NULL) : "");
    if (account->role == ROLE_EDITOR && account->may_publish)
        buf_printf(out, ", %s", screen_words(screen, VIEW_KEY("desk.accounts.publishes"), NULL));
    if (account->disabled_at)
        buf_printf(out, ", %s", screen_words(screen, VIEW_KEY("desk.accounts.state_disabled"), NULL));
    for (size_t i = 0; i < editing->area_count; i++)
        for (const struct field_option *area = areas; area->value; area++)
            if (strcmp(area->value, editing->areas[i]) == 0)
                buf_printf(out, ", %s", area->label_text);
    return out->failed ? problem_set(problem, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}

// From here on the form is about how it stands now: who sends it again has read that.
static enum err say_changed(struct http_response *res, struct form *form, const struct editing *editing,
                            struct problem *problem)
{
    cleanup_buf struct buf now = BUF_INIT;
    cleanup_screen struct screen screen = {.req = editing->req};
    enum err e = screen_open(&screen, editing->req, res, problem);
    if (!e)
        e = describe(&screen, editing, &now, problem);
    if (e)
        return e;
    set_mark(form, editing);
    form_problem_words(form, "", VIEW_KEY("desk.accounts.changed_meanwhile"), "now", now.data);
    return ERR_NONE;
}

// True when what went wrong is said in the form.
static bool said_in_form(struct form *form, enum err e, const struct problem *problem)
{
    if (e != ERR_INVALID && e != ERR_EXISTS && e != ERR_DENIED)
        return false;
    form_take(form, problem);
    return true;
}

static enum err read_and_save(struct http_response *res, struct form *form, struct editing *editing,
                              desk_change *save, struct problem *problem)
{
    struct http_request *req = editing->req;
    enum role role;
    enum err e = form_read(req->arena, req->body, req->body_len, form, problem);
    if (e)
        return e;
    editing->form = form;
    if (!role_from(form_value(form, "role"), &role))
        form_problem(form, "role", VIEW_KEY("desk.accounts.role_missing"));
    if (form->failed)
        return ERR_NONE;
    e = desk_write(req, save, editing, problem);
    if (e == ERR_CONFLICT)
        return say_changed(res, form, editing, problem);
    return said_in_form(form, e, problem) ? ERR_NONE : e;
}

enum err account_form_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = {.failed = false};
    struct editing editing = {.req = req, .actor = desk_actor(req), .account.language = desk_language(req)};
    enum err e = read_and_save(res, &form, &editing, add, problem);
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
        e = read_and_save(res, &form, &editing, change, problem);
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
