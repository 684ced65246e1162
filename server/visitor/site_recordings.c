#include "server/visitor/site_recordings.h"

#include <string.h>

#include "server/view/locale.h"
#include "server/view/view.h"
#include "server/visitor/photo.h"

// What differs between the two; all else is one way.
struct form {
    const char *list, *untitled, *credit;
};

static const struct form sound_form = {"sounds", VIEW_KEY("media.sound"), VIEW_KEY("media.credit_sound")};
static const struct form film_form = {"films", VIEW_KEY("media.film"), VIEW_KEY("media.credit_film")};

// --- its file

struct format {
    const char *mime, *name, *suffix;
};

static const struct format *format_of(const char *mime)
{
    static const struct format formats[] = {{"audio/mpeg", "MP3", "mp3"},
                                            {"audio/mp4", "M4A", "m4a"},
                                            {"audio/ogg", "Ogg", "ogg"},
                                            {"video/mp4", "MP4", "mp4"},
                                            {"video/webm", "WebM", "webm"}};
    size_t i = 0, last = sizeof formats / sizeof formats[0] - 1;
    while (i < last && strcmp(mime, formats[i].mime) != 0)
        i++;
    return &formats[i]; // audio/webm too is WebM
}

// What a saved file is called: as in the bundle, else after the site.
static const char *file_name(struct page *page, const struct site *site, const struct site_media *m,
                             const struct format *format)
{
    const char *slash = strrchr(m->file, '/'), *name = slash ? slash + 1 : m->file;
    return *name ? name : arena_printf(page->arena, "%s.%s", site->slug, format->suffix);
}

// Millions of bytes as people say them: tenths below ten, at least one tenth.
static json_t *megabytes(int64_t bytes)
{
    int64_t tenths = (bytes + 50000) / 100000;
    return tenths < 100 ? json_real(tenths > 0 ? (double)tenths / 10 : 0.1) : json_integer((tenths + 5) / 10);
}

static void put_file(struct page *page, json_t *item, const struct site *site, const struct site_media *m)
{
    struct context *c = &page->context;
    const struct format *format = format_of(m->mime);
    json_t *values = json_pack("{s:s, s:o}", "format", format->name, "megabytes", megabytes(m->bytes));
    context_text(c, item, "src", page_media(page, m->sha256, "original"));
    context_text(c, item, "mime", m->mime);
    context_text(c, item, "name", file_name(page, site, m, format));
    page_message(page, item, "download", VIEW_KEY("media.download"), values);
    json_decref(values);
}

// "3 phút 25 giây"
static void put_duration(struct page *page, json_t *item, int64_t ms)
{
    static const struct {
        const char *key;
        int64_t seconds;
    } units[] = {
        {VIEW_KEY("media.hours"), 3600}, {VIEW_KEY("media.minutes"), 60}, {VIEW_KEY("media.seconds"), 1}};
    cleanup_buf struct buf text = BUF_INIT;
    int64_t left = ms > 0 && ms < 1000 ? 1 : (ms + 500) / 1000;
    context_flag(&page->context, item, "duration", false);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        json_t *values = json_pack("{s:I}", "count", (json_int_t)(left / units[i].seconds));
        if (left >= units[i].seconds) {
            buf_append_str(&text, text.len ? " " : "");
            view_text(page->app->view, page->lang, units[i].key, values, &text);
        }
        json_decref(values);
        left %= units[i].seconds;
    }
    page->context.failed |= text.failed;
    if (text.len)
        context_text(&page->context, item, "duration", text.data);
}

// --- its words

static void put_title(struct page *page, json_t *item, const struct site_media *m, const struct form *form)
{
    const char *lang = NULL, *title = page_words(page, m->caption, &lang);
    if (!title)
        title = page_words(page, m->alt, &lang);
    if (title)
        context_text_in(&page->context, item, "title", title, "title_lang", lang, page->lang);
    else
        page_message(page, item, "title", form->untitled, item);
    if (!title)
        context_flag(&page->context, item, "title_lang", false);
}

static void put_credit(struct page *page, json_t *item, const struct site_media *m, const struct form *form)
{
    struct context *c = &page->context;
    json_t *values = json_pack("{s:s}", "credit", m->credit ? m->credit : "");
    context_flag(c, item, "credit", false);
    if (m->credit && *m->credit)
        page_message(page, item, "credit", form->credit, values);
    json_decref(values);
    context_flag(c, item, "licence", false);
    if (m->licence && *m->licence)
        context_text(c, item, "licence", m->licence);
    context_flag(c, item, "taken", false);
    page_date(page, item, "taken", m->taken);
}

// Paragraphs are what empty lines divide.
static void put_paragraphs(struct page *page, json_t *list, const char *text)
{
    while (*text) {
        const char *stop = strstr(text, "\n\n");
        size_t len = stop ? (size_t)(stop - text) : strlen(text);
        if (len)
            context_text(&page->context, context_item(&page->context, list), "text",
                         arena_strndup(page->arena, text, len));
        text += len;
        text += strspn(text, "\n");
    }
}

static void put_transcript(struct page *page, json_t *item, const struct site_media *m)
{
    struct context *c = &page->context;
    const char *lang = NULL, *text = page_words(page, m->transcript, &lang);
    context_flag(c, item, "transcript", false);
    if (!text)
        return;
    json_t *transcript = context_object(c, item, "transcript");
    bool foreign = strcmp(lang, page->lang) != 0;
    json_t *values = json_pack("{s:s}", "language", page_language(page, lang));
    page_message(page, transcript, "summary",
                 foreign ? VIEW_KEY("media.transcript_in") : VIEW_KEY("media.transcript"), values);
    json_decref(values);
    context_lang(c, transcript, "transcript_lang", lang, page->lang);
    put_paragraphs(page, context_list(c, transcript, "paragraphs"), text);
}

static json_t *put_item(struct page *page, const struct site *site, const struct site_media *m,
                        const struct form *form)
{
    struct context *c = &page->context;
    json_t *list = json_object_get(c->root, form->list);
    if (!list)
        list = context_section(c, c->root, form->list);
    json_t *item = context_item(c, list);
    context_number(c, item, "number", (int64_t)json_array_size(list));
    put_file(page, item, site, m);
    put_duration(page, item, m->duration_ms);
    put_title(page, item, m, form);
    put_credit(page, item, m, form);
    put_transcript(page, item, m);
    return item;
}

// --- films

// One of a few shapes, whatever the container claims: the place on the page is there before anything is
// loaded, and a poster of another shape or a lie moves nothing. A film is shown whole inside.
static const char *shape_of(const struct site_media *m)
{
    static const struct {
        double least; // width over height
        const char *shape;
    } shapes[] = {{1.55, "wide"}, {1.15, "classic"}, {0.85, "square"}};
    double ratio = m->width > 0 && m->height > 0 ? (double)m->width / (double)m->height : 16.0 / 9;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (ratio >= shapes[i].least)
            return shapes[i].shape;
    return "tall";
}

static enum err put_tracks(struct page *page, json_t *item, const struct site_media *m)
{
    struct context *c = &page->context;
    json_t *list = context_list(c, item, "tracks");
    json_t *captions = json_loads(m->captions, 0, NULL);
    const char *lang;
    json_t *text;
    json_object_foreach(captions, lang, text)
    {
        json_t *track = context_item(c, list);
        const char *variant = media_captions_name(page->arena, lang, json_string_value(text));
        context_text(c, track, "track_lang", lang);
        context_text(c, track, "track_label", locale_language_name(lang));
        context_text(c, track, "track", variant ? page_media(page, m->sha256, variant) : NULL);
        context_flag(c, track, "is_chosen", strcmp(lang, page->lang) == 0);
    }
    json_decref(captions);
    return c->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err put_film(struct page *page, const struct site *site, const struct site_media *m,
                         const struct media_variants *poster)
{
    struct context *c = &page->context;
    json_t *item = put_item(page, site, m, &film_form);
    context_text(c, item, "shape", shape_of(m));
    context_flag(c, item, "poster", false);
    if (poster->count)
        context_text(c, item, "poster", photo_src(page, poster));
    return put_tracks(page, item, m);
}

enum err site_recordings_put(struct page *page, const struct site *site,
                             const struct media_variants *variants)
{
    struct media_variants cover = {.count = 0};
    enum err e = ERR_NONE;
    for (size_t i = 0; i < site->media_count && !cover.count; i++)
        if (strcmp(site->media[i].media_class, "image") == 0)
            cover = photo_variants(variants, site->media[i].sha256);
    for (size_t i = 0; i < site->media_count && !e; i++) {
        const struct site_media *m = &site->media[i];
        if (strcmp(m->media_class, "audio") == 0)
            put_item(page, site, m, &sound_form);
        else if (strcmp(m->media_class, "video") == 0)
            e = put_film(page, site, m, &cover);
    }
    return page->context.failed ? ERR_MEMORY : e;
}
