// Making a batch: which plates, which design, how large, which files. Before it is made the generator draws
// one of its plates: what cannot work is said here and not an hour later.
#include <string.h>

#include "content/plate.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/batches/runner.h"
#include "server/desk/batches/batches_parts.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

// --- showing

static enum err put_form(struct screen *screen, struct form *form, bool fresh, bool preview,
                         struct problem *problem)
{
    struct context *c = &screen->context;
    struct batches_fields own;
    char code[CODE_SIZE] = "";
    enum err e = batches_fields(screen, &own, problem);
    if (e)
        return e;
    if (fresh)
        batches_defaults(screen, form, &own);
    e = batches_put_choice(screen, form, code, problem);
    field_put(screen, form, own.items, own.count);
    context_text(c, c->root, "preview_code", code);
    context_text(c, c->root, "reads", form->failed ? "" : batches_reads_words(screen, form));
    if (*code && !form->failed)
        context_text(c, c->root, "preview",
                     arena_printf(screen->arena, "/desk/batches/preview.png?%s",
                                  batches_query(screen->arena, form, code)));
    context_flag(c, c->root, "asked_preview", preview);
    return e;
}

// What has to be there before plates can be printed at all.
static bool put_missing(struct screen *screen)
{
    struct context *c = &screen->context;
    context_flag(c, c->root, "no_base_url", !screen->app->base_url_given);
    context_flag(c, c->root, "no_generator", !screen->app->generator);
    return !screen->app->base_url_given || !screen->app->generator;
}

static enum err send_form(struct http_request *req, struct http_response *res, struct form *form, bool fresh,
                          bool preview, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct problem why = PROBLEM_INIT;
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    bool missing = put_missing(&screen);
    if (!missing)
        e = put_form(&screen, form, fresh, preview, &why);
    if (e == ERR_UNSUPPORTED || e == ERR_NOT_FOUND || e == ERR_INVALID) {
        context_text(&screen.context, screen.context.root, "generator_said", why.text);
        context_flag(&screen.context, screen.context.root, "no_generator", true);
        missing = true;
    } else if (e) {
        return problem_set(problem, e, NULL, "%s", why.text);
    }
    context_flag(&screen.context, screen.context.root, "ready", !missing);
    field_answer(&screen, form);
    screen.title = VIEW_KEY("desk.batches.new.title");
    screen.menu = "/desk/batches";
    screen.wide = true;
    return screen_send(&screen, "desk/batches-new", problem);
}

enum err batches_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return send_form(req, res, &form, true, false, problem);
}

// --- making

struct making {
    const struct http_request *req;
    struct batch_new batch;
    int64_t id;
};

// What was ticked or pasted may lie elsewhere than the account may work.
static enum err check_reach(struct connection *c, const struct making *m, struct problem *p)
{
    const struct desk_user *user = desk_user(m->req);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && user->area_count && i < m->batch.count; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        bool may = false;
        struct plate plate;
        struct plate_target target = {.area = NULL};
        e = plate_load(c, &a, m->batch.items[i].code, &plate, NULL);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE; // said with its code by batch_add
        if (!e)
            e = plate_target_load(c, &a, plate.site_id, plate.tour_id, &target, p);
        if (!e)
            e = desk_may_work_in(c, user, target.area, &may, p);
        if (!e && !may)
            e = problem_at(p, ERR_DENIED, i + 1, 0, "area",
                           "the plate lies outside the areas of this account");
    }
    return e;
}

static enum err make(struct connection *writer, void *arg, struct problem *p)
{
    struct making *m = arg;
    struct actor actor = desk_actor(m->req);
    enum err e = check_reach(writer, m, p);
    return e ? e : batch_add(writer, &m->batch, &actor, &m->id, p);
}

// One plate is in the way: which, and why.
static void take_plate_problem(struct form *form, const struct making *m, const struct problem *p)
{
    static const struct {
        enum err code;
        const char *field, *key;
    } known[] = {
        {ERR_NOT_FOUND, "plates", VIEW_KEY("desk.batches.new.plate_unknown")},
        {ERR_CONFLICT, "plates", VIEW_KEY("desk.batches.new.plate_held")},
        {ERR_DENIED, "plates", VIEW_KEY("desk.batches.new.plate_retired")},
        {ERR_DENIED, "area", VIEW_KEY("desk.batches.new.plate_elsewhere")},
    };
    char words[CODE_WORDS_SIZE] = "";
    if (p->line >= 1 && p->line <= m->batch.count)
        code_words(m->batch.items[p->line - 1].code, words);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].code == p->code && strcmp(known[i].field, p->field) == 0) {
            form_problem_words(form, "", known[i].key, "code", words);
            return;
        }
    batches_take(form, p);
}

static bool is_of_form(enum err e)
{
    return e == ERR_INVALID || e == ERR_NOT_FOUND || e == ERR_CONFLICT || e == ERR_DENIED ||
           e == ERR_EXISTS || e == ERR_TOO_LARGE || e == ERR_UNSUPPORTED;
}

// Draws the first plate as the batch would.
static void try_one(struct http_request *req, struct form *form, struct making *m)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf job = BUF_INIT, png = BUF_INIT;
    enum err e = store_reader(app->store, &reader, &p);
    if (!e)
        e = batch_logo(reader, req->arena, &m->batch.options.logo, &p);
    if (!e)
        e = batch_job_of_plate(reader, &m->batch.options, generator_means(app->generator),
                               m->batch.items[0].code, &job, &p);
    if (!e)
        e = generator_preview(app->generator, job.data, job.len, &png, &p);
    p.line = 1;
    if (e && e != ERR_BUSY) // somebody else's preview: the making itself will tell
        take_plate_problem(form, m, &p);
}

static enum err answer_made(struct http_request *req, struct http_response *res, const struct making *m,
                            struct problem *problem)
{
    const struct app *app = req->app;
    runner_wake(app->runner);
    json_t *values = json_pack("{s:I}", "count", (json_int_t)m->batch.count);
    enum err e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.batches.made"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, batches_path(req->arena, m->id), problem);
}

enum err batches_make(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct form form;
    struct batches_chosen chosen = {.count = 0};
    struct making m = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    if (!app->base_url_given || !app->generator)
        return send_form(req, res, &form, false, false, problem);
    if (plates_turning(&form))
        return send_form(req, res, &form, false, false, problem);
    bool preview = strcmp(form_line(&form, "do"), "preview") == 0;
    batches_read_options(req, &form, &m.batch.options);
    if (!preview)
        e = batches_read_plates(req, res, &form, &chosen, problem);
    if (e)
        return e;
    m.batch.name = form_line(&form, "name");
    m.batch.items = chosen.items;
    m.batch.count = chosen.count;
    if (!preview && !form.failed)
        try_one(req, &form, &m);
    if (preview || form.failed)
        return send_form(req, res, &form, false, preview, problem);
    struct problem why = PROBLEM_INIT;
    e = desk_write(req, make, &m, &why);
    if (!e)
        return answer_made(req, res, &m, problem);
    if (!is_of_form(e))
        return problem_set(problem, e, NULL, "%s", why.text);
    take_plate_problem(&form, &m, &why);
    return send_form(req, res, &form, false, false, problem);
}
