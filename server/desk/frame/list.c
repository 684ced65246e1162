#include "server/desk/frame/list.h"

#include <string.h>

#include "common/fold.h"
#include "common/url.h"
#include "server/view/view.h"

enum { PAGE_SMALL = 24, PAGE_LARGE = 50 };

// --- reading

static bool has_option(const struct field_option *options, const char *value)
{
    for (size_t i = 0; options[i].value; i++)
        if (strcmp(options[i].value, value) == 0)
            return true;
    return false;
}

static const char *trimmed(const struct http_request *req, const char *name)
{
    const char *text = request_param(req, name);
    if (!text)
        return NULL;
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len ? arena_strndup(req->arena, text, fold_utf8_cut(text, len, LIST_SEARCH_MAX)) : NULL;
}

static int64_t page_number(const char *text)
{
    int64_t page = 0;
    size_t len = text ? strlen(text) : 0;
    if (len < 1 || len > 9 || strspn(text, "0123456789") != len)
        return 1;
    for (; *text; text++)
        page = page * 10 + (*text - '0');
    return page < 1 ? 1 : page;
}

void list_read(const struct list *list, const struct http_request *req, struct list_query *ret)
{
    *ret = (struct list_query){.page = page_number(request_param(req, "page")), .limit = PAGE_SMALL};
    const char *sort = request_param(req, "sort"), *per = request_param(req, "per");
    if (list->search)
        ret->search = trimmed(req, "q");
    if (per && strcmp(per, "50") == 0)
        ret->limit = PAGE_LARGE;
    for (size_t i = 0; sort && i < list->sort_count; i++)
        if (strcmp(list->sorts[i].name, sort) == 0)
            ret->sort = i;
    for (size_t i = 0; i < list->filter_count && i < LIST_FILTERS_MAX; i++) {
        const char *value = trimmed(req, list->filters[i].name);
        ret->options[i] = list->filters[i].options;
        if (value && (!ret->options[i] || has_option(ret->options[i], value)))
            ret->values[i] = value;
    }
}

// --- addresses

static void add(struct buf *out, const char *name, const char *value)
{
    buf_append_char(out, strchr(out->data, '?') ? '&' : '?');
    buf_append_str(out, name);
    buf_append_char(out, '=');
    url_encode(out, value, strlen(value));
}

const char *list_address(struct screen *screen, const struct list *list, const struct list_query *q,
                         int64_t page)
{
    cleanup_buf struct buf out = BUF_INIT;
    buf_append_str(&out, list->path);
    if (q->search)
        add(&out, "q", q->search);
    for (size_t i = 0; i < list->filter_count; i++)
        if (q->values[i])
            add(&out, list->filters[i].name, q->values[i]);
    if (q->sort)
        add(&out, "sort", list->sorts[q->sort].name);
    if (q->limit != PAGE_SMALL)
        add(&out, "per", "50");
    if (page > 1)
        add(&out, "page", arena_printf(screen->arena, "%lld", (long long)page));
    const char *address = out.failed ? NULL : arena_strdup(screen->arena, out.data);
    screen->context.failed |= !address;
    return address;
}

// --- putting

static void put_option(struct screen *screen, json_t *options, const char *value, const char *label,
                       bool chosen)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, options);
    context_text(c, item, "value", value);
    context_text(c, item, "label", label);
    context_flag(c, item, "chosen", chosen);
}

static void put_filters(struct screen *screen, const struct list *list, const struct list_query *q,
                        json_t *object)
{
    struct context *c = &screen->context;
    json_t *filters = context_list(c, object, "filters");
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *filter = &list->filters[i];
        json_t *item = context_item(c, filters);
        context_text(c, item, "name", filter->name);
        screen_message(screen, item, "label", filter->label, NULL);
        context_text(c, item, "value", q->values[i] ? q->values[i] : "");
        context_text(c, item, "type", filter->type ? filter->type : "text");
        context_flag(c, item, "is_choice", q->options[i] != NULL);
        json_t *options = context_list(c, item, "options");
        for (const struct field_option *o = q->options[i]; o && o->value; o++)
            put_option(screen, options, o->value,
                       o->label ? screen_words(screen, o->label, NULL) : o->label_text,
                       q->values[i] && strcmp(o->value, q->values[i]) == 0);
    }
}

static void put_sorts(struct screen *screen, const struct list *list, const struct list_query *q,
                      json_t *object)
{
    struct context *c = &screen->context;
    context_flag(c, object, "sortable", list->sort_count > 1);
    json_t *sorts = context_list(c, object, "sorts");
    for (size_t i = 0; i < list->sort_count; i++)
        put_option(screen, sorts, i ? list->sorts[i].name : "",
                   screen_words(screen, list->sorts[i].label, NULL), i == q->sort);
}

static void put_pages(struct screen *screen, const struct list *list, const struct list_query *q,
                      int64_t pages, json_t *object)
{
    struct context *c = &screen->context;
    context_flag(c, object, "paged", pages > 1);
    context_number(c, object, "page", q->page);
    context_number(c, object, "pages", pages);
    context_flag(c, object, "previous", false);
    context_flag(c, object, "next", false);
    if (q->page > 1)
        context_text(c, object, "previous", list_address(screen, list, q, q->page - 1));
    if (q->page < pages)
        context_text(c, object, "next", list_address(screen, list, q, q->page + 1));
}

static bool is_filtered(const struct list_query *q)
{
    bool filtered = false;
    for (size_t i = 0; i < LIST_FILTERS_MAX; i++)
        filtered |= q->values[i] != NULL;
    return filtered;
}

static bool is_narrowed(const struct list_query *q)
{
    return q->search || is_filtered(q);
}

// What folds away on a narrow screen: filters, sorting, or both; open while any of it is chosen.
static void put_fold(struct screen *screen, const struct list *list, const struct list_query *q,
                     json_t *object)
{
    struct context *c = &screen->context;
    bool filters = list->filter_count > 0, sorts = list->sort_count > 1;
    context_flag(c, object, "foldable", filters || sorts);
    context_flag(c, object, "filtered", is_filtered(q) || q->sort > 0);
    screen_message(screen, object, "fold_words",
                   filters && sorts ? VIEW_KEY("desk.list.filters_and_sort")
                   : filters        ? VIEW_KEY("desk.list.filters")
                                    : VIEW_KEY("desk.list.sort"),
                   NULL);
}

static void put_words(struct screen *screen, const struct list *list, const struct list_query *q,
                      int64_t total, json_t *object)
{
    struct context *c = &screen->context;
    json_t *values = json_pack("{s:I}", "count", (json_int_t)total);
    screen_message(screen, object, "count_words", list->count ? list->count : VIEW_KEY("desk.list.count"),
                   values);
    json_decref(values);
    context_text(c, object, "search_label", list->search ? screen_words(screen, list->search, NULL) : "");
    context_flag(c, object, "none", total == 0);
    if (total == 0)
        screen_message(screen, object, "none_words",
                       is_narrowed(q) || !list->empty ? VIEW_KEY("desk.list.not_found") : list->empty, NULL);
}

void list_put(struct screen *screen, const struct list *list, struct list_query *q, int64_t total)
{
    struct context *c = &screen->context;
    int64_t pages = total > 0 ? (total + q->limit - 1) / q->limit : 1;
    if (q->page > pages)
        q->page = pages;
    q->offset = (q->page - 1) * q->limit;
    json_t *object = context_object(c, c->root, "list");
    context_text(c, object, "path", list->path);
    context_number(c, object, "total", total);
    context_text(c, object, "search", q->search ? q->search : "");
    context_flag(c, object, "searchable", list->search != NULL);
    context_flag(c, object, "narrowed", is_narrowed(q));
    context_flag(c, object, "tools", list->search || list->filter_count || list->sort_count > 1);
    context_flag(c, object, "large", q->limit == PAGE_LARGE);
    put_fold(screen, list, q, object);
    put_words(screen, list, q, total, object);
    put_filters(screen, list, q, object);
    put_sorts(screen, list, q, object);
    put_pages(screen, list, q, pages, object);
}
