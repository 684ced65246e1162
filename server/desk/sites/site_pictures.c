// The pictures of a site as its form shows them: the first few, as small as in a list.
#include <string.h>

#include "content/media.h"
#include "content/site_media.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"

enum { PICTURES_SHOWN = 6 };

static bool is_step(const struct media_variant *v)
{
    return v->name[0] >= '0' && v->name[0] <= '9';
}

static const struct media_variant *choose(const struct site_media *m, const struct media_variants *all,
                                          int64_t width)
{
    char focus[MEDIA_THUMB_NAME_SIZE];
    const struct media_variant *best = NULL;
    media_thumb_name(m->focus_x, m->focus_y, focus);
    size_t len = strlen(focus);
    for (size_t i = 0; i < all->count; i++) { // in the order of width
        const struct media_variant *v = &all->items[i];
        if (strcmp(v->sha256, m->sha256) != 0 || strcmp(v->mime, "image/jpeg") != 0)
            continue;
        bool around = strncmp(v->name, focus, len) == 0 && strcmp(v->name + len, ".jpg") == 0;
        if (width ? is_step(v) && (!best || best->width < width)
                  : around || (!best && strcmp(v->name, "thumb.jpg") == 0))
            best = v;
    }
    return best;
}

void sites_put_picture(struct screen *screen, json_t *object, const char *member, const struct site *site,
                       const struct site_media *m, const struct media_variants *all, int64_t width)
{
    struct context *c = &screen->context;
    const struct media_variant *v = choose(m, all, width);
    context_flag(c, object, member, false);
    if (!v)
        return;
    json_t *picture = context_object(c, object, member);
    const char *rest = arena_printf(screen->arena, "/media/file/%s/%s", v->sha256, v->name);
    context_text(c, picture, "src", rest ? sites_address(screen->arena, site->id, rest) : NULL);
    context_text(c, picture, "width", arena_printf(screen->arena, "%lld", (long long)v->width));
    context_text(c, picture, "height", arena_printf(screen->arena, "%lld", (long long)v->height));
}

enum err site_put_pictures(struct screen *screen, const struct site *stored, struct problem *problem)
{
    struct context *c = &screen->context;
    struct media_variants all;
    enum err e = media_variants_of_site(screen->db, screen->arena, stored->id, &all, problem);
    if (e)
        return e;
    json_t *list = context_list(c, c->root, "pictures");
    for (size_t i = 0; i < stored->media_count && json_array_size(list) < PICTURES_SHOWN; i++) {
        const struct site_media *m = &stored->media[i];
        if (!site_media_is_picture(m))
            continue;
        json_t *item = context_item(c, list);
        const char *alt = m->alt ? screen_label(screen, m->alt) : NULL;
        sites_put_picture(screen, item, "thumb", stored, m, &all, 0);
        context_text(c, item, "alt", alt ? alt : "");
        context_text(c, item, "sha256", m->sha256);
    }
    context_number(c, c->root, "media_count", (int64_t)stored->media_count);
    context_flag(c, c->root, "has_pictures", json_array_size(list) > 0);
    context_flag(c, c->root, "has_media", stored->media_count > 0);
    return ERR_NONE;
}
