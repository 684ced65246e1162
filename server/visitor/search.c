#include "server/visitor/search.h"

#include <string.h>

#include "content/plate.h"
#include "content/search.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/choices.h"
#include "server/visitor/page.h"
#include "server/visitor/paging.h"
#include "server/visitor/plate.h"

const char *const search_params[] = {"q", "page", "remember", NULL};

static const char *link_to(struct page *page, const void *arg, int64_t number)
{
    return address_search(page->arena, arg, number);
}

// A code that somebody typed: the plate is offered when there is one, and a typing error is told.
static enum err put_plate(struct page *page, const char *query, struct problem *problem)
{
    struct context *c = &page->context;
    struct plate plate;
    char code[CODE_SIZE], words[CODE_WORDS_SIZE];
    enum code_read read = plate_read_code(query, code);
    if (read == CODE_READ_NOT_CODE)
        return ERR_NONE;
    code_words(code, words);
    if (read == CODE_READ_BAD_CHECK) {
        context_text(c, c->root, "mistyped", words);
        return ERR_NONE;
    }
    enum err e = plate_load(page->db, page->arena, code, &plate, problem);
    if (e == ERR_NOT_FOUND) {
        context_text(c, c->root, "unknown", words);
        return ERR_NONE;
    }
    if (e != ERR_NONE)
        return e;
    json_t *found = context_object(c, c->root, "plate");
    context_text(c, found, "code_words", words);
    context_text(c, found, "href", arena_printf(page->arena, "/%s", code));
    return ERR_NONE;
}

static enum err find(struct page *page, const char *query, int64_t number, struct problem *problem)
{
    struct context *c = &page->context;
    struct site_cards cards;
    struct paging paging;
    int64_t total = 0;
    enum err e = search_sites(page->db, page->arena, page->lang, query, PAGING_SIZE,
                              (number - 1) * PAGING_SIZE, &cards, &total, problem);
    if (e != ERR_NONE)
        return e;
    if (!paging_make(number, total, &paging))
        return ERR_NOT_FOUND;
    cards_put_all(page, "cards", &cards);
    cards_put_paging(page, &paging, link_to, query);
    context_number(c, c->root, "count", total);
    context_flag(c, c->root, total ? "found" : "none", true);
    return total == 0 ? choices_put(page, NULL, NULL, problem) : ERR_NONE;
}

static enum err fill(struct page *page, const char *query, int64_t number, struct problem *problem)
{
    struct context *c = &page->context;
    context_flag(c, c->root, "on_search", true);
    context_text(c, c->root, "query", query);
    page_message(page, c->root, "heading", "search.title", NULL);
    page->title = json_string_value(json_object_get(c->root, "heading"));
    page->noindex = true;
    page->rest = address_search(page->arena, *query ? query : NULL, number);
    if (!*query)
        return choices_put(page, NULL, NULL, problem);
    enum err e = put_plate(page, query, problem);
    return e == ERR_NONE ? find(page, query, number, problem) : e;
}

enum err search_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    const char *asked = request_param(req, "q");
    int64_t number = 0;
    if (!paging_read(request_param(req, "page"), &number))
        return response_error(res, 404, NULL);
    enum err e = page_open(&page, req, res, problem);
    if (e == ERR_NONE)
        e = fill(&page, asked ? asked + strspn(asked, " \t\r\n") : "", number, problem);
    if (e == ERR_NOT_FOUND)
        return response_error(res, 404, NULL);
    return e == ERR_NONE ? page_send(&page, "search", problem) : e;
}
