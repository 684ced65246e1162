#include "server/visitor/photo.h"

#include <inttypes.h>
#include <string.h>

#include "common/buf.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"

enum { SRC_WIDTH = 640, PREVIEW_WIDTH = 1280 }; // for those who take no choice

struct media_variants photo_variants(const struct media_variants *of_site, const char *sha256)
{
    struct media_variants found = {.count = 0};
    for (size_t i = 0; i < of_site->count; i++)
        if (strcmp(of_site->items[i].sha256, sha256) == 0) { // they stand together
            if (!found.count)
                found.items = &of_site->items[i];
            found.count++;
        }
    return found;
}

// One of the whole picture in a width: "640.jpg", no thumbnail and not the original.
static bool is_step(const struct media_variant *v)
{
    return v->name[0] >= '0' && v->name[0] <= '9';
}

// "/media/…/320.jpg 320w, /media/…/640.jpg 640w"
static const char *list_steps(struct page *page, const struct media_variants *variants, const char *mime)
{
    cleanup_buf struct buf b = BUF_INIT;
    for (size_t i = 0; i < variants->count; i++) {
        const struct media_variant *v = &variants->items[i];
        if (is_step(v) && strcmp(v->mime, mime) == 0)
            buf_printf(&b, "%s%s %" PRId64 "w", b.len ? ", " : "", page_media(page, v->sha256, v->name),
                       v->width);
    }
    return b.len && !b.failed ? arena_strndup(page->arena, b.data, b.len) : NULL;
}

// The smallest JPEG that is at least so wide, else the widest.
static const struct media_variant *find_step(const struct media_variants *variants, int64_t width)
{
    const struct media_variant *best = NULL;
    for (size_t i = 0; i < variants->count; i++) { // in the order of type and width
        const struct media_variant *v = &variants->items[i];
        if (is_step(v) && strcmp(v->mime, "image/jpeg") == 0 && (!best || best->width < width))
            best = v;
    }
    return best;
}

// Classes, for the page allows no styles in its elements: focus-x-3 is 30 % from the left.
static void put_focus(struct page *page, json_t *object, const struct site_media *photo)
{
    if (photo->focus_x < 0 || photo->focus_y < 0)
        return;
    context_text(&page->context, object, "focus",
                 arena_printf(page->arena, "focus-x-%d focus-y-%d", (int)(photo->focus_x * 10 + 0.5),
                              (int)(photo->focus_y * 10 + 0.5)));
}

void photo_put(struct page *page, json_t *object, const struct site_media *photo,
               const struct media_variants *variants)
{
    struct context *c = &page->context;
    const struct media_variant *src = find_step(variants, SRC_WIDTH);
    if (!src)
        return;
    context_text(c, object, "src", page_media(page, src->sha256, src->name));
    context_text(c, object, "srcset", list_steps(page, variants, "image/jpeg"));
    context_text(c, object, "webp", list_steps(page, variants, "image/webp"));
    context_text(c, object, "width", arena_printf(page->arena, "%" PRId64, src->width));
    context_text(c, object, "height", arena_printf(page->arena, "%" PRId64, src->height));
    put_focus(page, object, photo);
}

const char *photo_src(struct page *page, const struct media_variants *variants)
{
    const struct media_variant *v = find_step(variants, SRC_WIDTH);
    return v ? page_media(page, v->sha256, v->name) : NULL;
}

const char *photo_preview(struct page *page, const struct media_variants *variants)
{
    const struct media_variant *v = find_step(variants, PREVIEW_WIDTH);
    return v ? page_media(page, v->sha256, v->name) : NULL;
}

void photo_put_cover(struct page *page, json_t *object, const struct site_card *card)
{
    struct context *c = &page->context;
    bool is_photo = card->cover && card->cover_thumb;
    if (!is_photo) {
        context_text(c, object, "picture", cards_drawing(page, card->kind_picture));
        return;
    }
    const char *jpeg = arena_concat(page->arena, card->cover_thumb, ".jpg", NULL);
    const char *webp = arena_concat(page->arena, card->cover_thumb, ".webp", NULL);
    context_text(c, object, "picture", jpeg ? address_media(page->arena, card->cover, jpeg) : NULL);
    context_text(c, object, "webp", webp ? address_media(page->arena, card->cover, webp) : NULL);
    context_flag(c, object, "is_photo", true);
}
