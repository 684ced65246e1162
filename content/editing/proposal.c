#include "content/editing/proposal.h"

#include <stdio.h>

#include "common/clock.h"
#include "content/editing/draft.h"
#include "content/rows.h"
#include "content/store/query.h"

enum { SUBJECT_SIZE = 40 };

static void make_subject(int64_t site_id, char ret[SUBJECT_SIZE])
{
    snprintf(ret, SUBJECT_SIZE, "proposal:%lld", (long long)site_id);
}

static bool read_proposal(struct query *q, struct arena *a, void *item)
{
    struct proposal *proposal = item;
    *proposal = (struct proposal){
        .site_id = query_int(q, 0),
        .account_id = query_int(q, 1),
        .account = query_dup(q, 2, a),
        .base_version = query_int(q, 3),
        .title = query_dup(q, 4, a),
        .area = query_dup(q, 5, a),
        .returned_by = query_dup(q, 6, a),
        .word = query_dup(q, 7, a),
        .document = query_dup(q, 8, a),
        .at = query_int(q, 9),
        .taken_by = query_dup(q, 10, a),
    };
    return proposal->account != NULL;
}

enum err proposal_load(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                       struct proposal *ret, struct problem *p)
{
    char subject[SUBJECT_SIZE];
    make_subject(site_id, subject);
    struct query *q = query_start(c, SQL_PROPOSAL);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    return rows_one(q, a, read_proposal, ret, "there is no such proposal", p);
}

// {"title": "…", "site": {…}, "returned": {"by": "…", "word": "…"}}
static enum err keep(struct connection *writer, const struct proposal *proposal, struct problem *p)
{
    char subject[SUBJECT_SIZE];
    make_subject(proposal->site_id, subject);
    json_t *site = json_loads(proposal->document, 0, NULL);
    json_t *document =
        json_pack("{s:s, s:o*}", "title", proposal->title ? proposal->title : "", "site", site);
    if (document && proposal->returned_by)
        json_object_set_new(document, "returned",
                            json_pack("{s:s, s:s}", "by", proposal->returned_by, "word",
                                      proposal->word ? proposal->word : ""));
    cleanup_free char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    if (!text)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return draft_save(writer, proposal->account_id, subject, proposal->base_version, text, proposal->at, p);
}

enum err proposal_save(struct connection *writer, const struct proposal *proposal, int64_t was_at,
                       struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct proposal now;
    enum err e = proposal_load(writer, &a, proposal->site_id, proposal->account_id, &now, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    if (!e && now.at != was_at)
        return problem_set(p, ERR_CONFLICT, "proposal", "the proposal was sent from elsewhere meanwhile");
    return keep(writer, proposal, p);
}

enum err proposal_return(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                         const char *by, const char *word, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct proposal proposal;
    enum err e = proposal_load(writer, &a, site_id, account_id, &proposal, p);
    if (e)
        return e;
    if (proposal.at != at)
        return problem_set(p, ERR_CONFLICT, "proposal", "the proposal was changed meanwhile");
    proposal.returned_by = by;
    proposal.word = word;
    proposal.at = clock_now();
    return keep(writer, &proposal, p);
}

enum err proposal_take(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                       const char *by, struct problem *p)
{
    char subject[SUBJECT_SIZE];
    int64_t now = clock_now();
    make_subject(site_id, subject);
    struct query *q = query_start(writer, SQL_SWEEP_TAKEN);
    query_bind_int(q, 1, now - PROPOSAL_TOLD_S);
    enum err e = query_run(q, p);
    if (e)
        return e;
    q = query_start(writer, SQL_TAKE_PROPOSAL);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    query_bind_int(q, 3, at);
    query_bind_text(q, 4, by);
    query_bind_int(q, 5, now);
    e = query_run(q, p);
    return e ? e : proposal_delete(writer, site_id, account_id, at, p);
}

enum err proposal_delete(struct connection *writer, int64_t site_id, int64_t account_id, int64_t at,
                         struct problem *p)
{
    char subject[SUBJECT_SIZE];
    make_subject(site_id, subject);
    struct query *q = query_start(writer, SQL_DELETE_PROPOSAL);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, subject);
    query_bind_int(q, 3, at);
    return query_run(q, p);
}

static enum err collect(struct query *q, struct arena *a, struct proposals *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct proposal), read_proposal, &items, &count, p);
    if (!e)
        *ret = (struct proposals){.items = items, .count = count};
    return e;
}

enum err proposal_list_at(struct connection *c, struct arena *a, int64_t site_id, struct proposals *ret,
                          struct problem *p)
{
    char subject[SUBJECT_SIZE];
    make_subject(site_id, subject);
    struct query *q = query_start(c, SQL_PROPOSALS_AT);
    query_bind_text(q, 1, subject);
    return collect(q, a, ret, p);
}

enum err proposal_list_waiting(struct connection *c, struct arena *a, struct proposals *ret,
                               struct problem *p)
{
    return collect(query_start(c, SQL_PROPOSALS_WAITING), a, ret, p);
}

enum err proposal_list_of(struct connection *c, struct arena *a, int64_t account_id, struct proposals *ret,
                          struct problem *p)
{
    struct query *q = query_start(c, SQL_PROPOSALS_OF_ACCOUNT);
    query_bind_int(q, 1, account_id);
    query_bind_int(q, 2, clock_now() - PROPOSAL_TOLD_S);
    return collect(q, a, ret, p);
}
