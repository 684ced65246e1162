#include "content/site.h"

#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/fold.h"
#include "content/history.h"
#include "content/search.h"
#include "content/site_slug.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"

static enum err bind_term(struct connection *writer, const char *scheme, const struct site_term *term,
                          int64_t *ret_id, struct problem *p)
{
    *ret_id = 0;
    if (!term->key)
        return ERR_NONE;
    enum err e = term_find(writer, scheme, term->key, ret_id, p);
    if (!e && *ret_id == 0)
        e = problem_set(p, ERR_INVALID, scheme,
                        MESSAGE("term.unknown") "there is no %s \"%s\": add it to the vocabulary first",
                        scheme, term->key);
    return e;
}

static void bind_id(struct query *q, int index, int64_t id)
{
    if (id)
        query_bind_int(q, index, id);
    else
        query_bind_null(q, index);
}

static void bind_position(struct query *q, const struct site *site)
{
    if (site->has_position) {
        query_bind_real(q, 9, site->lat);
        query_bind_real(q, 10, site->lon);
    }
    if (site->has_position && site->accuracy_m >= 0)
        query_bind_real(q, 11, site->accuracy_m);
}

struct site_row {
    int64_t terms[4]; // in the order of term_schemes
    char *details;
    struct buf sort_key;
    int64_t now;
    const char *action; // what was done, as activity tells it
};

static void row_clear(struct site_row *row)
{
    free(row->details);
    buf_free(&row->sort_key);
}

static enum err row_make(struct connection *writer, const struct site *site, struct site_row *row,
                         struct problem *p)
{
    const struct site_term *const terms[] = {&site->kind, &site->category, &site->rank, &site->area};
    for (int i = 0; i < 4; i++) {
        enum err e = bind_term(writer, term_schemes[i], terms[i], &row->terms[i], p);
        if (e)
            return e;
    }
    if (row->terms[0] == 0)
        return problem_set(p, ERR_INVALID, "kind", MESSAGE("site.no_kind") "the site \"%s\" has no kind",
                           site->slug);
    const char *title = site_text(site, site->original)->title;
    fold_search(title, strlen(title), &row->sort_key, NULL);
    row->details = site->details ? json_dumps(site->details, JSON_COMPACT | JSON_SORT_KEYS) : strdup("{}");
    row->now = clock_now();
    return row->details && !row->sort_key.failed ? ERR_NONE
                                                 : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static void bind_row(struct query *q, const struct site *site, const struct site_row *row)
{
    query_bind_text(q, 1, site->slug);
    query_bind_text_or_null(q, 2, site->key);
    for (int i = 0; i < 4; i++)
        bind_id(q, 3 + i, row->terms[i]);
    query_bind_text(q, 7, site->state);
    query_bind_text(q, 8, site->original);
    bind_position(q, site);
    query_bind_text(q, 12, row->details);
    query_bind_text(q, 13, row->sort_key.data);
    query_bind_int(q, 14, row->now);
    bind_id(q, 15, site->publish_at);
}

static enum err taken(enum err e, const struct site *site, struct problem *p)
{
    if (e != ERR_EXISTS)
        return e;
    return site->key
               ? problem_set(
                     p, ERR_EXISTS, "slug",
                     MESSAGE("site.exists_key") "another site has the slug \"%s\" or the key \"%s\" already",
                     site->slug, site->key)
               : problem_set(p, ERR_EXISTS, "slug",
                             MESSAGE("site.exists") "another site has the slug \"%s\" already", site->slug);
}

static enum err insert_row(struct connection *writer, const struct site *site, const struct site_row *row,
                           int64_t *ret_id, struct problem *p)
{
    struct query *q = query_start(writer, SQL_INSERT_SITE);
    bind_row(q, site, row);
    enum err e = taken(query_run(q, p), site, p);
    if (!e)
        *ret_id = query_last_id(writer);
    return e;
}

static enum err update_row(struct connection *writer, const struct site *site, const struct site_row *row,
                           struct problem *p)
{
    struct query *q = query_start(writer, SQL_UPDATE_SITE);
    bind_row(q, site, row);
    query_bind_int(q, 16, site->id);
    query_bind_int(q, 17, site->version);
    enum err e = taken(query_run(q, p), site, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, ERR_CONFLICT, NULL,
                        MESSAGE("site.conflict") "somebody else saved \"%s\" meanwhile", site->slug);
    return e;
}

static enum err save_text(struct connection *writer, const struct site *site, const struct site_text *t,
                          int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_TEXT);
    query_bind_int(q, 1, site->id);
    query_bind_text(q, 2, t->lang);
    query_bind_text(q, 3, t->title);
    query_bind_text(q, 4, t->summary ? t->summary : "");
    query_bind_text(q, 5, t->body ? t->body : "");
    query_bind_text(q, 6, text_origin_name(t->origin));
    query_bind_text_or_null(q, 7, t->translated_from);
    query_bind_int(q, 8, t->stale);
    query_bind_int(q, 9, now);
    bind_id(q, 10, t->source_version);
    return query_run(q, p);
}

static bool has_text(const struct site *site, const char *lang)
{
    for (size_t i = 0; i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return true;
    return false;
}

// Ids of texts whose language the saved site no longer has.
static enum err gone_texts(struct connection *writer, const struct site *site, struct arena *a,
                           int64_t **ret_ids, size_t *ret_count, struct problem *p)
{
    cleanup_query struct query *q = query_start(writer, SQL_SITE_TEXTS);
    query_bind_int(q, 1, site->id);
    int64_t *ids = arena_array(a, 64, sizeof *ids);
    size_t count = 0;
    bool row;
    enum err e = ids ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    while (!e && !(e = query_step(q, &row, p)) && row && count < 64)
        if (!has_text(site, query_text(q, 0)))
            ids[count++] = query_int(q, 8);
    *ret_ids = ids;
    *ret_count = count;
    return e;
}

static enum err save_texts(struct connection *writer, const struct site *site, int64_t now, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    int64_t *ids;
    size_t count;
    enum err e = gone_texts(writer, site, &a, &ids, &count, p);
    for (size_t i = 0; !e && i < count; i++) {
        struct query *q = query_start(writer, SQL_DELETE_TEXT);
        query_bind_int(q, 1, ids[i]);
        e = query_run(q, p);
    }
    for (size_t i = 0; !e && i < site->text_count; i++)
        e = save_text(writer, site, &site->texts[i], now, p);
    return e ? e : search_index(writer, site, p);
}

static enum err save_one_media(struct connection *writer, const struct site *site, size_t i,
                               struct problem *p)
{
    const struct site_media *m = &site->media[i];
    struct query *q = query_start(writer, SQL_INSERT_SITE_MEDIA);
    query_bind_int(q, 1, site->id);
    query_bind_int(q, 2, (int64_t)i);
    query_bind_text(q, 3, m->sha256);
    query_bind_text(q, 4, m->file ? m->file : "");
    query_bind_text(q, 5, m->alt ? m->alt : "{}");
    query_bind_text(q, 6, m->caption ? m->caption : "{}");
    query_bind_text(q, 7, m->transcript ? m->transcript : "{}");
    query_bind_text(q, 8, m->credit ? m->credit : "");
    query_bind_text(q, 9, m->licence ? m->licence : "");
    query_bind_text_or_null(q, 10, m->taken);
    if (m->focus_x >= 0 && m->focus_y >= 0) {
        query_bind_real(q, 11, m->focus_x);
        query_bind_real(q, 12, m->focus_y);
    }
    query_bind_text(q, 13, m->captions ? m->captions : "{}");
    enum err e = query_run(q, p);
    if (e == ERR_INVALID)
        e = problem_set(p, ERR_INVALID, "media",
                        MESSAGE("site.media_missing") "the media file %zu of \"%s\" is not in the store",
                        i + 1, site->slug);
    return e;
}

static enum err save_media(struct connection *writer, const struct site *site, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_SITE_MEDIA);
    query_bind_int(q, 1, site->id);
    enum err e = query_run(q, p);
    for (size_t i = 0; !e && i < site->media_count; i++)
        e = save_one_media(writer, site, i, p);
    return e;
}

static enum err save_position(struct connection *writer, const struct site *site, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_POSITION);
    query_bind_int(q, 1, site->id);
    enum err e = query_run(q, p);
    if (e || !site->has_position || strcmp(site->state, "published") != 0)
        return e;
    q = query_start(writer, SQL_INSERT_POSITION);
    query_bind_int(q, 1, site->id);
    query_bind_real(q, 2, site->lat);
    query_bind_real(q, 3, site->lon);
    return query_run(q, p);
}

// The step in a site's life, where there is one.
static const char *action_of(const struct site *before, const struct site *site)
{
    static const struct {
        const char *state, *action;
    } steps[] = {{"published", "site.publish"},
                 {"withdrawn", "site.withdraw"},
                 {"in-review", "site.submit"},
                 {"draft", "site.return"},
                 {"binned", "site.bin"}};
    if (before->id == 0)
        return "site.add";
    if (strcmp(before->state, "binned") == 0 && strcmp(site->state, "binned") != 0)
        return "site.unbin";
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && strcmp(before->state, site->state) != 0; i++)
        if (strcmp(steps[i].state, site->state) == 0)
            return steps[i].action;
    if (before->publish_at != site->publish_at)
        return site->publish_at ? "site.schedule" : "site.unschedule";
    return "site.change";
}

static enum err save_history(struct connection *writer, const struct site *site, const char *action,
                             const struct actor *actor, struct problem *p)
{
    json_t *document = site_to_json(site, true);
    struct history_saved saved = {
        .kind = "site", .action = action, .slug = site->slug, .id = site->id, .version = site->version};
    enum err e = history_saved(writer, actor, &saved, document, p);
    json_decref(document);
    return e;
}

static enum err save_row(struct connection *writer, struct site *site, struct site_row *row,
                         struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site before = {0};
    enum err e = row_make(writer, site, row, p);
    if (!e)
        e = site_check_old_slug(writer, site->slug, site->id, p);
    if (e)
        return e;
    if (site->id == 0) {
        site->version = 1;
        e = insert_row(writer, site, row, &site->id, p);
    } else {
        e = site_load(writer, &a, site->id, &before, p);
        if (!e)
            e = update_row(writer, site, row, p);
        site->version++;
    }
    row->action = action_of(&before, site);
    return e ? e : site_save_old_slugs(writer, site, before.slug, row->now, p);
}

enum err site_save(struct connection *writer, const struct site *given, const struct actor *actor,
                   int64_t *ret_id, struct problem *p)
{
    struct site site = *given;
    struct site_row row = {.sort_key = BUF_INIT};
    cleanup_arena struct arena a = ARENA_INIT;
    enum err e = site_check(&site, p);
    if (!e)
        e = save_row(writer, &site, &row, p);
    if (!e)
        e = site_load_old_slugs(writer, &a, &site, p); // all of them go into the revision
    if (!e)
        e = save_texts(writer, &site, row.now, p);
    if (!e)
        e = save_media(writer, &site, p);
    if (!e)
        e = save_position(writer, &site, p);
    if (!e)
        e = save_history(writer, &site, row.action, actor, p);
    if (!e)
        e = store_touch_content(writer, p);
    row_clear(&row);
    if (!e && ret_id)
        *ret_id = site.id;
    return e;
}
