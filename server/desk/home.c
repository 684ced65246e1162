// The first page of the desk: what waits, how much there is, and the one obvious next step.
#include "content/editing/desk_list.h"
#include "server/desk/frame/screen.h"
#include "server/desk/routes.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/proposals.h"
#include "server/view/view.h"

// --- how much there is

static const struct {
    const char *state; // as desk_site_states orders them, without the bin
    const char *label;
} states[] = {
    {"draft", VIEW_KEY("desk.home.state_draft")},
    {"in-review", VIEW_KEY("desk.home.state_in_review")},
    {"published", VIEW_KEY("desk.home.state_published")},
    {"withdrawn", VIEW_KEY("desk.home.state_withdrawn")},
};
enum { IN_REVIEW = 1, PUBLISHED = 2, BINNED = 4 };

static void put_states(struct screen *screen, const int64_t counts[BINNED + 1])
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "states");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        json_t *item = context_item(c, list);
        context_number(c, item, "count", counts[i]);
        screen_message(screen, item, "label", states[i].label, NULL);
        context_text(c, item, "href", arena_printf(screen->arena, "/desk/sites?state=%s", states[i].state));
    }
}

enum { REVIEW_SHOWN = 5 };

// Those that were sent last; the rest is behind the link.
static enum err put_review(struct screen *screen, int64_t count, struct problem *problem)
{
    struct context *c = &screen->context;
    struct desk_site_filter filter = {.state = "in-review",
                                      .account_id = screen->user->area_count ? screen->user->account.id : 0};
    struct desk_sites sites;
    enum err e = desk_site_list(screen->db, screen->arena, &filter, DESK_SITE_BY_CHANGE, REVIEW_SHOWN, 0,
                                &sites, problem);
    if (e)
        return e;
    json_t *review = context_object(c, c->root, "review");
    json_t *list = context_list(c, review, "sites");
    context_number(c, review, "count", count);
    for (size_t i = 0; i < sites.count; i++) {
        json_t *item = context_item(c, list);
        context_number(c, item, "id", sites.items[i].id);
        context_text(c, item, "site_title", sites.items[i].title);
        screen_ago(screen, item, "changed", sites.items[i].updated_at);
    }
    return ERR_NONE;
}

static enum err fill(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    int64_t counts[BINNED + 1], total = 0;
    bool publishes = desk_may_publish(screen->user);
    enum err e = desk_site_states(screen->db, counts, problem);
    if (!e)
        e = drafts_put_mine(screen, problem);
    if (!e)
        e = proposals_put_home(screen, problem);
    if (e)
        return e;
    for (size_t i = 0; i < BINNED; i++)
        total += counts[i];
    put_states(screen, counts);
    if (publishes && counts[IN_REVIEW])
        e = put_review(screen, counts[IN_REVIEW], problem);
    if (e)
        return e;
    context_flag(c, c->root, "no_sites", total == 0);
    context_flag(c, c->root, "writes", screen->user->account.role != ROLE_FIELD);
    context_flag(c, c->root, "is_admin", screen->user->account.role == ROLE_ADMIN);
    context_flag(c, c->root, "no_totp",
                 screen->user->account.role == ROLE_ADMIN && !screen->user->account.has_totp);
    return ERR_NONE;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = fill(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.home.title");
    screen.menu = "/desk/";
    return screen_send(&screen, "desk/home", problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET | ROUTE_EITHER_SLASH},
};

const struct route_table desk_home_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
