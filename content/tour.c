#include "content/tour.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/fold.h"
#include "content/history.h"
#include "content/rows.h"
#include "content/site.h"
#include "content/site_document.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/words.h"

static bool read_tour(struct query *q, struct arena *a, void *item)
{
    struct tour *t = item;
    *t = (struct tour){
        .id = query_int(q, 0),
        .slug = query_dup(q, 1, a),
        .state = query_dup(q, 2, a),
        .titles = query_dup(q, 3, a),
        .summaries = query_dup(q, 4, a),
        .bodies = query_dup(q, 5, a),
        .version = query_int(q, 6),
        .updated_at = query_int(q, 7),
    };
    return t->slug && t->state && t->titles && t->summaries && t->bodies;
}

static bool read_slug(struct query *q, struct arena *a, void *item)
{
    return (*(const char **)item = query_dup(q, 0, a)) != NULL;
}

static enum err load(struct connection *c, struct arena *a, struct query *q, struct tour *ret,
                     struct problem *p)
{
    struct tour tour;
    enum err e = rows_one(q, a, read_tour, &tour, "there is no such tour", p);
    if (e)
        return e;
    q = query_start(c, SQL_TOUR_STOP_SLUGS);
    query_bind_int(q, 1, tour.id);
    void *stops;
    e = rows_collect(q, a, sizeof *tour.stops, read_slug, &stops, &tour.stop_count, p);
    if (e)
        return e;
    tour.stops = stops;
    *ret = tour;
    return ERR_NONE;
}

enum err tour_load(struct connection *c, struct arena *a, int64_t id, struct tour *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_TOUR_BY_ID);
    query_bind_int(q, 1, id);
    return load(c, a, q, ret, p);
}

enum err tour_load_by_slug(struct connection *c, struct arena *a, const char *slug, struct tour *ret,
                           struct problem *p)
{
    struct query *q = query_start(c, SQL_TOUR_BY_SLUG);
    query_bind_text(q, 1, slug);
    return load(c, a, q, ret, p);
}

static enum err collect(struct query *q, struct arena *a, struct tours *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct tour), read_tour, &items, &count, p);
    if (!e)
        *ret = (struct tours){.items = items, .count = count};
    return e;
}

enum err tour_list(struct connection *c, struct arena *a, const char *state, struct tours *ret,
                   struct problem *p)
{
    struct query *q = query_start(c, SQL_TOURS);
    query_bind_text(q, 1, state);
    return collect(q, a, ret, p);
}

enum err tour_list_of_site(struct connection *c, struct arena *a, int64_t site_id, struct tours *ret,
                           struct problem *p)
{
    struct query *q = query_start(c, SQL_TOURS_OF_SITE);
    query_bind_int(q, 1, site_id);
    return collect(q, a, ret, p);
}

// A words column: *ret is a new reference.
static enum err parse_words(const char *text, bool required, size_t limit, const char *field, json_t **ret,
                            struct problem *p)
{
    json_t *words = text && text[0] ? json_loads(text, 0, NULL) : json_object();
    enum err e = ERR_NONE;
    if (!json_is_object(words))
        e = problem_set(p, ERR_INVALID, field, MESSAGE("member.words") "\"%s\" must be words", field);
    else if (required || json_object_size(words))
        e = words_check(words, limit, field, p);
    if (e)
        json_decref(words);
    else
        *ret = words;
    return e;
}

struct tour_document {
    json_t *titles, *summaries, *bodies;
};

static void document_clear(struct tour_document *d)
{
    json_decref(d->titles);
    json_decref(d->summaries);
    json_decref(d->bodies);
}

static enum err check(const struct tour *tour, struct tour_document *d, struct problem *p)
{
    bool known = tour->state && strcmp(tour->state, "binned") == 0;
    for (const char *const *state = site_states; *state && !known; state++)
        known = tour->state && strcmp(tour->state, *state) == 0;
    if (!known)
        return problem_set(p, ERR_INVALID, "state", MESSAGE("tour.state") "\"%s\" is no state of a tour",
                           tour->state ? tour->state : "");
    if (!tour->slug || !fold_is_slug(tour->slug))
        return problem_set(p, ERR_INVALID, "slug",
                           MESSAGE("slug.form") "\"%s\" is no slug: 1 to 80 of a-z, 0-9 and inner hyphens",
                           tour->slug ? tour->slug : "");
    if (tour->stop_count > TOUR_STOPS_MAX)
        return problem_set(p, ERR_TOO_LARGE, "stops",
                           MESSAGE("tour.stops") "the tour \"%s\" has more than %d stops", tour->slug,
                           TOUR_STOPS_MAX);
    enum err e = parse_words(tour->titles, true, TOUR_TITLE_MAX, "titles", &d->titles, p);
    if (!e)
        e = parse_words(tour->summaries, false, TOUR_SUMMARY_MAX, "summaries", &d->summaries, p);
    return e ? e : parse_words(tour->bodies, false, TOUR_BODY_MAX, "bodies", &d->bodies, p);
}

static enum err save_row(struct connection *writer, struct tour *tour, const struct tour_document *d,
                         struct problem *p)
{
    cleanup_buf struct buf sort_key = BUF_INIT;
    const char *title = words_pick(d->titles, "vi", NULL, NULL);
    fold_search(title, strlen(title), &sort_key, NULL);
    struct query *q = query_start(writer, tour->id ? SQL_UPDATE_TOUR : SQL_INSERT_TOUR);
    query_bind_text(q, 1, tour->slug);
    query_bind_text(q, 2, tour->state);
    query_bind_text(q, 3, tour->titles);
    query_bind_text(q, 4, tour->summaries && tour->summaries[0] ? tour->summaries : "{}");
    query_bind_text(q, 5, tour->bodies && tour->bodies[0] ? tour->bodies : "{}");
    query_bind_text(q, 6, sort_key.data);
    query_bind_int(q, 7, clock_now());
    if (tour->id) {
        query_bind_int(q, 8, tour->id);
        query_bind_int(q, 9, tour->version);
    }
    enum err e = query_run(q, p);
    if (e == ERR_EXISTS)
        return problem_set(p, ERR_EXISTS, "slug",
                           MESSAGE("tour.exists") "another tour has the slug \"%s\" already", tour->slug);
    if (e)
        return e;
    if (tour->id && query_changes(writer) == 0)
        return problem_set(p, ERR_CONFLICT, NULL,
                           MESSAGE("site.conflict") "somebody else saved \"%s\" meanwhile", tour->slug);
    if (tour->id == 0) {
        tour->id = query_last_id(writer);
        tour->version = 0;
    }
    tour->version++;
    return ERR_NONE;
}

static enum err save_stop(struct connection *writer, const struct tour *tour, size_t i, struct problem *p)
{
    int64_t site_id;
    char field[32];
    snprintf(field, sizeof field, "stops[%zu]", i);
    enum err e = site_find(writer, tour->stops[i], &site_id, p);
    if (e == ERR_NOT_FOUND)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("tour.no_site") "the tour \"%s\" stops at \"%s\", which is no site",
                           tour->slug, tour->stops[i]);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_TOUR_STOP);
    query_bind_int(q, 1, tour->id);
    query_bind_int(q, 2, (int64_t)i);
    query_bind_int(q, 3, site_id);
    e = query_run(q, p);
    if (e == ERR_EXISTS)
        e = problem_set(p, ERR_INVALID, field,
                        MESSAGE("tour.stop_twice") "the tour \"%s\" stops at \"%s\" twice", tour->slug,
                        tour->stops[i]);
    return e;
}

static enum err save_stops(struct connection *writer, const struct tour *tour, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_TOUR_STOPS);
    query_bind_int(q, 1, tour->id);
    enum err e = query_run(q, p);
    for (size_t i = 0; !e && i < tour->stop_count; i++)
        e = save_stop(writer, tour, i, p);
    return e;
}

static enum err save_history(struct connection *writer, const struct tour *tour, bool added,
                             const struct tour_document *d, const struct actor *actor, struct problem *p)
{
    json_t *stops = json_array();
    for (size_t i = 0; i < tour->stop_count; i++)
        json_array_append_new(stops, json_string(tour->stops[i]));
    json_t *document =
        json_pack("{s:s, s:s, s:O, s:O, s:O, s:o}", "slug", tour->slug, "state", tour->state, "titles",
                  d->titles, "summaries", d->summaries, "bodies", d->bodies, "stops", stops);
    struct history_saved saved = {.kind = "tour",
                                  .action = added ? "tour.add" : "tour.change",
                                  .slug = tour->slug,
                                  .id = tour->id,
                                  .version = tour->version};
    enum err e = history_saved(writer, actor, &saved, document, p);
    json_decref(document);
    return e;
}

enum err tour_save(struct connection *writer, const struct tour *given, const struct actor *actor,
                   int64_t *ret_id, struct problem *p)
{
    struct tour tour = *given;
    struct tour_document document = {0};
    enum err e = check(&tour, &document, p);
    if (!e)
        e = save_row(writer, &tour, &document, p);
    if (!e)
        e = save_stops(writer, &tour, p);
    if (!e)
        e = save_history(writer, &tour, given->id == 0, &document, actor, p);
    if (!e)
        e = store_touch_content(writer, p);
    document_clear(&document);
    if (!e && ret_id)
        *ret_id = tour.id;
    return e;
}
