#include "content/site.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "common/hash.h"
#include "content/captions.h"
#include "content/details.h"
#include "content/site_document.h"

enum { TITLE_LIMIT = 300, SUMMARY_LIMIT = 2000, BODY_LIMIT = 64 * 1024 }; // characters

static enum err check_state(const char *state, struct problem *p)
{
    for (const char *const *known = site_states; *known; known++)
        if (state && strcmp(state, *known) == 0)
            return ERR_NONE;
    if (state && strcmp(state, "binned") == 0)
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, "state", MESSAGE("site.state") "\"%s\" is no state of a site",
                       state ? state : "");
}

static enum err check_part(const char *text, bool required, size_t limit, const char *lang, const char *part,
                           struct problem *p)
{
    char field[64];
    snprintf(field, sizeof field, "text.%s.%s", lang, part);
    if (required && (!text || !text[0]))
        return problem_set(p, ERR_INVALID, field, MESSAGE("text.part_missing") "the %s in \"%s\" is missing",
                           part, lang);
    size_t len = text ? strlen(text) : 0;
    if (!text || !fold_utf8_valid(text, len))
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("text.part_not_utf8") "the %s in \"%s\" is not UTF-8", part, lang);
    if (len > limit && fold_utf8_count(text, len) > limit)
        return problem_set(p, ERR_TOO_LARGE, field,
                           MESSAGE("text.part_long") "the %s in \"%s\" is longer than %zu characters", part,
                           lang, limit);
    return ERR_NONE;
}

static enum err check_text(const struct site_text *t, struct problem *p)
{
    if (!t->lang || !fold_is_lang(t->lang))
        return problem_set(p, ERR_INVALID, "text", MESSAGE("language.tag") "\"%s\" is no language tag",
                           t->lang ? t->lang : "");
    enum err e = check_part(t->title, true, TITLE_LIMIT, t->lang, "title", p);
    if (!e)
        e = check_part(t->summary, false, SUMMARY_LIMIT, t->lang, "summary", p);
    return e ? e : check_part(t->body, false, BODY_LIMIT, t->lang, "body", p);
}

static enum err check_texts(const struct site *site, struct problem *p)
{
    if (site->text_count == 0)
        return problem_set(p, ERR_INVALID, "text",
                           MESSAGE("site.no_text") "the site \"%s\" has no text in any language", site->slug);
    bool original = false;
    for (size_t i = 0; i < site->text_count; i++) {
        enum err e = check_text(&site->texts[i], p);
        if (e)
            return e;
        original = original || strcmp(site->texts[i].lang, site->original) == 0;
    }
    if (!original)
        return problem_set(
            p, ERR_INVALID, "original",
            MESSAGE("site.no_original") "the site \"%s\" has no text in its original language \"%s\"",
            site->slug, site->original);
    return ERR_NONE;
}

static enum err check_captions(const struct site_media *m, size_t i, struct problem *p)
{
    char field[48];
    if (!m->captions || strcmp(m->captions, "{}") == 0)
        return ERR_NONE;
    snprintf(field, sizeof field, "media[%zu].captions", i);
    json_t *words = json_loads(m->captions, 0, NULL);
    enum err e =
        json_is_object(words)
            ? captions_check(words, field, p)
            : problem_set(p, ERR_INVALID, field, MESSAGE("member.object") "\"%s\" must be an object", field);
    json_decref(words);
    return e;
}

static enum err check_media(const struct site *site, struct problem *p)
{
    for (size_t i = 0; i < site->media_count; i++)
        if (!hash_is_hex(site->media[i].sha256))
            return problem_set(p, ERR_INVALID, "media",
                               MESSAGE("site.media_empty") "the media file %zu of \"%s\" has no content",
                               i + 1, site->slug);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < site->media_count; i++)
        e = check_captions(&site->media[i], i, p);
    return e;
}

enum err site_check(const struct site *site, struct problem *p)
{
    if (!site->slug || !fold_is_slug(site->slug))
        return problem_set(p, ERR_INVALID, "slug",
                           MESSAGE("slug.form") "\"%s\" is no slug: 1 to 80 of a-z, 0-9 and inner hyphens",
                           site->slug ? site->slug : "");
    if (!site->original || !fold_is_lang(site->original))
        return problem_set(p, ERR_INVALID, "original", MESSAGE("language.tag") "\"%s\" is no language tag",
                           site->original ? site->original : "");
    // Written so that NaN fails too.
    if (site->has_position && !(site->lat >= -90 && site->lat <= 90 && site->lon >= -180 && site->lon <= 180))
        return problem_set(p, ERR_INVALID, "position",
                           MESSAGE("position.degrees") "the position must lie within 90 and 180 degrees");
    enum err e = check_state(site->state, p);
    if (!e)
        e = check_texts(site, p);
    if (!e)
        e = check_media(site, p);
    return e || !site->details ? e : details_check(site->details, p);
}
