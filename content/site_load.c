#include "content/site.h"

#include <string.h>

#include "content/json_text.h"
#include "content/rows.h"
#include "content/site_slug.h"
#include "content/store/query.h"

static const char *const origin_names[] = {
    [TEXT_WRITTEN] = "written",
    [TEXT_TRANSLATED] = "translated",
    [TEXT_MACHINE] = "machine",
};

const char *text_origin_name(enum text_origin origin)
{
    return origin_names[origin];
}

bool text_origin_from(const char *name, enum text_origin *ret)
{
    for (size_t i = 0; name && i < sizeof origin_names / sizeof origin_names[0]; i++)
        if (strcmp(name, origin_names[i]) == 0) {
            *ret = (enum text_origin)i;
            return true;
        }
    return false;
}

struct found {
    struct site site;
    bool has_media, has_old_slugs; // most have neither, and are not asked for them
};

static bool read_site(struct query *q, struct arena *a, void *item)
{
    struct found *found = item;
    struct site *s = &found->site;
    *s = (struct site){
        .id = query_int(q, 0),
        .slug = query_dup(q, 1, a),
        .key = query_dup(q, 2, a),
        .state = query_dup(q, 3, a),
        .version = query_int(q, 4),
        .original = query_dup(q, 5, a),
        .has_position = !query_is_null(q, 6),
        .lat = query_real(q, 6),
        .lon = query_real(q, 7),
        .accuracy_m = query_is_null(q, 8) ? -1 : query_real(q, 8),
        .details = json_text_read(query_text_or_empty(q, 9)),
        .created_at = query_int(q, 10),
        .updated_at = query_int(q, 11),
        .published_at = query_int(q, 12),
        .publish_at = query_int(q, 13),
        .kind = {query_dup(q, 14, a), query_dup(q, 15, a)},
        .kind_picture = query_dup(q, 16, a),
        .category = {query_dup(q, 17, a), query_dup(q, 18, a)},
        .rank = {query_dup(q, 19, a), query_dup(q, 20, a)},
        .area = {query_dup(q, 21, a), query_dup(q, 22, a)},
    };
    found->has_media = query_int(q, 23) != 0;
    found->has_old_slugs = query_int(q, 24) != 0;
    return s->slug && s->state && s->original && s->details && s->kind.key;
}

static bool read_text(struct query *q, struct arena *a, void *item)
{
    struct site_text *t = item;
    *t = (struct site_text){
        .lang = query_dup(q, 0, a),
        .title = query_dup(q, 1, a),
        .summary = query_dup(q, 2, a),
        .body = query_dup(q, 3, a),
        .translated_from = query_dup(q, 5, a),
        .stale = query_int(q, 6) != 0,
        .updated_at = query_int(q, 7),
        .source_version = query_int(q, 9),
    };
    return t->lang && t->title && t->summary && t->body && text_origin_from(query_text(q, 4), &t->origin);
}

static bool read_media(struct query *q, struct arena *a, void *item)
{
    struct site_media *m = item;
    *m = (struct site_media){
        .sha256 = query_dup(q, 0, a),
        .file = query_dup(q, 1, a),
        .alt = query_dup(q, 2, a),
        .caption = query_dup(q, 3, a),
        .transcript = query_dup(q, 4, a),
        .credit = query_dup(q, 5, a),
        .licence = query_dup(q, 6, a),
        .taken = query_dup(q, 7, a),
        .focus_x = query_is_null(q, 8) ? -1 : query_real(q, 8),
        .focus_y = query_is_null(q, 9) ? -1 : query_real(q, 9),
        .media_class = query_dup(q, 10, a),
        .mime = query_dup(q, 11, a),
        .bytes = query_int(q, 12),
        .width = query_int(q, 13),
        .height = query_int(q, 14),
        .duration_ms = query_int(q, 15),
        .captions = query_dup(q, 16, a),
    };
    return m->sha256 && m->file && m->alt && m->caption && m->transcript && m->captions && m->media_class &&
           m->mime;
}

static bool read_slug(struct query *q, struct arena *a, void *item)
{
    return (*(const char **)item = query_dup(q, 0, a)) != NULL;
}

static enum err read_parts(struct connection *c, struct arena *a, enum statement id, int64_t site_id,
                           size_t item_size, rows_read *read, void *ret_items, size_t *ret_count,
                           struct problem *p)
{
    struct query *q = query_start(c, id);
    query_bind_int(q, 1, site_id);
    void *items;
    enum err e = rows_collect(q, a, item_size, read, &items, ret_count, p);
    if (!e)
        memcpy(ret_items, &items, sizeof items);
    return e;
}

enum err site_load_old_slugs(struct connection *c, struct arena *a, struct site *site, struct problem *p)
{
    return read_parts(c, a, SQL_SITE_OLD_SLUGS, site->id, sizeof *site->old_slugs, read_slug,
                      &site->old_slugs, &site->old_slug_count, p);
}

static enum err load_rest(struct connection *c, struct arena *a, struct found *found, struct problem *p)
{
    struct site *site = &found->site;
    enum err e = read_parts(c, a, SQL_SITE_TEXTS, site->id, sizeof *site->texts, read_text, &site->texts,
                            &site->text_count, p);
    if (!e && found->has_media)
        e = read_parts(c, a, SQL_SITE_MEDIA, site->id, sizeof *site->media, read_media, &site->media,
                       &site->media_count, p);
    if (!e && found->has_old_slugs)
        e = site_load_old_slugs(c, a, site, p);
    return e;
}

static enum err load(struct connection *c, struct arena *a, struct query *q, const char *missing,
                     struct site *ret, struct problem *p)
{
    struct found found = {.has_media = false};
    enum err e = rows_one(q, a, read_site, &found, missing, p);
    if (!e)
        e = load_rest(c, a, &found, p);
    if (!e)
        *ret = found.site;
    else
        site_clear(&found.site);
    return e;
}

enum err site_load(struct connection *c, struct arena *a, int64_t id, struct site *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_BY_ID);
    query_bind_int(q, 1, id);
    return load(c, a, q, "there is no such site", ret, p);
}

enum err site_load_by_slug(struct connection *c, struct arena *a, const char *slug, struct site *ret,
                           struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_BY_SLUG);
    query_bind_text(q, 1, slug);
    return load(c, a, q, "there is no site of that name", ret, p);
}

void site_clear(struct site *site)
{
    json_decref(site->details);
    site->details = NULL;
}

const struct site_text *site_text(const struct site *site, const char *lang)
{
    const struct site_text *original = NULL;
    for (size_t i = 0; i < site->text_count; i++) {
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
        if (strcmp(site->texts[i].lang, site->original) == 0)
            original = &site->texts[i];
    }
    return original ? original : site->text_count ? &site->texts[0] : NULL;
}

static enum err find(struct connection *c, enum statement id, const char *text, const char *missing,
                     int64_t *ret_id, struct problem *p)
{
    struct query *q = query_start(c, id);
    query_bind_text(q, 1, text);
    int64_t found;
    enum err e = query_number(q, 0, &found, p);
    if (!e && found == 0)
        e = problem_set(p, ERR_NOT_FOUND, NULL, "%s \"%s\"", missing, text);
    if (!e)
        *ret_id = found;
    return e;
}

enum err site_find(struct connection *c, const char *slug, int64_t *ret_id, struct problem *p)
{
    return find(c, SQL_SITE_ID_BY_SLUG, slug, "there is no site", ret_id, p);
}

enum err site_find_by_key(struct connection *c, const char *key, int64_t *ret_id, struct problem *p)
{
    return find(c, SQL_SITE_ID_BY_KEY, key, "there is no site with the key", ret_id, p);
}

enum err site_find_by_old_slug(struct connection *c, const char *slug, int64_t *ret_id, struct problem *p)
{
    return find(c, SQL_SITE_ID_BY_OLD_SLUG, slug, "no site was ever called", ret_id, p);
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

enum err site_all_ids(struct connection *c, struct arena *a, int64_t **ret_ids, size_t *ret_count,
                      struct problem *p)
{
    void *ids;
    enum err e = rows_collect(query_start(c, SQL_SITE_IDS), a, sizeof(int64_t), read_id, &ids, ret_count, p);
    if (!e)
        *ret_ids = ids;
    return e;
}
