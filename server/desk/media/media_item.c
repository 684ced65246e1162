// `/desk/sites/{id}/media/{sha256}`: what is said of one picture, sound or film, and where its subject is.
#include <string.h>

#include "content/editing/revision.h"
#include "server/desk/media/media_form.h"
#include "server/desk/sites/drafts.h"
#include "server/pictures/intake.h"
#include "server/view/view.h"

struct item {
    struct screen screen;
    struct site site; // as it is stored now
    size_t at;        // of the file
    struct media_form f;
};

static void item_clear(struct item *item)
{
    site_clear(&item->site);
    screen_close(&item->screen);
}
#define cleanup_item CLEANUP(item_clear)

static enum err item_open(struct item *item, struct http_request *req, struct http_response *res,
                          struct problem *problem)
{
    const char *sha256;
    enum err e = media_sha256(req, &sha256, problem);
    if (!e)
        e = sites_open(&item->screen, req, res, &item->site, problem);
    if (!e)
        e = media_languages(&item->screen, &item->f.langs, &item->f.lang_count, problem);
    if (e)
        return e;
    item->at = site_media_find(&item->site, sha256);
    if (item->at == SITE_MEDIA_NONE)
        return problem_set(problem, ERR_NOT_FOUND, "sha256", "the site has no such file");
    item->f.media = &item->site.media[item->at];
    return ERR_NONE;
}

static struct drafts_of draft_of(const struct item *item)
{
    struct arena *a = item->screen.arena;
    const struct site_text *text = site_text(&item->site, item->site.original);
    return (struct drafts_of){
        .subject = arena_printf(a, "media:%lld:%.16s", (long long)item->site.id, item->f.media->sha256),
        .version = item->site.version,
        .address =
            arena_printf(a, "/desk/sites/%lld/media/%s", (long long)item->site.id, item->f.media->sha256),
        .title = text ? text->title : item->site.slug,
    };
}

// --- the page

// One of the same class behind it, around the end: the next to describe. NULL: there is no other.
static const struct site_media *next_of(const struct item *item)
{
    const struct site *site = &item->site;
    for (size_t i = 1; i < site->media_count; i++) {
        const struct site_media *m = &site->media[(item->at + i) % site->media_count];
        if (site_media_is_picture(m) == site_media_is_picture(item->f.media))
            return m;
    }
    return NULL;
}

// What the camera noted, where nothing or something else stands in the form.
static void put_notes(struct item *item)
{
    struct context *c = &item->screen.context;
    struct exif notes;
    media_notes(item->screen.app, item->screen.arena, item->f.media, &notes);
    context_flag(c, c->root, "noted", false);
    if (notes.taken[0] && (!item->f.media->taken || strcmp(item->f.media->taken, notes.taken) != 0))
        context_text(c, c->root, "noted", arena_strdup(item->screen.arena, notes.taken));
}

static enum err send(struct item *item, struct problem *problem)
{
    struct screen *screen = &item->screen;
    struct context *c = &screen->context;
    struct media_variants all;
    struct drafts_of draft = draft_of(item);
    const struct site_text *text = site_text(&item->site, item->site.original);
    enum err e = media_variants_load(screen->db, screen->arena, item->f.media->sha256, &all, problem);
    json_t *media = context_object(c, c->root, "media");
    if (!e)
        e = media_put(screen, media, &item->site, item->at, &all, problem);
    if (!e)
        e = drafts_put(screen, &draft, &item->f.form, problem);
    if (e)
        return e;
    media_put_place(screen, media, &item->site, item->f.media);
    put_notes(item);
    media_form_put(screen, &item->f);
    context_number(c, c->root, "id", item->site.id);
    context_text(c, c->root, "site_title", text ? text->title : item->site.slug);
    context_flag(c, c->root, "locked", sites_may_change(screen->user, item->site.state, NULL) != ERR_NONE);
    context_flag(c, c->root, "has_next", next_of(item) != NULL);
    context_number(c, c->root, "of", (int64_t)item->site.media_count);
    screen->title_text = json_string_value(json_object_get(media, "label"));
    screen->menu = "/desk/sites";
    screen->wide = true;
    field_answer(screen, &item->f.form);
    return screen_send(screen, "desk/media-item", problem);
}

enum err media_item_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_item struct item item = {.screen = {.req = req}};
    bool opened = false;
    enum err e = item_open(&item, req, res, problem);
    if (e)
        return e;
    item.f.form = form_empty(req->arena);
    media_form_fill(&item.f, item.site.version);
    struct drafts_of draft = draft_of(&item);
    e = drafts_open(&item.screen, &draft, &item.f.form, &opened, problem);
    return e ? e : send(&item, problem);
}

// --- saving

// The file's part of the site's document in a version; NULL when it was not there. Borrowed from `document`.
static const json_t *part_of(const json_t *document, const char *sha256)
{
    size_t i;
    json_t *m;
    json_array_foreach(json_object_get(document, "media"), i, m)
    {
        const char *name = json_string_value(json_object_get(m, "sha256"));
        if (name && strcmp(name, sha256) == 0)
            return m;
    }
    return NULL;
}

// Whether somebody else changed this file's words since the form was read. What else changed in the site does
// not matter: pictures come in while their words are written.
static enum err changed_since(struct item *item, int64_t version, bool *ret, struct problem *p)
{
    const char *sha256 = item->f.media->sha256;
    json_t *then = NULL, *now = site_to_json(&item->site, false);
    enum err e = revision_load(item->screen.db, item->site.id, version, &then, p);
    if (!e && !now)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e) {
        const json_t *before = part_of(then, sha256), *after = part_of(now, sha256);
        *ret = !before || !json_equal((json_t *)before, (json_t *)after);
    }
    json_decref(then);
    json_decref(now);
    return e;
}

// What is stored now beside what was typed, where they differ; and once more would save what was typed.
static void put_theirs(struct item *item)
{
    struct context *c = &item->screen.context;
    struct media_form theirs = item->f;
    theirs.form = form_empty(item->screen.arena);
    media_form_fill(&theirs, item->site.version);
    json_t *list = context_list(c, c->root, "theirs");
    json_t *fields = json_object_get(c->root, "field"), *field;
    const char *member;
    json_object_foreach(fields, member, field)
    {
        const char *name = json_string_value(json_object_get(field, "name"));
        const char *there = form_text(&theirs.form, name);
        if (strcmp(there, form_text(&item->f.form, name)) == 0)
            continue;
        json_t *one = context_item(c, list);
        context_text(c, one, "what", json_string_value(json_object_get(field, "label")));
        context_text(c, one, "words", there);
    }
    context_flag(c, c->root, "conflict", true);
}

static enum err send_conflict(struct item *item, struct problem *problem)
{
    form_set_int(&item->f.form, "version", item->site.version);
    media_form_put(&item->screen, &item->f);
    put_theirs(item);
    json_object_del(item->screen.context.root, "fields");
    json_object_del(item->screen.context.root, "field");
    item->screen.res->status = 409;
    return send(item, problem);
}

struct keeping {
    const struct http_request *req;
    const char *subject; // of the draft
    const struct form *form;
    const struct site_media *media;
    int64_t version; // of the site that it was compared with
};

static enum err keep(struct connection *writer, struct site *site, struct arena *a, void *arg,
                     bool *ret_changed, struct problem *p)
{
    const struct keeping *k = arg;
    (void)a;
    size_t at = site_media_find(site, k->media->sha256);
    if (site->version != k->version || at == SITE_MEDIA_NONE)
        return problem_set(p, ERR_CONFLICT, "version", "the site was saved meanwhile");
    site->media[at] = *k->media;
    *ret_changed = true;
    return drafts_drop(writer, k->req, k->subject, k->form, p);
}

static enum err drop_draft(struct connection *writer, void *arg, struct problem *p)
{
    const struct keeping *k = arg;
    return drafts_drop(writer, k->req, k->subject, k->form, p);
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_changed(const struct site_media *a, const struct site_media *b)
{
    return !is_same(a->alt, b->alt) || !is_same(a->caption, b->caption) ||
           !is_same(a->transcript, b->transcript) || !is_same(a->captions, b->captions) ||
           !is_same(a->credit, b->credit) || !is_same(a->licence, b->licence) ||
           !is_same(a->taken, b->taken) || a->focus_x != b->focus_x || a->focus_y != b->focus_y;
}

static enum err save(struct item *item, const struct site_media *m, struct problem *problem)
{
    struct drafts_of draft = draft_of(item);
    struct keeping k = {.req = item->screen.req,
                        .subject = draft.subject,
                        .form = &item->f.form,
                        .media = m,
                        .version = item->site.version};
    enum err e = is_changed(item->f.media, m) ? media_save(k.req, keep, &k, NULL, problem)
                                              : desk_write(k.req, drop_draft, &k, problem);
    bool moved = m->focus_x != item->f.media->focus_x || m->focus_y != item->f.media->focus_y;
    if (!e && moved && m->focus_x >= 0 && item->screen.app->intake)
        (void)intake_cut(item->screen.app->intake, m->sha256, m->focus_x, m->focus_y,
                         NULL); // `stele media` too
    return e;
}

static enum err see_next(struct item *item, struct problem *problem)
{
    struct http_request *req = item->screen.req;
    const struct site_media *next = next_of(item);
    bool on = next && strcmp(form_line(&item->f.form, "do"), "next") == 0;
    enum err e = desk_flash(req, item->screen.res, DESK_DONE, VIEW_KEY("desk.media.saved"), NULL, problem);
    if (e)
        return e;
    return media_see(req, item->screen.res,
                     on ? arena_printf(req->arena, "/%s", next->sha256)
                        : arena_printf(req->arena, "#m-%.12s", item->f.media->sha256),
                     problem);
}

static enum err answer(struct item *item, struct problem *problem)
{
    struct site_media m;
    int64_t version = 0;
    bool changed = false;
    enum err e = sites_may_change(item->screen.user, item->site.state, problem);
    if (!e && !form_int(&item->f.form, "version", &version))
        e = problem_set(problem, ERR_INVALID, "version", "the form's version is missing");
    if (!e)
        e = media_form_read(&item->f, &m, problem);
    if (e)
        return e;
    if (item->f.form.failed)
        return send(item, problem);
    if (version != item->site.version)
        e = changed_since(item, version, &changed, problem);
    if (e)
        return e;
    if (changed)
        return send_conflict(item, problem);
    e = save(item, &m, problem);
    return e ? e : see_next(item, problem);
}

enum { TRIES = 4 };

// Pictures may come into the site between reading and saving; then it is read once more.
enum err media_item_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    enum err e = media_form_receive(req, &form, problem);
    for (int i = 0; !e && i < TRIES; i++) {
        cleanup_item struct item item = {.screen = {.req = req}};
        e = item_open(&item, req, res, problem);
        item.f.form = form;
        if (!e)
            e = answer(&item, problem);
        if (e != ERR_CONFLICT)
            return e;
        e = i + 1 < TRIES ? ERR_NONE : e;
    }
    return e;
}
