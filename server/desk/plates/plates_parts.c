#include "server/desk/plates/plates_parts.h"

#include <string.h>

#include "content/editing/desk_list.h"
#include "content/words.h"
#include "server/view/view.h"

const struct field_option plates_states[] = {
    {.value = "planned", .label = VIEW_KEY("desk.plates.state.planned")},
    {.value = "in-batch", .label = VIEW_KEY("desk.plates.state.in_batch")},
    {.value = "printed", .label = VIEW_KEY("desk.plates.state.printed")},
    {.value = "installed", .label = VIEW_KEY("desk.plates.state.installed")},
    {.value = "damaged", .label = VIEW_KEY("desk.plates.state.damaged")},
    {.value = "retired", .label = VIEW_KEY("desk.plates.state.retired")},
    {.value = NULL},
};

const struct field_option plates_states_in_use[] = {
    {.value = "planned", .label = VIEW_KEY("desk.plates.state.planned")},
    {.value = "in-batch", .label = VIEW_KEY("desk.plates.state.in_batch")},
    {.value = "printed", .label = VIEW_KEY("desk.plates.state.printed")},
    {.value = "installed", .label = VIEW_KEY("desk.plates.state.installed")},
    {.value = "damaged", .label = VIEW_KEY("desk.plates.state.damaged")},
    {.value = NULL},
};

const struct field_option plates_states_by_hand[] = {
    {.value = "planned", .label = VIEW_KEY("desk.plates.state.planned")},
    {.value = "printed", .label = VIEW_KEY("desk.plates.state.printed")},
    {.value = "installed", .label = VIEW_KEY("desk.plates.state.installed")},
    {.value = "damaged", .label = VIEW_KEY("desk.plates.state.damaged")},
    {.value = NULL},
};

const char *plates_state_key(const char *state)
{
    for (const struct field_option *o = plates_states; o->value; o++)
        if (state && strcmp(o->value, state) == 0)
            return o->label;
    return plates_states[0].label;
}

void plates_put_code(struct screen *screen, json_t *object, const char *code, const char *state)
{
    struct context *c = &screen->context;
    char words[CODE_WORDS_SIZE];
    code_words(code, words);
    context_text(c, object, "code", code);
    context_text(c, object, "code_words", words);
    context_text(c, object, "state", state);
    context_flag(c, object, "good", state && strcmp(state, "installed") == 0);
    screen_message(screen, object, "state_words", plates_state_key(state), NULL);
}

void plates_put_target(struct screen *screen, json_t *object, const struct desk_plate *plate)
{
    const char *title = plate->is_tour ? screen_label(screen, plate->target_title) : plate->target_title;
    context_text(&screen->context, object, "target", title ? title : plate->target_slug);
}

const char *plates_title(const struct http_request *req, const struct plate_target *target)
{
    const struct app *app = req->app;
    const char *title = target->title;
    if (target->is_tour)
        title = words_pick_text(req->arena, target->title, desk_language(req), app->languages[0], NULL);
    return title ? title : target->slug;
}

static enum err check_reach(struct connection *c, const struct http_request *req,
                            const struct plate_target *target, struct problem *p)
{
    bool may = false;
    enum err e = desk_may_work_in(c, desk_user(req), target->area, &may, p);
    if (!e && !may)
        e = problem_set(p, ERR_DENIED, NULL, "this plate lies outside the areas of this account");
    return e;
}

enum err plates_load(struct connection *c, const struct http_request *req, struct plates_one *ret,
                     struct problem *p)
{
    char code[CODE_SIZE];
    struct plates_one one = {.path = NULL};
    if (code_read(request_value(req, "code"), code) != CODE_READ_OK)
        return problem_set(p, ERR_NOT_FOUND, NULL, "no plate has that code");
    enum err e = plate_load(c, req->arena, code, &one.plate, p);
    if (!e)
        e = plate_target_load(c, req->arena, one.plate.site_id, one.plate.tour_id, &one.target, p);
    if (!e)
        e = check_reach(c, req, &one.target, p);
    if (!e)
        e = plate_last_event(c, code, &one.step, p);
    if (e)
        return e;
    one.title = plates_title(req, &one.target);
    one.path = arena_printf(req->arena, "/desk/plates/%s", code);
    if (!one.path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = one;
    return ERR_NONE;
}

static enum err save(struct connection *writer, void *arg, struct problem *p)
{
    struct plates_change *change = arg;
    struct actor actor = desk_actor(change->req);
    enum err e = plates_load(writer, change->req, &change->one, p);
    if (!e)
        e = change->edit(writer, change, p);
    int64_t before = change->one.step;
    if (!e)
        e = plate_update(writer, &change->one.plate, &actor, p);
    if (!e)
        e = plate_last_event(writer, change->one.plate.code, &change->one.step, p);
    if (!e && change->one.step != before)
        change->undo =
            arena_printf(change->req->arena, "%s/undo/%lld", change->one.path, (long long)change->one.step);
    return e;
}

enum err plates_save(struct plates_change *change, struct problem *p)
{
    return desk_write(change->req, save, change, p);
}

bool plates_is_stale(const struct form *form, const struct plates_one *one)
{
    int64_t seen = 0;
    return form_int(form, "seen", &seen) && seen != one->step;
}

enum err plates_aim(struct connection *writer, struct plates_change *change, int64_t site_id, int64_t tour_id,
                    struct problem *p)
{
    struct plate_target target;
    enum err e = plate_target_load(writer, change->req->arena, site_id, tour_id, &target, p);
    if (!e)
        e = check_reach(writer, change->req, &target, p);
    if (e)
        return e;
    change->one.plate.site_id = site_id;
    change->one.plate.tour_id = tour_id;
    change->one.title = plates_title(change->req, &target);
    return ERR_NONE;
}

enum err plates_late(struct http_request *req, struct http_response *res, const struct plates_one *one,
                     const char *key, struct problem *p)
{
    enum err e = desk_flash(req, res, DESK_WARNING, key, NULL, p);
    return e ? e : desk_see_other(res, one->path, p);
}
