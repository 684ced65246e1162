// Lists: search, filters and sort that live in the address, pages of 24 or 50, a count, and words for an
// empty one. Every list of the desk is this one.
//
//     static const struct list_filter filters[] = {
//         {.name = "state", .label = VIEW_KEY("desk.sites.state"), .options = states}};
//     static const struct list_sort sorts[] = {{"title", VIEW_KEY("desk.sites.by_title")}};
//     static const struct list list = {.path = "/desk/sites", .search = VIEW_KEY("desk.sites.search"),
//                                      .filters = filters, .filter_count = 1,
//                                      .sorts = sorts, .sort_count = 1, .empty =
//                                      VIEW_KEY("desk.sites.empty")};
//     static const char *const params[] = {LIST_PARAMS, "state", NULL}; // of the row
//
//     struct list_query q;
//     list_read(&list, req, &q);
//     total = …;                        // counted with q.search and q.values[0]; under 0.1 s at 100,000 rows
//     list_put(&screen, &list, &q, total); // brings q.page into range and sets q.offset
//     items = …;                        // q.limit rows from q.offset
//
// In the template: {{>desk/list-head}} (search, filters, count), the rows, {{>desk/list-foot}} (pages); when
// nothing was found {{#list.none}}…{{/list.none}}.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/desk/frame/field.h"
#include "server/desk/frame/screen.h"

#define LIST_PARAMS      "q", "sort", "page", "per"
#define LIST_FILTERS_MAX 8
#define LIST_SEARCH_MAX  200 // bytes; longer searches are cut

struct list_filter {
    const char *name;                   // of the parameter: a-z and '_'
    const char *label;                  // message key
    const struct field_option *options; // ends with a NULL value; other values are as if not chosen.
                                        // NULL: given to list_read_options, or any text (a day, an account)
    const char *type;                   // without options: HTML input type, "date"
};

struct list_sort {
    const char *name;  // in the address
    const char *label; // message key
};

struct list {
    const char *path;   // "/desk/sites"
    const char *search; // message key of the search field's label; NULL: no search
    const struct list_filter *filters;
    size_t filter_count;
    const struct list_sort *sorts; // the first is the default; none: no choice
    size_t sort_count;
    const char *count; // message key with {count}; NULL: "desk.list.count"
    const char
        *empty; // message key: there is nothing at all; what was looked for and not found has its own words
};

struct list_query {
    const char *search;                   // trimmed; NULL: none
    const char *values[LIST_FILTERS_MAX]; // by the filters' order; NULL: not chosen
    const struct field_option
        *options[LIST_FILTERS_MAX]; // those of the filter, or given here before list_put
    size_t sort;                    // index into the sorts
    int64_t page;                   // from 1
    int limit;                      // 24 or 50
    int64_t offset;                 // of the first row; set by list_put
};

// Reads the parameters; what makes no sense is as if not there.
void list_read(const struct list *list, const struct http_request *req, struct list_query *ret);

// Puts `list` into the root of the context. A page beyond the last becomes the last.
void list_put(struct screen *screen, const struct list *list, struct list_query *q, int64_t total);

// The address of this list with what was chosen, for links back. In the arena.
const char *list_address(struct screen *screen, const struct list *list, const struct list_query *q,
                         int64_t page);
