#include "server/visitor/site_story.h"

#include <string.h>

#include "content/words.h"
#include "server/view/markdown.h"
#include "server/view/view.h"
#include "server/visitor/address.h"
#include "server/visitor/cards.h"
#include "server/visitor/photo.h"
#include "server/visitor/site_recordings.h"

static void put_term(struct page *page, const char *key, const struct site_term *term)
{
    if (term->key)
        context_text(&page->context, page->context.root, key, page_words(page, term->labels, NULL));
}

static void put_link(struct page *page, const char *key, const char *address)
{
    context_text(&page->context, page->context.root, key, page_link(page, address));
}

static void put_terms(struct page *page, const struct site *site)
{
    put_term(page, "kind", &site->kind);
    put_term(page, "rank", &site->rank);
    put_term(page, "category", &site->category);
    put_term(page, "area", &site->area);
    put_link(page, "kind_href", address_sites(page->arena, site->kind.key, NULL, 1));
    if (site->area.key)
        put_link(page, "area_href", address_sites(page->arena, NULL, site->area.key, 1));
}

// Words as JSON text: `key` and `lang_key` as context_text_in.
static void put_words(struct page *page, json_t *object, const char *key, const char *lang_key,
                      const char *words)
{
    const char *lang = NULL, *text = page_words(page, words, &lang);
    context_text_in(&page->context, object, key, text, lang_key, lang, page->lang);
}

static const char *text_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void put_photo(struct page *page, json_t *object, const struct site_media *media,
                      const struct media_variants *variants)
{
    struct context *c = &page->context;
    photo_put(page, object, media, variants);
    put_words(page, object, "alt", "alt_lang", media->alt);
    put_words(page, object, "caption", "caption_lang", media->caption);
    context_text(c, object, "credit", text_or_null(media->credit));
    context_text(c, object, "licence", text_or_null(media->licence));
    page_date(page, object, "taken", media->taken);
    bool has_caption = json_object_get(object, "caption") || text_or_null(media->credit);
    context_flag(c, object, "has_caption", has_caption);
}

static void put_drawing(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    json_t *hero = context_object(c, c->root, "hero");
    const char *drawing = cards_drawing(page, site->kind_picture);
    context_text(c, hero, "src", drawing);
    context_text(c, hero, "width", "960");
    context_text(c, hero, "height", "540");
    page_message(page, hero, "alt", "site.drawing_alt", c->root);
    context_flag(c, hero, "is_drawing", true);
    context_flag(c, hero, "is_first", true);
    page->picture = drawing;
}

// The first photo stands above the title, the others in the gallery. A photo without variants cannot be
// shown.
static enum err put_pictures(struct page *page, const struct site *site, const struct media_variants *all)
{
    struct context *c = &page->context;
    json_t *hero = NULL, *gallery = NULL;
    for (size_t i = 0; i < site->media_count; i++) {
        const struct site_media *media = &site->media[i];
        struct media_variants variants = photo_variants(all, media->sha256);
        if (strcmp(media->media_class, "image") != 0 || !variants.count)
            continue;
        if (hero && !gallery)
            gallery = context_section(c, c->root, "gallery");
        if (!hero)
            page->picture = photo_preview(page, &variants);
        json_t *object = hero ? context_item(c, gallery) : (hero = context_object(c, c->root, "hero"));
        context_flag(c, object, "is_first", object == hero);
        put_photo(page, object, media, &variants);
        if (c->failed)
            return ERR_MEMORY;
    }
    if (!hero)
        put_drawing(page, site);
    return ERR_NONE;
}

static enum err put_media(struct page *page, const struct site *site, struct problem *problem)
{
    struct media_variants all = {.count = 0};
    enum err e = ERR_NONE;
    if (site->media_count)
        e = media_variants_of_site(page->db, page->arena, site->id, &all, problem);
    if (e == ERR_NONE)
        e = put_pictures(page, site, &all);
    return e == ERR_NONE ? site_recordings_put(page, site, &all) : e;
}

// What a reader should know about the language of the text.
static void put_marks(struct page *page, const struct site *site, const struct site_text *text)
{
    struct context *c = &page->context;
    bool foreign = strcmp(text->lang, page->lang) != 0;
    bool machine = text->origin == TEXT_MACHINE;
    if (!foreign && !machine && !text->stale)
        return;
    json_t *marks = context_object(c, c->root, "marks");
    context_text(c, marks, "asked", page_language(page, page->lang));
    context_text(c, marks, "shown", page_language(page, text->lang));
    context_flag(c, marks, "is_foreign", foreign);
    context_flag(c, marks, "is_machine", machine);
    context_flag(c, marks, "is_stale", text->stale);
    const char *original = text->translated_from ? text->translated_from : site->original;
    if (!foreign && strcmp(original, page->lang) != 0) {
        context_text(c, marks, "original", original);
        context_text(c, marks, "original_name", page_language(page, original));
        context_text(c, marks, "original_href",
                     arena_printf(page->arena, "/%s%s", original, address_site(page->arena, site->slug)));
    }
}

static enum err put_story(struct page *page, const struct site_text *text, struct problem *problem)
{
    struct context *c = &page->context;
    cleanup_html struct html body = HTML_INIT;
    struct markdown_options options = {.images = true, .own_base = page->app->base_url};
    context_text_in(c, c->root, "title", text->title, "story_lang", text->lang, page->lang);
    context_text(c, c->root, "summary", text_or_null(text->summary));
    enum err e = markdown_html(text->body, strlen(text->body), &options, &body, problem);
    if (e == ERR_NONE)
        e = view_set_html(c->root, "body_html", &body);
    return e;
}

enum err site_story_put(struct page *page, const struct site *site, struct problem *problem)
{
    const struct site_text *text = site_text(site, page->lang);
    if (!text)
        return ERR_NOT_FOUND;
    page->title = text->title;
    page->description = text_or_null(text->summary);
    page->canonical_lang = text->lang;
    put_terms(page, site);
    put_marks(page, site, text);
    enum err e = put_media(page, site, problem);
    return e == ERR_NONE ? put_story(page, text, problem) : e;
}
