#include "server/visitor/logo.h"

#include "content/media.h"
#include "content/setting.h"
#include "server/visitor/address.h"

// 320 pixels wide: sharp at nine lines' width on any phone.
enum err logo_put(struct context *c, struct arena *a, struct connection *db, struct problem *p)
{
    const char *sha256 = NULL;
    struct media_variant jpeg, webp;
    context_flag(c, c->root, "logo", false);
    enum err e = setting_logo(db, a, &sha256, p);
    if (e || !sha256)
        return e;
    e = media_variant_load(db, a, sha256, "320.jpg", &jpeg, p);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *logo = context_object(c, c->root, "logo");
    context_text(c, logo, "src", address_media(a, sha256, jpeg.name));
    context_number(c, logo, "width", jpeg.width);
    context_number(c, logo, "height", jpeg.height);
    context_flag(c, logo, "webp", false);
    e = media_variant_load(db, a, sha256, "320.webp", &webp, p);
    if (!e)
        context_text(c, logo, "webp", address_media(a, sha256, webp.name));
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
