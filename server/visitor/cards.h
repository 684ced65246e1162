// Sites as lists show them.
#pragma once

#include "content/site.h"
#include "server/visitor/page.h"

// Appends a card to `list`: href, title, picture, is_photo, kind; and for cards_put also summary, rank, area.
// Returns it for more to be added; NULL after a failure.
json_t *cards_put_small(struct page *page, json_t *list, const struct site_card *card);
json_t *cards_put(struct page *page, json_t *list, const struct site_card *card);

// All of them as member `key` of the page's context; nothing when there are none.
void cards_put_all(struct page *page, const char *key, const struct site_cards *cards);

// The address of a kind's drawing; of the one for no particular kind where `picture` is NULL or unknown.
const char *cards_drawing(struct page *page, const char *picture);

// Links to the pages before and after, as member "paging" of the context; nothing for a single page.
// `link` makes the address behind "/{lang}" of one page.
struct paging;
void cards_put_paging(struct page *page, const struct paging *paging,
                      const char *(*link)(struct page *page, const void *arg, int64_t number),
                      const void *arg);
