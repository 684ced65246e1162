// A photo in the sizes that were made of it, so that a browser takes the one that fits.
#pragma once

#include "content/media.h"
#include "content/site.h"
#include "server/visitor/page.h"

// The variants of one photo among those of its site; an empty list when there are none yet: the photo cannot
// be shown.
struct media_variants photo_variants(const struct media_variants *of_site, const char *sha256);

// The address, size and focus of a photo for the partial "photo": src, srcset, webp, width, height, focus.
void photo_put(struct page *page, json_t *object, const struct site_media *photo,
               const struct media_variants *variants);

// The address of the JPEG for those who take no choice, about 640 pixels wide. NULL when there is none.
const char *photo_src(struct page *page, const struct media_variants *variants);

// The address of a JPEG for previews elsewhere, about 1,280 pixels wide. NULL when there is none.
const char *photo_preview(struct page *page, const struct media_variants *variants);

// The cover of a card: picture, webp (for a photo), is_photo. Where there is no photo, the kind's drawing.
void photo_put_cover(struct page *page, json_t *object, const struct site_card *card);
