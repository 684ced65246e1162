// `/desk/sites`: every site, narrowed and sorted, each leading to its form.
#include <string.h>

#include "content/editing/desk_list.h"
#include "content/setting.h"
#include "server/desk/frame/list.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum { FILTER_STATE, FILTER_KIND, FILTER_AREA, FILTER_MISSING, FILTER_COUNT };

static const struct field_option states[] = {
    {.value = "draft", .label = VIEW_KEY("desk.state.draft")},
    {.value = "in-review", .label = VIEW_KEY("desk.state.in_review")},
    {.value = "published", .label = VIEW_KEY("desk.state.published")},
    {.value = "withdrawn", .label = VIEW_KEY("desk.state.withdrawn")},
    {.value = "binned", .label = VIEW_KEY("desk.state.binned")},
    {.value = NULL},
};

static const struct list_filter filters[FILTER_COUNT] = {
    [FILTER_STATE] = {.name = "state", .label = VIEW_KEY("desk.sites.state"), .options = states},
    [FILTER_KIND] = {.name = "kind", .label = VIEW_KEY("desk.sites.kind")},
    [FILTER_AREA] = {.name = "area", .label = VIEW_KEY("desk.sites.area")},
    [FILTER_MISSING] = {.name = "missing", .label = VIEW_KEY("desk.sites.missing")},
};

static const struct list_sort sorts[] = {
    {"name", VIEW_KEY("desk.sites.by_name")},
    {"change", VIEW_KEY("desk.sites.by_change")},
};

static const struct list list = {
    .path = "/desk/sites",
    .search = VIEW_KEY("desk.sites.search"),
    .filters = filters,
    .filter_count = FILTER_COUNT,
    .sorts = sorts,
    .sort_count = sizeof sorts / sizeof sorts[0],
    .count = VIEW_KEY("desk.sites.count"),
    .empty = VIEW_KEY("desk.sites.empty"),
};

// Among the languages that a site can lack: it has a translation, but one that is older than its original. No
// language is called so.
static const char *const stale = "stale";

const char *const sites_list_params[] = {LIST_PARAMS, "state", "kind", "area", "missing", NULL};

static bool knows(const struct field_option *options, const char *value)
{
    for (size_t i = 0; options[i].value; i++)
        if (strcmp(options[i].value, value) == 0)
            return true;
    return false;
}

// Gives a filter its options, which the store holds; a value that is none of them is dropped.
static void choose_from(struct list_query *q, int filter, const struct field_option *options)
{
    q->options[filter] = options;
    if (q->values[filter] && !knows(options, q->values[filter]))
        q->values[filter] = NULL;
}

static enum err language_options(struct screen *screen, const struct field_option **ret,
                                 struct problem *problem)
{
    struct languages languages;
    enum err e = setting_languages(screen->db, screen->arena, &languages, problem);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, languages.count + 2, sizeof *options);
    if (!options)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < languages.count; i++) {
        json_t *values = json_pack("{s:s}", "language", sites_language(screen, languages.tags[i]));
        options[i] = (struct field_option){
            .value = languages.tags[i],
            .label_text = screen_words(screen, VIEW_KEY("desk.sites.missing_in"), values)};
        json_decref(values);
    }
    options[languages.count] =
        (struct field_option){.value = stale, .label = VIEW_KEY("desk.sites.missing_stale")};
    *ret = options;
    return ERR_NONE;
}

static enum err read_query(struct screen *screen, struct list_query *q, struct problem *problem)
{
    const struct field_option *options;
    list_read(&list, screen->req, q);
    enum err e = sites_terms(screen, "kind", NULL, &options, problem);
    if (e)
        return e;
    choose_from(q, FILTER_KIND, options);
    e = sites_terms(screen, "area", NULL, &options, problem);
    if (e)
        return e;
    choose_from(q, FILTER_AREA, options);
    e = language_options(screen, &options, problem);
    if (!e)
        choose_from(q, FILTER_MISSING, options);
    return e;
}

// "vi · en", and for who hears it or asks, "tiếng Việt, tiếng Anh".
static void put_languages(struct screen *screen, json_t *item, const char *tags)
{
    cleanup_buf struct buf names = BUF_INIT, marks = BUF_INIT;
    while (tags && *tags) {
        size_t len = strcspn(tags, " ");
        const char *tag = arena_strndup(screen->arena, tags, len);
        buf_append_str(&marks, marks.len ? " · " : "");
        buf_append_str(&marks, tag);
        buf_append_str(&names, names.len ? ", " : "");
        buf_append_str(&names, tag ? sites_language(screen, tag) : "");
        tags += len + (tags[len] == ' ');
    }
    context_text(&screen->context, item, "language_tags", arena_strdup(screen->arena, marks.data));
    context_text(&screen->context, item, "language_names", arena_strdup(screen->arena, names.data));
}

static void put_site(struct screen *screen, json_t *items, const struct desk_site *site)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    const char *area = site->area_labels ? screen_label(screen, site->area_labels) : NULL;
    context_number(c, item, "id", site->id);
    context_text(c, item, "site_title", site->title);
    context_text(c, item, "state", site->state);
    screen_message(screen, item, "state_words", sites_state_key(site->state), NULL);
    context_text(c, item, "kind", screen_label(screen, site->kind_labels));
    context_flag(c, item, "area", false);
    context_text(c, item, "area", area);
    context_flag(c, item, "is_binned", strcmp(site->state, "binned") == 0);
    context_number(c, item, "count", site->plates);
    context_flag(c, item, "has_plates", site->plates > 0);
    screen_ago(screen, item, "changed", site->updated_at);
    screen_time(screen, item, "publish", site->publish_at);
    put_languages(screen, item, site->languages);
}

static enum err put_sites(struct screen *screen, struct list_query *q, struct problem *problem)
{
    struct context *c = &screen->context;
    bool is_stale = q->values[FILTER_MISSING] && strcmp(q->values[FILTER_MISSING], stale) == 0;
    struct desk_site_filter filter = {
        .state = q->values[FILTER_STATE],
        .kind = q->values[FILTER_KIND],
        .area = q->values[FILTER_AREA],
        .missing = is_stale ? NULL : q->values[FILTER_MISSING],
        .stale = is_stale,
        .query = q->search,
        .account_id = screen->user->area_count ? screen->user->account.id : 0,
    };
    struct desk_sites sites;
    int64_t total = 0;
    enum err e = desk_site_count(screen->db, &filter, &total, problem);
    if (e)
        return e;
    filter.counted = (struct desk_counted){.known = true, .total = total};
    list_put(screen, &list, q, total);
    e = desk_site_list(screen->db, screen->arena, &filter, q->sort ? DESK_SITE_BY_CHANGE : DESK_SITE_BY_NAME,
                       q->limit, q->offset, &sites, problem);
    if (e)
        return e;
    json_t *items = context_list(c, c->root, "sites");
    for (size_t i = 0; i < sites.count; i++)
        put_site(screen, items, &sites.items[i]);
    return ERR_NONE;
}

enum err sites_list_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct list_query q;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = read_query(&screen, &q, problem);
    if (!e)
        e = put_sites(&screen, &q, problem);
    if (e)
        return e;
    bool bin = q.values[FILTER_STATE] && strcmp(q.values[FILTER_STATE], "binned") == 0;
    context_flag(&screen.context, screen.context.root, "in_bin", bin);
    screen.title = bin ? VIEW_KEY("desk.sites.bin_title") : VIEW_KEY("desk.sites.title");
    screen.menu = "/desk/sites";
    screen.wide = true;
    return screen_send(&screen, "desk/sites", problem);
}
