// A picture, sound or film as templates show it.
#include <string.h>

#include "content/setting.h"
#include "content/words.h"
#include "server/desk/media/media.h"
#include "server/view/view.h"

enum { LOOK_WIDTH = 640 }; // of the picture on its own page

bool media_has_words(struct arena *a, const char *words, const char *lang)
{
    const char *taken = NULL;
    const char *text = words ? words_pick_text(a, words, lang, lang, &taken) : NULL;
    return text && *text && taken && strcmp(taken, lang) == 0;
}

enum err media_languages(struct screen *screen, const char *const **ret, size_t *ret_count,
                         struct problem *problem)
{
    struct languages languages;
    enum err e = setting_languages(screen->db, screen->arena, &languages, problem);
    if (e)
        return e;
    *ret = languages.tags;
    *ret_count = languages.count;
    return ERR_NONE;
}

// "Ảnh 2", "Âm thanh 1": by what it is, counted among its like.
static void put_label(struct screen *screen, json_t *object, const struct site *site, size_t at)
{
    const struct site_media *m = &site->media[at];
    json_int_t number = 0;
    for (size_t i = 0; i <= at; i++)
        number += strcmp(site->media[i].media_class, m->media_class) == 0;
    json_t *values = json_pack("{s:I}", "number", number);
    screen_message(screen, object, "label",
                   site_media_is_picture(m)               ? VIEW_KEY("desk.media.label_picture")
                   : strcmp(m->media_class, "audio") == 0 ? VIEW_KEY("desk.media.label_sound")
                                                          : VIEW_KEY("desk.media.label_film"),
                   values);
    json_decref(values);
}

// "2:05"
static void put_duration(struct screen *screen, json_t *object, int64_t ms)
{
    int64_t seconds = (ms + 500) / 1000;
    context_flag(&screen->context, object, "duration", false);
    if (ms > 0)
        context_text(
            &screen->context, object, "duration",
            arena_printf(screen->arena, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60)));
}

// "tiếng Việt, tiếng Anh": those without a description, which only pictures have.
static void put_missing(struct screen *screen, json_t *object, const struct site_media *m,
                        const char *const *langs, size_t count)
{
    const char *missing = NULL;
    for (size_t i = 0; i < count && site_media_is_picture(m); i++)
        if (!media_has_words(screen->arena, m->alt, langs[i]))
            missing = arena_printf(screen->arena, "%s%s%s", missing ? missing : "", missing ? ", " : "",
                                   sites_language(screen, langs[i]));
    context_flag(&screen->context, object, "missing", false);
    context_text(&screen->context, object, "missing", missing);
}

// What a sound or film lacks in the site's first language.
static void put_lacks(struct screen *screen, json_t *object, const struct site *site,
                      const struct site_media *m, bool sound)
{
    struct context *c = &screen->context;
    bool film = !sound && !site_media_is_picture(m);
    context_flag(c, object, "lacks_transcript",
                 sound && !media_has_words(screen->arena, m->transcript, site->original));
    context_flag(c, object, "lacks_captions",
                 film && !media_has_words(screen->arena, m->captions, site->original));
}

static void put_words(struct screen *screen, json_t *object, const char *member, const char *words)
{
    context_flag(&screen->context, object, member, false);
    const char *text = words ? screen_label(screen, words) : NULL;
    context_text(&screen->context, object, member, text && *text ? text : NULL);
}

enum err media_put(struct screen *screen, json_t *object, const struct site *site, size_t at,
                   const struct media_variants *all, struct problem *problem)
{
    struct context *c = &screen->context;
    const struct site_media *m = &site->media[at];
    const char *const *langs;
    size_t count;
    struct media media;
    enum err e = media_languages(screen, &langs, &count, problem);
    if (!e)
        e = media_load(screen->db, screen->arena, m->sha256, &media, problem);
    if (e)
        return e;
    context_text(c, object, "sha256", m->sha256);
    context_text(c, object, "anchor", arena_printf(screen->arena, "m-%.12s", m->sha256));
    context_text(c, object, "name", *m->file ? m->file : media.original_name);
    context_flag(c, object, "is_picture", site_media_is_picture(m));
    bool sound = strcmp(m->media_class, "audio") == 0;
    context_flag(c, object, "is_sound", sound);
    put_lacks(screen, object, site, m, sound);
    context_flag(c, object, "is_film", strcmp(m->media_class, "video") == 0);
    context_text(c, object, "original",
                 arena_printf(screen->arena, "/desk/sites/%lld/media/file/%s/original", (long long)site->id,
                              m->sha256));
    put_words(screen, object, "alt", m->alt);
    put_words(screen, object, "caption", m->caption);
    context_flag(c, object, "credit", false);
    context_text(c, object, "credit", m->credit && *m->credit ? m->credit : NULL);
    sites_put_picture(screen, object, "thumb", site, m, all, 0);
    sites_put_picture(screen, object, "look", site, m, all, LOOK_WIDTH);
    put_label(screen, object, site, at);
    put_duration(screen, object, m->duration_ms);
    put_missing(screen, object, m, langs, count);
    return ERR_NONE;
}
