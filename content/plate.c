#include "content/plate.h"

#include <string.h>

#include "common/clock.h"
#include "content/history.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

static const char *const plate_states[] = {"planned", "in-batch", "printed", "installed",
                                           "damaged", "retired",  NULL};

bool plate_state_is_valid(const char *state)
{
    for (const char *const *known = plate_states; *known; known++)
        if (state && strcmp(state, *known) == 0)
            return true;
    return false;
}

static bool read_plate(struct query *q, struct arena *a, void *item)
{
    struct plate *plate = item;
    *plate = (struct plate){
        .site_id = query_int(q, 1),
        .tour_id = query_int(q, 2),
        .state = query_dup(q, 3, a),
        .place = query_dup(q, 4, a),
        .reason = query_dup(q, 5, a),
        .has_position = !query_is_null(q, 6),
        .lat = query_real(q, 6),
        .lon = query_real(q, 7),
        .created_at = query_int(q, 8),
        .updated_at = query_int(q, 9),
        .site_slug = query_dup(q, 10, a),
        .tour_slug = query_dup(q, 11, a),
    };
    plate->target_state = query_dup(q, plate->site_id ? 12 : 13, a);
    memcpy(plate->code, query_text(q, 0), CODE_SIZE); // the table's CHECK: exactly 8
    return plate->state && plate->place && plate->reason;
}

enum err plate_load(struct connection *c, struct arena *a, const char *code, struct plate *ret,
                    struct problem *p)
{
    struct query *q = query_start(c, SQL_PLATE);
    query_bind_text(q, 1, code);
    return rows_one(q, a, read_plate, ret, "no plate has that code", p);
}

static enum err collect(struct query *q, struct arena *a, struct plates *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct plate), read_plate, &items, &count, p);
    if (!e)
        *ret = (struct plates){.items = items, .count = count};
    return e;
}

enum err plate_list(struct connection *c, struct arena *a, struct plates *ret, struct problem *p)
{
    return collect(query_start(c, SQL_PLATES), a, ret, p);
}

enum err plate_list_of_site(struct connection *c, struct arena *a, int64_t site_id, struct plates *ret,
                            struct problem *p)
{
    struct query *q = query_start(c, SQL_PLATES_OF_SITE);
    query_bind_int(q, 1, site_id);
    return collect(q, a, ret, p);
}

static bool read_event(struct query *q, struct arena *a, void *item)
{
    struct plate_event *event = item;
    *event = (struct plate_event){.at = query_int(q, 0),
                                  .account = query_dup(q, 1, a),
                                  .event = query_dup(q, 2, a),
                                  .detail = query_dup(q, 3, a)};
    return event->event && event->detail;
}

enum err plate_history(struct connection *c, struct arena *a, const char *code, struct plate_events *ret,
                       struct problem *p)
{
    struct query *q = query_start(c, SQL_PLATE_EVENTS);
    query_bind_text(q, 1, code);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct plate_event), read_event, &items, &count, p);
    if (!e)
        *ret = (struct plate_events){.items = items, .count = count};
    return e;
}

enum err plate_last_event(struct connection *c, const char *code, int64_t *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_PLATE_LAST_EVENT);
    query_bind_text(q, 1, code);
    return query_number(q, 0, ret, p);
}

static bool read_target(struct query *q, struct arena *a, void *item)
{
    struct plate_target *target = item;
    *target = (struct plate_target){.slug = query_dup(q, 0, a),
                                    .state = query_dup(q, 1, a),
                                    .title = query_dup(q, 2, a),
                                    .area = query_dup(q, 3, a)};
    return target->slug && target->state && target->title;
}

enum err plate_target_load(struct connection *c, struct arena *a, int64_t site_id, int64_t tour_id,
                           struct plate_target *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_PLATE_TARGET);
    query_bind_int(q, 1, site_id);
    query_bind_int(q, 2, tour_id);
    struct plate_target target;
    enum err e = rows_one(q, a, read_target, &target, "there is no such site or tour", p);
    if (e)
        return e;
    target.is_tour = tour_id != 0;
    *ret = target;
    return ERR_NONE;
}

static enum err check(const struct plate *plate, struct problem *p)
{
    if (!code_is_valid(plate->code))
        return problem_set(p, ERR_INVALID, "code",
                           MESSAGE("plate.code") "\"%s\" is no code: its check symbol is wrong", plate->code);
    if (!plate_state_is_valid(plate->state))
        return problem_set(p, ERR_INVALID, "state", MESSAGE("plate.state") "\"%s\" is no state of a plate",
                           plate->state ? plate->state : "");
    if ((plate->site_id == 0) == (plate->tour_id == 0))
        return problem_set(p, ERR_INVALID, "site",
                           MESSAGE("plate.target") "the plate %s must point at one site or one tour",
                           plate->code);
    if (plate->has_position &&
        !(plate->lat >= -90 && plate->lat <= 90 && plate->lon >= -180 && plate->lon <= 180))
        return problem_set(p, ERR_INVALID, "position",
                           MESSAGE("position.degrees") "the position must lie within 90 and 180 degrees");
    return ERR_NONE;
}

static void bind_plate(struct query *q, const struct plate *plate)
{
    query_bind_text(q, 1, plate->code);
    if (plate->site_id)
        query_bind_int(q, 2, plate->site_id);
    if (plate->tour_id)
        query_bind_int(q, 3, plate->tour_id);
    query_bind_text(q, 4, plate->state);
    query_bind_text(q, 5, plate->place ? plate->place : "");
    query_bind_text(q, 6, plate->reason ? plate->reason : "");
    if (plate->has_position) {
        query_bind_real(q, 7, plate->lat);
        query_bind_real(q, 8, plate->lon);
    }
    query_bind_int(q, 9, clock_now());
}

// One event of a plate's history and the audit row that belongs to it. Takes over `detail`.
static enum err record(struct connection *writer, const char *code, const struct actor *actor,
                       const char *event, json_t *detail, struct problem *p)
{
    cleanup_free char *text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
    cleanup_arena struct arena a = ARENA_INIT;
    struct query *q = query_start(writer, SQL_INSERT_PLATE_EVENT);
    query_bind_text(q, 1, code);
    query_bind_int(q, 2, clock_now());
    if (actor->account_id)
        query_bind_int(q, 3, actor->account_id);
    query_bind_text(q, 4, event);
    query_bind_text(q, 5, text ? text : "{}");
    enum err e = query_run(q, p);
    if (!e)
        e = history_audit(writer, actor, arena_printf(&a, "plate.%s", event),
                          arena_printf(&a, "plate:%s", code), detail, p);
    json_decref(detail);
    return e;
}

enum { CODE_TRIES = 8 };

static enum err insert(struct connection *writer, const struct plate *plate, struct problem *p)
{
    struct query *q = query_start(writer, SQL_INSERT_PLATE);
    bind_plate(q, plate);
    return query_run(q, p);
}

static enum err insert_with_new_code(struct connection *writer, struct plate *plate, struct problem *p)
{
    enum err e = ERR_EXISTS;
    for (int i = 0; i < CODE_TRIES && e == ERR_EXISTS; i++) {
        code_make(plate->code);
        e = check(plate, p);
        if (!e)
            e = insert(writer, plate, p);
    }
    return e;
}

enum err plate_add(struct connection *writer, const struct plate *given, const struct actor *actor,
                   char ret_code[CODE_SIZE], struct problem *p)
{
    struct plate plate = *given;
    enum err e;
    if (plate.code[0] == '\0') {
        e = insert_with_new_code(writer, &plate, p);
    } else {
        e = check(&plate, p);
        if (!e)
            e = insert(writer, &plate, p);
        if (e == ERR_EXISTS)
            e = problem_set(p, ERR_EXISTS, "code",
                            MESSAGE("plate.exists") "the code %s belongs to a plate already", plate.code);
    }
    if (!e)
        e = record(writer, plate.code, actor, "made",
                   json_pack("{s:I, s:I, s:s}", "site", (json_int_t)plate.site_id, "tour",
                             (json_int_t)plate.tour_id, "state", plate.state),
                   p);
    if (!e)
        e = store_touch_content(writer, p);
    if (!e && ret_code)
        memcpy(ret_code, plate.code, CODE_SIZE);
    return e;
}

static enum err record_changes(struct connection *writer, const struct plate *before,
                               const struct plate *after, const struct actor *actor, struct problem *p)
{
    enum err e = ERR_NONE;
    if (strcmp(before->state, after->state) != 0)
        e = record(writer, after->code, actor, "state",
                   json_pack("{s:s, s:s, s:s}", "from", before->state, "to", after->state, "reason",
                             after->reason ? after->reason : ""),
                   p);
    if (!e && (before->site_id != after->site_id || before->tour_id != after->tour_id))
        e = record(writer, after->code, actor, "re-pointed",
                   json_pack("{s:I, s:I, s:I, s:I}", "from-site", (json_int_t)before->site_id, "from-tour",
                             (json_int_t)before->tour_id, "site", (json_int_t)after->site_id, "tour",
                             (json_int_t)after->tour_id),
                   p);
    const char *place = after->place ? after->place : "";
    bool moved =
        before->has_position != after->has_position || before->lat != after->lat || before->lon != after->lon;
    if (!e && (moved || strcmp(before->place, place) != 0))
        e = record(writer, after->code, actor, "moved",
                   json_pack("{s:s, s:s}", "from", before->place, "to", place), p);
    return e;
}

enum err plate_update(struct connection *writer, const struct plate *plate, const struct actor *actor,
                      struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct plate before;
    enum err e = check(plate, p);
    if (!e)
        e = plate_load(writer, &a, plate->code, &before, p);
    if (!e && strcmp(before.state, "retired") == 0)
        e = problem_set(p, ERR_DENIED, "state",
                        MESSAGE("plate.retired") "the plate %s is retired and stays so: make a new one",
                        plate->code);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_UPDATE_PLATE);
    bind_plate(q, plate);
    e = query_run(q, p);
    if (!e)
        e = record_changes(writer, &before, plate, actor, p);
    return e ? e : store_touch_content(writer, p);
}
