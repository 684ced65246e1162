// Links for the print shop: made with an end and perhaps a password, shown once, revoked.
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "content/print/parcel_link.h"
#include "content/staff/password.h"
#include "server/app.h"
#include "server/desk/batches/batches_parts.h"
#include "server/view/view.h"

enum { PASSWORD_LEAST = 8, DAY_S = 24 * 3600, DOWNLOADS_SHOWN = 20 };

static const struct field_option lives[] = {
    {.value = "3", .label = VIEW_KEY("desk.batches.link.days_3")},
    {.value = "7", .label = VIEW_KEY("desk.batches.link.days_7")},
    {.value = "14", .label = VIEW_KEY("desk.batches.link.days_14")},
    {.value = "30", .label = VIEW_KEY("desk.batches.link.days_30")},
    {.value = NULL},
};
static const struct field fields[] = {
    {.name = "note",
     .label = VIEW_KEY("desk.batches.link.note"),
     .hint = VIEW_KEY("desk.batches.link.note_hint"),
     .max = PARCEL_NOTE_MAX,
     .optional = true},
    {.name = "days", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.batches.link.days"), .options = lives},
    {.name = "password",
     .label = VIEW_KEY("desk.batches.link.password"),
     .hint = VIEW_KEY("desk.batches.link.password_hint"),
     .max = 100,
     .optional = true},
};

static void put_link(struct screen *screen, json_t *items, const struct parcel_link *link)
{
    struct context *c = &screen->context;
    int64_t now = clock_now();
    json_t *item = context_item(c, items);
    context_text(c, item, "link", link->id);
    context_text(c, item, "note", link->note);
    context_flag(c, item, "has_password", link->password_hash != NULL);
    context_flag(c, item, "revoked", link->revoked_at != 0);
    context_flag(c, item, "expired", !link->revoked_at && parcel_link_is_over(link, now));
    context_flag(c, item, "open", !parcel_link_is_over(link, now));
    context_number(c, item, "count", link->downloads);
    context_text(c, item, "who", link->account ? link->account : "");
    screen_time(screen, item, "until", link->expires_at);
    screen_time(screen, item, "made", link->created_at);
}

enum err batches_put_links(struct screen *screen, const struct batch *batch, const struct form *given,
                           struct problem *p)
{
    struct context *c = &screen->context;
    struct parcel_links links = {.count = 0};
    struct parcel_downloads downloads = {.count = 0};
    struct form form = *given;
    enum err e = parcel_link_list(screen->db, screen->arena, batch->id, &links, p);
    if (!e)
        e = parcel_link_downloads(screen->db, screen->arena, batch->id, DOWNLOADS_SHOWN, &downloads, p);
    if (e)
        return e;
    json_t *items = context_list(c, c->root, "links");
    for (size_t i = 0; i < links.count; i++)
        put_link(screen, items, &links.items[i]);
    json_t *fetched = context_list(c, c->root, "downloads");
    for (size_t i = 0; i < downloads.count; i++) {
        json_t *item = context_item(c, fetched);
        context_text(c, item, "note", downloads.items[i].note);
        screen_time(screen, item, "when", downloads.items[i].at);
    }
    context_flag(c, c->root, "has_links", links.count > 0);
    context_flag(c, c->root, "has_downloads", downloads.count > 0);
    if (!form_value(&form, "days"))
        form_set(&form, "days", "14");
    field_put(screen, &form, fields, sizeof fields / sizeof fields[0]);
    return ERR_NONE;
}

// --- making

struct making {
    struct http_request *req;
    struct batch batch;
    const char *note;
    int64_t expires_at;
    char hash[PASSWORD_HASH_SIZE];
    char token[PARCEL_TOKEN_SIZE];
};

static enum err make(struct connection *writer, void *arg, struct problem *p)
{
    struct making *m = arg;
    struct actor actor = desk_actor(m->req);
    enum err e = batches_load(writer, m->req, &m->batch, p);
    if (!e && !batch_has_parcel(&m->batch))
        e = problem_set(p, ERR_CONFLICT, NULL, "the batch is not made yet");
    return e ? e
             : parcel_link_make(writer, m->batch.id, m->expires_at, *m->hash ? m->hash : NULL, m->note,
                                &actor, m->token, p);
}

static enum err read_form(struct form *form, struct making *m, struct problem *p)
{
    int64_t days = 0;
    const char *password = form_line(form, "password");
    m->note = form_line(form, "note");
    if (!form_int(form, "days", &days) || days < 1 || days > PARCEL_DAYS_MAX)
        form_problem(form, "days", VIEW_KEY("desk.batches.link.days_wrong"));
    m->expires_at = clock_now() + days * DAY_S;
    if (strlen(m->note) > 4 * PARCEL_NOTE_MAX)
        form_problem(form, "note", VIEW_KEY("desk.batches.link.note_long"));
    if (*password && (strlen(password) < PASSWORD_LEAST || strlen(password) > PASSWORD_MAX))
        form_problem(form, "password", VIEW_KEY("desk.batches.link.password_short"));
    return form->failed || !*password ? ERR_NONE : password_hash(password, m->hash, p);
}

// The link is shown once: the store holds only its hash.
static enum err send_link(struct making *m, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = m->req};
    enum err e = screen_open(&screen, m->req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    batches_put(&screen, c->root, &m->batch);
    context_text(c, c->root, "link",
                 arena_printf(m->req->arena, "%s/parcel/%s", screen.app->base_url, m->token));
    context_flag(c, c->root, "has_password", *m->hash != '\0');
    screen_time(&screen, c->root, "until", m->expires_at);
    screen.title = VIEW_KEY("desk.batches.link.title");
    screen.menu = "/desk/batches";
    return screen_send(&screen, "desk/batches-link", problem);
}

enum err batches_link(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct making m = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = read_form(&form, &m, problem);
    if (e)
        return e;
    if (form.failed)
        return batches_send_one(req, res, &form, problem);
    e = desk_write(req, make, &m, problem);
    return e ? e : send_link(&m, res, problem);
}

static enum err end_link(struct connection *writer, void *arg, struct problem *p)
{
    struct making *m = arg;
    struct actor actor = desk_actor(m->req);
    enum err e = batches_load(writer, m->req, &m->batch, p);
    return e ? e : parcel_link_revoke(writer, m->batch.id, request_value(m->req, "link"), &actor, p);
}

enum err batches_revoke(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct making m = {.req = req};
    enum err e = desk_write(req, end_link, &m, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.batches.link.revoked"), NULL, problem);
    return e ? e : desk_see_other(res, batches_path(req->arena, m.batch.id), problem);
}
