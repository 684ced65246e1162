#include "content/editing/draft.h"

#include <jansson.h>
#include <string.h>

#include "content/rows.h"
#include "content/store/query.h"

static bool read_draft(struct query *q, struct arena *a, void *item)
{
    struct draft *d = item;
    *d = (struct draft){
        .subject = query_dup(q, 0, a),
        .account_id = query_int(q, 1),
        .account = query_dup(q, 2, a),
        .base_version = query_int(q, 3),
        .document = query_dup(q, 4, a),
        .updated_at = query_int(q, 5),
    };
    return d->subject && d->account;
}

static enum err check(const char *subject, const char *document, struct problem *p)
{
    if (!subject[0] || strlen(subject) > DRAFT_SUBJECT_MAX)
        return problem_set(p, ERR_INVALID, "subject", "the draft's subject must have 1 to %d bytes",
                           DRAFT_SUBJECT_MAX);
    if (strlen(document) > DRAFT_MAX)
        return problem_set(p, ERR_TOO_LARGE, "document", "the draft is larger than %d bytes", DRAFT_MAX);
    json_t *object = json_loads(document, 0, NULL);
    bool good = json_is_object(object);
    json_decref(object);
    return good ? ERR_NONE : problem_set(p, ERR_INVALID, "document", "the draft is no JSON object");
}

enum err draft_save(struct connection *writer, int64_t account_id, const char *subject, int64_t base_version,
                    const char *document, int64_t now, struct problem *p)
{
    enum err e = check(subject, document, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_SET_DRAFT);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    if (base_version)
        query_bind_int(q, 3, base_version);
    query_bind_text(q, 4, document);
    query_bind_int(q, 5, now);
    return query_run(q, p);
}

enum err draft_load(struct connection *c, struct arena *a, int64_t account_id, const char *subject,
                    struct draft *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_DRAFT);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    return rows_one(q, a, read_draft, ret, "there is no such draft", p);
}

enum err draft_delete(struct connection *writer, int64_t account_id, const char *subject, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_DRAFT);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    return query_run(q, p);
}

static enum err collect(struct query *q, struct arena *a, struct drafts *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct draft), read_draft, &items, &count, p);
    if (!e)
        *ret = (struct drafts){.items = items, .count = count};
    return e;
}

enum err draft_list(struct connection *c, struct arena *a, int64_t account_id, struct drafts *ret,
                    struct problem *p)
{
    struct query *q = query_start(c, SQL_DRAFTS_OF_ACCOUNT);
    query_bind_int(q, 1, account_id);
    return collect(q, a, ret, p);
}

enum err draft_list_of(struct connection *c, struct arena *a, int64_t account_id, const char *thing,
                       struct drafts *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_DRAFTS_OF_THING);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, thing);
    return collect(q, a, ret, p);
}

enum err draft_others(struct connection *c, struct arena *a, int64_t account_id, const char *thing,
                      int64_t since, struct drafts *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_DRAFTS_OF_OTHERS);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, thing);
    query_bind_int(q, 3, since);
    return collect(q, a, ret, p);
}
