// The bin: a site leaves all lists, and comes back as it was.
#include <string.h>

#include "common/clock.h"
#include "content/editing/revision.h"
#include "server/desk/frame/frame.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

struct moving {
    const struct http_request *req;
    int64_t id;
    const char *title;
    const char *flash; // afterwards, instead of the usual words; NULL: those
};

static const char *title_of(const struct site *site, struct arena *a)
{
    const struct site_text *text = site_text(site, site->original);
    return arena_strdup(a, text ? text->title : site->slug);
}

static bool is_binned(const struct site *site)
{
    return strcmp(site->state, "binned") == 0;
}

static enum err bin(struct connection *writer, void *arg, struct problem *p)
{
    struct moving *m = arg;
    cleanup_site struct site site = {0};
    struct actor actor = desk_actor(m->req);
    enum err e = sites_load(writer, m->req, m->req->arena, m->id, &site, p);
    if (e)
        return e;
    m->title = title_of(&site, m->req->arena);
    if (strcmp(site.state, "published") == 0 && !desk_may_publish(desk_user(m->req)))
        return problem_set(p, ERR_DENIED, "state", "this account may not take a published site away");
    if (is_binned(&site))
        return ERR_NONE;
    site.state = "binned";
    site.publish_at = 0;
    return site_save(writer, &site, &actor, NULL, p);
}

// Not the version before this one: an import or a bulk change may save a site that lies in the bin.
enum err sites_before_bin(struct connection *c, const struct http_request *req, const struct site *binned,
                          struct sites_before_bin *ret, struct problem *p)
{
    json_t *document;
    struct sites_before_bin before = {.state = "draft"};
    enum err e = revision_before_bin(c, binned->id, &document, p);
    *ret = before;
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    const char *state = arena_strdup(req->arena, json_string_value(json_object_get(document, "state")));
    clock_read_rfc3339(json_string_value(json_object_get(document, "publish_at")), &before.publish_at);
    json_decref(document);
    bool shown = state && strcmp(state, "published") == 0;
    if (state && (!shown || desk_may_publish(desk_user(req))))
        before.state = state;
    before.is_late = before.publish_at && before.publish_at <= clock_now();
    before.publish_at = before.is_late ? 0 : before.publish_at;
    *ret = before;
    return ERR_NONE;
}

static enum err restore(struct connection *writer, void *arg, struct problem *p)
{
    struct moving *m = arg;
    cleanup_site struct site site = {0};
    struct actor actor = desk_actor(m->req);
    enum err e = sites_load(writer, m->req, m->req->arena, m->id, &site, p);
    if (e)
        return e;
    m->title = title_of(&site, m->req->arena);
    if (!is_binned(&site))
        return ERR_NONE;
    struct sites_before_bin before;
    e = sites_before_bin(writer, m->req, &site, &before, p);
    if (e)
        return e;
    site.state = before.state;
    site.publish_at = before.publish_at;
    m->flash = before.is_late ? VIEW_KEY("desk.site.restored_late") : NULL;
    return site_save(writer, &site, &actor, NULL, p);
}

static enum err move(struct http_request *req, struct http_response *res, desk_change *change,
                     const char *flash, const char *undo, const char *next, struct problem *problem)
{
    struct moving m = {.req = req};
    enum err e = sites_id(req, &m.id);
    if (!e)
        e = desk_write(req, change, &m, problem);
    if (e)
        return e;
    const char *folder = arena_printf(req->arena, "/desk/sites/%lld", (long long)m.id);
    json_t *values = json_pack("{s:s}", "title", m.title ? m.title : "");
    if (undo && folder)
        json_object_set_new(values, "undo", json_string(arena_printf(req->arena, "%s%s", folder, undo)));
    e = desk_flash(req, res, m.flash ? DESK_WARNING : DESK_DONE, m.flash ? m.flash : flash, values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, next ? next : folder, problem);
}

enum err site_bin_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return move(req, res, bin, VIEW_KEY("desk.site.binned"), "/restore", "/desk/sites", problem);
}

enum err site_restore_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return move(req, res, restore, VIEW_KEY("desk.site.restored"), NULL, NULL, problem);
}
