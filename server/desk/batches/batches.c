// The list of batches, and the addresses under which one is made.
#include "server/desk/batches/batches_parts.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { STATE };
static const struct list_filter filters[] = {
    [STATE] = {.name = "state", .label = VIEW_KEY("desk.batches.filter_state"), .options = batches_states},
};
static const struct list list = {
    .path = "/desk/batches",
    .search = VIEW_KEY("desk.batches.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.batches.count"),
    .empty = VIEW_KEY("desk.batches.empty"),
};
static const char *const params[] = {LIST_PARAMS, "state", NULL};

static void put_batch(struct screen *screen, json_t *items, const struct batch *batch)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    batches_put(screen, item, batch);
    context_number(c, item, "count", batch->plates);
    context_text(c, item, "who", batch->account ? batch->account : "");
    screen_ago(screen, item, "made", batch->created_at);
}

static enum err put_batches(struct screen *screen, struct problem *problem)
{
    struct list_query q;
    struct batches batches = {.count = 0};
    int64_t total = 0;
    list_read(&list, screen->req, &q);
    const struct batch_filter filter = {.state = q.values[STATE], .query = q.search};
    enum err e = batch_count(screen->db, &filter, &total, problem);
    list_put(screen, &list, &q, total);
    if (!e)
        e = batch_list(screen->db, screen->arena, &filter, q.limit, q.offset, &batches, problem);
    json_t *items = context_list(&screen->context, screen->context.root, "items");
    for (size_t i = 0; !e && i < batches.count; i++)
        put_batch(screen, items, &batches.items[i]);
    return e;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_batches(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.batches.title");
    screen.menu = "/desk/batches";
    screen.wide = true;
    return screen_send(&screen, "desk/batches", problem);
}

enum { FORM_LIMIT = 256 << 10 }; // bytes: as many codes as a batch can have

static const char *const new_params[] = {BATCHES_CHOICE_PARAMS, NULL};
static const char *const preview_params[] = {"code", "design", "measure", "amount", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/batches", .handler = show, .who = DESK_WRITERS, .flags = DESK_GET, .params = params},
    {.pattern = "/desk/batches/new",
     .handler = batches_new,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = new_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/batches/new",
     .handler = batches_make,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = FORM_LIMIT,
     .params = new_params},
    {.pattern = "/desk/batches/reads.json",
     .handler = batches_reads,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = preview_params},
    {.pattern = "/desk/batches/preview.png",
     .handler = batches_preview,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = preview_params},
};

const struct route_table desk_batches_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
