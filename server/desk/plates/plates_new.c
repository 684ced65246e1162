// Making plates: sites are found as in every list, ticked, or all that were found are taken.
#include <string.h>

#include "content/editing/desk_list.h"
#include "content/tour.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

enum { EACH_MAX = 20, MADE_MAX = 2000, PLACE_MAX = 200, PORTION = 200 };

enum { KIND, AREA, PLATES };
static const struct field_option plated[] = {
    {.value = "none", .label = VIEW_KEY("desk.plates.new.without")},
    {.value = NULL},
};
static const struct list_filter filters[] = {
    [KIND] = {.name = "kind", .label = VIEW_KEY("desk.plates.new.kind")},
    [AREA] = {.name = "area", .label = VIEW_KEY("desk.plates.filter_area")},
    [PLATES] = {.name = "plates", .label = VIEW_KEY("desk.plates.new.plates"), .options = plated},
};
static const struct list list = {
    .path = "/desk/plates/new",
    .search = VIEW_KEY("desk.plates.new.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.plates.new.count"),
    .empty = VIEW_KEY("desk.plates.new.empty"),
};

static const struct field fields[] = {
    {.name = "each",
     .label = VIEW_KEY("desk.plates.new.each"),
     .hint = VIEW_KEY("desk.plates.new.each_hint"),
     .inputmode = "numeric",
     .max = 2,
     .required = true},
    {.name = "place",
     .label = VIEW_KEY("desk.plates.place"),
     .hint = VIEW_KEY("desk.plates.new.place_hint"),
     .max = PLACE_MAX,
     .optional = true},
};

// --- showing

static void put_ticked(struct screen *screen, const struct form *form, const char *name, json_t *item,
                       int64_t id)
{
    const char *value = arena_printf(screen->arena, "%lld", (long long)id);
    context_number(&screen->context, item, "id", id);
    context_flag(&screen->context, item, "chosen", value && form_is_ticked(form, name, value));
}

static enum err read_query(struct screen *screen, const struct form *form, struct list_query *q,
                           struct problem *problem)
{
    const struct field_option *areas = NULL, *kinds = NULL;
    enum err e = field_terms(screen, "area", &areas, problem);
    if (!e)
        e = field_terms(screen, "kind", &kinds, problem);
    if (e)
        return e;
    list_read(&list, screen->req, q);
    q->options[KIND] = kinds;
    q->options[AREA] = areas;
    plates_take_find(&list, form, q);
    return ERR_NONE;
}

static struct desk_site_filter filter_of(const struct list_query *q, const struct desk_user *user)
{
    return (struct desk_site_filter){.kind = q->values[KIND],
                                     .area = q->values[AREA],
                                     .query = q->search,
                                     .unplated = q->values[PLATES] != NULL,
                                     .account_id = user->account.id};
}

static void put_site(struct screen *screen, const struct form *form, json_t *items,
                     const struct desk_site *site)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    put_ticked(screen, form, "site", item, site->id);
    context_text(c, item, "label", site->title);
    context_text(c, item, "area", site->area_labels ? screen_label(screen, site->area_labels) : "");
    context_number(c, item, "count", site->plates);
    context_flag(c, item, "has_plates", site->plates > 0);
}

static enum err put_tours(struct screen *screen, const struct form *form, struct problem *problem)
{
    struct context *c = &screen->context;
    struct tours tours;
    enum err e = tour_list(screen->db, screen->arena, NULL, &tours, problem);
    json_t *items = context_list(c, c->root, "tours");
    for (size_t i = 0; !e && i < tours.count; i++) {
        json_t *item = context_item(c, items);
        const char *title = screen_label(screen, tours.items[i].titles);
        put_ticked(screen, form, "tour", item, tours.items[i].id);
        context_text(c, item, "label", title ? title : tours.items[i].slug);
    }
    context_flag(c, c->root, "has_tours", !e && tours.count > 0);
    return e;
}

static enum err put_choices(struct screen *screen, const struct form *form, struct problem *problem)
{
    struct context *c = &screen->context;
    struct list_query q;
    struct desk_sites sites = {.count = 0};
    int64_t total = 0;
    enum err e = read_query(screen, form, &q, problem);
    if (e)
        return e;
    struct desk_site_filter filter = filter_of(&q, screen->user);
    e = desk_site_count(screen->db, &filter, &total, problem);
    filter.counted = (struct desk_counted){.known = !e, .total = total};
    list_put(screen, &list, &q, total);
    if (!e)
        e = desk_site_list(screen->db, screen->arena, &filter, DESK_SITE_BY_NAME, q.limit, q.offset, &sites,
                           problem);
    json_t *items = context_list(c, c->root, "items");
    for (size_t i = 0; !e && i < sites.count; i++)
        put_site(screen, form, items, &sites.items[i]);
    plates_put_kept(screen, form, "site", items, "id");
    context_text(c, c->root, "action", list_address(screen, &list, &q, q.page));
    context_number(c, c->root, "count", total);
    context_flag(c, c->root, "has_sites", total > 0);
    context_flag(c, c->root, "several", total > 1);
    context_flag(c, c->root, "all", form_has(form, "all") && !plates_turning(form)); // of another list
    return e ? e : put_tours(screen, form, problem);
}

static enum err send_form(struct http_request *req, struct http_response *res, const struct form *form,
                          struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_choices(&screen, form, problem);
    if (e)
        return e;
    field_put(&screen, form, fields, sizeof fields / sizeof fields[0]);
    field_answer(&screen, form);
    screen.title = VIEW_KEY("desk.plates.new.title");
    screen.menu = "/desk/plates";
    screen.wide = true;
    return screen_send(&screen, "desk/plates-new", problem);
}

enum err plates_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    form_set_int(&form, "each", 1);
    return send_form(req, res, &form, problem);
}

// --- making

struct making {
    const struct http_request *req;
    const struct form *form;
    struct desk_site_filter filter; // with `all`
    bool all;
    int64_t each;
    const char *place;
    int64_t made;
    bool too_many;
    char code[CODE_SIZE]; // the last one
};

static enum err make_of(struct connection *writer, struct making *m, int64_t site, int64_t tour,
                        struct problem *p)
{
    struct plate_target target;
    struct actor actor = desk_actor(m->req);
    const struct plate plate = {.site_id = site, .tour_id = tour, .state = "planned", .place = m->place};
    bool may = false;
    enum err e = plate_target_load(writer, m->req->arena, site, tour, &target, p);
    if (!e)
        e = desk_may_work_in(writer, desk_user(m->req), target.area, &may, p);
    if (!e && !may)
        e = problem_set(p, ERR_DENIED, NULL, "%s lies outside the areas of this account", target.slug);
    m->too_many = m->made + m->each > MADE_MAX;
    if (!e && m->too_many)
        e = problem_set(p, ERR_TOO_LARGE, NULL, "at most %d plates can be made at once", MADE_MAX);
    for (int64_t i = 0; !e && i < m->each; i++, m->made++)
        e = plate_add(writer, &plate, &actor, m->code, p);
    return e;
}

static enum err make_ticked(struct connection *writer, struct making *m, const char *name, struct problem *p)
{
    size_t count = 0;
    const char *const *ids = form_values(m->form, name, &count);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < count; i++) {
        int64_t id = strtoll(ids[i], NULL, 10);
        bool tour = strcmp(name, "tour") == 0;
        e = make_of(writer, m, tour ? 0 : id, tour ? id : 0, p);
    }
    return e;
}

// The ids are all read first: with the filter "without plates" what is made would move the pages.
static enum err list_found(struct connection *writer, struct making *m, struct arena *a, int64_t **ret,
                           size_t *ret_count, struct problem *p)
{
    int64_t total = 0;
    size_t count = 0;
    enum err e = desk_site_count(writer, &m->filter, &total, p);
    m->too_many = !e && total > MADE_MAX;
    if (m->too_many)
        e = problem_set(p, ERR_TOO_LARGE, NULL, "at most %d plates can be made at once", MADE_MAX);
    int64_t *ids = e ? NULL : arena_array(a, (size_t)total + 1, sizeof *ids);
    if (!e && !ids)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    while (!e && count < (size_t)total) {
        struct desk_sites sites;
        e = desk_site_list(writer, a, &m->filter, DESK_SITE_BY_NAME, PORTION, (int64_t)count, &sites, p);
        if (e || sites.count == 0)
            break;
        for (size_t i = 0; i < sites.count && count < (size_t)total; i++)
            ids[count++] = sites.items[i].id;
    }
    *ret = ids;
    *ret_count = count;
    return e;
}

static enum err make(struct connection *writer, void *arg, struct problem *p)
{
    struct making *m = arg;
    cleanup_arena struct arena a = ARENA_INIT;
    int64_t *ids = NULL;
    size_t count = 0;
    enum err e = m->all ? list_found(writer, m, &a, &ids, &count, p) : make_ticked(writer, m, "site", p);
    for (size_t i = 0; !e && i < count; i++)
        e = make_of(writer, m, ids[i], 0, p);
    return e ? e : make_ticked(writer, m, "tour", p);
}

static void check(struct form *form, struct making *m)
{
    size_t sites = 0, tours = 0;
    form_values(form, "site", &sites);
    form_values(form, "tour", &tours);
    if (!m->all && sites + tours == 0)
        form_problem(form, "", VIEW_KEY("desk.plates.new.none_chosen"));
    if (!form_int(form, "each", &m->each) || m->each < 1 || m->each > EACH_MAX)
        form_problem_number(form, "each", VIEW_KEY("desk.plates.new.each_wrong"), "count", EACH_MAX);
    if (strlen(m->place) > PLACE_MAX * 4)
        form_problem_number(form, "place", VIEW_KEY("desk.plates.place_long"), "count", PLACE_MAX);
}

static enum err read_filter(struct http_request *req, struct http_response *res, struct making *m,
                            struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct list_query q;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = read_query(&screen, m->form, &q, problem);
    if (!e)
        m->filter = filter_of(&q, desk_user(req));
    return e;
}

static enum err answer_made(struct http_request *req, struct http_response *res, const struct making *m,
                            struct problem *problem)
{
    json_t *values = json_pack("{s:I}", "count", (json_int_t)m->made);
    enum err e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.plates.new.made"), values, problem);
    json_decref(values);
    const char *to = "/desk/plates?state=planned";
    if (m->made == 1)
        to = arena_printf(req->arena, "/desk/plates/%s", m->code);
    return e ? e : desk_see_other(res, to, problem);
}

enum err plates_make(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct making m = {.req = req, .form = &form};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e && plates_turning(&form))
        return send_form(req, res, &form, problem);
    if (!e)
        e = read_filter(req, res, &m, problem);
    if (e)
        return e;
    m.all = form_has(&form, "all");
    m.place = form_line(&form, "place");
    check(&form, &m);
    if (!form.failed) {
        e = desk_write(req, make, &m, problem);
        if (!e && m.made > 0)
            return answer_made(req, res, &m, problem);
        if (e && !m.too_many)
            return e;
        form_problem_number(&form, "",
                            m.too_many ? VIEW_KEY("desk.plates.new.too_many")
                                       : VIEW_KEY("desk.plates.new.none_chosen"),
                            "count", MADE_MAX);
    }
    return send_form(req, res, &form, problem);
}
