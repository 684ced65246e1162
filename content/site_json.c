#include "content/site.h"

#include <string.h>

#include "common/clock.h"
#include "content/site_document.h"

// --- to a document

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text && text[0])
        json_object_set_new(object, name, json_string(text));
}

// Words as JSON text; an empty object sets nothing.
static void set_words(json_t *object, const char *name, const char *text)
{
    json_t *words = text ? json_loads(text, 0, NULL) : NULL;
    if (json_object_size(words))
        json_object_set(object, name, words);
    json_decref(words);
}

static json_t *position_to_json(const struct site *site)
{
    json_t *position = json_pack("{s:f, s:f}", "lat", site->lat, "lon", site->lon);
    if (site->accuracy_m >= 0)
        json_object_set_new(position, "accuracy_m", json_real(site->accuracy_m));
    return position;
}

static json_t *media_to_json(const struct site_media *m)
{
    json_t *object = json_object();
    set_text(object, "file", m->file);
    set_text(object, "sha256", m->sha256);
    set_words(object, "alt", m->alt);
    set_words(object, "caption", m->caption);
    set_words(object, "transcript", m->transcript);
    set_words(object, "captions", m->captions);
    set_text(object, "credit", m->credit);
    set_text(object, "licence", m->licence);
    set_text(object, "taken", m->taken);
    if (m->focus_x >= 0 && m->focus_y >= 0)
        json_object_set_new(object, "focus", json_pack("[f, f]", m->focus_x, m->focus_y));
    return object;
}

// What is not as usual about a text: nothing for one written in its language.
static json_t *text_origin_to_json(const struct site_text *t)
{
    json_t *object = json_object();
    if (t->origin != TEXT_WRITTEN)
        set_text(object, "origin", text_origin_name(t->origin));
    set_text(object, "from", t->translated_from);
    if (t->stale)
        json_object_set_new(object, "stale", json_true());
    return object;
}

static void texts_to_json(const struct site *site, json_t *document, bool with_texts)
{
    json_t *origins = json_object(), *texts = json_object();
    for (size_t i = 0; i < site->text_count; i++) {
        const struct site_text *t = &site->texts[i];
        json_t *origin = text_origin_to_json(t);
        if (json_object_size(origin))
            json_object_set(origins, t->lang, origin);
        json_decref(origin);
        json_t *text = json_object();
        set_text(text, "title", t->title);
        set_text(text, "summary", t->summary);
        set_text(text, "body", t->body);
        json_object_set_new(texts, t->lang, text);
    }
    if (json_object_size(origins))
        json_object_set(document, "texts", origins);
    if (with_texts)
        json_object_set(document, "text", texts);
    json_decref(origins);
    json_decref(texts);
}

static json_t *old_slugs_to_json(const struct site *site)
{
    json_t *list = json_array();
    for (size_t i = 0; i < site->old_slug_count; i++)
        json_array_append_new(list, json_string(site->old_slugs[i]));
    return list;
}

json_t *site_to_json(const struct site *site, bool with_texts)
{
    json_t *document = site->details ? json_copy(site->details) : json_object();
    if (!document)
        return NULL;
    set_text(document, "key", site->key);
    set_text(document, "kind", site->kind.key);
    set_text(document, "category", site->category.key);
    set_text(document, "rank", site->rank.key);
    set_text(document, "area", site->area.key);
    set_text(document, "original", site->original);
    set_text(document, "state", site->state);
    if (with_texts)
        set_text(document, "slug", site->slug);
    if (site->publish_at) {
        char when[CLOCK_RFC3339_SIZE];
        clock_rfc3339(site->publish_at, when);
        set_text(document, "publish_at", when);
    }
    if (site->old_slug_count)
        json_object_set_new(document, "old_slugs", old_slugs_to_json(site));
    if (site->has_position)
        json_object_set_new(document, "position", position_to_json(site));
    texts_to_json(site, document, with_texts);
    if (site->media_count) {
        json_t *list = json_array();
        for (size_t i = 0; i < site->media_count; i++)
            json_array_append_new(list, media_to_json(&site->media[i]));
        json_object_set_new(document, "media", list);
    }
    return document;
}

// --- from a document

static const char *dup_member(struct arena *a, const json_t *object, const char *name)
{
    return arena_strdup(a, json_string_value(json_object_get(object, name)));
}

static const char *dup_words(struct arena *a, const json_t *object, const char *name)
{
    json_t *words = json_object_get(object, name);
    cleanup_free char *text = words ? json_dumps(words, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    return arena_strdup(a, text ? text : "{}");
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void media_from_json(const json_t *object, struct arena *a, struct site_media *ret)
{
    const json_t *focus = json_object_get(object, "focus");
    *ret = (struct site_media){
        .file = or_empty(dup_member(a, object, "file")),
        .sha256 = dup_member(a, object, "sha256"),
        .alt = dup_words(a, object, "alt"),
        .caption = dup_words(a, object, "caption"),
        .transcript = dup_words(a, object, "transcript"),
        .captions = dup_words(a, object, "captions"),
        .credit = or_empty(dup_member(a, object, "credit")),
        .licence = or_empty(dup_member(a, object, "licence")),
        .taken = dup_member(a, object, "taken"),
        .focus_x = focus ? json_number_value(json_array_get(focus, 0)) : -1,
        .focus_y = focus ? json_number_value(json_array_get(focus, 1)) : -1,
    };
}

static enum err all_media_from_json(const json_t *list, struct arena *a, struct site *site, struct problem *p)
{
    site->media_count = json_array_size(list);
    site->media = arena_array(a, site->media_count, sizeof *site->media);
    if (!site->media)
        return problem_set(p, ERR_MEMORY, "media", "out of memory");
    for (size_t i = 0; i < site->media_count; i++)
        media_from_json(json_array_get(list, i), a, &site->media[i]);
    return ERR_NONE;
}

static enum err texts_from_json(const json_t *origins, struct arena *a, struct site *site, struct problem *p)
{
    site->texts = arena_array(a, json_object_size(origins), sizeof *site->texts);
    if (!site->texts)
        return problem_set(p, ERR_MEMORY, "texts", "out of memory");
    const char *lang;
    json_t *origin;
    json_object_foreach((json_t *)origins, lang, origin)
    {
        struct site_text *t = &site->texts[site->text_count++];
        *t = (struct site_text){
            .lang = arena_strdup(a, lang),
            .translated_from = dup_member(a, origin, "from"),
            .stale = json_is_true(json_object_get(origin, "stale")),
        };
        text_origin_from(json_string_value(json_object_get(origin, "origin")), &t->origin);
    }
    return ERR_NONE;
}

static void position_from_json(const json_t *position, struct site *site)
{
    site->has_position = position != NULL;
    site->lat = json_number_value(json_object_get(position, "lat"));
    site->lon = json_number_value(json_object_get(position, "lon"));
    const json_t *accuracy = json_object_get(position, "accuracy_m");
    site->accuracy_m = accuracy ? json_number_value(accuracy) : -1;
}

static enum err old_slugs_from_json(const json_t *list, struct arena *a, struct site *site, struct problem *p)
{
    site->old_slug_count = json_array_size(list);
    site->old_slugs = arena_array(a, site->old_slug_count, sizeof *site->old_slugs);
    if (!site->old_slugs)
        return problem_set(p, ERR_MEMORY, "old_slugs", "out of memory");
    for (size_t i = 0; i < site->old_slug_count; i++)
        site->old_slugs[i] = arena_strdup(a, json_string_value(json_array_get(list, i)));
    return ERR_NONE;
}

static json_t *details_of(const json_t *document)
{
    json_t *details = json_object();
    for (const struct shape_member *m = details_shape.members; m->name; m++) {
        json_t *value = json_object_get(document, m->name);
        if (value)
            json_object_set(details, m->name, value);
    }
    return details;
}

enum err site_from_json(const json_t *document, const char *default_lang, struct arena *a, struct site *ret,
                        struct problem *p)
{
    enum err e = shape_check(document, &site_shape, "", p);
    if (e)
        return e;
    const char *state = dup_member(a, document, "state"), *original = dup_member(a, document, "original");
    struct site site = {
        .key = dup_member(a, document, "key"),
        .state = state ? state : "published",
        .original = original ? original : arena_strdup(a, default_lang),
        .kind = {.key = dup_member(a, document, "kind")},
        .category = {.key = dup_member(a, document, "category")},
        .rank = {.key = dup_member(a, document, "rank")},
        .area = {.key = dup_member(a, document, "area")},
    };
    position_from_json(json_object_get(document, "position"), &site);
    clock_read_rfc3339(json_string_value(json_object_get(document, "publish_at")), &site.publish_at);
    e = old_slugs_from_json(json_object_get(document, "old_slugs"), a, &site, p);
    if (!e)
        e = texts_from_json(json_object_get(document, "texts"), a, &site, p);
    if (!e)
        e = all_media_from_json(json_object_get(document, "media"), a, &site, p);
    if (e)
        return e;
    site.details = details_of(document);
    if (!site.details || !site.kind.key || !site.original) {
        site_clear(&site);
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    }
    *ret = site;
    return ERR_NONE;
}
