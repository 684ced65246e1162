#include "content/print/parcel_link.h"

#include <sodium.h>
#include <string.h>

#include "common/clock.h"
#include "content/print/batch_move.h"
#include "content/rows.h"
#include "content/staff/token.h"
#include "content/store/query.h"

_Static_assert(PARCEL_TOKEN_SIZE == TOKEN_SIZE, "tokens are of one size");
_Static_assert(PARCEL_ID_SIZE == 2 * TOKEN_HASH + 1, "hashes too");

enum { LINKS_SHOWN = 100 };

enum err parcel_link_make(struct connection *writer, int64_t batch_id, int64_t expires_at,
                          const char *password_hash, const char *note, const struct actor *actor,
                          char ret_token[PARCEL_TOKEN_SIZE], struct problem *p)
{
    char token[TOKEN_SIZE];
    unsigned char hash[TOKEN_HASH];
    token_make(token);
    token_hash(token, hash);
    struct query *q = query_start(writer, SQL_INSERT_PARCEL_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    query_bind_int(q, 2, batch_id);
    query_bind_text(q, 3, password_hash);
    query_bind_int(q, 4, clock_now());
    query_bind_int(q, 5, expires_at);
    if (actor->account_id)
        query_bind_int(q, 6, actor->account_id);
    query_bind_text(q, 7, note ? note : "");
    enum err e = query_run(q, p);
    if (!e)
        e = batch_audit(writer, batch_id, "batch.link", actor, NULL, p);
    if (!e)
        memcpy(ret_token, token, sizeof token);
    return e;
}

static bool read_link(struct query *q, struct arena *a, void *item)
{
    struct parcel_link *link = item;
    size_t len = 0;
    const unsigned char *hash = query_blob(q, 0, &len);
    *link = (struct parcel_link){
        .batch_id = query_int(q, 1),
        .password_hash = query_dup(q, 2, a),
        .created_at = query_int(q, 3),
        .expires_at = query_int(q, 4),
        .revoked_at = query_int(q, 5),
        .downloads = query_int(q, 6),
        .last_at = query_int(q, 7),
        .account = query_dup(q, 8, a),
        .note = query_dup(q, 9, a),
    };
    if (hash && len == TOKEN_HASH)
        sodium_bin2hex(link->id, sizeof link->id, hash, len);
    return link->note && (link->password_hash || query_is_null(q, 2));
}

static enum err no_link(struct problem *p)
{
    return problem_set(p, ERR_NOT_FOUND, NULL, "there is no such link");
}

enum err parcel_link_find(struct connection *c, struct arena *a, const char *token, struct parcel_link *ret,
                          struct problem *p)
{
    unsigned char hash[TOKEN_HASH];
    if (!token_hash(token, hash))
        return no_link(p);
    struct query *q = query_start(c, SQL_PARCEL_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    return rows_one(q, a, read_link, ret, "there is no such link", p);
}

bool parcel_link_is_over(const struct parcel_link *link, int64_t now)
{
    return link->revoked_at || link->expires_at <= now;
}

enum err parcel_link_list(struct connection *c, struct arena *a, int64_t batch_id, struct parcel_links *ret,
                          struct problem *p)
{
    void *items;
    size_t count;
    struct query *q = query_start(c, SQL_PARCEL_LINKS);
    query_bind_int(q, 1, batch_id);
    query_bind_int(q, 2, LINKS_SHOWN);
    enum err e = rows_collect(q, a, sizeof(struct parcel_link), read_link, &items, &count, p);
    if (!e)
        *ret = (struct parcel_links){.items = items, .count = count};
    return e;
}

enum err parcel_link_revoke(struct connection *writer, int64_t batch_id, const char *id,
                            const struct actor *actor, struct problem *p)
{
    unsigned char hash[TOKEN_HASH];
    size_t len = 0;
    if (!id || strlen(id) != 2 * TOKEN_HASH ||
        sodium_hex2bin(hash, sizeof hash, id, strlen(id), NULL, &len, NULL) != 0 || len != TOKEN_HASH)
        return no_link(p);
    struct query *q = query_start(writer, SQL_REVOKE_PARCEL_LINK);
    query_bind_blob(q, 1, hash, sizeof hash);
    query_bind_int(q, 2, batch_id);
    query_bind_int(q, 3, clock_now());
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = no_link(p);
    return e ? e : batch_audit(writer, batch_id, "batch.link-end", actor, NULL, p);
}

enum err parcel_link_fetched(struct connection *writer, const char *token, int64_t now, struct problem *p)
{
    static const enum statement statements_of_one[] = {SQL_INSERT_PARCEL_DOWNLOAD, SQL_COUNT_PARCEL_DOWNLOAD};
    unsigned char hash[TOKEN_HASH];
    enum err e = token_hash(token, hash) ? ERR_NONE : no_link(p);
    for (size_t i = 0; !e && i < sizeof statements_of_one / sizeof statements_of_one[0]; i++) {
        struct query *q = query_start(writer, statements_of_one[i]);
        query_bind_blob(q, 1, hash, sizeof hash);
        query_bind_int(q, 2, now);
        e = query_run(q, p);
    }
    return e;
}

static bool read_download(struct query *q, struct arena *a, void *item)
{
    struct parcel_download *download = item;
    *download = (struct parcel_download){.at = query_int(q, 0), .note = query_dup(q, 1, a)};
    return download->note;
}

enum err parcel_link_downloads(struct connection *c, struct arena *a, int64_t batch_id, int limit,
                               struct parcel_downloads *ret, struct problem *p)
{
    void *items;
    size_t count;
    struct query *q = query_start(c, SQL_PARCEL_DOWNLOADS);
    query_bind_int(q, 1, batch_id);
    query_bind_int(q, 2, limit);
    enum err e = rows_collect(q, a, sizeof(struct parcel_download), read_download, &items, &count, p);
    if (!e)
        *ret = (struct parcel_downloads){.items = items, .count = count};
    return e;
}
