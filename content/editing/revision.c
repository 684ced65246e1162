#include "content/editing/revision.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/term.h"

static bool read_revision(struct query *q, struct arena *a, void *item)
{
    *(struct revision *)item = (struct revision){
        .version = query_int(q, 0),
        .at = query_int(q, 1),
        .account = query_dup(q, 2, a),
        .import_id = query_int(q, 3),
        .is_bulk = query_text(q, 4) && strcmp(query_text(q, 4), "bulk") == 0,
    };
    return true;
}

enum err revision_list(struct connection *c, struct arena *a, int64_t site_id, int64_t before, int limit,
                       struct revisions *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_REVISIONS);
    query_bind_text(q, 1, "site");
    query_bind_int(q, 2, site_id);
    query_bind_int(q, 3, before);
    query_bind_int(q, 4, limit);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct revision), read_revision, &items, &count, p);
    if (!e)
        *ret = (struct revisions){.items = items, .count = count};
    return e;
}

// The document of the query's first row.
static enum err load_first(struct query *q, const char *what, json_t **ret, struct problem *p)
{
    bool row;
    enum err e = query_step(q, &row, p);
    if (e)
        return e;
    if (!row)
        return problem_set(p, ERR_NOT_FOUND, NULL, "the site has no %s", what);
    json_t *document = json_loads(query_text_or_empty(q, 0), 0, NULL);
    if (!document)
        return problem_set(p, ERR_CORRUPT, NULL, "%s of the site is damaged", what);
    *ret = document;
    return ERR_NONE;
}

enum err revision_load(struct connection *c, int64_t site_id, int64_t version, json_t **ret,
                       struct problem *p)
{
    char what[40];
    cleanup_query struct query *q = query_start(c, SQL_REVISION);
    query_bind_text(q, 1, "site");
    query_bind_int(q, 2, site_id);
    query_bind_int(q, 3, version);
    snprintf(what, sizeof what, "version %lld", (long long)version);
    return load_first(q, what, ret, p);
}

enum err revision_before_bin(struct connection *c, int64_t site_id, json_t **ret, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_REVISION_BEFORE_BIN);
    query_bind_int(q, 1, site_id);
    return load_first(q, "version from before the bin", ret, p);
}

static const char *text_member(struct arena *a, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return arena_strdup(a, text ? text : "");
}

// The origins of texts came with the document's "texts"; here come their words.
static enum err add_texts(const json_t *texts, struct arena *a, struct site *site, struct problem *p)
{
    struct site_text *all = arena_array(a, json_object_size(texts), sizeof *all);
    if (!all)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    size_t count = 0;
    const char *lang;
    json_t *text;
    json_object_foreach((json_t *)texts, lang, text)
    {
        struct site_text *t = &all[count++];
        for (size_t i = 0; i < site->text_count; i++)
            if (strcmp(site->texts[i].lang, lang) == 0)
                *t = site->texts[i];
        t->lang = arena_strdup(a, lang);
        t->title = text_member(a, text, "title");
        t->summary = text_member(a, text, "summary");
        t->body = text_member(a, text, "body");
    }
    site->texts = all;
    site->text_count = count;
    return ERR_NONE;
}

enum err revision_to_site(const json_t *document, struct arena *a, struct site *ret, struct problem *p)
{
    json_t *rest = json_copy((json_t *)document);
    const char *state = json_string_value(json_object_get(document, "state"));
    json_object_del(rest, "text");
    json_object_del(rest, "slug");
    if (state && strcmp(state, "binned") == 0) // no state that a document from outside may have
        json_object_set_new(rest, "state", json_string("withdrawn"));
    struct site site = {0};
    enum err e = site_from_json(rest, "vi", a, &site, p);
    json_decref(rest);
    if (!e)
        e = add_texts(json_object_get(document, "text"), a, &site, p);
    if (e) {
        site_clear(&site);
        return e;
    }
    site.slug = text_member(a, document, "slug");
    site.state = arena_strdup(a, state ? state : "draft");
    *ret = site;
    return ERR_NONE;
}

// A term that has gone since is the one that the site has now.
static enum err keep_terms(struct connection *c, struct site *site, const struct site *now, struct problem *p)
{
    struct site_term *const terms[] = {&site->kind, &site->category, &site->rank, &site->area};
    const struct site_term *const present[] = {&now->kind, &now->category, &now->rank, &now->area};
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && term_schemes[i]; i++) {
        int64_t id = 0;
        if (!terms[i]->key)
            continue;
        e = term_find(c, term_schemes[i], terms[i]->key, &id, p);
        if (!e && id == 0)
            *terms[i] = *present[i];
    }
    return e;
}

// The site as the version had it, and as it is now; both to be cleared, on failure too.
static enum err restored(struct connection *c, struct arena *a, int64_t site_id, int64_t version,
                         struct site *ret, struct site *ret_now, struct problem *p)
{
    json_t *document = NULL;
    enum err e = revision_load(c, site_id, version, &document, p);
    if (e)
        return e;
    e = revision_to_site(document, a, ret, p);
    json_decref(document);
    ret->id = site_id;
    if (!e)
        e = site_load(c, a, site_id, ret_now, p);
    if (!e)
        e = keep_terms(c, ret, ret_now, p);
    if (!e)
        site_set_source_versions(ret, ret_now);
    return e;
}

enum err revision_restore(struct connection *writer, int64_t site_id, int64_t version, int64_t current,
                          const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0}, now = {0};
    enum err e = restored(writer, &a, site_id, version, &site, &now, p);
    site.version = current;
    return e ? e : site_save(writer, &site, actor, NULL, p);
}

enum err revision_restore_content(struct connection *writer, int64_t site_id, int64_t version,
                                  int64_t current, bool may_publish, const struct actor *actor,
                                  struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0}, now = {0};
    enum err e = restored(writer, &a, site_id, version, &site, &now, p);
    if (e)
        return e;
    site.version = current;
    site.state = now.state;
    site.slug = now.slug;
    site.publish_at = now.publish_at;
    if (!may_publish)
        site_hold(&site);
    return site_save(writer, &site, actor, NULL, p);
}

// --- comparing

struct comparing {
    struct arena *a;
    struct revision_change *items;
    size_t count, capacity;
    bool failed;
};

static const char *shown(struct comparing *c, const json_t *value)
{
    if (!value)
        return NULL;
    if (json_is_string(value))
        return arena_strdup(c->a, json_string_value(value));
    cleanup_free char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    return arena_strdup(c->a, text);
}

static void add_change(struct comparing *c, const char *path, const json_t *before, const json_t *after)
{
    if (c->count == c->capacity) {
        size_t capacity = c->capacity ? c->capacity * 2 : 16;
        struct revision_change *items = arena_array(c->a, capacity, sizeof *items);
        if (!items) {
            c->failed = true;
            return;
        }
        if (c->count)
            memcpy(items, c->items, c->count * sizeof *items);
        c->items = items;
        c->capacity = capacity;
    }
    c->items[c->count++] = (struct revision_change){
        .path = arena_strdup(c->a, path), .before = shown(c, before), .after = shown(c, after)};
}

static void compare(struct comparing *c, const char *path, const json_t *before, const json_t *after,
                    int depth);

static void compare_members(struct comparing *c, const char *path, const json_t *before, const json_t *after,
                            int depth)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)before, name, value)
        compare(c, arena_printf(c->a, "%s%s%s", path, *path ? "." : "", name), value,
                json_object_get(after, name), depth + 1);
    json_object_foreach((json_t *)after, name, value) if (!json_object_get(before, name))
        compare(c, arena_printf(c->a, "%s%s%s", path, *path ? "." : "", name), NULL, value, depth + 1);
}

static void compare_entries(struct comparing *c, const char *path, const json_t *before, const json_t *after,
                            int depth)
{
    size_t n = json_array_size(before), m = json_array_size(after);
    for (size_t i = 0; i < n || i < m; i++)
        compare(c, arena_printf(c->a, "%s[%zu]", path, i), json_array_get(before, i),
                json_array_get(after, i), depth + 1);
}

enum { COMPARE_DEPTH = 16 };

static void compare(struct comparing *c, const char *path, const json_t *before, const json_t *after,
                    int depth)
{
    if (!path || c->failed) {
        c->failed = true;
        return;
    }
    if (before && after && json_equal((json_t *)before, (json_t *)after))
        return;
    bool objects = (!before || json_is_object(before)) && (!after || json_is_object(after));
    bool arrays = (!before || json_is_array(before)) && (!after || json_is_array(after));
    if (objects && depth < COMPARE_DEPTH)
        compare_members(c, path, before, after, depth);
    else if (arrays && depth < COMPARE_DEPTH)
        compare_entries(c, path, before, after, depth);
    else
        add_change(c, path, before, after);
}

enum err revision_compare(const json_t *before, const json_t *after, struct arena *a,
                          struct revision_changes *ret, struct problem *p)
{
    struct comparing c = {.a = a};
    compare(&c, "", before, after, 0);
    if (c.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = (struct revision_changes){.items = c.items, .count = c.count};
    return ERR_NONE;
}
