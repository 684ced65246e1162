#include "content/editing/undo_tour.h"

#include <jansson.h>

#include "common/cleanup.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/tour.h"

static enum err bin_tour(struct connection *writer, const struct undo_touched *t, const struct actor *actor,
                         struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct tour tour;
    enum err e = tour_load(writer, &a, t->id, &tour, p);
    tour.state = "binned";
    return e ? e : tour_save(writer, &tour, actor, NULL, p);
}

static const char *words_of(struct arena *a, const json_t *document, const char *name)
{
    cleanup_free char *text = json_dumps(json_object_get(document, name), JSON_COMPACT | JSON_SORT_KEYS);
    return arena_strdup(a, text ? text : "{}");
}

// The tour as a revision has it.
static enum err tour_from(struct arena *a, const json_t *document, struct tour *ret, struct problem *p)
{
    const json_t *stops = json_object_get(document, "stops");
    size_t count = json_array_size(stops);
    ret->slug = arena_strdup(a, json_string_value(json_object_get(document, "slug")));
    ret->state = arena_strdup(a, json_string_value(json_object_get(document, "state")));
    ret->titles = words_of(a, document, "titles");
    ret->summaries = words_of(a, document, "summaries");
    ret->bodies = words_of(a, document, "bodies");
    ret->stops = arena_array(a, count + 1, sizeof *ret->stops);
    ret->stop_count = count;
    if (!ret->slug || !ret->state || !ret->titles || !ret->summaries || !ret->bodies || !ret->stops)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        ret->stops[i] = arena_strdup(a, json_string_value(json_array_get(stops, i)));
    return ERR_NONE;
}

static enum err load_revision(struct connection *c, const struct undo_touched *t, json_t **ret,
                              struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_REVISION);
    bool row = false;
    query_bind_text(q, 1, "tour");
    query_bind_int(q, 2, t->id);
    query_bind_int(q, 3, t->first - 1);
    enum err e = query_step(q, &row, p);
    if (!e && !row)
        e = problem_set(p, ERR_NOT_FOUND, NULL, "the tour \"%s\" has no earlier version", t->slug);
    json_t *document = e ? NULL : json_loads(query_text_or_empty(q, 0), 0, NULL);
    if (!e && !document)
        e = problem_set(p, ERR_CORRUPT, NULL, "a revision of the tour \"%s\" is damaged", t->slug);
    if (!e)
        *ret = document;
    return e;
}

static enum err restore_tour(struct connection *writer, const struct undo_touched *t,
                             const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct tour tour = {.id = t->id, .version = t->now};
    json_t *document = NULL;
    enum err e = load_revision(writer, t, &document, p);
    if (!e)
        e = tour_from(&a, document, &tour, p);
    json_decref(document);
    return e ? e : tour_save(writer, &tour, actor, NULL, p);
}

static enum err keep(struct undo_report *report, const struct undo_touched *t, struct arena *a,
                     struct problem *p)
{
    json_t *titles = json_loads(t->name, 0, NULL);
    const char *title = json_string_value(json_object_iter_value(json_object_iter(titles)));
    const char *name = arena_strdup(a, title ? title : t->slug);
    json_decref(titles);
    if (!name)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (report->kept < UNDO_KEPT_NAMED)
        report->kept_names[report->kept] = name;
    report->kept++;
    return ERR_NONE;
}

// Whether every stop that the tour had is a site still.
static enum err can_restore(struct connection *c, const struct undo_touched *t, bool *ret, struct problem *p)
{
    json_t *document = NULL, *stop;
    size_t i;
    int64_t site = 0;
    enum err e = load_revision(c, t, &document, p);
    bool all = !e;
    json_array_foreach(json_object_get(document, "stops"), i, stop)
    {
        struct query *q = query_start(c, SQL_SITE_ID_BY_SLUG);
        query_bind_text(q, 1, json_string_value(stop));
        if (!e)
            e = query_number(q, 0, &site, p);
        all = all && site > 0;
    }
    json_decref(document);
    if (!e)
        *ret = all;
    return e;
}

static enum err undo_tour(struct connection *writer, const struct undo_touched *t, const struct actor *actor,
                          struct undo_report *report, struct arena *a, struct problem *p)
{
    bool can = t->now == t->last;
    enum err e = ERR_NONE;
    if (can && t->first == 1) {
        report->binned++;
        return bin_tour(writer, t, actor, p);
    }
    if (can)
        e = can_restore(writer, t, &can, p);
    if (e)
        return e;
    if (!can)
        return keep(report, t, a, p);
    report->restored++;
    return restore_tour(writer, t, actor, p);
}

enum err undo_tours(struct connection *writer, struct arena *a, int64_t import_id, const struct actor *actor,
                    struct undo_report *report, struct problem *p)
{
    struct query *q = query_start(writer, SQL_TOURS_OF_IMPORT);
    query_bind_int(q, 1, import_id);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct undo_touched), undo_read_touched, &items, &count, p);
    const struct undo_touched *touched = items;
    for (size_t i = 0; !e && i < count; i++)
        e = undo_tour(writer, &touched[i], actor, report, a, p);
    return e;
}
