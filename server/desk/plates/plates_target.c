// Pointing a plate at another site or tour: words are typed, what fits is shown, one is chosen. A plate on a
// wall cannot be changed, what it opens can.
#include <string.h>

#include "common/fold.h"
#include "content/editing/desk_list.h"
#include "content/tour.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

enum { FOUND_MAX = 30, SEARCH_MAX = 200 };

static void put_choice(struct screen *screen, json_t *list, const char *name, int64_t id, const char *title,
                       const char *area, bool current)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list);
    context_text(c, item, "field_name", name);
    context_number(c, item, "id", id);
    context_text(c, item, "label", title);
    context_text(c, item, "area", area ? area : "");
    context_flag(c, item, "current", current);
}

static enum err put_sites(struct screen *screen, const struct plates_one *one, const char *query,
                          struct problem *problem)
{
    struct desk_sites sites;
    const struct desk_site_filter filter = {.query = query, .account_id = screen->user->account.id};
    enum err e =
        desk_site_list(screen->db, screen->arena, &filter, DESK_SITE_BY_NAME, FOUND_MAX, 0, &sites, problem);
    json_t *list = context_list(&screen->context, screen->context.root, "sites");
    for (size_t i = 0; !e && i < sites.count; i++) {
        const struct desk_site *site = &sites.items[i];
        put_choice(screen, list, "site", site->id, site->title,
                   site->area_labels ? screen_label(screen, site->area_labels) : NULL,
                   site->id == one->plate.site_id);
    }
    context_flag(&screen->context, screen->context.root, "has_sites", !e && sites.count > 0);
    return e;
}

static bool title_fits(const char *title, const struct buf *words)
{
    cleanup_buf struct buf folded = BUF_INIT;
    return words->len == 0 ||
           (fold_search(title, strlen(title), &folded, NULL) == ERR_NONE && strstr(folded.data, words->data));
}

static enum err put_tours(struct screen *screen, const struct plates_one *one, const char *query,
                          struct problem *problem)
{
    cleanup_buf struct buf words = BUF_INIT;
    struct tours tours;
    size_t found = 0;
    enum err e = tour_list(screen->db, screen->arena, NULL, &tours, problem);
    json_t *list = context_list(&screen->context, screen->context.root, "tours");
    if (!e && query)
        e = fold_search(query, strlen(query), &words, problem);
    for (size_t i = 0; !e && i < tours.count && found < FOUND_MAX; i++) {
        const struct tour *tour = &tours.items[i];
        const char *title = screen_label(screen, tour->titles);
        if (!title_fits(title ? title : tour->slug, &words))
            continue;
        put_choice(screen, list, "tour", tour->id, title ? title : tour->slug, NULL,
                   tour->id == one->plate.tour_id);
        found++;
    }
    context_flag(&screen->context, screen->context.root, "has_tours", found > 0);
    return e;
}

static enum err put_choices(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct plates_one one;
    enum err e = plates_load(screen->db, screen->req, &one, problem);
    if (e)
        return e;
    const char *typed = request_param(screen->req, "q");
    if (typed && strspn(typed, " \t\r\n") == strlen(typed))
        typed = NULL;
    if (typed)
        typed = arena_strndup(screen->arena, typed, fold_utf8_cut(typed, strlen(typed), SEARCH_MAX));
    plates_put_code(screen, c->root, one.plate.code, one.plate.state);
    context_text(c, c->root, "target", one.title);
    context_text(c, c->root, "path", one.path);
    context_number(c, c->root, "seen", one.step);
    context_text(c, c->root, "query", typed ? typed : "");
    context_flag(c, c->root, "asked", typed != NULL);
    if (typed)
        e = put_sites(screen, &one, typed, problem);
    if (!e)
        e = put_tours(screen, &one, typed, problem);
    return e;
}

enum err plates_targets(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_choices(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.plates.point_title");
    screen.menu = "/desk/plates";
    return screen_send(&screen, "desk/plates-target", problem);
}

static enum err point(struct connection *writer, struct plates_change *change, struct problem *p)
{
    const struct form *form = change->arg;
    int64_t site = 0, tour = 0;
    form_int(form, "site", &site);
    form_int(form, "tour", &tour);
    if ((site > 0) == (tour > 0))
        return problem_set(p, ERR_INVALID, NULL, "a plate points at one site or one tour");
    if (plates_is_stale(form, &change->one))
        return problem_set(p, ERR_CONFLICT, "seen", "the plate was changed meanwhile");
    return plates_aim(writer, change, site, tour, p);
}

enum err plates_point(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct plates_change change = {.req = req, .edit = point, .arg = &form};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = plates_save(&change, problem);
    if (e == ERR_CONFLICT)
        return plates_late(req, res, &change.one, VIEW_KEY("desk.plates.point_late"), problem);
    if (e)
        return e;
    json_t *values = json_pack("{s:s, s:s*}", "target", change.one.title, "undo", change.undo);
    e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.plates.pointed"), values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, change.one.path, problem);
}
