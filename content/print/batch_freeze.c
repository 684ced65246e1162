// A plate as it goes to print: what is read here is kept with the batch and never looked up again. Of words
// in several languages the first is the one that the plate speaks loudest, so their order is kept in the
// text.
#include <string.h>

#include "content/plate_words.h"
#include "content/print/batch.h"
#include "content/rows.h"
#include "content/store/query.h"

struct row {
    const char *state, *place;
    int64_t holder;
};

static bool read_row(struct query *q, struct arena *a, void *item)
{
    struct row *row = item;
    *row = (struct row){query_dup(q, 0, a), query_dup(q, 1, a), query_int(q, 2)};
    return row->state && row->place;
}

// Words without a word are left out.
static void add_texts(json_t *document, const char *name, const struct plate_texts *texts)
{
    if (texts->count == 0)
        return;
    json_t *words = json_object();
    for (size_t i = 0; i < texts->count; i++)
        json_object_set_new(words, texts->items[i].lang, json_string(texts->items[i].text));
    json_object_set_new(document, name, words);
}

static json_t *write_document(const char *code, int64_t copies, const struct row *row,
                              const struct plate_words *words)
{
    json_t *document =
        json_pack("{s:s, s:s, s:I}", "code", code, "site", words->slug, "copies", (json_int_t)copies);
    if (!document)
        return NULL;
    if (row->place[0])
        json_object_set_new(document, "place", json_string(row->place));
    add_texts(document, "titles", &words->titles);
    add_texts(document, "rank", &words->rank);
    add_texts(document, "address", &words->address);
    return document;
}

enum err batch_freeze(struct connection *c, struct arena *a, const char *code, int64_t copies,
                      struct batch_facts *ret, struct problem *p)
{
    struct row row;
    struct languages spoken;
    struct plate_words words;
    enum err e = setting_languages(c, a, &spoken, p);
    if (!e)
        e = plate_words_load(c, a, code, &spoken, &words, p);
    if (e)
        return e;
    struct query *q = query_start(c, SQL_BATCH_FACTS);
    query_bind_text(q, 1, code);
    e = rows_one(q, a, read_row, &row, "the plate is gone", p);
    if (e)
        return e;
    json_t *document = write_document(code, copies, &row, &words);
    if (!document)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = (struct batch_facts){.state = row.state, .holder = row.holder, .document = document};
    return ERR_NONE;
}
