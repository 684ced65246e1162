#include "server/desk/batches/batches_parts.h"

#include <stdlib.h>
#include <string.h>

#include "server/view/view.h"

const struct field_option batches_states[] = {
    {.value = "waiting", .label = VIEW_KEY("desk.batches.state.waiting")},
    {.value = "running", .label = VIEW_KEY("desk.batches.state.running")},
    {.value = "made", .label = VIEW_KEY("desk.batches.state.made")},
    {.value = "printed", .label = VIEW_KEY("desk.batches.state.printed")},
    {.value = "failed", .label = VIEW_KEY("desk.batches.state.failed")},
    {.value = "stopped", .label = VIEW_KEY("desk.batches.state.stopped")},
    {.value = NULL},
};

const char *batches_state_key(const char *state)
{
    for (const struct field_option *o = batches_states; o->value; o++)
        if (state && strcmp(o->value, state) == 0)
            return o->label;
    return batches_states[0].label;
}

const char *batches_path(struct arena *a, int64_t id)
{
    return arena_printf(a, "/desk/batches/%lld", (long long)id);
}

void batches_put(struct screen *screen, json_t *object, const struct batch *batch)
{
    struct context *c = &screen->context;
    context_number(c, object, "id", batch->id);
    context_text(c, object, "label", batch->name);
    context_text(c, object, "state", batch->state);
    context_text(c, object, "path", batches_path(screen->arena, batch->id));
    context_flag(c, object, "good", batch_has_parcel(batch) && strcmp(batch->state, "failed") != 0);
    context_flag(c, object, "bad", strcmp(batch->state, "failed") == 0);
    screen_message(screen, object, "state_words", batches_state_key(batch->state), NULL);
}

enum err batches_load(struct connection *c, const struct http_request *req, struct batch *ret,
                      struct problem *p)
{
    const char *text = request_value(req, "id");
    size_t len = text ? strlen(text) : 0;
    if (len < 1 || len > 15 || strspn(text, "0123456789") != len)
        return problem_set(p, ERR_NOT_FOUND, NULL, "there is no such batch");
    return batch_load(c, req->arena, strtoll(text, NULL, 10), ret, p);
}
