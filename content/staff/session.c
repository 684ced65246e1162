#include "content/staff/session.h"

#include <sodium.h>
#include <string.h>

#include "common/fold.h"
#include "content/rows.h"
#include "content/staff/token.h"
#include "content/store/query.h"

_Static_assert(SESSION_TOKEN_SIZE == TOKEN_SIZE && SESSION_CSRF_SIZE == TOKEN_SIZE, "tokens are of one size");
_Static_assert(SESSION_ID_SIZE == TOKEN_HASH, "a session's id is the hash of its token");

enum { DEVICE_MAX = 120 };

static bool read_session(struct query *q, struct arena *a, void *item)
{
    struct session *s = item;
    size_t id_len, csrf_len;
    const void *id = query_blob(q, 0, &id_len);
    if (id_len != SESSION_ID_SIZE)
        return false;
    *s = (struct session){
        .account_id = query_int(q, 1),
        .created_at = query_int(q, 3),
        .last_seen_at = query_int(q, 4),
        .expires_at = query_int(q, 5),
        .device = query_dup(q, 6, a),
    };
    memcpy(s->id, id, SESSION_ID_SIZE);
    const void *csrf = query_blob(q, 2, &csrf_len);
    if (csrf_len != SESSION_CSRF_SIZE - 1)
        return false;
    memcpy(s->csrf, csrf, csrf_len);
    return s->device != NULL;
}

enum err session_start(struct connection *writer, int64_t account_id, const char *device, int64_t now,
                       char ret_token[SESSION_TOKEN_SIZE], struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    char token[TOKEN_SIZE], csrf[TOKEN_SIZE];
    unsigned char id[TOKEN_HASH];
    token_make(token);
    token_make(csrf);
    token_hash(token, id);
    const char *name = device ? device : "";
    size_t len = strlen(name);
    if (!fold_utf8_valid(name, len))
        len = 0;
    char *cut = arena_strndup(&a, name, fold_utf8_cut(name, len, DEVICE_MAX));
    struct query *q = query_start(writer, SQL_INSERT_SESSION);
    query_bind_blob(q, 1, id, sizeof id);
    query_bind_int(q, 2, account_id);
    query_bind_blob(q, 3, csrf, sizeof csrf - 1);
    query_bind_int(q, 4, now);
    query_bind_int(q, 5, now + SESSION_LIFE_S);
    query_bind_text(q, 6, cut ? cut : "");
    enum err e = query_run(q, p);
    if (!e)
        memcpy(ret_token, token, sizeof token);
    return e;
}

static void bind_times(struct query *q, int64_t now)
{
    query_bind_int(q, 1, now);
    query_bind_int(q, 2, now - SESSION_IDLE_S);
}

enum err session_find(struct connection *c, struct arena *a, const char *token, int64_t now,
                      struct session *ret, struct problem *p)
{
    unsigned char id[TOKEN_HASH];
    if (!token_hash(token, id))
        return problem_set(p, ERR_NOT_FOUND, NULL, "nobody is signed in");
    struct query *q = query_start(c, SQL_SESSION);
    bind_times(q, now);
    query_bind_blob(q, 3, id, sizeof id);
    return rows_one(q, a, read_session, ret, "nobody is signed in", p);
}

bool session_is_due(const struct session *session, int64_t now)
{
    return now - session->last_seen_at >= SESSION_TOUCH_S;
}

enum err session_touch(struct connection *writer, const struct session *session, int64_t now,
                       struct problem *p)
{
    if (!session_is_due(session, now))
        return ERR_NONE;
    struct query *q = query_start(writer, SQL_TOUCH_SESSION);
    query_bind_blob(q, 1, session->id, SESSION_ID_SIZE);
    query_bind_int(q, 2, now);
    return query_run(q, p);
}

enum err session_list(struct connection *c, struct arena *a, int64_t account_id, int64_t now,
                      struct sessions *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SESSIONS);
    bind_times(q, now);
    query_bind_int(q, 3, account_id);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct session), read_session, &items, &count, p);
    if (!e)
        *ret = (struct sessions){.items = items, .count = count};
    return e;
}

enum err session_end(struct connection *writer, const unsigned char id[SESSION_ID_SIZE], struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_SESSION);
    query_bind_blob(q, 1, id, SESSION_ID_SIZE);
    return query_run(q, p);
}

enum err session_end_all(struct connection *writer, int64_t account_id, const unsigned char *but_id,
                         struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_SESSIONS_OF);
    query_bind_int(q, 1, account_id);
    if (but_id)
        query_bind_blob(q, 2, but_id, SESSION_ID_SIZE);
    return query_run(q, p);
}

enum err session_sweep(struct connection *writer, int64_t now, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SWEEP_SESSIONS);
    bind_times(q, now);
    return query_run(q, p);
}

bool session_csrf_fits(const struct session *session, const char *token)
{
    return token && strlen(token) == SESSION_CSRF_SIZE - 1 &&
           sodium_memcmp(session->csrf, token, SESSION_CSRF_SIZE - 1) == 0;
}
