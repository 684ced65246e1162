// What the map in a site's form asks for: what a typed position means, and which sites lie around it. Answers
// in JSON.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "content/editing/site_points.h"
#include "content/position.h"
#include "server/desk/frame/map.h"
#include "server/desk/frame/told.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

#define TWIN_M 300 // a site nearer than this may be the same one, entered twice

enum { TWINS_SHOWN = 5, POINTS_SHOWN = 200, LATELY = 40 };

const char *const site_position_params[] = {"text", NULL};
const char *const site_around_params[] = {"box", NULL};

// "/desk/sites/12/around", "/desk/sites/new/around"
static const char *address_for(struct arena *a, const struct site *stored, const char *rest)
{
    return stored ? sites_address(a, stored->id, rest) : arena_printf(a, "/desk/sites/new%s", rest);
}

void site_put_map(struct screen *screen, const struct site *stored)
{
    struct context *c = &screen->context;
    json_t *map = json_object_get(c->root, "map");
    context_flag(c, map, "places", true);
    context_text(c, map, "sites", address_for(screen->arena, stored, "/around"));
    context_flag(c, c->root, "saved", false);
    if (!stored || !stored->has_position)
        return;
    json_t *saved = context_object(c, c->root, "saved");
    context_text(c, saved, "lat", site_number_text(screen->arena, stored->lat));
    context_text(c, saved, "lon", site_number_text(screen->arena, stored->lon));
    context_text(c, saved, "place", map_position_words(screen, stored->lat, stored->lon));
}

// --- one request of either kind

struct asking {
    struct screen screen;
    struct site site; // id 0: a new one
    struct site_points_filter filter;
};

static void asking_close(struct asking *a)
{
    site_clear(&a->site);
    screen_close(&a->screen);
}
#define cleanup_asking CLEANUP(asking_close)

static enum err asking_open(struct asking *a, struct http_request *req, struct http_response *res,
                            struct problem *problem)
{
    int64_t id = 0;
    enum err e = sites_id(req, &id);
    if (!e)
        e = screen_open(&a->screen, req, res, problem);
    if (!e && id)
        e = sites_load(a->screen.db, req, a->screen.arena, id, &a->site, problem);
    if (e)
        return e;
    const struct desk_user *user = a->screen.user;
    a->filter =
        (struct site_points_filter){.except = id, .account_id = user->area_count ? user->account.id : 0};
    return ERR_NONE;
}

static enum err answer(struct http_response *res, json_t *value)
{
    enum err e = value ? desk_json(res, 200, value) : ERR_MEMORY;
    json_decref(value);
    return e;
}

// Where the account can see the site: its form, or the page that visitors see.
static const char *address_of(struct arena *a, const struct site_point *point)
{
    return point->mine ? sites_address(a, point->id, "")
                       : arena_printf(a, "/%s/sites/%s", point->lang, point->slug);
}

// --- a typed position

static void add(struct screen *screen, const char **said, const char *words)
{
    *said = *said ? arena_printf(screen->arena, "%s %s", *said, words) : words;
}

static void say_distance(struct asking *a, const struct position *at, const char **said)
{
    const struct site *site = &a->site;
    if (!site->has_position)
        return;
    double metres = site_distance_m(site->lat, site->lon, at->lat, at->lon);
    add(&a->screen, said,
        metres < 1 ? screen_words(&a->screen, VIEW_KEY("desk.map.as_saved"), NULL)
                   : map_distance_words(&a->screen, metres, VIEW_KEY("desk.map.away_m"),
                                        VIEW_KEY("desk.map.away_km")));
}

static json_t *twins_of(struct asking *a, const struct site_points *points)
{
    json_t *list = json_array();
    for (size_t i = 0; i < points->count; i++) {
        const struct site_point *point = &points->items[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "title", point->title, "lang", point->lang, "href",
                            address_of(a->screen.arena, point), "state",
                            screen_words(&a->screen, sites_state_key(point->state), NULL), "away",
                            map_distance_words(&a->screen, point->metres, VIEW_KEY("desk.map.twin_m"),
                                               VIEW_KEY("desk.map.twin_km"))));
    }
    return list;
}

static enum err tell_position(struct asking *a, const struct position *at, struct problem *problem)
{
    struct screen *screen = &a->screen;
    struct site_points twins;
    enum err e = site_points_near(screen->db, screen->arena, at->lat, at->lon, TWIN_M, &a->filter,
                                  TWINS_SHOWN, &twins, problem);
    if (e)
        return e;
    json_t *values = json_pack("{s:s}", "place", map_position_words(screen, at->lat, at->lon));
    const char *said = screen_words(screen, VIEW_KEY("desk.map.read"), values);
    json_decref(values);
    say_distance(a, at, &said);
    if (twins.count) {
        values = json_pack("{s:i}", "metres", TWIN_M);
        add(screen, &said, screen_words(screen, VIEW_KEY("desk.map.twins"), values));
        json_decref(values);
    }
    return answer(screen->res, json_pack("{s:f, s:f, s:s, s:o}", "lat", at->lat, "lon", at->lon, "said", said,
                                         "twins", twins_of(a, &twins)));
}

enum err site_position_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_asking struct asking a = {.site = {.id = 0}};
    const char *text = request_param(req, "text");
    struct form form = form_empty(req->arena);
    struct position at;
    struct problem wrong = PROBLEM_INIT;
    enum err e = asking_open(&a, req, res, problem);
    if (!e && text)
        e = form_take_field(&form, "position", text, strlen(text), problem);
    if (e)
        return e;
    e = site_form_position(&form, &at, &wrong);
    if (e)
        return answer(res, json_pack("{s:s}", "problem", told_words(&a.screen, &wrong)));
    return tell_position(&a, &at, problem);
}

// --- sites around

// "10.01,105.7,10.1,105.8": south, west, north, east.
static bool read_box(const char *text, struct site_box *ret)
{
    double numbers[4];
    if (strspn(text, "-.,0123456789") != strlen(text)) // no blanks, hexadecimals or words, which strtod takes
        return false;
    for (int i = 0; i < 4; i++) {
        char *end;
        numbers[i] = strtod(text, &end);
        if (end == text || *end != (i < 3 ? ',' : '\0') || !(fabs(numbers[i]) <= (i % 2 ? 180 : 90)))
            return false;
        text = end + 1;
    }
    *ret = (struct site_box){numbers[0], numbers[1], numbers[2], numbers[3]};
    return ret->south <= ret->north;
}

static json_t *points_json(struct asking *a, const struct site_points *points)
{
    json_t *list = json_array();
    for (size_t i = 0; i < points->count; i++) {
        const struct site_point *point = &points->items[i];
        json_array_append_new(list, json_pack("{s:I, s:f, s:f, s:s, s:s, s:s, s:s}", "id",
                                              (json_int_t)point->id, "lat", point->lat, "lon", point->lon,
                                              "title", point->title, "lang", point->lang, "state",
                                              point->state, "href", address_of(a->screen.arena, point)));
    }
    return json_pack("{s:o, s:b}", "sites", list, "more", points->more);
}

enum err site_around_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_asking struct asking a = {.site = {.id = 0}};
    const char *text = request_param(req, "box");
    struct site_box box;
    struct site_points points;
    if (text && !read_box(text, &box))
        return problem_set(problem, ERR_INVALID, "box", "the box is no south,west,north,east in degrees");
    enum err e = asking_open(&a, req, res, problem);
    if (e)
        return e;
    e = text ? site_points_within(a.screen.db, req->arena, &box, &a.filter, POINTS_SHOWN, &points, problem)
             : site_points_lately(a.screen.db, req->arena, &a.filter, LATELY, &points, problem);
    return e ? e : answer(res, points_json(&a, &points));
}
