// A plate as it goes to print: what is read here is kept with the batch and never looked up again. Of words
// in several languages the first is the one that the plate speaks loudest, so their order is kept in the
// text.
#include <string.h>

#include "content/print/batch.h"
#include "content/rows.h"
#include "content/store/query.h"

// The languages that plates speak; names also in those of SQL_BATCH_TEXTS.
static const char *const spoken[] = {"vi", "en"};

struct row {
    const char *state, *place, *slug, *title, *tour_titles, *rank, *details;
    int64_t site_id, holder;
};

static bool read_row(struct query *q, struct arena *a, void *item)
{
    struct row *row = item;
    *row = (struct row){
        .state = query_dup(q, 0, a),
        .place = query_dup(q, 1, a),
        .slug = query_dup(q, 2, a),
        .site_id = query_int(q, 3),
        .title = query_dup(q, 4, a),
        .tour_titles = query_dup(q, 5, a),
        .rank = query_dup(q, 6, a),
        .details = query_dup(q, 7, a),
        .holder = query_int(q, 8),
    };
    return row->state && row->place && row->slug;
}

// Of words only those in languages that plates speak. A new reference.
static json_t *pick(const json_t *words)
{
    json_t *picked = json_object();
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        json_t *text = json_object_get(words, spoken[i]);
        if (json_is_string(text))
            json_object_set(picked, spoken[i], text);
    }
    return picked;
}

static json_t *pick_text(const char *words)
{
    json_t *object = words ? json_loads(words, 0, NULL) : NULL;
    json_t *picked = pick(object);
    json_decref(object);
    return picked;
}

// The address that holds today: the last one without an end, else the last.
static json_t *pick_address(const char *details)
{
    json_t *object = details ? json_loads(details, 0, NULL) : NULL;
    const json_t *addresses = json_object_get(object, "addresses"), *best = NULL;
    size_t i;
    json_t *address;
    json_array_foreach(addresses, i, address)
    {
        if (!best || !json_object_get(address, "until") || json_object_get(best, "until"))
            best = address;
    }
    json_t *picked = pick(json_object_get(best, "words"));
    json_decref(object);
    return picked;
}

// Words without a word are left out. Takes them over.
static void add_words(json_t *document, const char *name, json_t *words)
{
    if (json_object_size(words))
        json_object_set(document, name, words);
    json_decref(words);
}

static enum err add_titles(struct connection *c, int64_t site_id, json_t *titles, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_BATCH_TEXTS);
    query_bind_int(q, 1, site_id);
    for (bool row = true;;) {
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        json_object_set_new(titles, query_text_or_empty(q, 0), json_string(query_text_or_empty(q, 1)));
    }
}

// A site without a Vietnamese text gives its title in its own language: a plate has a name.
static enum err find_titles(struct connection *c, const struct row *row, json_t **ret, struct problem *p)
{
    json_t *titles = row->site_id ? json_object() : pick_text(row->tour_titles);
    enum err e = row->site_id ? add_titles(c, row->site_id, titles, p) : ERR_NONE;
    if (!json_object_get(titles, "vi"))
        json_object_set_new(titles, "vi", json_string(row->title ? row->title : row->slug));
    if (e)
        json_decref(titles);
    else
        *ret = titles;
    return e;
}

enum err batch_freeze(struct connection *c, struct arena *a, const char *code, int64_t copies,
                      struct batch_facts *ret, struct problem *p)
{
    struct row row;
    json_t *titles = NULL;
    char words[CODE_WORDS_SIZE];
    struct query *q = query_start(c, SQL_BATCH_FACTS);
    query_bind_text(q, 1, code);
    enum err e = rows_one(q, a, read_row, &row, "", p);
    if (e == ERR_NOT_FOUND) {
        code_words(code, words);
        return problem_set(p, e, "plates", "no plate has the code %s", words);
    }
    if (!e)
        e = find_titles(c, &row, &titles, p);
    if (e)
        return e;
    json_t *document = json_pack("{s:s, s:s, s:o, s:I}", "code", code, "site", row.slug, "titles", titles,
                                 "copies", (json_int_t)copies);
    if (row.place[0])
        json_object_set_new(document, "place", json_string(row.place));
    add_words(document, "rank", pick_text(row.rank));
    add_words(document, "address", pick_address(row.details));
    if (!document)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = (struct batch_facts){.state = row.state, .holder = row.holder, .document = document};
    return ERR_NONE;
}
