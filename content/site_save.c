#include "content/site.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/fold.h"
#include "common/hash.h"
#include "content/details.h"
#include "content/history.h"
#include "content/search.h"
#include "content/site_document.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"

enum { TITLE_LIMIT = 300, SUMMARY_LIMIT = 2000, BODY_LIMIT = 128 * 1024 };

// --- checking

static enum err check_state(const char *state, struct problem *p)
{
    for (const char *const *known = site_states; *known; known++)
        if (state && strcmp(state, *known) == 0)
            return ERR_NONE;
    if (state && strcmp(state, "binned") == 0)
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, "state", "\"%s\" is no state of a site", state ? state : "");
}

static enum err check_part(const char *text, bool required, size_t limit, const char *lang, const char *part,
                           struct problem *p)
{
    char field[64];
    snprintf(field, sizeof field, "text.%s.%s", lang, part);
    if (required && (!text || !text[0]))
        return problem_set(p, ERR_INVALID, field, "the %s in \"%s\" is missing", part, lang);
    size_t len = text ? strlen(text) : 0;
    if (!text || !fold_utf8_valid(text, len))
        return problem_set(p, ERR_INVALID, field, "the %s in \"%s\" is not UTF-8", part, lang);
    if (len > limit || (required && fold_utf8_count(text, len) > limit))
        return problem_set(p, ERR_TOO_LARGE, field, "the %s in \"%s\" is longer than %zu", part, lang, limit);
    return ERR_NONE;
}

static enum err check_text(const struct site_text *t, struct problem *p)
{
    if (!t->lang || !fold_is_lang(t->lang))
        return problem_set(p, ERR_INVALID, "text", "\"%s\" is no language tag", t->lang ? t->lang : "");
    enum err e = check_part(t->title, true, TITLE_LIMIT, t->lang, "title", p);
    if (!e)
        e = check_part(t->summary, false, SUMMARY_LIMIT, t->lang, "summary", p);
    return e ? e : check_part(t->body, false, BODY_LIMIT, t->lang, "body", p);
}

static enum err check_texts(const struct site *site, struct problem *p)
{
    if (site->text_count == 0)
        return problem_set(p, ERR_INVALID, "text", "the site \"%s\" has no text in any language", site->slug);
    bool original = false;
    for (size_t i = 0; i < site->text_count; i++) {
        enum err e = check_text(&site->texts[i], p);
        if (e)
            return e;
        original = original || strcmp(site->texts[i].lang, site->original) == 0;
    }
    if (!original)
        return problem_set(p, ERR_INVALID, "original",
                           "the site \"%s\" has no text in its original language \"%s\"", site->slug,
                           site->original);
    return ERR_NONE;
}

static enum err check_media(const struct site *site, struct problem *p)
{
    for (size_t i = 0; i < site->media_count; i++)
        if (!hash_is_hex(site->media[i].sha256))
            return problem_set(p, ERR_INVALID, "media", "the media file %zu of \"%s\" has no content", i + 1,
                               site->slug);
    return ERR_NONE;
}

enum err site_check(const struct site *site, struct problem *p)
{
    if (!site->slug || !fold_is_slug(site->slug))
        return problem_set(p, ERR_INVALID, "slug", "\"%s\" is no slug: 1 to 80 of a-z, 0-9 and inner hyphens",
                           site->slug ? site->slug : "");
    if (!site->original || !fold_is_lang(site->original))
        return problem_set(p, ERR_INVALID, "original", "\"%s\" is no language tag",
                           site->original ? site->original : "");
    // Written so that NaN fails too.
    if (site->has_position && !(site->lat >= -90 && site->lat <= 90 && site->lon >= -180 && site->lon <= 180))
        return problem_set(p, ERR_INVALID, "position", "the position must lie within 90 and 180 degrees");
    enum err e = check_state(site->state, p);
    if (!e)
        e = check_texts(site, p);
    if (!e)
        e = check_media(site, p);
    return e || !site->details ? e : details_check(site->details, p);
}

// --- saving

static enum err bind_term(struct connection *writer, const char *scheme, const struct site_term *term,
                          int64_t *ret_id, struct problem *p)
{
    *ret_id = 0;
    if (!term->key)
        return ERR_NONE;
    enum err e = term_find(writer, scheme, term->key, ret_id, p);
    if (!e && *ret_id == 0)
        e = problem_set(p, ERR_INVALID, scheme, "there is no %s \"%s\": add it to the vocabulary first",
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
        return problem_set(p, ERR_INVALID, "kind", "the site \"%s\" has no kind", site->slug);
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
    return problem_set(p, ERR_EXISTS, "slug", "another site has the slug \"%s\"%s%s%s already", site->slug,
                       site->key ? " or the key \"" : "", site->key ? site->key : "", site->key ? "\"" : "");
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
        e = problem_set(p, ERR_CONFLICT, NULL, "somebody else saved \"%s\" meanwhile", site->slug);
    return e;
}

static enum err keep_old_slug(struct connection *writer, const struct site *before, const struct site *site,
                              int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_OLD_SLUG);
    query_bind_text(q, 1, site->slug);
    enum err e =
        query_run(q, p); // a site may take back a slug of its own; that of another was refused before
    if (e || !before->slug || strcmp(before->slug, site->slug) == 0)
        return e;
    q = query_start(writer, SQL_INSERT_OLD_SLUG);
    query_bind_text(q, 1, before->slug);
    query_bind_int(q, 2, site->id);
    query_bind_int(q, 3, now);
    return query_run(q, p);
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
    int64_t id;
    enum err e = query_number(q, 0, &id, p);
    return e ? e : search_index(writer, id, site, t, p);
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
        if (!e)
            e = search_forget(writer, ids[i], p);
    }
    for (size_t i = 0; !e && i < site->text_count; i++)
        e = save_text(writer, site, &site->texts[i], now, p);
    return e;
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
    enum err e = query_run(q, p);
    if (e == ERR_INVALID)
        e = problem_set(p, ERR_INVALID, "media", "the media file %zu of \"%s\" is not in the store", i + 1,
                        site->slug);
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

static enum err save_history(struct connection *writer, const struct site *site, bool added,
                             const struct actor *actor, struct problem *p)
{
    json_t *document = site_to_json(site, true);
    if (!document)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = history_revision(writer, actor, "site", site->id, site->version, document, p);
    json_decref(document);
    if (e)
        return e;
    char subject[40];
    snprintf(subject, sizeof subject, "site:%lld", (long long)site->id);
    json_t *detail = json_pack("{s:s, s:I}", "slug", site->slug, "version", (json_int_t)site->version);
    e = history_audit(writer, actor, added ? "site.add" : "site.change", subject, detail, p);
    json_decref(detail);
    return e;
}

// A slug that another site had redirects for ever: it cannot be given away.
static enum err check_old_slug(struct connection *writer, const struct site *site, struct problem *p)
{
    int64_t owner = 0;
    enum err e = site_find_by_old_slug(writer, site->slug, &owner, p);
    if (e == ERR_NOT_FOUND || (!e && owner == site->id))
        return ERR_NONE;
    return e ? e
             : problem_set(p, ERR_EXISTS, "slug", "the slug \"%s\" was another site's and still leads to it",
                           site->slug);
}

static enum err save_row(struct connection *writer, struct site *site, struct site_row *row,
                         struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site before = {0};
    enum err e = row_make(writer, site, row, p);
    if (!e)
        e = check_old_slug(writer, site, p);
    if (e)
        return e;
    if (site->id == 0) {
        site->version = 1;
        return insert_row(writer, site, row, &site->id, p);
    }
    e = site_load(writer, &a, site->id, &before, p);
    if (!e)
        e = update_row(writer, site, row, p);
    if (!e)
        e = keep_old_slug(writer, &before, site, row->now, p);
    site->version++;
    return e;
}

enum err site_save(struct connection *writer, const struct site *given, const struct actor *actor,
                   int64_t *ret_id, struct problem *p)
{
    struct site site = *given;
    struct site_row row = {.sort_key = BUF_INIT};
    enum err e = site_check(&site, p);
    if (!e)
        e = save_row(writer, &site, &row, p);
    if (!e)
        e = save_texts(writer, &site, row.now, p);
    if (!e)
        e = save_media(writer, &site, p);
    if (!e)
        e = save_position(writer, &site, p);
    if (!e)
        e = save_history(writer, &site, given->id == 0, actor, p);
    if (!e)
        e = store_touch_content(writer, p);
    row_clear(&row);
    if (!e && ret_id)
        *ret_id = site.id;
    return e;
}

// --- slugs

static enum err is_taken(struct connection *c, const char *slug, bool *ret, struct problem *p)
{
    int64_t id;
    enum err e = site_find(c, slug, &id, p);
    if (e == ERR_NOT_FOUND)
        e = site_find_by_old_slug(c, slug, &id, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    *ret = e == ERR_NONE;
    return ERR_NONE;
}

static void number_slug(const char *base, long n, char slug[FOLD_SLUG_SIZE])
{
    if (n == 1)
        snprintf(slug, FOLD_SLUG_SIZE, "%s", base);
    else
        snprintf(slug, FOLD_SLUG_SIZE, "%.70s-%ld", base, n);
}

static enum err numbered_is_taken(struct connection *c, const char *base, long n, char slug[FOLD_SLUG_SIZE],
                                  bool *ret, struct problem *p)
{
    number_slug(base, n, slug);
    return is_taken(c, slug, ret, p);
}

enum { SLUG_NUMBER_MAX = 1 << 24 };

// Registers hold thousands of places called "house": the number is doubled until one is free, then halved
// towards the last that is taken, so that finding it takes some twenty questions, not thousands.
enum err site_free_slug(struct connection *c, struct arena *a, const char *title, char **ret_slug,
                        struct problem *p)
{
    char base[FOLD_SLUG_SIZE], slug[FOLD_SLUG_SIZE];
    if (fold_slug(title, strlen(title), "site", base))
        return problem_set(p, ERR_INVALID, "title", "no slug can be made from the title");
    long used = 0, free_at = 1;
    bool taken_already;
    enum err e;
    while (!(e = numbered_is_taken(c, base, free_at, slug, &taken_already, p)) && taken_already &&
           free_at < SLUG_NUMBER_MAX) {
        used = free_at;
        free_at *= 2;
    }
    while (!e && free_at - used > 1) {
        long middle = used + (free_at - used) / 2;
        e = numbered_is_taken(c, base, middle, slug, &taken_already, p);
        if (taken_already)
            used = middle;
        else
            free_at = middle;
    }
    if (e)
        return e;
    number_slug(base, free_at, slug);
    *ret_slug = arena_strdup(a, slug);
    return *ret_slug ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}
