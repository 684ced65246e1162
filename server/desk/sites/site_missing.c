// What a visitor would miss on a site's page: a short list, each entry leading to its field.
#include <string.h>

#include "common/buf.h"
#include "common/url.h"
#include "content/media.h"
#include "content/plate.h"
#include "content/setting.h"
#include "content/site_media.h"
#include "content/words.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum { PICTURES_NAMED = 4, RECORDINGS_NAMED = 4 };

struct finding {
    struct screen *screen;
    json_t *list;
    bool asks;
};

// `field` is the form's name of the field, an address of the desk, or NULL: nowhere to go.
static void found(struct finding *f, const char *field, const char *key, const json_t *values)
{
    struct context *c = &f->screen->context;
    json_t *item = context_item(c, f->list);
    char *target = arena_strdup(f->screen->arena, field), *to = target;
    if (field && field[0] != '/') {
        for (const char *at = field; target && *at; at++)
            if (*at == '[' || *at == '.')
                *to++ = '_';
            else if (*at != ']')
                *to++ = *at;
        if (target)
            *to = '\0';
        target = arena_printf(f->screen->arena, "#field-%s", target ? target : "");
    }
    context_flag(c, item, "href", false);
    context_text(c, item, "href", target);
    screen_message(f->screen, item, "words", key, values);
}

static bool has(const json_t *document, const char *path)
{
    const char *text = json_string_value(site_path_get(document, path));
    return text && *text;
}

static void check_texts(struct finding *f, const json_t *document, const struct site_form *form)
{
    struct arena *a = f->screen->arena;
    const char *original = json_string_value(json_object_get(document, "original"));
    for (size_t i = 0; i < form->lang_count; i++) {
        const char *lang = form->langs[i];
        const char *title = arena_printf(a, "text.%s.title", lang);
        const char *summary = arena_printf(a, "text.%s.summary", lang);
        const char *body = arena_printf(a, "text.%s.body", lang);
        json_t *values = json_pack("{s:s}", "language", sites_language(f->screen, lang));
        bool own = original && strcmp(lang, original) == 0;
        if (!has(document, title))
            found(f, title, VIEW_KEY("desk.missing.text"), values);
        else if (!has(document, summary))
            found(f, summary, VIEW_KEY("desk.missing.summary"), values);
        else if (!has(document, body))
            found(f, body, VIEW_KEY("desk.missing.body"), values);
        f->asks |= own && !(has(document, summary) && has(document, body));
        json_decref(values);
    }
}

static const char *media_address(struct finding *f, const struct site *stored, const char *rest)
{
    return stored
               ? sites_address(f->screen->arena, stored->id, arena_printf(f->screen->arena, "/media%s", rest))
               : NULL;
}

static bool has_words(struct arena *a, const char *words, const char *lang)
{
    const char *found = NULL, *text = words_pick_text(a, words, lang, lang, &found);
    return text && *text && found && strcmp(found, lang) == 0;
}

// The first few pictures without a description in the language lead to its field, the others to all.
static void check_descriptions(struct finding *f, const struct site *stored, const char *lang, bool own)
{
    struct arena *a = f->screen->arena;
    json_int_t without = 0, number = 0;
    for (size_t i = 0; i < stored->media_count; i++) {
        const struct site_media *m = &stored->media[i];
        if (!site_media_is_picture(m) || (++number && has_words(a, m->alt, lang)) ||
            ++without > PICTURES_NAMED)
            continue;
        json_t *values =
            json_pack("{s:I, s:s}", "number", number, "language", sites_language(f->screen, lang));
        found(f, media_address(f, stored, arena_printf(a, "/%s#field-alt_%s", m->sha256, lang)),
              VIEW_KEY("desk.missing.alt"), values);
        json_decref(values);
    }
    f->asks |= own && without > 0;
    if (without <= PICTURES_NAMED)
        return;
    json_t *values = json_pack("{s:I, s:s}", "count", without - PICTURES_NAMED, "language",
                               sites_language(f->screen, lang));
    found(f, media_address(f, stored, ""), VIEW_KEY("desk.missing.more_alt"), values);
    json_decref(values);
}

// In the languages that the site has a text in; publishing asks for those of the original.
static void check_pictures(struct finding *f, const json_t *document, const struct site_form *form,
                           const struct site *stored)
{
    const char *original = json_string_value(json_object_get(document, "original"));
    bool any = false;
    for (size_t i = 0; stored && i < stored->media_count; i++)
        any |= site_media_is_picture(&stored->media[i]);
    if (!any) {
        found(f, media_address(f, stored, ""), VIEW_KEY("desk.missing.picture"), NULL);
        return;
    }
    for (size_t i = 0; i < form->lang_count; i++) {
        const char *lang = form->langs[i];
        bool own = original && strcmp(lang, original) == 0;
        if (own || site_path_get(document, arena_printf(f->screen->arena, "text.%s", lang)))
            check_descriptions(f, stored, lang, own);
    }
}

// A sound without transcript, a film without captions, in the site's first language. Good to have; publishing
// does not ask for them.
static void check_recordings(struct finding *f, const struct site *stored)
{
    struct arena *a = f->screen->arena;
    json_int_t sounds = 0, films = 0;
    for (size_t i = 0; stored && i < stored->media_count; i++) {
        const struct site_media *m = &stored->media[i];
        bool sound = strcmp(m->media_class, "audio") == 0;
        json_int_t number = site_media_is_picture(m) ? 0 : sound ? ++sounds : ++films;
        if (!number || number > RECORDINGS_NAMED ||
            has_words(a, sound ? m->transcript : m->captions, stored->original))
            continue;
        json_t *values = json_pack("{s:I}", "number", number);
        found(f,
              media_address(f, stored,
                            arena_printf(a, "/%s#field-%s_%s", m->sha256, sound ? "transcript" : "captions",
                                         stored->original)),
              sound ? VIEW_KEY("desk.missing.transcript") : VIEW_KEY("desk.missing.captions"), values);
        json_decref(values);
    }
}

static void check_facts(struct finding *f, const json_t *document, const struct site_form *form)
{
    size_t i;
    json_t *fact;
    json_array_foreach(json_object_get(document, "facts"), i, fact)
    {
        if (json_array_size(json_object_get(fact, "sources")))
            continue;
        json_t *values = json_pack("{s:I}", "number", (json_int_t)i + 1);
        found(f, arena_printf(f->screen->arena, "facts[%zu].label.%s", i, form->langs[0]),
              VIEW_KEY("desk.missing.source"), values);
        json_decref(values);
    }
}

static enum err check_plates(struct finding *f, const struct site *stored, struct problem *problem)
{
    struct plates plates;
    if (!stored)
        return ERR_NONE;
    enum err e = plate_list_of_site(f->screen->db, f->screen->arena, stored->id, &plates, problem);
    if (e || plates.count)
        return e;
    cleanup_buf struct buf address = BUF_INIT;
    const struct site_text *text = site_text(stored, stored->original);
    buf_append_str(&address, "/desk/plates/new?plates=none&q=");
    url_encode(&address, text->title, strlen(text->title));
    found(f, address.failed ? NULL : address.data, VIEW_KEY("desk.missing.plate"), NULL);
    return e;
}

enum err site_put_missing(struct screen *screen, const struct site_form *f, const json_t *document,
                          const struct site *stored, bool *ret_asks, struct problem *problem)
{
    struct context *c = &screen->context;
    json_object_del(c->root, "missing");
    json_t *object = context_object(c, c->root, "missing");
    struct finding finding = {.screen = screen, .list = context_list(c, object, "items")};
    check_texts(&finding, document, f);
    if (!json_object_get(document, "position"))
        found(&finding, "position", VIEW_KEY("desk.missing.position"), NULL);
    check_pictures(&finding, document, f, stored);
    check_recordings(&finding, stored);
    check_facts(&finding, document, f);
    enum err e = check_plates(&finding, stored, problem);
    if (e)
        return e;
    context_number(c, object, "missing_count", (int64_t)json_array_size(finding.list));
    if (json_array_size(finding.list) == 0)
        context_flag(c, c->root, "missing", false);
    *ret_asks = finding.asks;
    return ERR_NONE;
}
