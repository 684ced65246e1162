// Accounts, for admins: the list.
#include <string.h>

#include "common/fold.h"
#include "server/desk/frame/list.h"
#include "server/desk/routes.h"
#include "server/desk/staff/account_form.h"
#include "server/view/view.h"

static const struct field_option roles[] = {
    {"admin", VIEW_KEY("desk.role.admin")},
    {"editor", VIEW_KEY("desk.role.editor")},
    {"field", VIEW_KEY("desk.role.field")},
    {NULL},
};
static const struct field_option states[] = {
    {"open", VIEW_KEY("desk.accounts.state_open")},
    {"waiting", VIEW_KEY("desk.accounts.state_waiting")},
    {"disabled", VIEW_KEY("desk.accounts.state_disabled")},
    {NULL},
};
enum { BY_ROLE, BY_STATE };
static const struct list_filter filters[] = {
    [BY_ROLE] = {.name = "role", .label = VIEW_KEY("desk.accounts.role"), .options = roles},
    [BY_STATE] = {.name = "state", .label = VIEW_KEY("desk.accounts.state"), .options = states},
};
static const struct list list = {
    .path = "/desk/accounts",
    .search = VIEW_KEY("desk.accounts.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.accounts.count"),
};
static const char *const params[] = {LIST_PARAMS, "role", "state", NULL};

static const char *state_of(const struct account *account)
{
    if (account->disabled_at)
        return "disabled";
    return account->has_password ? "open" : "waiting";
}

static bool has_words(const char *name, const char *search)
{
    cleanup_buf struct buf where = BUF_INIT, what = BUF_INIT;
    if (fold_search(name, strlen(name), &where, NULL) || fold_search(search, strlen(search), &what, NULL))
        return false;
    return strstr(where.data, what.data) != NULL;
}

static bool is_wanted(const struct account *account, const struct list_query *q)
{
    return (!q->values[BY_ROLE] || strcmp(q->values[BY_ROLE], role_name(account->role)) == 0) &&
           (!q->values[BY_STATE] || strcmp(q->values[BY_STATE], state_of(account)) == 0) &&
           (!q->search || has_words(account->name, q->search));
}

static void put_account(struct screen *screen, json_t *items, const struct account *account)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    context_text(c, item, "account", account->name);
    context_text(c, item, "href", arena_printf(screen->arena, "/desk/accounts/%lld", (long long)account->id));
    screen_message(screen, item, "role",
                   arena_printf(screen->arena, "desk.role.%s", role_name(account->role)), NULL);
    screen_message(screen, item, "state",
                   arena_printf(screen->arena, "desk.accounts.state_%s", state_of(account)), NULL);
    context_flag(c, item, "is_open", !account->disabled_at && account->has_password);
    context_flag(c, item, "totp", account->has_totp);
    context_flag(c, item, "publishes", account->role == ROLE_EDITOR && account->may_publish);
    screen_ago(screen, item, "seen", account->last_seen_at);
}

// An association has tens of accounts: they are filtered here, not in the store.
static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct accounts all;
    struct list_query q;
    int64_t total = 0, at = 0;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = account_list(screen.db, screen.arena, &all, problem);
    if (e)
        return e;
    list_read(&list, req, &q);
    for (size_t i = 0; i < all.count; i++)
        total += is_wanted(&all.items[i], &q);
    list_put(&screen, &list, &q, total);
    json_t *items = context_list(&screen.context, screen.context.root, "accounts");
    for (size_t i = 0; i < all.count; i++)
        if (is_wanted(&all.items[i], &q) && ++at > q.offset && at <= q.offset + q.limit)
            put_account(&screen, items, &all.items[i]);
    context_flag(&screen.context, screen.context.root, "some", total > 0);
    screen.title = VIEW_KEY("desk.accounts.title");
    screen.menu = "/desk/accounts";
    screen.wide = true;
    return screen_send(&screen, "desk/accounts", problem);
}

#define FORM .who = DESK_ADMIN, .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT

static const struct route rows[] = {
    {.pattern = "/desk/accounts", .handler = show, .who = DESK_ADMIN, .flags = DESK_GET, .params = params},
    {.pattern = "/desk/accounts/add", .handler = account_form_new, .who = DESK_ADMIN, .flags = DESK_GET},
    {.methods = ROUTE_POST, .pattern = "/desk/accounts/add", .handler = account_form_add, FORM},
    {.pattern = "/desk/accounts/{id}", .handler = account_form_show, .who = DESK_ADMIN, .flags = DESK_GET},
    {.methods = ROUTE_POST, .pattern = "/desk/accounts/{id}", .handler = account_form_save, FORM},
    {.methods = ROUTE_POST, .pattern = "/desk/accounts/{id}/link", .handler = account_form_link, FORM},
    {.pattern = "/desk/accounts/{id}/second-factor-off",
     .handler = account_factor_show,
     .who = DESK_ADMIN,
     .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/accounts/{id}/second-factor-off",
     .handler = account_factor_off,
     FORM},
};

const struct route_table desk_accounts_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
