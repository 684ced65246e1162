// What went wrong with a file, in words that somebody who is not of the trade can act upon.
#include <string.h>

#include "server/desk/media/media.h"
#include "server/view/view.h"

// The first that fits. `field` and `part` (of the sentence of stele-media, which has no fields) may be NULL.
static const struct {
    enum err code;
    const char *field, *part, *key;
} sentences[] = {
    {ERR_UNSUPPORTED, NULL, NULL, VIEW_KEY("desk.media.bad_kind")},
    {ERR_TOO_LARGE, "photo", NULL, VIEW_KEY("desk.media.photo_too_heavy")},
    {ERR_TOO_LARGE, "bytes", NULL, VIEW_KEY("desk.media.too_heavy")},
    {ERR_TOO_LARGE, "media", NULL, VIEW_KEY("desk.media.too_many")},
    {ERR_TOO_LARGE, "piece", NULL, VIEW_KEY("desk.send.changed_on_the_way")},
    {ERR_INVALID, "bytes", NULL, VIEW_KEY("desk.media.empty")},
    {ERR_INVALID, NULL, "pixels", VIEW_KEY("desk.media.too_many_pixels")},
    {ERR_INVALID, NULL, "longer than", VIEW_KEY("desk.media.too_slow")},
    {ERR_INVALID, NULL, NULL, VIEW_KEY("desk.media.damaged")},
    {ERR_BUSY, "count", NULL, VIEW_KEY("desk.media.too_many_at_once")},
    {ERR_FULL, NULL, NULL, VIEW_KEY("desk.media.disk_full")},
    {ERR_DENIED, "state", NULL, VIEW_KEY("desk.media.may_not")},
    {ERR_DENIED, "bin", NULL, VIEW_KEY("desk.media.in_bin_now")},
    {ERR_DENIED, "area", NULL, VIEW_KEY("desk.media.area_now")},
    {ERR_DENIED, "role", NULL, VIEW_KEY("desk.media.role_now")},
    {ERR_DENIED, "account", NULL, VIEW_KEY("desk.media.account_now")},
    {ERR_NOT_FOUND, "upload", NULL, VIEW_KEY("desk.send.gone")},
    {ERR_NOT_FOUND, "media-helper", NULL, VIEW_KEY("desk.media.no_helper")},
};

const char *media_tell(struct screen *screen, const struct problem *problem)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        bool fits = sentences[i].code == problem->code;
        fits = fits && (!sentences[i].field || strcmp(sentences[i].field, problem->field) == 0);
        fits = fits && (!sentences[i].part || strstr(problem->text, sentences[i].part));
        if (fits)
            return screen_words(screen, sentences[i].key, NULL);
    }
    return screen_words(screen, VIEW_KEY("desk.send.trouble"), NULL);
}
