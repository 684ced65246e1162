// Sites: the addresses of the desk's pages about them, and what these share.
#include "server/desk/sites/sites.h"

#include <string.h>

#include "server/desk/frame/frame.h"
#include "server/desk/routes.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_form.h"
#include "server/view/locale.h"
#include "server/view/view.h"

static const char *const form_params[] = {DRAFTS_PARAM, NULL};
static const char *const preview_params[] = {"lang", NULL};

static const struct route rows[] = {
    {.pattern = "/desk/sites",
     .handler = sites_list_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = sites_list_params},
    {.pattern = "/desk/sites/new",
     .handler = site_form_new,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = form_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/new",
     .handler = site_save_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = SITE_BODY_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/new/preview",
     .handler = site_preview_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = SITE_BODY_LIMIT},
    {.pattern = "/desk/sites/new/position",
     .handler = site_position_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = site_position_params},
    {.pattern = "/desk/sites/new/around",
     .handler = site_around_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = site_around_params},
    {.pattern = "/desk/sites/{id}",
     .handler = site_form_edit,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = form_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}",
     .handler = site_save_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = SITE_BODY_LIMIT},
    {.pattern = "/desk/sites/{id}/preview",
     .handler = site_preview_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = preview_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/preview",
     .handler = site_preview_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = SITE_BODY_LIMIT},
    {.pattern = "/desk/sites/{id}/position",
     .handler = site_position_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = site_position_params},
    {.pattern = "/desk/sites/{id}/around",
     .handler = site_around_show,
     .who = DESK_WRITERS,
     .flags = DESK_GET,
     .params = site_around_params},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/bin",
     .handler = site_bin_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/restore",
     .handler = site_restore_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_sites_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};

enum err sites_id(const struct http_request *req, int64_t *ret_id)
{
    const char *text = request_value(req, "id");
    int64_t id = 0;
    if (!text) {
        *ret_id = 0;
        return ERR_NONE;
    }
    size_t len = strlen(text);
    if (len < 1 || len > 18 || strspn(text, "0123456789") != len)
        return ERR_NOT_FOUND;
    for (; *text; text++)
        id = id * 10 + (*text - '0');
    if (id == 0)
        return ERR_NOT_FOUND;
    *ret_id = id;
    return ERR_NONE;
}

const char *sites_state_key(const char *state)
{
    static const struct {
        const char *state, *key;
    } keys[] = {
        {"draft", VIEW_KEY("desk.state.draft")},         {"in-review", VIEW_KEY("desk.state.in_review")},
        {"published", VIEW_KEY("desk.state.published")}, {"withdrawn", VIEW_KEY("desk.state.withdrawn")},
        {"binned", VIEW_KEY("desk.state.binned")},
    };
    for (size_t i = 0; state && i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i].state, state) == 0)
            return keys[i].key;
    return NULL;
}

const char *sites_language(struct screen *screen, const char *tag)
{
    return screen_language(screen, tag);
}

// --- terms

static bool is_own_area(const struct desk_user *user, const char *key)
{
    for (size_t i = 0; i < user->area_count; i++)
        if (strcmp(user->areas[i], key) == 0)
            return true;
    return false;
}

// The terms inside `parent` (NULL: the widest), each followed by those inside it; `depth` is shown by dashes.
// With `own`, only the areas of that account and those inside them: no other would be taken.
static size_t put_inside(struct screen *screen, const struct terms *terms, const char *parent, int depth,
                         const struct desk_user *own, struct field_option *options, size_t count)
{
    for (size_t i = 0; i < terms->count && depth < 8; i++) {
        const struct term *term = &terms->items[i];
        bool inside = parent ? term->parent && strcmp(term->parent, parent) == 0 : !term->parent;
        if (!inside)
            continue;
        const char *label = screen_label(screen, term->labels);
        bool shown = !own || is_own_area(own, term->key);
        if (shown)
            options[count++] = (struct field_option){
                .value = term->key,
                .label_text = arena_printf(screen->arena, "%.*s%s", depth * 4, "– – – – – – – – ",
                                           label ? label : term->key),
            };
        count = put_inside(screen, terms, term->key, shown ? depth + 1 : depth, shown ? NULL : own, options,
                           count);
    }
    return count;
}

enum err sites_terms(struct screen *screen, const char *scheme, const char *none,
                     const struct field_option **ret, struct problem *problem)
{
    struct terms terms;
    enum err e = term_list(screen->db, screen->arena, scheme, &terms, problem);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, terms.count + 2, sizeof *options);
    if (!options)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    size_t count = 0;
    if (none)
        options[count++] = (struct field_option){.value = "", .label = none};
    bool limited = strcmp(scheme, "area") == 0 && screen->user && screen->user->area_count;
    put_inside(screen, &terms, NULL, 0, limited ? screen->user : NULL, options, count);
    *ret = options;
    return ERR_NONE;
}

enum err sites_load(struct connection *c, const struct http_request *req, struct arena *a, int64_t id,
                    struct site *ret, struct problem *problem)
{
    cleanup_site struct site site = {0};
    bool may = false;
    enum err e = site_load(c, a, id, &site, problem);
    if (!e)
        e = desk_may_work_in(c, desk_user(req), site.area.key, &may, problem);
    if (!e && !may)
        e = problem_set(problem, ERR_DENIED, "area", "the site lies outside your areas");
    if (e)
        return e;
    *ret = site;
    site.details = NULL;
    return ERR_NONE;
}

enum err sites_open(struct screen *screen, struct http_request *req, struct http_response *res,
                    struct site *ret, struct problem *problem)
{
    int64_t id;
    enum err e = sites_id(req, &id);
    if (!e)
        e = screen_open(screen, req, res, problem);
    return e ? e : sites_load(screen->db, req, screen->arena, id, ret, problem);
}

enum err sites_may_change(const struct desk_user *user, const char *state, struct problem *p)
{
    if (strcmp(state, "binned") == 0)
        return problem_set(p, ERR_DENIED, "bin", "the site lies in the bin: take it out first");
    if (sites_only_proposes(user, state))
        return problem_set(p, ERR_DENIED, "state", "this account may not publish");
    return ERR_NONE;
}

bool sites_only_proposes(const struct desk_user *user, const char *state)
{
    return strcmp(state, "published") == 0 && !desk_may_publish(user);
}

const char *sites_address(struct arena *a, int64_t id, const char *rest)
{
    return arena_printf(a, "/desk/sites/%lld%s", (long long)id, rest);
}
