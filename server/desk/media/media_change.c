// Changing what a site has of pictures, sounds and films: their order, taking one away, putting it back.
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "content/editing/revision.h"
#include "server/desk/frame/form.h"
#include "server/desk/media/media.h"
#include "server/view/view.h"

enum err media_sha256(const struct http_request *req, const char **ret, struct problem *p)
{
    const char *sha256 = request_value(req, "sha256");
    if (!sha256 || !hash_is_hex(sha256))
        return problem_set(p, ERR_NOT_FOUND, "sha256", "that is no name of a file");
    *ret = sha256;
    return ERR_NONE;
}

enum err media_see(struct http_request *req, struct http_response *res, const char *rest, struct problem *p)
{
    const char *to = arena_printf(req->arena, "/desk/sites/%s/media%s", request_value(req, "id"), rest);
    return desk_see_other(res, to, p);
}

// --- saving

struct saving {
    const struct http_request *req;
    media_edit *edit;
    void *arg;
    bool changed;
};

static enum err save(struct connection *writer, void *arg, struct problem *p)
{
    struct saving *s = arg;
    struct arena *a = s->req->arena;
    cleanup_site struct site site = {.id = 0};
    const struct actor actor = desk_actor(s->req);
    int64_t id = 0;
    enum err e = sites_id(s->req, &id);
    if (!e)
        e = sites_load(writer, s->req, a, id, &site, p);
    if (!e)
        e = sites_may_change(desk_user(s->req), site.state, p);
    if (!e)
        e = s->edit(writer, &site, a, s->arg, &s->changed, p);
    if (!desk_may_publish(desk_user(s->req)))
        site_hold(&site);
    return e || !s->changed ? e : site_save(writer, &site, &actor, NULL, p);
}

enum err media_save(const struct http_request *req, media_edit *edit, void *arg, bool *ret_changed,
                    struct problem *p)
{
    struct saving s = {.req = req, .edit = edit, .arg = arg};
    enum err e = desk_write(req, save, &s, p);
    if (!e && ret_changed)
        *ret_changed = s.changed;
    return e;
}

// --- order

struct ordering {
    const char *sha256; // the one that is moved; NULL: the whole order
    long by;
    const char *const *order;
    size_t count;
};

static enum err order(struct connection *writer, struct site *site, struct arena *a, void *arg,
                      bool *ret_changed, struct problem *p)
{
    const struct ordering *o = arg;
    (void)writer;
    (void)a;
    (void)p;
    size_t at = o->sha256 ? site_media_find(site, o->sha256) : SITE_MEDIA_NONE;
    if (!o->sha256)
        *ret_changed = site_media_sort(site, o->order, o->count);
    else if (at != SITE_MEDIA_NONE)
        *ret_changed = site_media_move(site, at, o->by);
    return ERR_NONE;
}

// "up:SHA256", "down:SHA256", "first:SHA256".
static bool read_move(const char *button, struct ordering *ret)
{
    static const struct {
        const char *name;
        long by;
    } moves[] = {{"up:", -1}, {"down:", 1}, {"first:", -SITE_MEDIA_MAX}};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (strncmp(button, moves[i].name, strlen(moves[i].name)) == 0) {
            ret->by = moves[i].by;
            ret->sha256 = button + strlen(moves[i].name);
            return true;
        }
    return false;
}

enum err media_order(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct ordering o = {.sha256 = NULL};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    if (!read_move(form_line(&form, "do"), &o))
        o.order = form_values(&form, "order", &o.count);
    e = media_save(req, order, &o, NULL, problem);
    if (e)
        return e;
    if (desk_wants_json(req)) {
        json_t *done = json_pack("{s:b}", "ok", 1);
        e = desk_json(res, 200, done);
        json_decref(done);
        return e;
    }
    const char *place = o.sha256 ? arena_printf(req->arena, "#m-%.12s", o.sha256) : "";
    return media_see(req, res, place, problem);
}

// --- away, and back

struct removing {
    const char *sha256;
    int64_t version; // that still had it
};

static enum err take_away(struct connection *writer, struct site *site, struct arena *a, void *arg,
                          bool *ret_changed, struct problem *p)
{
    struct removing *r = arg;
    (void)writer;
    (void)a;
    (void)p;
    size_t at = site_media_find(site, r->sha256);
    *ret_changed = at != SITE_MEDIA_NONE;
    if (!*ret_changed)
        return ERR_NONE;
    r->version = site->version;
    site_media_remove(site, at);
    return ERR_NONE;
}

enum err media_remove(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct removing r = {.version = 0};
    bool changed = false;
    enum err e = media_sha256(req, &r.sha256, problem);
    if (!e)
        e = media_save(req, take_away, &r, &changed, problem);
    if (e)
        return e;
    if (changed) {
        const char *undo = arena_printf(req->arena, "/desk/sites/%s/media/%s/back/%lld",
                                        request_value(req, "id"), r.sha256, (long long)r.version);
        json_t *values = json_pack("{s:s}", "undo", undo ? undo : "");
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.media.removed"), values, problem);
        json_decref(values);
    }
    return e ? e : media_see(req, res, "", problem);
}

// As it stood in that version, where it stood. Its words, order and focus come back with it.
static enum err put_back(struct connection *writer, struct site *site, struct arena *a, void *arg,
                         bool *ret_changed, struct problem *p)
{
    const struct removing *r = arg;
    json_t *document = NULL;
    cleanup_site struct site before = {.id = 0};
    struct media media;
    if (site_media_find(site, r->sha256) != SITE_MEDIA_NONE)
        return ERR_NONE;
    enum err e = revision_load(writer, site->id, r->version, &document, p);
    if (!e)
        e = revision_to_site(document, a, &before, p);
    json_decref(document);
    size_t at = e ? SITE_MEDIA_NONE : site_media_find(&before, r->sha256);
    if (!e && at == SITE_MEDIA_NONE)
        e = problem_set(p, ERR_NOT_FOUND, "sha256", "that version has no such file");
    if (!e)
        e = media_load(writer, a, r->sha256, &media, p);
    if (e)
        return e;
    before.media[at].media_class = media.media_class;
    e = site_media_insert(site, a, &before.media[at], at, p);
    *ret_changed = e == ERR_NONE;
    return e;
}

enum err media_put_back(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct removing r = {.version = strtoll(request_value(req, "version"), NULL, 10)};
    bool changed = false;
    enum err e = media_sha256(req, &r.sha256, problem);
    if (!e)
        e = media_save(req, put_back, &r, &changed, problem);
    if (!e && changed)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.media.is_back"), NULL, problem);
    return e ? e : media_see(req, res, arena_printf(req->arena, "#m-%.12s", r.sha256), problem);
}
