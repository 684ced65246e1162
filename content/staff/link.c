#include "content/staff/link.h"

#include <string.h>

#include "content/staff/token.h"
#include "content/store/query.h"

_Static_assert(LINK_TOKEN_SIZE == TOKEN_SIZE, "tokens are of one size");

static const struct {
    const char *name;
    int64_t life_s;
} purposes[] = {
    [LINK_FIRST_ADMIN] = {"first-admin", LINK_FIRST_ADMIN_S},
    [LINK_PASSWORD] = {"password", LINK_PASSWORD_S},
};

static enum err forget_earlier(struct connection *writer, enum link_purpose purpose, int64_t account_id,
                               struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_LINKS);
    query_bind_text(q, 1, purposes[purpose].name);
    if (account_id)
        query_bind_int(q, 2, account_id);
    return query_run(q, p);
}

enum err link_make(struct connection *writer, enum link_purpose purpose, int64_t account_id, int64_t now,
                   char ret_token[LINK_TOKEN_SIZE], struct problem *p)
{
    char token[TOKEN_SIZE];
    unsigned char hash[TOKEN_HASH];
    token_make(token);
    token_hash(token, hash);
    enum err e = forget_earlier(writer, purpose, account_id, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    query_bind_text(q, 2, purposes[purpose].name);
    if (account_id)
        query_bind_int(q, 3, account_id);
    query_bind_int(q, 4, now);
    query_bind_int(q, 5, now + purposes[purpose].life_s);
    e = query_run(q, p);
    if (!e)
        memcpy(ret_token, token, sizeof token);
    return e;
}

static enum err not_good(struct problem *p)
{
    return problem_set(p, ERR_NOT_FOUND, NULL, "the link was used already or is too old: ask for a new one");
}

enum err link_find(struct connection *c, const char *token, int64_t now, enum link_purpose *ret_purpose,
                   int64_t *ret_account_id, struct problem *p)
{
    unsigned char hash[TOKEN_HASH];
    if (!token_hash(token, hash))
        return not_good(p);
    cleanup_query struct query *q = query_start(c, SQL_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    query_bind_int(q, 2, now);
    bool row;
    enum err e = query_step(q, &row, p);
    if (e || !row)
        return e ? e : not_good(p);
    *ret_purpose =
        strcmp(query_text(q, 0), purposes[LINK_PASSWORD].name) == 0 ? LINK_PASSWORD : LINK_FIRST_ADMIN;
    *ret_account_id = query_int(q, 1);
    return ERR_NONE;
}

enum err link_use(struct connection *writer, const char *token, int64_t now, struct problem *p)
{
    unsigned char hash[TOKEN_HASH];
    if (!token_hash(token, hash))
        return not_good(p);
    struct query *q = query_start(writer, SQL_USE_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    query_bind_int(q, 2, now);
    enum err e = query_run(q, p);
    return e || query_changes(writer) ? e : not_good(p);
}
