#include "server/visitor/site_around.h"

#include "content/tour.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/distance.h"

#define NEAR_COUNT 4
#define TOURS_MAX  3

// Looked at one after the other until there are enough: in a town the first holds them all, and a region of
// thousands of sites need not be read. The last is an hour by bicycle.
static const double near_metres[] = {6000, 20000};

static void put_distance(struct context *c, json_t *item, const struct site *site,
                         const struct site_card *card)
{
    struct distance d = distance_round(site_distance_m(site->lat, site->lon, card->lat, card->lon));
    if (d.kilometres)
        context_real(c, item, "kilometres", d.number);
    else
        context_number(c, item, "metres", (int64_t)d.number);
}

static enum err put_near(struct page *page, const struct site *site, struct problem *problem)
{
    struct context *c = &page->context;
    struct site_cards cards;
    if (!site->has_position)
        return ERR_NONE;
    enum err e = ERR_NONE;
    for (size_t i = 0; i < sizeof near_metres / sizeof near_metres[0]; i++) {
        e = site_list_near(page->db, page->arena, page->lang, site, near_metres[i], NEAR_COUNT, &cards,
                           problem);
        if (e != ERR_NONE || cards.count == NEAR_COUNT)
            break;
    }
    if (e != ERR_NONE || cards.count == 0)
        return e;
    json_t *list = context_section(c, c->root, "near");
    for (size_t i = 0; i < cards.count; i++)
        put_distance(c, cards_put_small(page, list, &cards.items[i]), site, &cards.items[i]);
    return ERR_NONE;
}

static enum err put_stop(struct page *page, json_t *tour, const char *key, int64_t id,
                         struct problem *problem)
{
    struct context *c = &page->context;
    struct site_card card;
    enum err e = site_small_card(page->db, page->arena, page->lang, id, &card, problem);
    if (e != ERR_NONE)
        return e;
    json_t *object = context_object(c, tour, key);
    context_text(c, object, "href", page_link(page, address_site(page->arena, card.slug)));
    context_text_in(c, object, "stop_title", card.title, "stop_lang", card.lang, page->lang);
    return ERR_NONE;
}

static enum err put_tour(struct page *page, json_t *list, const struct tour *tour, const struct site *site,
                         struct problem *problem)
{
    struct context *c = &page->context;
    int64_t *stops;
    size_t count, at = 0;
    enum err e = site_ids_of_tour(page->db, page->arena, tour->id, &stops, &count, problem);
    if (e != ERR_NONE)
        return e;
    while (at < count && stops[at] != site->id)
        at++;
    if (at == count)
        return ERR_NONE;
    json_t *item = context_item(c, list);
    const char *lang = NULL, *title = page_words(page, tour->titles, &lang);
    context_text_in(c, item, "tour_title", title, "tour_lang", lang, page->lang);
    context_text(c, item, "href", page_link(page, address_tour(page->arena, tour->slug)));
    context_number(c, item, "number", (int64_t)at + 1);
    context_number(c, item, "count", (int64_t)count);
    if (at > 0)
        e = put_stop(page, item, "previous", stops[at - 1], problem);
    if (e == ERR_NONE && at + 1 < count)
        e = put_stop(page, item, "next", stops[at + 1], problem);
    return e;
}

static enum err put_tours(struct page *page, const struct site *site, struct problem *problem)
{
    struct context *c = &page->context;
    struct tours tours;
    enum err e = tour_list_of_site(page->db, page->arena, site->id, &tours, problem);
    if (e != ERR_NONE || tours.count == 0)
        return e;
    json_t *list = context_list(c, c->root, "tours");
    for (size_t i = 0; e == ERR_NONE && i < tours.count && i < TOURS_MAX; i++)
        e = put_tour(page, list, &tours.items[i], site, problem);
    return e;
}

enum err site_around_put(struct page *page, const struct site *site, struct problem *problem)
{
    enum err e = put_near(page, site, problem);
    return e == ERR_NONE ? put_tours(page, site, problem) : e;
}
