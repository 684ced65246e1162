// The versions of a site: who saved what and when, what differs, and going back.
#include <stdlib.h>
#include <string.h>

#include "content/editing/revision.h"
#include "content/site.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"
#include "server/desk/routes.h"
#include "server/desk/sites/revision_words.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum { SHOWN = 50 };

struct history {
    struct screen screen;
    struct site site;
    const char *title;
};

static void close_history(struct history *h)
{
    site_clear(&h->site);
    screen_close(&h->screen);
}
#define cleanup_history CLEANUP(close_history)

static int64_t number(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : 0;
}

// The site {id}, when the user may work on it.
static enum err load(struct connection *c, const struct http_request *req, struct site *ret,
                     struct problem *problem)
{
    bool may = false;
    enum err e = site_load(c, req->arena, number(request_value(req, "id")), ret, problem);
    if (!e)
        e = desk_may_work_in(c, desk_user(req), ret->area.key, &may, problem);
    if (!e && !may) {
        site_clear(ret);
        *ret = (struct site){0};
        e = problem_set(problem, ERR_DENIED, "area", "this site lies outside of your areas");
    }
    return e;
}

static enum err open_history(struct history *h, struct http_request *req, struct http_response *res,
                             struct problem *problem)
{
    enum err e = screen_open(&h->screen, req, res, problem);
    if (!e)
        e = load(h->screen.db, req, &h->site, problem);
    if (e)
        return e;
    struct context *c = &h->screen.context;
    const struct site_text *text = site_text(&h->site, h->site.original);
    h->title = text ? text->title : h->site.slug;
    context_number(c, c->root, "id", h->site.id);
    context_number(c, c->root, "current", h->site.version);
    context_text(c, c->root, "site_title", h->title);
    h->screen.menu = "/desk/sites";
    return ERR_NONE;
}

// --- the list

static void put_revision(struct history *h, json_t *list, const struct revision *revision, bool last)
{
    struct context *c = &h->screen.context;
    json_t *item = context_item(c, list);
    context_number(c, item, "version", revision->version);
    context_number(c, item, "previous", revision->version - 1);
    context_flag(c, item, "has_previous", revision->version > 1);
    context_flag(c, item, "is_current", revision->version == h->site.version);
    context_flag(c, item, "is_last", last);
    context_text(c, item, "who",
                 revision->account ? revision->account
                                   : screen_words(&h->screen, VIEW_KEY("desk.revisions.nobody"), NULL));
    context_flag(c, item, "import", false);
    if (revision->import_id)
        context_number(c, item, "import", revision->import_id);
    context_flag(c, item, "is_bulk", revision->is_bulk);
    screen_time(&h->screen, item, "when", revision->at);
}

static enum err put_revisions(struct history *h, int64_t before, struct problem *problem)
{
    struct context *c = &h->screen.context;
    struct revisions revisions;
    enum err e =
        revision_list(h->screen.db, h->screen.arena, h->site.id, before, SHOWN + 1, &revisions, problem);
    if (e)
        return e;
    bool more = revisions.count > SHOWN;
    json_t *list = context_list(c, c->root, "revisions");
    for (size_t i = 0; i < revisions.count && i < SHOWN; i++)
        put_revision(h, list, &revisions.items[i], i + 1 == revisions.count);
    context_flag(c, c->root, "older", false);
    if (more)
        context_number(c, c->root, "older", revisions.items[SHOWN - 1].version);
    context_flag(c, c->root, "several", revisions.count > 1);
    return ERR_NONE;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_history struct history h = {0};
    enum err e = open_history(&h, req, res, problem);
    if (!e)
        e = put_revisions(&h, number(request_param(req, "before")), problem);
    if (e)
        return e;
    h.screen.title_text = screen_words(&h.screen, VIEW_KEY("desk.revisions.title"), h.screen.context.root);
    return screen_send(&h.screen, "desk/revisions", problem);
}

// --- two of them

static enum err put_side(struct history *h, const char *member, int64_t version, struct problem *problem)
{
    struct context *c = &h->screen.context;
    struct revisions one;
    enum err e = revision_list(h->screen.db, h->screen.arena, h->site.id, version + 1, 1, &one, problem);
    if (!e && (one.count == 0 || one.items[0].version != version))
        e = problem_set(problem, ERR_NOT_FOUND, "version", "the site has no version %lld",
                        (long long)version);
    if (!e)
        put_revision(h, context_list(c, c->root, member), &one.items[0], true);
    return e;
}

static enum err put_difference(struct history *h, int64_t from, int64_t to, struct problem *problem)
{
    json_t *before = NULL, *after = NULL;
    enum err e = put_side(h, "from", from, problem);
    if (!e)
        e = put_side(h, "to", to, problem);
    if (!e)
        e = revision_load(h->screen.db, h->site.id, from, &before, problem);
    if (!e)
        e = revision_load(h->screen.db, h->site.id, to, &after, problem);
    if (!e)
        e = revision_words_put(&h->screen, h->screen.context.root, before, after, problem);
    json_decref(before);
    json_decref(after);
    return e;
}

// ?from=3&to=5; without `to`, with the present.
static enum err compare(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_history struct history h = {0};
    enum err e = open_history(&h, req, res, problem);
    if (e)
        return e;
    int64_t from = number(request_param(req, "from")), to = number(request_param(req, "to"));
    to = to ? to : h.site.version;
    if (from > to) {
        int64_t swap = from;
        from = to;
        to = swap;
    }
    e = put_difference(&h, from, to, problem);
    if (e)
        return e;
    context_flag(&h.screen.context, h.screen.context.root, "may_restore", from != h.site.version);
    h.screen.title_text =
        screen_words(&h.screen, VIEW_KEY("desk.revisions.compare_title"), h.screen.context.root);
    return screen_send(&h.screen, "desk/revisions-compare", problem);
}

// --- going back

struct going_back {
    const struct http_request *req;
    int64_t version, current;
};

// The area comes from the version; one that is another's takes the whole change back.
static enum err check_area(struct connection *writer, const struct going_back *g, struct problem *p)
{
    cleanup_site struct site site = {0};
    enum err e = load(writer, g->req, &site, p);
    if (e == ERR_DENIED)
        e = problem_set(p, ERR_DENIED, "version", "the version lies outside of your areas");
    return e;
}

static enum err go_back(struct connection *writer, void *arg, struct problem *p)
{
    const struct going_back *g = arg;
    const struct desk_user *user = desk_user(g->req);
    const struct actor actor = desk_actor(g->req);
    cleanup_site struct site site = {0};
    enum err e = load(writer, g->req, &site, p);
    if (!e)
        e = sites_may_change(user, site.state, p);
    if (!e)
        e = revision_restore_content(writer, site.id, g->version, g->current, desk_may_publish(user), &actor,
                                     p);
    return e ? e : check_area(writer, g, p);
}

// The words for what stood against it; NULL: none, the error is the answer.
static const char *words_against(enum err e, const struct problem *p)
{
    static const struct {
        enum err code;
        const char *field, *key; // field NULL: any
    } all[] = {
        {ERR_CONFLICT, NULL, VIEW_KEY("desk.revisions.conflict")},
        {ERR_DENIED, "state", VIEW_KEY("desk.revisions.may_not")},
        {ERR_DENIED, "bin", VIEW_KEY("desk.revisions.in_bin")},
        {ERR_DENIED, "version", VIEW_KEY("desk.revisions.elsewhere")},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].code == e && (!all[i].field || strcmp(all[i].field, p->field) == 0))
            return all[i].key;
    return NULL;
}

static enum err restore(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct going_back g = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (e)
        return e;
    const char *history = arena_printf(req->arena, "/desk/sites/%s/history", request_value(req, "id"));
    if (!form_int(&form, "version", &g.version) || !form_int(&form, "current", &g.current))
        return problem_set(problem, ERR_INVALID, "version", "the version to go back to is missing");
    json_t *values = json_pack("{s:I}", "version", (json_int_t)g.version);
    e = desk_write(req, go_back, &g, problem);
    const char *against = words_against(e, problem);
    if (against)
        e = desk_flash(req, res, DESK_WARNING, against, values, problem);
    else if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.revisions.restored"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, history, problem);
}

static const char *const list_params[] = {"before", NULL};
static const char *const compare_params[] = {"from", "to", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/sites/{id}/history",
     .handler = show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = list_params},
    {.pattern = "/desk/sites/{id}/history/compare",
     .handler = compare,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = compare_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/history/restore",
     .handler = restore,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_revisions_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
