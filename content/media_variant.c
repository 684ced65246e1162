#include <stdio.h>

#include "common/clock.h"
#include "content/media.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

static enum err set_variant(struct connection *writer, const char *sha256, const struct media_variant *v,
                            struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_MEDIA_VARIANT);
    query_bind_text(q, 1, sha256);
    query_bind_text(q, 2, v->name);
    query_bind_text(q, 3, v->file);
    query_bind_text(q, 4, v->mime);
    query_bind_int(q, 5, v->bytes);
    query_bind_known(q, 6, v->width);
    query_bind_known(q, 7, v->height);
    return query_run(q, p);
}

enum err media_set_facts(struct connection *writer, const char *sha256, const struct media_facts *facts,
                         struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_MEDIA_FACTS);
    query_bind_text(q, 1, sha256);
    query_bind_known(q, 2, facts->width);
    query_bind_known(q, 3, facts->height);
    query_bind_known(q, 4, facts->duration_ms);
    query_bind_int(q, 5, clock_now());
    enum err e = query_run(q, p);
    for (size_t i = 0; !e && i < facts->variants.count; i++)
        e = set_variant(writer, sha256, &facts->variants.items[i], p);
    return e ? e : store_touch_content(writer, p);
}

static bool read_variant(struct query *q, struct arena *a, void *item)
{
    struct media_variant *v = item;
    *v = (struct media_variant){
        .sha256 = query_dup(q, 0, a),
        .name = query_dup(q, 1, a),
        .file = query_dup(q, 2, a),
        .mime = query_dup(q, 3, a),
        .bytes = query_int(q, 4),
        .width = query_int(q, 5),
        .height = query_int(q, 6),
    };
    return v->sha256 && v->name && v->file && v->mime;
}

static enum err collect(struct query *q, struct arena *a, struct media_variants *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct media_variant), read_variant, &items, &count, p);
    if (!e)
        *ret = (struct media_variants){.items = items, .count = count};
    return e;
}

enum err media_variants_load(struct connection *c, struct arena *a, const char *sha256,
                             struct media_variants *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_MEDIA_VARIANTS);
    query_bind_text(q, 1, sha256);
    return collect(q, a, ret, p);
}

enum err media_variants_of_site(struct connection *c, struct arena *a, int64_t site_id,
                                struct media_variants *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_VARIANTS);
    query_bind_int(q, 1, site_id);
    return collect(q, a, ret, p);
}

enum err media_variant_load(struct connection *c, struct arena *a, const char *sha256, const char *name,
                            struct media_variant *ret, struct problem *p)
{
    struct media_variant variant;
    struct query *q = query_start(c, SQL_MEDIA_VARIANT);
    query_bind_text(q, 1, sha256);
    query_bind_text(q, 2, name);
    enum err e = rows_one(q, a, read_variant, &variant, "there is no such variant of the picture", p);
    if (!e)
        *ret = variant;
    return e;
}

// Rounds as THUMB_NAME in content/store/statements/parts.h does.
void media_thumb_name(double focus_x, double focus_y, char ret[MEDIA_THUMB_NAME_SIZE])
{
    if (focus_x < 0 || focus_y < 0 || focus_x > 1 || focus_y > 1)
        snprintf(ret, MEDIA_THUMB_NAME_SIZE, "thumb");
    else
        snprintf(ret, MEDIA_THUMB_NAME_SIZE, "thumb-%d-%d", (int)(focus_x * 100 + 0.5),
                 (int)(focus_y * 100 + 0.5));
}

static bool read_unmade(struct query *q, struct arena *a, void *item)
{
    struct media_unmade *m = item;
    *m = (struct media_unmade){
        .sha256 = query_dup(q, 0, a),
        .original_name = query_dup(q, 1, a),
        .focus_x = query_is_null(q, 2) ? -1 : query_real(q, 2),
        .focus_y = query_is_null(q, 3) ? -1 : query_real(q, 3),
        .is_recording = query_int(q, 4) != 0,
    };
    return m->sha256 && m->original_name;
}

enum err media_list_unmade(struct connection *c, struct arena *a, struct media_unmade **ret,
                           size_t *ret_count, struct problem *p)
{
    void *items;
    enum err e =
        rows_collect(query_start(c, SQL_MEDIA_UNMADE), a, sizeof **ret, read_unmade, &items, ret_count, p);
    if (!e)
        *ret = items;
    return e;
}
