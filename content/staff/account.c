#include "content/staff/account.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/characters.h"
#include "common/clock.h"
#include "common/fold.h"
#include "content/history.h"
#include "content/rows.h"
#include "content/staff/session.h"
#include "content/store/query.h"

enum { NAME_SHORTEST = 2, NAME_LONGEST = 64 };

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_FIELD] = "field", [ROLE_EDITOR] = "editor", [ROLE_ADMIN] = "admin"};

const char *role_name(enum role role)
{
    return role_names[role];
}

bool role_from(const char *name, enum role *ret)
{
    for (int i = 0; name && i < ROLE_COUNT; i++)
        if (strcmp(name, role_names[i]) == 0) {
            *ret = (enum role)i;
            return true;
        }
    return false;
}

bool account_may_publish(const struct account *account)
{
    return account->role == ROLE_ADMIN || (account->role == ROLE_EDITOR && account->may_publish);
}

static bool read_account(struct query *q, struct arena *a, void *item)
{
    struct account *account = item;
    *account = (struct account){
        .id = query_int(q, 0),
        .name = query_dup(q, 1, a),
        .may_publish = query_int(q, 3) != 0,
        .language = query_dup(q, 4, a),
        .has_password = query_int(q, 5) != 0,
        .has_totp = query_int(q, 6) != 0,
        .created_at = query_int(q, 7),
        .disabled_at = query_int(q, 8),
        .last_seen_at = query_int(q, 9),
    };
    return account->name && account->language && role_from(query_text(q, 2), &account->role);
}

enum err account_load(struct connection *c, struct arena *a, int64_t id, struct account *ret,
                      struct problem *p)
{
    struct query *q = query_start(c, SQL_ACCOUNT);
    query_bind_int(q, 1, id);
    return rows_one(q, a, read_account, ret, "there is no such account", p);
}

static enum err fold_name(const char *name, struct buf *out, struct problem *p)
{
    size_t len = strlen(name);
    if (!fold_utf8_valid(name, len) || strpbrk(name, "\r\n\t"))
        return problem_set(p, ERR_INVALID, "name", "the name must be one line of text");
    size_t count = fold_utf8_count(name, len);
    if (count < NAME_SHORTEST || count > NAME_LONGEST)
        return problem_set(p, ERR_INVALID, "name", "the name must have %d to %d characters", NAME_SHORTEST,
                           NAME_LONGEST);
    enum err e = fold_search(name, len, out, p);
    if (!e && out->len == 0)
        e = problem_set(p, ERR_INVALID, "name", "the name needs letters or digits");
    return e;
}

enum err account_find(struct connection *c, struct arena *a, const char *name, struct account *ret,
                      struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    if (fold_name(name, &folded, NULL))
        return problem_set(p, ERR_NOT_FOUND, "name", "there is no such account");
    struct query *q = query_start(c, SQL_ACCOUNT_BY_NAME);
    query_bind_text(q, 1, folded.data);
    return rows_one(q, a, read_account, ret, "there is no such account", p);
}

enum err account_list(struct connection *c, struct arena *a, struct accounts *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(query_start(c, SQL_ACCOUNTS), a, sizeof(struct account), read_account, &items,
                              &count, p);
    if (!e)
        *ret = (struct accounts){.items = items, .count = count};
    return e;
}

enum err account_count_admins(struct connection *c, int64_t *ret, struct problem *p)
{
    return query_number(query_start(c, SQL_ACCOUNT_COUNT_ADMINS), 0, ret, p);
}

// Takes over `detail`.
static enum err record(struct connection *writer, const struct actor *actor, const char *action, int64_t id,
                       json_t *detail, struct problem *p)
{
    char subject[40];
    snprintf(subject, sizeof subject, "account:%lld", (long long)id);
    enum err e = history_audit(writer, actor, action, subject, detail, p);
    json_decref(detail);
    return e;
}

static void bind_account(struct query *q, const struct account *account, const char *folded)
{
    query_bind_text(q, 1, account->name);
    query_bind_text(q, 2, folded);
    query_bind_text(q, 3, role_name(account->role));
    query_bind_int(q, 4, account->may_publish);
}

static enum err name_taken(enum err e, const char *name, struct problem *p)
{
    return e == ERR_EXISTS
               ? problem_set(p, ERR_EXISTS, "name", "there is an account called \"%s\" already", name)
               : e;
}

enum err account_add(struct connection *writer, const struct account *account, const struct actor *actor,
                     int64_t *ret_id, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    enum err e = fold_name(account->name, &folded, p);
    if (!e && !characters_are_clean(account->name, strlen(account->name)))
        e = problem_set(p, ERR_INVALID, "name", "the name holds characters that do not show");
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_ACCOUNT);
    bind_account(q, account, folded.data);
    query_bind_text(q, 5, account->language ? account->language : "vi");
    query_bind_int(q, 6, clock_now());
    e = name_taken(query_run(q, p), account->name, p);
    if (e)
        return e;
    int64_t id = query_last_id(writer);
    e = record(writer, actor, "account.add", id,
               json_pack("{s:s, s:s}", "name", account->name, "role", role_name(account->role)), p);
    if (!e && ret_id)
        *ret_id = id;
    return e;
}

// ERR_DENIED when `after` takes away the last enabled admin.
static enum err keeps_an_admin(struct connection *writer, const struct account *before,
                               const struct account *after, struct problem *p)
{
    bool was = before->role == ROLE_ADMIN && !before->disabled_at && before->has_password;
    bool stays = after->role == ROLE_ADMIN && !after->disabled_at;
    int64_t admins = 0;
    enum err e = account_count_admins(writer, &admins, p);
    if (!e && was && !stays && admins <= 1)
        e = problem_set(p, ERR_DENIED, "role", "\"%s\" is the only admin left: make another one first",
                        before->name);
    return e;
}

enum err account_update(struct connection *writer, const struct account *account, const struct actor *actor,
                        struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    cleanup_arena struct arena a = ARENA_INIT;
    struct account before;
    enum err e = account_load(writer, &a, account->id, &before, p);
    if (!e)
        e = fold_name(account->name, &folded, p);
    if (!e)
        e = keeps_an_admin(writer, &before, account, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_UPDATE_ACCOUNT);
    bind_account(q, account, folded.data);
    if (account->disabled_at)
        query_bind_int(q, 5, account->disabled_at);
    query_bind_int(q, 6, account->id);
    e = name_taken(query_run(q, p), account->name, p);
    if (!e && account->disabled_at)
        e = session_end_all(writer, account->id, NULL, p);
    return e ? e
             : record(writer, actor, "account.change", account->id,
                      json_pack("{s:s, s:s, s:b, s:b}", "name", account->name, "role",
                                role_name(account->role), "may-publish", account->may_publish, "disabled",
                                account->disabled_at != 0),
                      p);
}

enum err account_set_language(struct connection *writer, int64_t id, const char *language,
                              const struct actor *actor, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_ACCOUNT_LANGUAGE);
    query_bind_int(q, 1, id);
    query_bind_text(q, 2, language);
    enum err e = query_run(q, p);
    return e ? e : record(writer, actor, "account.change", id, json_pack("{s:s}", "language", language), p);
}

enum err account_set_password(struct connection *writer, int64_t id, const char *hash,
                              const void *keep_session, const struct actor *actor, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_ACCOUNT_PASSWORD);
    query_bind_int(q, 1, id);
    query_bind_text(q, 2, hash);
    enum err e = query_run(q, p);
    if (!e)
        e = session_end_all(writer, id, keep_session, p);
    return e ? e : record(writer, actor, "account.password", id, NULL, p);
}

enum err account_password_hash(struct connection *c, struct arena *a, int64_t id, char **ret,
                               struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_ACCOUNT_PASSWORD);
    query_bind_int(q, 1, id);
    bool row;
    enum err e = query_step(q, &row, p);
    if (!e)
        *ret = row ? query_dup(q, 0, a) : NULL;
    return e;
}

static bool read_key(struct query *q, struct arena *a, void *item)
{
    return (*(const char **)item = query_dup(q, 0, a)) != NULL;
}

enum err account_areas(struct connection *c, struct arena *a, int64_t id, const char ***ret_keys,
                       size_t *ret_count, struct problem *p)
{
    struct query *q = query_start(c, SQL_ACCOUNT_AREAS);
    query_bind_int(q, 1, id);
    void *keys;
    enum err e = rows_collect(q, a, sizeof(char *), read_key, &keys, ret_count, p);
    if (!e)
        *ret_keys = keys;
    return e;
}

enum err account_set_areas(struct connection *writer, int64_t id, const char *const *keys, size_t count,
                           const struct actor *actor, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_ACCOUNT_AREAS);
    query_bind_int(q, 1, id);
    enum err e = query_run(q, p);
    json_t *list = json_array();
    for (size_t i = 0; !e && i < count; i++) {
        q = query_start(writer, SQL_INSERT_ACCOUNT_AREA);
        query_bind_int(q, 1, id);
        query_bind_text(q, 2, keys[i]);
        e = query_run(q, p);
        if (!e && query_changes(writer) == 0)
            e = problem_set(p, ERR_INVALID, "areas", "there is no area \"%s\"", keys[i]);
        json_array_append_new(list, json_string(keys[i]));
    }
    json_t *detail = json_pack("{s:o}", "areas", list);
    if (!e)
        return record(writer, actor, "account.areas", id, detail, p);
    json_decref(detail);
    return e;
}

enum err account_may_work_in(struct connection *c, int64_t id, const char *area, bool *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_ACCOUNT_REACHES_AREA);
    query_bind_int(q, 1, id);
    query_bind_text(q, 2, area);
    int64_t reaches;
    enum err e = query_number(q, 0, &reaches, p);
    if (!e)
        *ret = reaches != 0;
    return e;
}
