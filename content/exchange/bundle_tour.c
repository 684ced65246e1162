// tours/SLUG.json
#include "content/exchange/bundle.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/site_document.h"

static const struct shape tour_shape = {(const struct shape_member[]){
    {"titles", SHAPE_WORDS, .required = true, .limit = TOUR_TITLE_MAX},
    {"summaries", SHAPE_WORDS, .limit = TOUR_SUMMARY_MAX},
    {"bodies", SHAPE_WORDS, .limit = TOUR_BODY_MAX},
    {"stops", SHAPE_SLUG_LIST, .required = true, .limit = TOUR_STOPS_MAX},
    {"state", SHAPE_ONE_OF, .choices = site_states},
    {NULL},
}};

static const char *words_text(const json_t *object, const char *name, struct arena *a)
{
    const json_t *words = json_object_get(object, name);
    if (!words)
        return "{}";
    cleanup_free char *text = json_dumps(words, JSON_COMPACT | JSON_SORT_KEYS);
    return arena_strdup(a, text);
}

static enum err take(const json_t *object, struct arena *a, struct tour *ret, struct problem *p)
{
    const char *state = json_string_value(json_object_get(object, "state"));
    const json_t *stops = json_object_get(object, "stops");
    *ret = (struct tour){
        .state = state ? state : "published",
        .titles = words_text(object, "titles", a),
        .summaries = words_text(object, "summaries", a),
        .bodies = words_text(object, "bodies", a),
        .stops = arena_array(a, json_array_size(stops), sizeof *ret->stops),
    };
    if (!ret->titles || !ret->summaries || !ret->bodies || !ret->stops)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    size_t i;
    json_t *stop;
    json_array_foreach((json_t *)stops, i, stop) ret->stops[ret->stop_count++] = json_string_value(stop);
    return ERR_NONE;
}

static enum err check_stops(const struct tour *tour, struct problem *p)
{
    cleanup_seen struct seen seen = SEEN_INIT;
    for (size_t i = 0; i < tour->stop_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "stops[%zu]", i);
        enum err e = seen_add(&seen, tour->stops[i], i, NULL);
        if (e)
            return problem_set(p, e, path, MESSAGE("tour.stop_twice") "“%s”: the tour stops at “%s” twice",
                               path, tour->stops[i]);
    }
    return ERR_NONE;
}

static bool same_words(const char *a, const char *b)
{
    json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);
    bool same = x && y && json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

static bool same_tour(const struct tour *a, const struct tour *b)
{
    bool same = a->stop_count == b->stop_count && strcmp(a->state, b->state) == 0 &&
                same_words(a->titles, b->titles) && same_words(a->summaries, b->summaries) &&
                same_words(a->bodies, b->bodies);
    for (size_t i = 0; same && i < a->stop_count; i++)
        same = strcmp(a->stops[i], b->stops[i]) == 0;
    return same;
}

static enum err land_tour(struct bundle *b, struct tour *tour, struct arena *a, struct problem *p)
{
    struct exchange_count *count = &b->l->report->tours;
    struct tour before = {0};
    enum err e = tour_load_by_slug(b->l->writer, a, tour->slug, &before, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    bool is_new = e == ERR_NOT_FOUND;
    if (!is_new && same_tour(tour, &before)) {
        count->unchanged++;
        return ERR_NONE;
    }
    tour->id = before.id;
    tour->version = before.version;
    e = tour_save(b->l->writer, tour, &b->l->actor, NULL, p);
    count->added += !e && is_new;
    count->changed += !e && !is_new;
    count->returned += !e && !is_new && strcmp(before.state, "binned") == 0;
    return e;
}

enum err bundle_tour(struct bundle *b, const char *file, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_document struct document document = DOCUMENT_INIT;
    struct problem fault = PROBLEM_INIT;
    struct tour tour;
    char rel[16 + FOLD_SLUG_SIZE + 5];
    snprintf(rel, sizeof rel, "tours/%s", file);
    enum err e = bundle_document(b, rel, BUNDLE_JSON_MAX, &document, p);
    if (e == ERR_INVALID || (!e && !bundle_check_members(b, rel, &document, &tour_shape)))
        return ERR_NONE; // reported
    if (!e)
        e = take(document.json, &a, &tour, p);
    if (e)
        return e;
    tour.slug = arena_strndup(&a, file, strlen(file) - strlen(".json"));
    b->l->report->tours.read++;
    e = tour.slug ? check_stops(&tour, &fault) : problem_set(&fault, ERR_MEMORY, NULL, "out of memory");
    if (!e && b->l->writer)
        e = land_tour(b, &tour, &a, &fault);
    if (e && !landing_is_about_input(e)) {
        *p = fault;
        return e;
    }
    if (e)
        bundle_member_fault(b, rel, &document, &fault);
    return ERR_NONE;
}
