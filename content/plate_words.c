#include "content/plate_words.h"

#include <jansson.h>
#include <string.h>

#include "content/code/code.h"
#include "content/json_text.h"
#include "content/rows.h"
#include "content/store/query.h"

// The languages of one plate in their order, and room for a text in each.
struct order {
    const char *tags[LANGUAGES_MAX + 1];
    size_t count;
};

struct row {
    const char *slug, *original, *tour_titles, *rank, *details;
    int64_t site_id;
};

static bool read_row(struct query *q, struct arena *a, void *item)
{
    struct row *row = item;
    *row = (struct row){
        .slug = query_dup(q, 0, a),
        .site_id = query_int(q, 1),
        .original = query_dup(q, 2, a),
        .tour_titles = query_dup(q, 3, a),
        .rank = query_dup(q, 4, a),
        .details = query_dup(q, 5, a),
    };
    return row->slug != NULL;
}

static struct order order_of(const struct row *row, const struct languages *spoken)
{
    struct order order = {.count = 0};
    if (row->original)
        order.tags[order.count++] = row->original;
    for (size_t i = 0; i < spoken->count && i < LANGUAGES_MAX; i++)
        if (!row->original || strcmp(spoken->tags[i], row->original) != 0)
            order.tags[order.count++] = spoken->tags[i];
    return order;
}

// The words in the languages of `order`; where there are none of these and `any`, the first there are.
static enum err pick(struct arena *a, const struct order *order, const json_t *words, bool any,
                     struct plate_texts *ret)
{
    struct plate_text *items = arena_array(a, order->count + 1, sizeof *items);
    size_t count = 0;
    if (!items)
        return ERR_MEMORY;
    for (size_t i = 0; i < order->count; i++) {
        const char *text = json_string_value(json_object_get(words, order->tags[i]));
        if (text && *text)
            items[count++] = (struct plate_text){order->tags[i], arena_strdup(a, text)};
    }
    void *first = json_object_iter((json_t *)words);
    const char *text = first ? json_string_value(json_object_iter_value(first)) : NULL;
    if (any && count == 0 && text)
        items[count++] =
            (struct plate_text){arena_strdup(a, json_object_iter_key(first)), arena_strdup(a, text)};
    for (size_t i = 0; i < count; i++)
        if (!items[i].lang || !items[i].text)
            return ERR_MEMORY;
    *ret = (struct plate_texts){items, count};
    return ERR_NONE;
}

// The titles of a site as words.
static enum err read_titles(struct connection *c, int64_t site_id, json_t *words, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_PLATE_TITLES);
    query_bind_int(q, 1, site_id);
    for (bool row = true;;) {
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        if (json_object_set_new(words, query_text_or_empty(q, 0), json_string(query_text_or_empty(q, 1))))
            return ERR_MEMORY;
    }
}

static enum err put_titles(struct connection *c, struct arena *a, const struct row *row,
                           const struct order *order, struct plate_words *ret, struct problem *p)
{
    json_t *words = row->tour_titles ? json_text_read(row->tour_titles) : json_object();
    enum err e = words ? ERR_NONE : ERR_MEMORY;
    if (!e && row->site_id)
        e = read_titles(c, row->site_id, words, p);
    if (!e)
        e = pick(a, order, words, true, &ret->titles);
    json_decref(words);
    return e;
}

static enum err put_words(struct arena *a, const struct order *order, const char *words,
                          struct plate_texts *ret)
{
    json_t *object = words ? json_text_read(words) : NULL;
    enum err e = pick(a, order, object, false, ret);
    json_decref(object);
    return e;
}

// The address that holds today: the last one without an end, else the last.
static enum err put_address(struct arena *a, const struct order *order, const char *details,
                            struct plate_texts *ret)
{
    json_t *object = details ? json_text_read(details) : NULL;
    const json_t *addresses = json_object_get(object, "addresses"), *best = NULL;
    size_t i;
    json_t *address;
    json_array_foreach(addresses, i, address)
    {
        if (!best || !json_object_get(address, "until") || json_object_get(best, "until"))
            best = address;
    }
    enum err e = pick(a, order, json_object_get(best, "words"), false, ret);
    json_decref(object);
    return e;
}

enum err plate_words_load(struct connection *c, struct arena *a, const char *code,
                          const struct languages *spoken, struct plate_words *ret, struct problem *p)
{
    struct row row;
    char words[CODE_WORDS_SIZE];
    struct query *q = query_start(c, SQL_PLATE_WORDS);
    query_bind_text(q, 1, code);
    enum err e = rows_one(q, a, read_row, &row, "", p);
    if (e == ERR_NOT_FOUND) {
        code_words(code, words);
        return problem_set(p, e, "plates", "no plate has the code %s", words);
    }
    if (e)
        return e;
    struct order order = order_of(&row, spoken);
    struct plate_words found = {.slug = row.slug};
    e = put_titles(c, a, &row, &order, &found, p);
    if (!e)
        e = put_words(a, &order, row.rank, &found.rank);
    if (!e)
        e = put_address(a, &order, row.details, &found.address);
    if (e == ERR_MEMORY)
        return problem_set(p, e, NULL, "out of memory");
    if (!e)
        *ret = found;
    return e;
}
