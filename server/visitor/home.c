#include "server/visitor/home.h"

#include "content/site.h"
#include "content/tour.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/choices.h"
#include "server/visitor/page.h"

#define FEATURED_MAX 6

struct featured {
    struct site_card cards[FEATURED_MAX];
    size_t count;
};

static void feature(struct featured *featured, const struct site_cards *cards)
{
    for (size_t i = 0; i < cards->count && featured->count < FEATURED_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < featured->count; k++)
            known |= featured->cards[k].id == cards->items[i].id;
        if (!known)
            featured->cards[featured->count++] = cards->items[i];
    }
}

static enum err find_some(struct page *page, const struct site_filter *filter, int limit,
                          struct featured *featured, struct problem *problem)
{
    struct site_cards cards;
    enum err e = site_list(page->db, page->arena, page->lang, filter, limit, 0, &cards, problem);
    if (e == ERR_NONE)
        feature(featured, &cards);
    return e;
}

// One site of each of the first kinds, so that the pictures differ; then the first sites in order.
static enum err put_featured(struct page *page, struct problem *problem)
{
    struct featured featured = {.count = 0};
    struct terms kinds;
    enum err e = term_counts(page->db, page->arena, "kind", &kinds, problem);
    for (size_t i = 0; e == ERR_NONE && i < kinds.count && i < FEATURED_MAX; i++)
        e = find_some(page, &(struct site_filter){.kind = kinds.items[i].key}, 1, &featured, problem);
    if (e == ERR_NONE)
        e = find_some(page, &(struct site_filter){.kind = NULL}, FEATURED_MAX, &featured, problem);
    if (e == ERR_NONE)
        cards_put_all(page, "featured",
                      &(struct site_cards){.items = featured.cards, .count = featured.count});
    return e;
}

static enum err put_tours(struct page *page, struct problem *problem)
{
    struct context *c = &page->context;
    struct tours tours;
    enum err e = tour_list(page->db, page->arena, "published", &tours, problem);
    if (e != ERR_NONE || tours.count == 0)
        return e;
    json_t *list = context_section(c, c->root, "tours");
    for (size_t i = 0; i < tours.count; i++) {
        const struct tour *tour = &tours.items[i];
        json_t *item = context_item(c, list);
        context_text(c, item, "href", page_link(page, address_tour(page->arena, tour->slug)));
        const char *lang = NULL, *title = page_words(page, tour->titles, &lang);
        context_text_in(c, item, "tour_title", title, "tour_lang", lang, page->lang);
        context_text(c, item, "tour_summary", page_words(page, tour->summaries, NULL));
    }
    return ERR_NONE;
}

enum err home_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    int64_t count = 0;
    enum err e = page_open(&page, req, res, problem);
    if (e == ERR_NONE)
        e = site_count(page.db, &(struct site_filter){.kind = NULL}, &count, problem);
    if (e == ERR_NONE)
        e = put_featured(&page, problem);
    if (e == ERR_NONE)
        e = put_tours(&page, problem);
    if (e == ERR_NONE)
        e = choices_put(&page, NULL, NULL, problem);
    if (e != ERR_NONE)
        return e;
    context_number(&page.context, page.context.root, "count", count);
    context_flag(&page.context, page.context.root, "empty", count == 0);
    page_message(&page, page.context.root, "intro", "home.intro", page.context.root);
    page.description = json_string_value(json_object_get(page.context.root, "intro"));
    page.rest = "/";
    return page_send(&page, "home", problem);
}
