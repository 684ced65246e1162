// plates.csv
#include "content/exchange/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "common/encoding.h"
#include "common/fold.h"
#include "content/plate.h"
#include "content/position.h"

#define FILE_NAME "plates.csv"

enum column { CODE, SITE, TOUR, STATE, PLACE, REASON, LAT, LON, COLUMN_COUNT };

static const struct csv_wanted wanted[COLUMN_COUNT] = {
    [CODE] = {"code", .required = true},
    [SITE] = {"site"},
    [TOUR] = {"tour"},
    [STATE] = {"state"},
    [PLACE] = {"place"},
    [REASON] = {"reason"},
    [LAT] = {"lat"},
    [LON] = {"lon"},
};

enum { PLACE_MAX = 300, REASON_MAX = 1000 }; // characters

struct plate_reader {
    struct bundle *b;
    struct csv_table *table;
    int columns[COLUMN_COUNT];
};

// `sentence` takes the value.
#define bad(p, column, value, sentence) problem_set(p, ERR_INVALID, wanted[column].name, sentence, value)

static enum err take_position(const struct plate_reader *r, const struct csv_row *row, struct plate *plate,
                              struct problem *p)
{
    const char *lat = csv_field(row, r->columns[LAT]), *lon = csv_field(row, r->columns[LON]);
    if (!lat[0] && !lon[0])
        return ERR_NONE;
    struct position at;
    enum err e = position_read_two(lat, lon, "lat", "lon", &at, p);
    if (e)
        return e;
    plate->lat = at.lat;
    plate->lon = at.lon;
    plate->has_position = true;
    return ERR_NONE;
}

// What can be said of a row without the store.
static enum err take(const struct plate_reader *r, const struct csv_row *row, struct plate *plate,
                     struct problem *p)
{
    const char *code = csv_field(row, r->columns[CODE]), *state = csv_field(row, r->columns[STATE]);
    *plate = (struct plate){
        .state = state[0] ? state : "planned",
        .place = csv_field(row, r->columns[PLACE]),
        .reason = csv_field(row, r->columns[REASON]),
        .site_slug = csv_field(row, r->columns[SITE]),
        .tour_slug = csv_field(row, r->columns[TOUR]),
    };
    if (code_read(code, plate->code) != CODE_READ_OK)
        return bad(
            p, CODE, code,
            MESSAGE("plate.form") "code “%s” is no code: eight symbols, the last of which checks the others");
    if (!plate->site_slug[0] == !plate->tour_slug[0])
        return problem_set(
            p, ERR_INVALID, "site",
            MESSAGE("plate.target") "a plate leads to one site or to one tour: fill in one of the two");
    if (!plate_state_is_valid(plate->state))
        return bad(p, STATE, state,
                   MESSAGE("plate.states") "state “%s” must be planned, in-batch, printed, installed, "
                                           "damaged or retired");
    if (fold_utf8_count(plate->place, strlen(plate->place)) > PLACE_MAX)
        return problem_set(p, ERR_TOO_LARGE, "place",
                           MESSAGE("plate.place_long") "the place has more than %d characters", PLACE_MAX);
    if (fold_utf8_count(plate->reason, strlen(plate->reason)) > REASON_MAX)
        return problem_set(p, ERR_TOO_LARGE, "reason",
                           MESSAGE("plate.reason_long") "the reason has more than %d characters", REASON_MAX);
    return take_position(r, row, plate, p);
}

static enum err check_twice(struct plate_reader *r, const struct plate *plate, unsigned long line,
                            struct problem *p)
{
    uint64_t other = 0;
    enum err e = seen_add(&r->b->codes, plate->code, line, &other);
    if (e == ERR_EXISTS)
        return problem_set(p, e, "code", MESSAGE("plate.twice") "the code %s stands in line %lu already",
                           plate->code, (unsigned long)other);
    return e ? problem_set(p, e, NULL, "out of memory") : ERR_NONE;
}

// --- landing

static enum err find_target(struct plate_reader *r, struct plate *plate, struct arena *a, struct problem *p)
{
    struct connection *c = r->b->l->writer;
    if (plate->site_slug[0]) {
        enum err e = site_find(c, plate->site_slug, &plate->site_id, p);
        return e == ERR_NOT_FOUND
                   ? bad(p, SITE, plate->site_slug,
                         MESSAGE("plate.no_site") "site “%s” is neither in the bundle nor in the store")
                   : e;
    }
    struct tour tour;
    enum err e = tour_load_by_slug(c, a, plate->tour_slug, &tour, p);
    if (e)
        return e == ERR_NOT_FOUND
                   ? bad(p, TOUR, plate->tour_slug,
                         MESSAGE("plate.no_tour") "tour “%s” is neither in the bundle nor in the store")
                   : e;
    plate->tour_id = tour.id;
    return ERR_NONE;
}

static enum err check_target(const struct plate *plate, const struct plate *before, struct problem *p)
{
    if (plate->site_id == before->site_id && plate->tour_id == before->tour_id)
        return ERR_NONE;
    return problem_set(p, ERR_CONFLICT, plate->site_id ? "site" : "tour",
                       MESSAGE("plate.elsewhere") "the plate %s leads to “%s” in the store and to “%s” here: "
                                                  "an import never re-points a plate, do "
                                                  "that at the desk",
                       plate->code, before->site_slug ? before->site_slug : before->tour_slug,
                       plate->site_id ? plate->site_slug : plate->tour_slug);
}

static bool same(const struct plate *a, const struct plate *b)
{
    return strcmp(a->state, b->state) == 0 && strcmp(a->place, b->place) == 0 &&
           strcmp(a->reason, b->reason) == 0 && a->has_position == b->has_position &&
           (!a->has_position || (a->lat == b->lat && a->lon == b->lon));
}

static enum err land_plate(struct plate_reader *r, struct plate *plate, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct exchange_count *count = &r->b->l->report->plates;
    struct plate before;
    enum err e = find_target(r, plate, &a, p);
    if (e)
        return e;
    e = plate_load(r->b->l->writer, &a, plate->code, &before, p);
    if (e == ERR_NOT_FOUND) {
        e = plate_add(r->b->l->writer, plate, &r->b->l->actor, NULL, p);
        count->added += !e;
        return e;
    }
    if (!e)
        e = check_target(plate, &before, p);
    if (e)
        return e;
    if (r->columns[LAT] < 0) {
        plate->has_position = before.has_position;
        plate->lat = before.lat;
        plate->lon = before.lon;
    }
    if (same(plate, &before)) {
        count->unchanged++;
        return ERR_NONE;
    }
    e = plate_update(r->b->l->writer, plate, &r->b->l->actor, p);
    count->changed += !e;
    return e;
}

static enum err read_row(struct plate_reader *r, const struct csv_row *row, struct problem *fault)
{
    struct plate plate;
    r->b->l->report->plates.read++;
    enum err e = take(r, row, &plate, fault);
    if (!e)
        e = r->b->l->writer ? land_plate(r, &plate, fault) : check_twice(r, &plate, row->line, fault);
    if (e)
        fault->line = row->line;
    return e;
}

static enum err read_rows(struct plate_reader *r, struct problem *p)
{
    for (;;) {
        struct problem fault = PROBLEM_INIT;
        struct csv_row row;
        enum err e = csv_next(r->table, &row, &fault);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE;
        if (!e)
            e = read_row(r, &row, &fault);
        if (e && !landing_is_about_input(e)) {
            *p = fault;
            return e;
        }
        if (e)
            landing_fault(r->b->l, FILE_NAME, &fault);
    }
}

static enum err open_table(struct plate_reader *r, struct buf *text, struct problem *fault)
{
    cleanup_buf struct buf bytes = BUF_INIT, unknown = BUF_INIT;
    enum err e = folder_read(&r->b->folder, FILE_NAME, BUNDLE_PLATES_MAX, &bytes, fault);
    if (!e)
        e = encoding_read(bytes.data, bytes.len, "utf-8", text, NULL, fault);
    if (!e)
        e = csv_open(text->data, text->len, ',', &r->table, fault);
    if (!e)
        e = csv_match(r->table, wanted, COLUMN_COUNT, NULL, r->columns, fault);
    if (!e)
        csv_unknown(r->table, r->columns, COLUMN_COUNT, &unknown);
    if (!e && unknown.len > 0)
        e = problem_at(fault, ERR_INVALID, 1, 0, NULL,
                       MESSAGE("plate.columns") "no such columns are known here: %s", unknown.data);
    return e;
}

enum err bundle_plates(struct bundle *b, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    struct plate_reader r = {.b = b};
    struct problem fault = PROBLEM_INIT;
    enum err e = open_table(&r, &text, &fault);
    if (e == ERR_NOT_FOUND && !r.table && text.len == 0)
        e = ERR_NONE; // a bundle may have no plates
    else if (e && landing_is_about_input(e))
        landing_fault(b->l, FILE_NAME, &fault);
    else if (e)
        *p = fault;
    else
        e = read_rows(&r, p);
    csv_close(r.table);
    return landing_is_about_input(e) ? ERR_NONE : e;
}
