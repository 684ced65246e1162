#include "content/site_slug.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/store/query.h"

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

enum { NUMBERED_BASE = 68 }; // room for a hyphen and a number

static void number_slug(const char *base, int n, char slug[FOLD_SLUG_SIZE])
{
    int len = (int)strnlen(base, NUMBERED_BASE);
    while (len > 1 && base[len - 1] == '-') // a cut may fall behind a hyphen
        len--;
    if (n == 1)
        snprintf(slug, FOLD_SLUG_SIZE, "%s", base);
    else
        snprintf(slug, FOLD_SLUG_SIZE, "%.*s-%d", len, base, n);
}

static enum err numbered_is_taken(struct connection *c, const char *base, int n, char slug[FOLD_SLUG_SIZE],
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
        return problem_set(p, ERR_INVALID, "title",
                           MESSAGE("slug.none") "no slug can be made from the title");
    int used = 0, free_at = 1;
    bool taken_already;
    enum err e;
    while (!(e = numbered_is_taken(c, base, free_at, slug, &taken_already, p)) && taken_already &&
           free_at < SLUG_NUMBER_MAX) {
        used = free_at;
        free_at *= 2;
    }
    while (!e && free_at - used > 1) {
        int middle = used + (free_at - used) / 2;
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

// Slugs that redirect for ever cannot be given away.
enum err site_check_old_slug(struct connection *c, const char *slug, int64_t site_id, struct problem *p)
{
    int64_t owner = 0;
    enum err e = site_find_by_old_slug(c, slug, &owner, p);
    if (e == ERR_NOT_FOUND || (!e && owner == site_id))
        return ERR_NONE;
    return e ? e
             : problem_set(p, ERR_EXISTS, "slug",
                           MESSAGE("slug.was") "the slug \"%s\" was another site's and still leads to it",
                           slug);
}

static enum err keep_old(struct connection *writer, const struct site *site, const char *slug, int64_t now,
                         struct problem *p)
{
    int64_t other = 0;
    if (strcmp(slug, site->slug) == 0)
        return ERR_NONE;
    enum err e = site_check_old_slug(writer, slug, site->id, p);
    if (!e && site_find(writer, slug, &other, NULL) == ERR_NONE)
        e = problem_set(p, ERR_EXISTS, "old_slugs",
                        MESSAGE("slug.of_another") "\"%s\" is another site's slug", slug);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_OLD_SLUG);
    query_bind_text(q, 1, slug);
    query_bind_int(q, 2, site->id);
    query_bind_int(q, 3, now);
    return query_run(q, p);
}

enum err site_save_old_slugs(struct connection *writer, const struct site *site, const char *before,
                             int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_OLD_SLUG);
    query_bind_text(q, 1, site->slug);
    enum err e = query_run(q, p);
    for (size_t i = 0; !e && i < site->old_slug_count; i++)
        e = keep_old(writer, site, site->old_slugs[i], now, p);
    return e || !before ? e : keep_old(writer, site, before, now, p);
}
