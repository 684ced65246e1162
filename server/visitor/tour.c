#include "server/visitor/tour.h"

#include <string.h>

#include "content/site.h"
#include "content/tour.h"
#include "server/view/markdown.h"
#include "server/view/view.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/distance.h"
#include "server/visitor/site.h"

static enum err put_text(struct page *page, const struct tour *tour, struct problem *problem)
{
    struct context *c = &page->context;
    cleanup_html struct html html = HTML_INIT;
    const char *lang = NULL, *title = page_words(page, tour->titles, &lang);
    const char *body = page_words(page, tour->bodies, NULL);
    struct markdown_options options = {.own_base = page->app->base_url};
    if (!title)
        return ERR_NOT_FOUND;
    page->title = title;
    page->description = page_words(page, tour->summaries, NULL);
    page->canonical_lang = lang;
    context_text_in(c, c->root, "title", title, "story_lang", lang, page->lang);
    context_text(c, c->root, "summary", page->description);
    if (strcmp(lang, page->lang) != 0) {
        json_t *marks = context_object(c, c->root, "marks");
        context_text(c, marks, "asked", page_language(page, page->lang));
        context_text(c, marks, "shown", page_language(page, lang));
        context_flag(c, marks, "is_foreign", true);
    }
    if (!body)
        return ERR_NONE;
    enum err e = markdown_html(body, strlen(body), &options, &html, problem);
    return e == ERR_NONE ? view_set_html(c->root, "body_html", &html) : e;
}

// How far it is from the stop before, where both positions are known.
static void put_way(struct context *c, json_t *item, const struct site_card *from, const struct site_card *to)
{
    if (!from->has_position || !to->has_position)
        return;
    struct distance d = distance_round(site_distance_m(from->lat, from->lon, to->lat, to->lon));
    if (d.kilometres)
        context_real(c, item, "kilometres", d.number);
    else
        context_number(c, item, "metres", (int64_t)d.number);
}

static enum err put_stops(struct page *page, const struct tour *tour, struct problem *problem)
{
    struct context *c = &page->context;
    struct site_cards stops;
    enum err e = site_list_of_tour(page->db, page->arena, page->lang, tour->id, &stops, problem);
    if (e != ERR_NONE)
        return e;
    context_number(c, c->root, "count", (int64_t)stops.count);
    if (stops.count == 0)
        return ERR_NONE;
    json_t *list = context_section(c, c->root, "stops");
    for (size_t i = 0; i < stops.count; i++) {
        json_t *item = cards_put(page, list, &stops.items[i]);
        context_number(c, item, "number", (int64_t)i + 1);
        if (i > 0)
            put_way(c, item, &stops.items[i - 1], &stops.items[i]);
        else
            page->picture = json_string_value(json_object_get(item, "picture"));
    }
    return ERR_NONE;
}

static enum err show_gone(struct page *page, struct problem *problem)
{
    page->res->status = 410;
    page_message(page, page->context.root, "heading", "gone.title", NULL);
    page->title = json_string_value(json_object_get(page->context.root, "heading"));
    return page_send(page, "gone", problem);
}

static enum err show(struct page *page, const struct tour *tour, const struct plate *plate,
                     struct problem *problem)
{
    if (strcmp(tour->state, "withdrawn") == 0)
        return show_gone(page, problem);
    if (strcmp(tour->state, "published") != 0)
        return ERR_NOT_FOUND;
    enum err e = put_text(page, tour, problem);
    if (e == ERR_NONE)
        e = put_stops(page, tour, problem);
    if (e != ERR_NONE)
        return e;
    site_put_plate(page, plate);
    page->rest = address_tour(page->arena, tour->slug);
    return page_send(page, "tour", problem);
}

enum err tour_show(struct page *page, int64_t id, const struct plate *plate, struct problem *problem)
{
    struct tour tour;
    enum err e = tour_load(page->db, page->arena, id, &tour, problem);
    return e == ERR_NONE ? show(page, &tour, plate, problem) : e;
}

enum err tour_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    struct tour tour;
    enum err e = page_open(&page, req, res, problem);
    if (e == ERR_NONE)
        e = tour_load_by_slug(page.db, page.arena, request_value(req, "slug"), &tour, problem);
    if (e == ERR_NONE)
        e = show(&page, &tour, NULL, problem);
    return e == ERR_NOT_FOUND ? response_error(res, 404, NULL) : e;
}
