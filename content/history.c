#include "content/history.h"

#include <stdio.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "content/store/query.h"

enum err history_audit(struct connection *writer, const struct actor *actor, const char *action,
                       const char *subject, const json_t *detail, struct problem *p)
{
    cleanup_free char *text = detail ? json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    struct query *q = query_start(writer, SQL_INSERT_AUDIT);
    query_bind_int(q, 1, clock_now());
    query_bind_known(q, 2, actor->account_id);
    query_bind_text(q, 3, actor->name);
    query_bind_text(q, 4, action);
    query_bind_text(q, 5, subject);
    query_bind_text(q, 6, text ? text : "{}");
    return query_run(q, p);
}

enum err history_revision(struct connection *writer, const struct actor *actor, const char *subject,
                          int64_t subject_id, int64_t version, const json_t *document, struct problem *p)
{
    cleanup_free char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct query *q = query_start(writer, SQL_INSERT_REVISION);
    query_bind_text(q, 1, subject);
    query_bind_int(q, 2, subject_id);
    query_bind_int(q, 3, version);
    query_bind_int(q, 4, clock_now());
    query_bind_known(q, 5, actor->account_id);
    query_bind_known(q, 6, actor->import_id);
    query_bind_text(q, 7, text);
    return query_run(q, p);
}

enum err history_saved(struct connection *writer, const struct actor *actor,
                       const struct history_saved *saved, const json_t *document, struct problem *p)
{
    char subject[40];
    if (!document)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = history_revision(writer, actor, saved->kind, saved->id, saved->version, document, p);
    if (e)
        return e;
    snprintf(subject, sizeof subject, "%s:%lld", saved->kind, (long long)saved->id);
    json_t *detail = json_pack("{s:s, s:I, s:s*}", "slug", saved->slug, "version", (json_int_t)saved->version,
                               "word", actor->word);
    e = history_audit(writer, actor, saved->action, subject, detail, p);
    json_decref(detail);
    return e;
}

enum err history_import_detail(struct connection *c, int64_t import_id, const char *action, json_t **ret,
                               struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_AUDIT_DETAIL);
    char subject[40];
    bool row = false;
    snprintf(subject, sizeof subject, "import:%lld", (long long)import_id);
    query_bind_text(q, 1, subject);
    query_bind_text(q, 2, action);
    enum err e = query_step(q, &row, p);
    if (!e)
        *ret = row ? json_loads(query_text_or_empty(q, 0), 0, NULL) : NULL;
    return e;
}

enum err history_begin_import(struct connection *writer, struct actor *actor, const char *name,
                              const char *format, struct problem *p)
{
    struct query *q = query_start(writer, SQL_INSERT_IMPORT);
    query_bind_int(q, 1, clock_now());
    query_bind_known(q, 2, actor->account_id);
    query_bind_text(q, 3, name);
    query_bind_text(q, 4, format);
    enum err e = query_run(q, p);
    if (!e)
        actor->import_id = query_last_id(writer);
    return e;
}

enum err history_finish_import(struct connection *writer, const struct actor *actor,
                               const struct history_import *import, struct problem *p)
{
    struct query *q = query_start(writer, SQL_FINISH_IMPORT);
    query_bind_int(q, 1, actor->import_id);
    query_bind_int(q, 2, import->added);
    query_bind_int(q, 3, import->changed);
    enum err e = query_run(q, p);
    if (e)
        return e;
    char subject[40];
    snprintf(subject, sizeof subject, "import:%lld", (long long)actor->import_id);
    json_t *detail =
        json_pack("{s:s?, s:I, s:I, s:O*}", "file", import->name, "added", (json_int_t)import->added,
                  "changed", (json_int_t)import->changed, "terms", import->terms);
    e = history_audit(writer, actor, import->action, subject, detail, p);
    json_decref(detail);
    return e;
}
