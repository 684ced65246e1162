#include "content/site_list.h"

#include <math.h>

#include "content/rows.h"
#include "content/store/query.h"

static bool read_card(struct query *q, struct arena *a, void *item)
{
    struct site_card *s = item;
    *s = (struct site_card){
        .id = query_int(q, 0),
        .slug = query_dup(q, 1, a),
        .lang = query_dup(q, 2, a),
        .title = query_dup(q, 3, a),
        .summary = query_dup(q, 4, a),
        .kind = query_dup(q, 5, a),
        .kind_labels = query_dup(q, 6, a),
        .kind_picture = query_dup(q, 7, a),
        .rank = query_dup(q, 8, a),
        .rank_labels = query_dup(q, 9, a),
        .area = query_dup(q, 10, a),
        .area_labels = query_dup(q, 11, a),
        .has_position = !query_is_null(q, 12),
        .lat = query_real(q, 12),
        .lon = query_real(q, 13),
        .cover = query_dup(q, 14, a),
        .cover_alt = query_dup(q, 15, a),
        .cover_thumb = query_dup(q, 16, a),
    };
    return s->slug && s->kind;
}

enum err site_cards_collect(struct query *q, struct arena *a, struct site_cards *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct site_card), read_card, &items, &count, p);
    if (!e)
        *ret = (struct site_cards){.items = items, .count = count};
    return e;
}

static void bind_filter(struct query *q, const struct site_filter *filter)
{
    query_bind_text(q, 2, filter ? filter->kind : NULL);
    query_bind_text(q, 3, filter ? filter->area : NULL);
}

enum err site_list(struct connection *c, struct arena *a, const char *lang, const struct site_filter *filter,
                   int limit, int64_t offset, struct site_cards *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_CARDS);
    query_bind_text(q, 1, lang);
    bind_filter(q, filter);
    query_bind_int(q, 4, limit);
    query_bind_int(q, 5, offset);
    return site_cards_collect(q, a, ret, p);
}

enum err site_count(struct connection *c, const struct site_filter *filter, int64_t *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_CARD_COUNT);
    bind_filter(q, filter);
    return query_number(q, 0, ret, p);
}

// IUGG mean Earth radius R1 in metres.
static const double earth_radius_m = 6371008.8;
static const double radians = 3.14159265358979323846 / 180;

double site_distance_m(double lat1, double lon1, double lat2, double lon2)
{
    double a = sin((lat2 - lat1) * radians / 2), b = sin((lon2 - lon1) * radians / 2);
    double h = a * a + cos(lat1 * radians) * cos(lat2 * radians) * b * b;
    return 2 * earth_radius_m * asin(sqrt(h < 1 ? h : 1));
}

enum err site_small_card(struct connection *c, struct arena *a, const char *lang, int64_t id,
                         struct site_card *ret, struct problem *p)
{
    struct site_card card;
    struct query *q = query_start(c, SQL_SITE_SMALL_CARD);
    query_bind_text(q, 1, lang);
    query_bind_int(q, 2, id);
    enum err e = rows_one(q, a, read_card, &card, "there is no such site", p);
    if (!e)
        *ret = card;
    return e;
}

struct neighbour {
    int64_t id;
    double distance; // squared, in degrees of latitude
};

static bool is_nearer(const struct neighbour *one, const struct neighbour *other)
{
    return one->distance < other->distance || (one->distance == other->distance && one->id < other->id);
}

// The nearest stand sorted in nearest[0 … *count); the farthest gives way when there are more than `limit`.
static void keep_nearest(struct neighbour *nearest, size_t *count, size_t limit, struct neighbour next)
{
    size_t at = *count < limit ? (*count)++ : limit;
    for (; at > 0 && is_nearer(&next, &nearest[at - 1]); at--)
        if (at < limit)
            nearest[at] = nearest[at - 1];
    if (at < limit)
        nearest[at] = next;
}

static enum err find_nearest(struct query *started, const struct site *site, double narrow, size_t limit,
                             struct neighbour *ret_nearest, size_t *ret_count, struct problem *p)
{
    cleanup_query struct query *q = started;
    size_t count = 0;
    bool row;
    enum err e;
    while (!(e = query_step(q, &row, p)) && row) {
        double dlat = query_real(q, 1) - site->lat, dlon = (query_real(q, 2) - site->lon) * narrow;
        keep_nearest(ret_nearest, &count, limit,
                     (struct neighbour){.id = query_int(q, 0), .distance = dlat * dlat + dlon * dlon});
    }
    *ret_count = count;
    return e;
}

// The nearest are picked by their positions alone before anything else is read about them.
enum err site_list_near(struct connection *c, struct arena *a, const char *lang, const struct site *site,
                        double radius_m, int limit, struct site_cards *ret, struct problem *p)
{
    double dlat = radius_m / earth_radius_m / radians;
    double narrow = cos(site->lat * radians); // how much shorter a degree of longitude is here
    double dlon = narrow > 0.01 ? dlat / narrow : 180;
    struct neighbour *nearest = arena_array(a, (size_t)limit, sizeof *nearest);
    struct site_cards cards = {.items = arena_array(a, (size_t)limit, sizeof *cards.items)};
    if (!nearest || !cards.items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct query *q = query_start(c, SQL_POSITIONS_WITHIN);
    query_bind_real(q, 1, site->lat - dlat);
    query_bind_real(q, 2, site->lat + dlat);
    query_bind_real(q, 3, site->lon - dlon);
    query_bind_real(q, 4, site->lon + dlon);
    query_bind_int(q, 5, site->id);
    enum err e = find_nearest(q, site, narrow, (size_t)limit, nearest, &cards.count, p);
    for (size_t i = 0; !e && i < cards.count; i++)
        e = site_small_card(c, a, lang, nearest[i].id, &cards.items[i], p);
    if (!e)
        *ret = cards;
    return e;
}

static bool read_id(struct query *q, struct arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = query_int(q, 0);
    return true;
}

enum err site_ids_of_tour(struct connection *c, struct arena *a, int64_t tour_id, int64_t **ret_ids,
                          size_t *ret_count, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_IDS_OF_TOUR);
    query_bind_int(q, 1, tour_id);
    void *ids;
    enum err e = rows_collect(q, a, sizeof **ret_ids, read_id, &ids, ret_count, p);
    if (!e)
        *ret_ids = ids;
    return e;
}

enum err site_list_of_tour(struct connection *c, struct arena *a, const char *lang, int64_t tour_id,
                           struct site_cards *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITE_CARDS_OF_TOUR);
    query_bind_text(q, 1, lang);
    query_bind_int(q, 2, tour_id);
    return site_cards_collect(q, a, ret, p);
}

static bool read_link(struct query *q, struct arena *a, void *item)
{
    struct site_link *link = item;
    *link = (struct site_link){.id = query_int(q, 0),
                               .slug = query_dup(q, 1, a),
                               .updated_at = query_int(q, 2),
                               .languages = query_dup(q, 3, a)};
    return link->slug && link->languages;
}

enum { LINK_PORTION = 1000 };

enum err site_each_link(struct connection *c, enum err (*each)(void *data, const struct site_link *link),
                        void *data, struct problem *p)
{
    for (int64_t last = 0;;) {
        cleanup_arena struct arena a = ARENA_INIT;
        struct query *q = query_start(c, SQL_SITE_LINKS);
        query_bind_int(q, 1, last);
        query_bind_int(q, 2, LINK_PORTION);
        void *items;
        size_t count;
        enum err e = rows_collect(q, &a, sizeof(struct site_link), read_link, &items, &count, p);
        const struct site_link *links = items;
        for (size_t i = 0; !e && i < count; i++) {
            e = each(data, &links[i]);
            last = links[i].id;
        }
        if (e || count < LINK_PORTION)
            return e;
    }
}
