// One batch: how far it is, what came of it, its plates, the links for the print shop.
#include <stdio.h>
#include <string.h>

#include "content/print/batch_file.h"
#include "content/words.h"
#include "server/app.h"
#include "server/desk/batches/batches_parts.h"
#include "server/desk/plates/plates_parts.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

static const struct list plates_of = {.path = "", .count = VIEW_KEY("desk.batches.plates_count")};

// --- what it is

static void put_measure(struct screen *screen, json_t *object, const struct batch_options *o)
{
    const struct {
        double amount;
        const char *key;
    } kinds[] = {
        {o->distance_m, VIEW_KEY("desk.batches.sized_distance")},
        {o->size_mm, VIEW_KEY("desk.batches.sized_size")},
        {o->module_mm, VIEW_KEY("desk.batches.sized_module")},
    };
    const char *key = VIEW_KEY("desk.batches.sized_design"), *text = "";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].amount > 0) {
            key = kinds[i].key;
            text = arena_printf(screen->arena, "%.4g", kinds[i].amount);
        }
    char *comma = strcmp(screen->lang, "vi") == 0 && text ? strchr(text, '.') : NULL;
    if (comma)
        *comma = ',';
    json_t *values = json_pack("{s:s}", "amount", text ? text : "");
    screen_message(screen, object, "measure", key, values);
    json_decref(values);
}

static void put_sheets(struct screen *screen, json_t *object, const struct batch_options *o)
{
    struct context *c = &screen->context;
    context_text(c, object, "sheets", "");
    if (o->paper && strcmp(o->paper, "own") == 0)
        context_text(c, object, "sheets",
                     arena_printf(screen->arena, "%.4g × %.4g mm", o->sheet_width_mm, o->sheet_height_mm));
    else if (o->paper)
        context_text(c, object, "sheets", o->paper);
}

// The design's own name where the generator still knows it.
static void put_design(struct screen *screen, json_t *object, const struct batch_options *o)
{
    struct designs designs = {.count = 0};
    const char *label = o->design;
    if (screen->app->generator && generator_designs(screen->app->generator, screen->arena, &designs, NULL))
        designs.count = 0;
    for (size_t i = 0; i < designs.count; i++)
        if (strcmp(designs.items[i].name, o->design) == 0)
            label = screen_label(screen, designs.items[i].labels);
    context_text(&screen->context, object, "design", label ? label : o->design);
}

static void put_options(struct screen *screen, const struct batch_options *o)
{
    struct context *c = &screen->context;
    json_t *object = context_object(c, c->root, "how");
    put_design(screen, object, o);
    put_measure(screen, object, o);
    put_sheets(screen, object, o);
    context_text(c, object, "formats",
                 arena_printf(screen->arena, "%s%s%s", o->pdf ? "PDF " : "", o->png ? "PNG " : "",
                              o->svg ? "SVG" : ""));
    context_number(c, object, "dpi", o->dpi);
    context_flag(c, object, "crop_marks", o->crop_marks);
    context_text(c, object, "material", o->material);
    context_text(c, object, "base_url", o->base_url);
}

// --- what came of it

static void put_failure(struct screen *screen, const struct batch *batch)
{
    static const struct {
        const char *failure, *key;
    } known[] = {
        {"full", VIEW_KEY("desk.batches.failure.full")},
        {"tries", VIEW_KEY("desk.batches.failure.tries")},
        {"program", VIEW_KEY("desk.batches.failure.program")},
        {"memory", VIEW_KEY("desk.batches.failure.memory")},
        {"corrupt", VIEW_KEY("desk.batches.failure.corrupt")},
        {"invalid", VIEW_KEY("desk.batches.failure.invalid")},
    };
    struct context *c = &screen->context;
    const char *key = VIEW_KEY("desk.batches.failure.any");
    context_flag(c, c->root, "failure", false);
    if (strcmp(batch->state, "failed") != 0)
        return;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].failure, batch->failure) == 0)
            key = known[i].key;
    screen_message(screen, c->root, "failure", key, NULL);
    context_text(c, c->root, "said", batch->message);
}

static void put_pictures(struct screen *screen, const struct batch *batch)
{
    struct context *c = &screen->context;
    json_t *list = context_section(c, c->root, "pictures");
    int64_t count = 0;
    for (int64_t i = 1; i <= BATCH_PICTURES; i++) {
        if (!batch_file_is_there(screen->app->store, batch_file_picture(screen->arena, batch->id, i)))
            continue;
        json_t *item = context_item(c, list);
        context_text(c, item, "src",
                     arena_printf(screen->arena, "/desk/batches/%lld/pictures/%lld", (long long)batch->id,
                                  (long long)i));
        context_number(c, item, "number", i);
        count++;
    }
    context_flag(c, c->root, "drawn", count > 0);
}

static void put_parcel(struct screen *screen, const struct batch *batch)
{
    struct context *c = &screen->context;
    bool there = batch_file_is_there(screen->app->store, batch_file_name(screen->arena, batch->id));
    json_t *parcel = context_object(c, c->root, "parcel");
    context_flag(c, parcel, "there", there);
    context_number(c, parcel, "count", batch->files);
    context_text(c, parcel, "sha256", batch->sha256);
    context_flag(c, parcel, "again", batch->makings > 1);
    context_flag(c, parcel, "same", batch->first_sha256 && strcmp(batch->first_sha256, batch->sha256) == 0);
    screen_size(screen, parcel, "size", batch->bytes);
    screen_time(screen, parcel, "when", batch->finished_at);
}

static void put_steps(struct screen *screen, const struct batch *batch)
{
    struct context *c = &screen->context;
    bool waits = strcmp(batch->state, "waiting") == 0, runs = strcmp(batch->state, "running") == 0;
    bool made = strcmp(batch->state, "made") == 0;
    context_flag(c, c->root, "waits", waits);
    context_flag(c, c->root, "runs", runs);
    context_flag(c, c->root, "busy", waits || runs);
    context_flag(c, c->root, "may_print", made);
    context_flag(c, c->root, "may_stop", waits || runs);
    context_flag(c, c->root, "may_cancel",
                 (made || strcmp(batch->state, "failed") == 0) && !batch->printed_at);
    context_flag(c, c->root, "may_again", !waits && !runs && screen->app->generator);
    context_flag(c, c->root, "may_link", batch_has_parcel(batch));
    context_flag(c, c->root, "may_reprint", !batch_is_open(batch) && screen->app->generator);
    context_flag(c, c->root, "no_generator", !screen->app->generator);
}

// --- its plates

static void put_plate(struct screen *screen, json_t *items, const struct batch_plate *plate,
                      const struct form *form)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    json_t *document = json_loads(plate->document, 0, NULL);
    const char *title = words_pick(json_object_get(document, "titles"), screen->lang, "vi", NULL);
    const char *place = json_string_value(json_object_get(document, "place"));
    plates_put_code(screen, item, plate->code, plate->state);
    context_number(c, item, "sequence", plate->sequence);
    context_text(c, item, "target", title ? title : "");
    context_text(c, item, "place", place ? place : "");
    context_number(c, item, "copies", plate->copies);
    context_flag(c, item, "many", plate->copies > 1);
    context_flag(c, item, "chosen", form_is_ticked(form, "plate", plate->code));
    json_decref(document);
}

static enum err put_plates(struct screen *screen, const struct batch *batch, const struct form *form,
                           struct problem *p)
{
    struct list list = plates_of;
    struct list_query q;
    struct batch_plates plates = {.count = 0};
    list.path = batches_path(screen->arena, batch->id);
    list_read(&list, screen->req, &q);
    list_put(screen, &list, &q, batch->plates);
    enum err e = batch_plate_list(screen->db, screen->arena, batch->id, q.limit, q.offset, &plates, p);
    json_t *items = context_list(&screen->context, screen->context.root, "items");
    for (size_t i = 0; !e && i < plates.count; i++)
        put_plate(screen, items, &plates.items[i], form);
    return e;
}

// --- the page

static void put_origin(struct screen *screen, const struct batch *batch)
{
    struct context *c = &screen->context;
    context_text(c, c->root, "who", batch->account ? batch->account : "");
    screen_time(screen, c->root, "made", batch->created_at);
    screen_time(screen, c->root, "printed", batch->printed_at);
    context_flag(c, c->root, "reprint", false);
    if (!batch->reprint_of)
        return;
    json_t *origin = context_object(c, c->root, "reprint");
    context_text(c, origin, "path", batches_path(screen->arena, batch->reprint_of));
    context_number(c, origin, "number", batch->reprint_of);
}

static enum err put_one(struct screen *screen, const struct batch *batch, const struct form *form,
                        struct problem *p)
{
    struct context *c = &screen->context;
    batches_put(screen, c->root, batch);
    context_flag(c, c->root, "parcel", false);
    put_origin(screen, batch);
    put_options(screen, &batch->options);
    put_failure(screen, batch);
    put_steps(screen, batch);
    if (batch_has_parcel(batch)) {
        put_parcel(screen, batch);
        put_pictures(screen, batch);
    }
    batches_put_progress(screen, context_object(c, c->root, "progress"), batch);
    json_t *values = json_pack("{s:s}", "name", batch->name);
    screen_message(screen, c->root, "reprint_name", VIEW_KEY("desk.batches.reprint_name"), values);
    json_decref(values);
    enum err e = put_plates(screen, batch, form, p);
    return e ? e : batches_put_links(screen, batch, form, p);
}

enum err batches_send_one(struct http_request *req, struct http_response *res, struct form *form,
                          struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct batch batch;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = batches_load(screen.db, req, &batch, problem);
    if (!e)
        e = put_one(&screen, &batch, form, problem);
    if (e)
        return e;
    field_answer(&screen, form);
    screen.title_text = batch.name;
    screen.menu = "/desk/batches";
    return screen_send(&screen, "desk/batches-one", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return batches_send_one(req, res, &form, problem);
}

static const char *const params[] = {LIST_PARAMS, NULL};

#define POST_ROW(pattern_, handler_)                                                                         \
    {                                                                                                        \
        .methods = ROUTE_POST, .pattern = (pattern_), .handler = (handler_), .who = DESK_WRITERS,            \
        .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT                                                    \
    }

static const struct route rows[] = {
    {.pattern = "/desk/batches/{id}",
     .handler = show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = params},
    {.pattern = "/desk/batches/{id}/progress",
     .handler = batches_progress,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    {.pattern = "/desk/batches/{id}/zip", .handler = batches_zip, .who = DESK_WRITERS, .flags = DESK_GET},
    {.pattern = "/desk/batches/{id}/pictures/{number}",
     .handler = batches_picture,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    POST_ROW("/desk/batches/{id}/stop", batches_stop),
    POST_ROW("/desk/batches/{id}/again", batches_again),
    POST_ROW("/desk/batches/{id}/printed", batches_printed),
    POST_ROW("/desk/batches/{id}/reprint", batches_reprint),
    POST_ROW("/desk/batches/{id}/links", batches_link),
    POST_ROW("/desk/batches/{id}/links/{link}/revoke", batches_revoke),
};

const struct route_table desk_batches_one_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
