// The list of plates, and the addresses under which new ones are made.
#include <string.h>

#include "content/editing/desk_list.h"
#include "content/words.h"
#include "server/desk/frame/list.h"
#include "server/desk/plates/plates_parts.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { STATE, AREA };
static const struct list_filter filters[] = {
    [STATE] = {.name = "state", .label = VIEW_KEY("desk.plates.filter_state"), .options = plates_states},
    [AREA] = {.name = "area", .label = VIEW_KEY("desk.plates.filter_area")},
};
static const struct list list = {
    .path = "/desk/plates",
    .search = VIEW_KEY("desk.plates.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.plates.count"),
    .empty = VIEW_KEY("desk.plates.empty"),
};
static const char *const params[] = {LIST_PARAMS, "state", "area", NULL};

static void put_plate(struct screen *screen, json_t *items, const struct desk_plate *plate)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    plates_put_code(screen, item, plate->code, plate->state);
    plates_put_target(screen, item, plate);
    context_flag(c, item, "is_tour", plate->is_tour);
    context_text(c, item, "place", plate->place);
    context_number(c, item, "count", plate->scans);
    screen_ago(screen, item, "changed", plate->updated_at);
}

// What was looked for has the form of a code, but its check symbol says that it was mistyped.
static bool is_mistyped(const struct list_query *q, int64_t total)
{
    char code[CODE_SIZE];
    return total == 0 && q->search && code_read(q->search, code) == CODE_READ_BAD_CHECK;
}

// The same plates where a batch is made of them.
static const char *batch_address(struct screen *screen, const struct list_query *q)
{
    struct list there = list;
    there.path = "/desk/batches/new";
    const char *address = list_address(screen, &there, q, 1);
    return address ? arena_printf(screen->arena, "%s%call=1", address, strchr(address, '?') ? '&' : '?')
                   : NULL;
}

static enum err put_plates(struct screen *screen, struct problem *problem)
{
    struct list_query q;
    struct desk_plates plates = {.count = 0};
    int64_t total = 0;
    struct context *c = &screen->context;
    const struct field_option *areas = NULL;
    enum err e = field_terms(screen, "area", &areas, problem);
    if (e)
        return e;
    list_read(&list, screen->req, &q);
    q.options[AREA] = areas;
    struct desk_plate_filter filter = {.state = q.values[STATE],
                                       .area = q.values[AREA],
                                       .query = q.search,
                                       .account_id = screen->user->account.id};
    e = desk_plate_count(screen->db, &filter, &total, problem);
    filter.counted = (struct desk_counted){.known = !e, .total = total};
    list_put(screen, &list, &q, total);
    if (!e)
        e = desk_plate_list(screen->db, screen->arena, &filter, q.limit, q.offset, &plates, problem);
    json_t *items = context_list(c, c->root, "items");
    for (size_t i = 0; !e && i < plates.count; i++)
        put_plate(screen, items, &plates.items[i]);
    context_flag(c, c->root, "mistyped", is_mistyped(&q, total));
    context_flag(c, c->root, "no_base_url", !screen->app->base_url_given);
    context_flag(c, c->root, "to_batch", false);
    if (total > 0 && screen->user->account.role != ROLE_FIELD)
        context_text(c, c->root, "to_batch", batch_address(screen, &q));
    return e;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_plates(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.plates.title");
    screen.menu = "/desk/plates";
    screen.wide = true;
    return screen_send(&screen, "desk/plates", problem);
}

static const char *const new_params[] = {LIST_PARAMS, "kind", "area", "plates", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/plates", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET, .params = params},
    {.pattern = "/desk/plates/new",
     .handler = plates_new,
     .who = DESK_SIGNED_IN,
     .flags = DESK_GET,
     .params = new_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/plates/new",
     .handler = plates_make,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT,
     .params = new_params},
};

const struct route_table desk_plates_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
