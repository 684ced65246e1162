// One plate: what it opens, its symbol, its state, where it stands, its history.
#include <stdlib.h>
#include <string.h>

#include "content/position.h"
#include "content/print/batch.h"
#include "server/app.h"
#include "server/desk/plates/plates_parts.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { PLACE_MAX = 200, REASON_MAX = 300 };

enum { STATE_FIELD };
static const struct field fields[] = {
    [STATE_FIELD] = {.name = "state",
                     .kind = FIELD_CHOICE,
                     .label = VIEW_KEY("desk.plates.state_label"),
                     .options = plates_states_by_hand},
    {.name = "reason",
     .label = VIEW_KEY("desk.plates.reason"),
     .hint = VIEW_KEY("desk.plates.reason_hint"),
     .max = REASON_MAX,
     .required = true},
    {.name = "place",
     .label = VIEW_KEY("desk.plates.place"),
     .hint = VIEW_KEY("desk.plates.place_hint"),
     .max = PLACE_MAX,
     .optional = true},
    {.name = "position",
     .label = VIEW_KEY("desk.plates.position"),
     .hint = VIEW_KEY("desk.plates.position_hint"),
     .max = POSITION_TEXT_MAX,
     .optional = true},
};

// --- history

static const char *detail_text(const json_t *detail, const char *name)
{
    const char *text = json_string_value(json_object_get(detail, name));
    return text ? text : "";
}

static const char *old_target(struct screen *screen, const json_t *detail, const char *site, const char *tour)
{
    struct plate_target target;
    int64_t site_id = json_integer_value(json_object_get(detail, site));
    int64_t tour_id = json_integer_value(json_object_get(detail, tour));
    if (plate_target_load(screen->db, screen->arena, site_id, tour_id, &target, NULL))
        return "?";
    return plates_title(screen->req, &target);
}

static void put_event_words(struct screen *screen, json_t *item, const struct plate_event *event,
                            const json_t *detail)
{
    static const struct {
        const char *event, *key, *site, *tour; // the last two: members of the detail
    } known[] = {
        {"made", VIEW_KEY("desk.plates.event.made"), "site", "tour"},
        {"re-pointed", VIEW_KEY("desk.plates.event.pointed"), "site", "tour"},
        {"state", VIEW_KEY("desk.plates.event.state"), NULL, NULL},
        {"moved", VIEW_KEY("desk.plates.event.moved"), NULL, NULL},
        {"note", VIEW_KEY("desk.plates.event.note"), NULL, NULL},
    };
    size_t i = 0;
    while (i + 1 < sizeof known / sizeof known[0] && strcmp(known[i].event, event->event) != 0)
        i++;
    const char *key = known[i].key, *to = detail_text(detail, "to");
    if (strcmp(event->event, "moved") == 0 && strcmp(to, detail_text(detail, "from")) == 0)
        key = VIEW_KEY("desk.plates.event.placed");
    else if (strcmp(event->event, "moved") == 0 && !*to)
        key = VIEW_KEY("desk.plates.event.unplaced");
    json_t *values = json_pack(
        "{s:s, s:s, s:s, s:s}", "to",
        strcmp(event->event, "state") == 0 ? screen_words(screen, plates_state_key(to), NULL) : to, "target",
        known[i].site ? old_target(screen, detail, known[i].site, known[i].tour) : "", "before",
        strcmp(event->event, "re-pointed") == 0 ? old_target(screen, detail, "from-site", "from-tour") : "",
        "reason", detail_text(detail, "reason"));
    screen_message(screen, item, "words", key, values);
    json_decref(values);
}

static enum err put_history(struct screen *screen, const struct plates_one *one, struct problem *problem)
{
    struct context *c = &screen->context;
    struct plate_events events;
    enum err e = plate_history(screen->db, screen->arena, one->plate.code, &events, problem);
    json_t *list = context_list(c, c->root, "history");
    for (size_t i = 0; !e && i < events.count; i++) {
        const struct plate_event *event = &events.items[i];
        json_t *detail = json_loads(event->detail, 0, NULL), *item = context_item(c, list);
        put_event_words(screen, item, event, detail);
        context_text(c, item, "reason", detail_text(detail, "reason"));
        context_text(c, item, "who",
                     event->account ? event->account
                                    : screen_words(screen, VIEW_KEY("desk.plates.server"), NULL));
        screen_time(screen, item, "when", event->at);
        json_decref(detail);
    }
    return e;
}

// Writers see the batches that have, or had, the plate.
static enum err put_batches(struct screen *screen, const char *code, struct problem *problem)
{
    struct context *c = &screen->context;
    struct batches_of_plate batches = {.count = 0};
    bool writes = screen->user->account.role != ROLE_FIELD;
    enum err e = batch_list_of_plate(screen->db, screen->arena, code, &batches, problem);
    json_t *list = context_list(c, c->root, "batches");
    for (size_t i = 0; !e && i < batches.count; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "label", batches.items[i].name);
        context_text(
            c, item, "href",
            writes ? arena_printf(screen->arena, "/desk/batches/%lld", (long long)batches.items[i].id) : "");
    }
    context_flag(c, c->root, "has_batches", !e && batches.count > 0);
    context_flag(c, c->root, "may_batch", writes);
    return e;
}

// --- the page

// The one obvious next step of a plate's life.
static void put_next(struct screen *screen, const char *state)
{
    static const struct {
        const char *state, *next, *key;
    } steps[] = {
        {"planned", "printed", VIEW_KEY("desk.plates.next.printed")},
        {"in-batch", "printed", VIEW_KEY("desk.plates.next.printed")},
        {"printed", "installed", VIEW_KEY("desk.plates.next.installed")},
        {"damaged", "installed", VIEW_KEY("desk.plates.next.mended")},
        {"installed", "damaged", VIEW_KEY("desk.plates.next.damaged")},
    };
    struct context *c = &screen->context;
    context_flag(c, c->root, "next", false);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(steps[i].state, state) != 0)
            continue;
        json_t *next = context_object(c, c->root, "next");
        context_text(c, next, "state", steps[i].next);
        screen_message(screen, next, "label", steps[i].key, NULL);
        context_flag(c, next, "main", strcmp(steps[i].next, "damaged") != 0);
    }
}

static const char *position_text(struct screen *screen, const struct plate *plate)
{
    return plate->has_position ? arena_printf(screen->arena, "%.6f, %.6f", plate->lat, plate->lon) : "";
}

static void put_address(struct screen *screen, const struct plates_one *one)
{
    struct context *c = &screen->context;
    const struct app *app = screen->app;
    context_flag(c, c->root, "no_base_url", !app->base_url_given);
    context_text(c, c->root, "open", arena_printf(screen->arena, "/%s", one->plate.code));
    if (!app->base_url_given)
        return;
    const char *host = strstr(app->base_url, "://");
    context_text(c, c->root, "url", arena_printf(screen->arena, "%s/%s", app->base_url, one->plate.code));
    context_text(c, c->root, "host", host ? host + 3 : app->base_url);
}

static enum err put_plate(struct screen *screen, const struct plates_one *one, struct problem *problem)
{
    struct context *c = &screen->context;
    const struct plate *plate = &one->plate;
    plates_put_code(screen, c->root, plate->code, plate->state);
    context_text(c, c->root, "target", one->title);
    context_flag(c, c->root, "is_tour", one->target.is_tour);
    context_flag(c, c->root, "target_hidden", strcmp(one->target.state, "published") != 0);
    context_flag(c, c->root, "retired", strcmp(plate->state, "retired") == 0);
    context_text(c, c->root, "why", plate->reason);
    context_text(c, c->root, "path", one->path);
    context_text(c, c->root, "where", plate->place);
    context_text(c, c->root, "position", position_text(screen, plate));
    context_number(c, c->root, "seen", one->step);
    screen_time(screen, c->root, "made", plate->created_at);
    put_address(screen, one);
    put_next(screen, plate->state);
    enum err e = plates_put_scans(screen, plate->code, problem);
    if (!e)
        e = put_batches(screen, plate->code, problem);
    return e ? e : put_history(screen, one, problem);
}

static void fill(struct screen *screen, struct form *form, const struct plate *plate)
{
    if (!form_value(form, "state"))
        form_set(form, "state", plate->state);
    if (!form_value(form, "place"))
        form_set(form, "place", plate->place);
    if (!form_value(form, "position"))
        form_set(form, "position", position_text(screen, plate));
}

// Only a batch takes a plate in: the state stands to choose where it is so already.
static bool may_have(const struct plate *plate, const char *state)
{
    return strcmp(state, "in-batch") != 0 || strcmp(plate->state, state) == 0;
}

static void put_fields(struct screen *screen, const struct form *form, const struct plate *plate)
{
    struct field own[sizeof fields / sizeof fields[0]];
    memcpy(own, fields, sizeof fields);
    if (may_have(plate, "in-batch"))
        own[STATE_FIELD].options = plates_states_in_use;
    field_put(screen, form, own, sizeof own / sizeof own[0]);
}

static enum err send_page(struct http_request *req, struct http_response *res, struct form *form,
                          struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct plates_one one;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = plates_load(screen.db, req, &one, problem);
    if (!e)
        e = put_plate(&screen, &one, problem);
    if (e)
        return e;
    fill(&screen, form, &one.plate);
    put_fields(&screen, form, &one.plate);
    field_answer(&screen, form);
    context_flag(&screen.context, screen.context.root, "wrong_reason",
                 form_problem_of(form, "reason") != NULL);
    context_flag(&screen.context, screen.context.root, "wrong_place",
                 form_problem_of(form, "place") || form_problem_of(form, "position"));
    char words[CODE_WORDS_SIZE];
    code_words(one.plate.code, words);
    json_t *values = json_pack("{s:s}", "code", words);
    screen.title_text = screen_words(&screen, VIEW_KEY("desk.plates.one_title"), values);
    json_decref(values);
    screen.menu = "/desk/plates";
    return screen_send(&screen, "desk/plates-one", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return send_page(req, res, &form, problem);
}

// --- changes

// Somebody else may have changed the plate since the page was shown.
static bool is_stale(struct form *form, const struct plates_one *one)
{
    bool stale = plates_is_stale(form, one);
    if (stale)
        form_problem(form, "", VIEW_KEY("desk.plates.changed"));
    return stale;
}

static enum err set_state(struct connection *writer, struct plates_change *change, struct problem *p)
{
    (void)writer;
    struct form *form = change->arg;
    struct plate *plate = &change->one.plate;
    const char *state = form_line(form, "state"), *reason = form_line(form, "reason");
    bool retire = strcmp(state, "retired") == 0;
    if (!plate_state_is_valid(state) || !may_have(plate, state))
        form_problem(form, "state", VIEW_KEY("desk.plates.state_wrong"));
    if (retire && !*reason)
        form_problem(form, "reason", VIEW_KEY("desk.plates.reason_missing"));
    if (is_stale(form, &change->one) || form->failed)
        return problem_set(p, ERR_INVALID, "state", "the form is not right yet");
    plate->state = state;
    plate->reason = retire ? reason : "";
    return ERR_NONE;
}

static enum err set_place(struct connection *writer, struct plates_change *change, struct problem *p)
{
    (void)writer;
    struct form *form = change->arg;
    struct plate *plate = &change->one.plate;
    const char *text = form_line(form, "position");
    struct position position = {.lat = 0};
    struct problem wrong = PROBLEM_INIT;
    if (*text && (position_read(text, "position", &position, &wrong) ||
                  position_check(position.lat, position.lon, "position", &wrong)))
        form_take_as(form, "position", &wrong);
    if (strlen(form_line(form, "place")) > PLACE_MAX * 4)
        form_problem_number(form, "place", VIEW_KEY("desk.plates.place_long"), "count", PLACE_MAX);
    if (is_stale(form, &change->one) || form->failed)
        return problem_set(p, ERR_INVALID, "place", "the form is not right yet");
    plate->place = form_line(form, "place");
    plate->has_position = *text != '\0';
    plate->lat = position.lat;
    plate->lon = position.lon;
    return ERR_NONE;
}

static enum err change_plate(struct http_request *req, struct http_response *res,
                             enum err (*edit)(struct connection *, struct plates_change *, struct problem *),
                             const char *said, bool undo, struct problem *problem)
{
    struct form form;
    struct plates_change change = {.req = req, .edit = edit, .arg = &form};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    e = plates_save(&change, problem);
    if (e && form.failed)
        return send_page(req, res, &form, problem);
    if (e)
        return e;
    json_t *values = NULL;
    if (undo && change.undo && strcmp(change.one.plate.state, "retired") != 0)
        values = json_pack("{s:s}", "undo", change.undo);
    e = desk_flash(req, res, DESK_DONE, said, values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, change.one.path, problem);
}

static enum err post_state(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_plate(req, res, set_state, VIEW_KEY("desk.plates.state_kept"), true, problem);
}

static enum err post_place(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_plate(req, res, set_place, VIEW_KEY("desk.plates.place_kept"), false, problem);
}

// --- taking the last step back, as long as it is the last

static int64_t step_of(const struct http_request *req)
{
    const char *text = request_value(req, "step");
    size_t len = text ? strlen(text) : 0;
    return len && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : 0;
}

static enum err take_back(struct connection *writer, struct plates_change *change, struct problem *p)
{
    struct plate *plate = &change->one.plate;
    struct plate_events events;
    if (step_of(change->req) != change->one.step)
        return problem_set(p, ERR_CONFLICT, "step", "the plate was changed again since");
    enum err e = plate_history(writer, change->req->arena, plate->code, &events, p);
    if (e || events.count == 0)
        return e;
    json_t *detail = json_loads(events.items[0].detail, 0, NULL);
    const char *event = events.items[0].event, *from = detail_text(detail, "from");
    if (strcmp(event, "state") == 0 && plate_state_is_valid(from)) {
        plate->state = arena_strdup(change->req->arena, from);
    } else if (strcmp(event, "re-pointed") == 0) {
        e = plates_aim(writer, change, json_integer_value(json_object_get(detail, "from-site")),
                       json_integer_value(json_object_get(detail, "from-tour")), p);
    } else {
        e = problem_set(p, ERR_CONFLICT, NULL, "the plate's last change cannot be taken back");
    }
    json_decref(detail);
    return e;
}

static enum err post_undo(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct plates_change change = {.req = req, .edit = take_back};
    enum err e = plates_save(&change, problem);
    if (e == ERR_CONFLICT)
        return plates_late(req, res, &change.one, VIEW_KEY("desk.plates.undo_late"), problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.plates.undone"), NULL, problem);
    return e ? e : desk_see_other(res, change.one.path, problem);
}

// --- addresses

static const char *const target_params[] = {"q", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/plates/{code}", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET},
    {.pattern = "/desk/plates/{code}/qr.png",
     .handler = plates_qr_png,
     .who = DESK_SIGNED_IN,
     .flags = DESK_GET},
    {.pattern = "/desk/plates/{code}/qr.svg",
     .handler = plates_qr_svg,
     .who = DESK_SIGNED_IN,
     .flags = DESK_GET},
    {.pattern = "/desk/plates/{code}/target",
     .handler = plates_targets,
     .who = DESK_SIGNED_IN,
     .flags = DESK_GET,
     .params = target_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/plates/{code}/target",
     .handler = plates_point,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/plates/{code}/state",
     .handler = post_state,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/plates/{code}/place",
     .handler = post_place,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/plates/{code}/undo/{step}",
     .handler = post_undo,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_plates_one_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
