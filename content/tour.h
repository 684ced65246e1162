// Tours: an ordered walk through sites. Same rules as content/site.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

// What a tour can hold at most: bytes of a text in one language, and stops.
enum { TOUR_TITLE_MAX = 1200, TOUR_SUMMARY_MAX = 4000, TOUR_BODY_MAX = 64 * 1024, TOUR_STOPS_MAX = 200 };

struct tour {
    int64_t id;
    const char *slug;
    const char *state;
    const char *titles, *summaries, *bodies; // words as JSON text; bodies are CommonMark
    int64_t version, updated_at;
    const char **stops; // slugs of sites, in order; filled by tour_load and for saving
    size_t stop_count;
};

struct tours {
    struct tour *items; // without stops
    size_t count;
};

enum err tour_load(struct connection *c, struct arena *a, int64_t id, struct tour *ret, struct problem *p);
enum err tour_load_by_slug(struct connection *c, struct arena *a, const char *slug, struct tour *ret,
                           struct problem *p);
enum err tour_list(struct connection *c, struct arena *a, const char *state, struct tours *ret,
                   struct problem *p);
enum err tour_list_of_site(struct connection *c, struct arena *a, int64_t site_id, struct tours *ret,
                           struct problem *p);

// As site_save: id 0 is new; ERR_CONFLICT; every stop must be a site (ERR_INVALID names it).
enum err tour_save(struct connection *writer, const struct tour *tour, const struct actor *actor,
                   int64_t *ret_id, struct problem *p);
