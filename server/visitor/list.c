#include "server/visitor/list.h"

#include "content/site.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/choices.h"
#include "server/visitor/page.h"
#include "server/visitor/paging.h"

const char *const list_params[] = {"kind", "area", "page", "remember", NULL};

static const char *link_to(struct page *page, const void *arg, int64_t number)
{
    const struct site_filter *filter = arg;
    return address_sites(page->arena, filter->kind, filter->area, number);
}

// A form sends what was not chosen as an empty value.
static const char *chosen(const struct http_request *req, const char *name)
{
    const char *value = request_param(req, name);
    return value && *value ? value : NULL;
}

static void put_links(struct page *page, const char *key, const char *address)
{
    context_text(&page->context, page->context.root, key, page_link(page, address));
}

// "Chùa, Ninh Kiều" for the title; NULL when nothing was chosen.
static const char *chosen_words(struct page *page)
{
    const char *kind = json_string_value(json_object_get(page->context.root, "chosen_kind"));
    const char *area = json_string_value(json_object_get(page->context.root, "chosen_area"));
    if (kind && area)
        return arena_printf(page->arena, "%s, %s", kind, area);
    return kind ? kind : area;
}

static enum err fill(struct page *page, const struct site_filter *filter, int64_t number,
                     struct problem *problem)
{
    struct paging paging;
    struct site_cards cards;
    int64_t total = 0;
    enum err e = choices_put(page, filter->kind, filter->area, problem);
    if (e == ERR_NONE)
        e = site_count(page->db, filter, &total, problem);
    if (e != ERR_NONE)
        return e;
    if (!paging_make(number, total, &paging))
        return ERR_NOT_FOUND;
    e = site_list(page->db, page->arena, page->lang, filter, PAGING_SIZE, paging.offset, &cards, problem);
    if (e != ERR_NONE)
        return e;
    struct context *c = &page->context;
    cards_put_all(page, "cards", &cards);
    cards_put_paging(page, &paging, link_to, filter);
    context_number(c, c->root, "count", total);
    context_flag(c, c->root, "none", total == 0);
    context_flag(c, c->root, "narrowed", filter->kind || filter->area);
    put_links(page, "all_href", "/sites");
    page->rest = link_to(page, filter, number);
    return ERR_NONE;
}

enum err list_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    struct site_filter filter = {.kind = chosen(req, "kind"), .area = chosen(req, "area")};
    int64_t number = 0;
    if (!paging_read(chosen(req, "page"), &number))
        return response_error(res, 404, NULL);
    enum err e = page_open(&page, req, res, problem);
    if (e == ERR_NONE)
        e = fill(&page, &filter, number, problem);
    if (e == ERR_NOT_FOUND)
        return response_error(res, 404, NULL);
    if (e != ERR_NONE)
        return e;
    const char *words = chosen_words(&page);
    context_text(&page.context, page.context.root, "chosen", words);
    page_message(&page, page.context.root, "heading", "list.title", NULL);
    page.title = words ? words : json_string_value(json_object_get(page.context.root, "heading"));
    return page_send(&page, "sites", problem);
}
