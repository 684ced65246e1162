#include "server/visitor/cards.h"

#include "server/visitor/address.h"
#include "server/visitor/paging.h"
#include "server/visitor/photo.h"

const char *cards_drawing(struct page *page, const char *picture)
{
    const char *name = picture ? arena_concat(page->arena, "pictures/", picture, ".svg", NULL) : NULL;
    const char *address = name ? page_asset(page, name) : NULL;
    return address ? address : page_asset(page, "pictures/site.svg");
}

json_t *cards_put_small(struct page *page, json_t *list, const struct site_card *card)
{
    struct context *c = &page->context;
    json_t *item = context_item(c, list);
    context_text(c, item, "href", page_link(page, address_site(page->arena, card->slug)));
    context_text_in(c, item, "card_title", card->title, "card_lang", card->lang, page->lang);
    photo_put_cover(page, item, card);
    context_text(c, item, "kind", page_words(page, card->kind_labels, NULL));
    return item;
}

json_t *cards_put(struct page *page, json_t *list, const struct site_card *card)
{
    struct context *c = &page->context;
    json_t *item = cards_put_small(page, list, card);
    context_text(c, item, "card_summary", card->summary);
    context_text(c, item, "rank", page_words(page, card->rank_labels, NULL));
    context_text(c, item, "area", page_words(page, card->area_labels, NULL));
    return item;
}

void cards_put_all(struct page *page, const char *key, const struct site_cards *cards)
{
    if (cards->count == 0)
        return;
    json_t *list = context_list(&page->context, page->context.root, key);
    for (size_t i = 0; i < cards->count; i++)
        cards_put(page, list, &cards->items[i]);
}

void cards_put_paging(struct page *page, const struct paging *paging,
                      const char *(*link)(struct page *page, const void *arg, int64_t number),
                      const void *arg)
{
    if (paging->pages < 2)
        return;
    struct context *c = &page->context;
    json_t *object = context_object(c, c->root, "paging");
    context_number(c, object, "page", paging->page);
    context_number(c, object, "pages", paging->pages);
    const struct {
        const char *key;
        int64_t number;
    } links[] = {
        {"first", paging->page > 2 ? 1 : 0},
        {"previous", paging->page - 1},
        {"next", paging->page < paging->pages ? paging->page + 1 : 0},
        {"last", paging->page < paging->pages - 1 ? paging->pages : 0},
    };
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (links[i].number)
            context_text(c, object, links[i].key, page_link(page, link(page, arg, links[i].number)));
}
