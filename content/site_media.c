#include "content/site_media.h"

#include <stdlib.h>
#include <string.h>

bool site_media_is_picture(const struct site_media *m)
{
    return m->media_class && strcmp(m->media_class, "image") == 0;
}

size_t site_media_find(const struct site *site, const char *sha256)
{
    for (size_t i = 0; i < site->media_count; i++)
        if (strcmp(site->media[i].sha256, sha256) == 0)
            return i;
    return SITE_MEDIA_NONE;
}

// How many pictures stand before anything else.
static size_t pictures_of(const struct site *site)
{
    size_t count = 0;
    while (count < site->media_count && site_media_is_picture(&site->media[count]))
        count++;
    return count;
}

enum err site_media_insert(struct site *site, struct arena *a, const struct site_media *m, size_t at,
                           struct problem *p)
{
    if (site->media_count >= SITE_MEDIA_MAX)
        return problem_set(p, ERR_TOO_LARGE, "media", "a site has at most %d pictures, sounds and films",
                           SITE_MEDIA_MAX);
    struct site_media *list = arena_array(a, site->media_count + 1, sizeof *list);
    if (!list)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    size_t pictures = pictures_of(site), first = 0, last = pictures;
    if (!site_media_is_picture(m)) {
        first = pictures;
        last = site->media_count;
    }
    at = at < first ? first : at > last ? last : at;
    if (site->media_count) {
        memcpy(list, site->media, at * sizeof *list);
        memcpy(list + at + 1, site->media + at, (site->media_count - at) * sizeof *list);
    }
    list[at] = *m;
    site->media = list;
    site->media_count++;
    return ERR_NONE;
}

void site_media_remove(struct site *site, size_t at)
{
    memmove(site->media + at, site->media + at + 1, (site->media_count - at - 1) * sizeof *site->media);
    site->media_count--;
}

bool site_media_move(struct site *site, size_t at, long by)
{
    bool picture = site_media_is_picture(&site->media[at]), moved = false;
    for (long step = by < 0 ? -1 : 1; by != 0; by -= step) {
        size_t to = at + (size_t)step; // wraps below 0, and is then too large
        if (to >= site->media_count || site_media_is_picture(&site->media[to]) != picture)
            break;
        struct site_media swap = site->media[at];
        site->media[at] = site->media[to];
        site->media[to] = swap;
        at = to;
        moved = true;
    }
    return moved;
}

static size_t rank_of(const struct site_media *m, const char *const *sha256, size_t count)
{
    size_t rank = 0;
    while (rank < count && strcmp(sha256[rank], m->sha256) != 0)
        rank++;
    return rank + (site_media_is_picture(m) ? 0 : count + 1);
}

// Insertion sort: stable, and lists are short.
bool site_media_sort(struct site *site, const char *const *sha256, size_t count)
{
    bool moved = false;
    for (size_t i = 1; i < site->media_count; i++) {
        struct site_media m = site->media[i];
        size_t rank = rank_of(&m, sha256, count), to = i;
        while (to > 0 && rank_of(&site->media[to - 1], sha256, count) > rank) {
            site->media[to] = site->media[to - 1];
            to--;
        }
        site->media[to] = m;
        moved |= to != i;
    }
    return moved;
}
