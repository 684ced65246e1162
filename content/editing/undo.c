#include "content/editing/undo.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "content/editing/revision.h"
#include "content/editing/undo_term.h"
#include "content/editing/undo_tour.h"
#include "content/history.h"
#include "content/rows.h"
#include "content/site.h"
#include "content/store/query.h"

static bool read_import(struct query *q, struct arena *a, void *item)
{
    struct import_row *row = item;
    *row = (struct import_row){
        .id = query_int(q, 0),
        .at = query_int(q, 1),
        .account = query_dup(q, 2, a),
        .name = query_dup(q, 3, a),
        .format = query_dup(q, 4, a),
        .added = query_int(q, 5),
        .changed = query_int(q, 6),
        .undone_at = query_int(q, 7),
    };
    return row->name && row->format;
}

// "a%b" -> "%a\%b%": what was typed, anywhere in the name.
static void append_pattern(struct buf *out, const char *name)
{
    buf_append_char(out, '%');
    for (; *name; name++) {
        if (strchr("%_\\", *name))
            buf_append_char(out, '\\');
        buf_append_char(out, *name);
    }
    buf_append_char(out, '%');
}

static void bind_filter(struct query *q, const struct import_filter *filter, struct buf *pattern)
{
    if (filter->name) {
        append_pattern(pattern, filter->name);
        query_bind_text(q, 1, pattern->data);
    }
    query_bind_text_or_null(q, 2, filter->format);
    query_bind_text_or_null(q, 3, filter->account);
}

enum err undo_list(struct connection *c, struct arena *a, const struct import_filter *filter, int limit,
                   int64_t offset, struct import_rows *ret, struct problem *p)
{
    cleanup_buf struct buf pattern = BUF_INIT;
    struct query *q = query_start(c, SQL_IMPORTS);
    bind_filter(q, filter, &pattern);
    query_bind_int(q, 4, limit);
    query_bind_int(q, 5, offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct import_row), read_import, &items, &count, p);
    if (!e)
        *ret = (struct import_rows){.items = items, .count = count};
    return e;
}

enum err undo_count(struct connection *c, const struct import_filter *filter, int64_t *ret, struct problem *p)
{
    cleanup_buf struct buf pattern = BUF_INIT;
    struct query *q = query_start(c, SQL_COUNT_IMPORTS);
    bind_filter(q, filter, &pattern);
    return query_number(q, 0, ret, p);
}

enum err undo_newest(struct connection *c, int64_t *ret, struct problem *p)
{
    return query_number(query_start(c, SQL_NEWEST_IMPORT), 0, ret, p);
}

enum err undo_find_since(struct connection *c, int64_t id, int64_t account_id, const char *name, int64_t *ret,
                         struct problem *p)
{
    struct query *q = query_start(c, SQL_IMPORT_SINCE);
    query_bind_int(q, 1, id);
    query_bind_int(q, 2, account_id);
    query_bind_text(q, 3, name);
    return query_number(q, 0, ret, p);
}

enum err undo_load(struct connection *c, struct arena *a, int64_t import_id, struct import_row *ret,
                   struct problem *p)
{
    struct query *q = query_start(c, SQL_IMPORT_ROW);
    query_bind_int(q, 1, import_id);
    return rows_one(q, a, read_import, ret, "there is no such import", p);
}

static bool read_site(struct query *q, struct arena *a, void *item)
{
    struct import_site *s = item;
    *s = (struct import_site){query_int(q, 0), query_int(q, 1), query_int(q, 2), query_int(q, 3),
                              query_dup(q, 4, a)};
    return s->title != NULL;
}

enum err undo_sites(struct connection *c, struct arena *a, int64_t import_id, int limit, int64_t offset,
                    struct import_sites *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SITES_OF_IMPORT);
    query_bind_int(q, 1, import_id);
    query_bind_int(q, 2, limit);
    query_bind_int(q, 3, offset);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct import_site), read_site, &items, &count, p);
    if (!e)
        *ret = (struct import_sites){.items = items, .count = count};
    return e;
}

bool undo_read_touched(struct query *q, struct arena *a, void *item)
{
    struct undo_touched *t = item;
    *t = (struct undo_touched){query_int(q, 0), query_int(q, 1),    query_int(q, 2),
                               query_int(q, 3), query_dup(q, 4, a), query_dup(q, 5, a)};
    return t->slug && t->name;
}

static enum err bin_site(struct connection *writer, int64_t site_id, const struct undo_terms *terms,
                         const struct actor *actor, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    enum err e = site_load(writer, &a, site_id, &site, p);
    site.state = "binned";
    if (!e)
        undo_terms_strip(terms, &site);
    return e ? e : site_save(writer, &site, actor, NULL, p);
}

static bool is_kept(const struct undo_touched *t)
{
    return t->now != t->last;
}

static bool is_leaving(const struct undo_touched *t)
{
    return !is_kept(t) && t->first == 1;
}

// How many of the sites have been looked at.
struct undo_walk {
    const struct undo_progress *progress; // or NULL
    size_t done, total;
};

static enum err go_on(struct undo_walk *walk, struct problem *p)
{
    walk->done++;
    return !walk->progress || walk->progress->tell(walk->progress->data, walk->done, walk->total)
               ? ERR_NONE
               : problem_set(p, ERR_CANCELLED, NULL, "undoing was stopped; nothing has changed");
}

// What was there before the import.
static enum err restore_sites(struct connection *writer, const struct undo_touched *touched, size_t count,
                              const struct actor *actor, struct undo_walk *walk, struct undo_report *report,
                              struct problem *p)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < count; i++) {
        const struct undo_touched *t = &touched[i];
        if (is_kept(t)) {
            if (report->kept < UNDO_KEPT_NAMED)
                report->kept_names[report->kept] = t->name;
            report->kept++;
        } else if (!is_leaving(t)) {
            report->restored++;
            e = revision_restore(writer, t->id, t->first - 1, t->now, actor, p);
        }
        if (!e && !is_leaving(t))
            e = go_on(walk, p);
    }
    return e;
}

// What the import added goes to the bin, and the terms that nothing else uses go with it.
static enum err bin_sites(struct connection *writer, struct arena *a, int64_t import_id,
                          const struct undo_touched *touched, size_t count, const struct actor *actor,
                          struct undo_walk *walk, struct undo_report *report, struct problem *p)
{
    struct undo_terms terms = {0};
    int64_t *leaving = arena_array(a, count + 1, sizeof *leaving);
    size_t n = 0;
    if (!leaving)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        if (is_leaving(&touched[i]))
            leaving[n++] = touched[i].id;
    enum err e = undo_terms_find(writer, a, import_id, leaving, n, &terms, p);
    for (size_t i = 0; !e && i < n; i++) {
        e = bin_site(writer, leaving[i], &terms, actor, p);
        if (!e)
            e = go_on(walk, p);
    }
    report->binned += (int64_t)n;
    return e ? e : undo_terms_delete(writer, a, &terms, actor, report, p);
}

static enum err mark_undone(struct connection *writer, const struct import_row *row,
                            const struct undo_report *report, const struct actor *actor, struct problem *p)
{
    struct query *q = query_start(writer, SQL_MARK_UNDONE);
    query_bind_int(q, 1, row->id);
    query_bind_int(q, 2, clock_now());
    enum err e = query_run(q, p);
    if (e)
        return e;
    char subject[40];
    snprintf(subject, sizeof subject, "import:%lld", (long long)row->id);
    json_t *detail =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "file", row->name, "binned", (json_int_t)report->binned,
                  "restored", (json_int_t)report->restored, "kept", (json_int_t)report->kept, "terms_removed",
                  (json_int_t)report->terms_removed, "terms_kept", (json_int_t)report->terms_kept);
    e = history_audit(writer, actor, "import.undo", subject, detail, p);
    json_decref(detail);
    return e;
}

enum err undo_import(struct connection *writer, struct arena *a, int64_t import_id, const struct actor *actor,
                     const struct undo_progress *progress, struct undo_report *ret, struct problem *p)
{
    struct import_row row;
    enum err e = undo_load(writer, a, import_id, &row, p);
    if (!e && row.undone_at)
        e = problem_set(p, ERR_EXISTS, NULL, "the import was undone already");
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_REVISIONS_OF_IMPORT);
    query_bind_int(q, 1, import_id);
    void *items;
    size_t count;
    e = rows_collect(q, a, sizeof(struct undo_touched), undo_read_touched, &items, &count, p);
    const struct undo_touched *touched = items;
    struct undo_report report = {.kept_names = arena_array(a, UNDO_KEPT_NAMED, sizeof *report.kept_names)};
    if (!e && !report.kept_names)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct undo_walk walk = {.progress = progress, .total = count};
    if (!e)
        e = restore_sites(writer, touched, count, actor, &walk, &report, p);
    if (!e)
        e = bin_sites(writer, a, import_id, touched, count, actor, &walk, &report, p);
    if (!e)
        e = undo_tours(writer, a, import_id, actor, &report, p);
    if (!e)
        e = mark_undone(writer, &row, &report, actor, p);
    if (!e)
        *ret = report;
    return e;
}
