#include "content/site.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"

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

static void number_slug(const char *base, int n, char slug[FOLD_SLUG_SIZE])
{
    if (n == 1)
        snprintf(slug, FOLD_SLUG_SIZE, "%s", base);
    else
        snprintf(slug, FOLD_SLUG_SIZE, "%.68s-%d", base, n);
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
        return problem_set(p, ERR_INVALID, "title", "no slug can be made from the title");
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
