#include "server/desk/sites/revision_words.h"

#include <stdlib.h>
#include <string.h>

#include "content/editing/revision.h"
#include "content/editing/worddiff.h"
#include "content/plain_date.h"
#include "content/term.h"
#include "server/view/locale.h"
#include "server/view/view.h"

// Members of documents that have a name here; what is none of them is a language's tag or stays as it is.
static const struct {
    const char *member, *key;
} members[] = {
    {"accessed", VIEW_KEY("desk.revisions.field.accessed")},
    {"accuracy_m", VIEW_KEY("desk.revisions.field.accuracy")},
    {"addresses", VIEW_KEY("desk.revisions.field.address")},
    {"alt", VIEW_KEY("desk.revisions.field.alt")},
    {"area", VIEW_KEY("desk.revisions.field.area")},
    {"authority", VIEW_KEY("desk.revisions.field.authority")},
    {"body", VIEW_KEY("desk.revisions.field.body")},
    {"by", VIEW_KEY("desk.revisions.field.by")},
    {"caption", VIEW_KEY("desk.revisions.field.caption")},
    {"captions", VIEW_KEY("desk.revisions.field.captions")},
    {"category", VIEW_KEY("desk.revisions.field.category")},
    {"checked", VIEW_KEY("desk.revisions.field.checked")},
    {"credit", VIEW_KEY("desk.revisions.field.credit")},
    {"date", VIEW_KEY("desk.revisions.field.date")},
    {"decision", VIEW_KEY("desk.revisions.field.decision")},
    {"facts", VIEW_KEY("desk.revisions.field.fact")},
    {"file", VIEW_KEY("desk.revisions.field.file")},
    {"focus", VIEW_KEY("desk.revisions.field.focus")},
    {"from", VIEW_KEY("desk.revisions.field.from")},
    {"hours", VIEW_KEY("desk.revisions.field.hours")},
    {"id", VIEW_KEY("desk.revisions.field.id")},
    {"key", VIEW_KEY("desk.revisions.field.key")},
    {"kind", VIEW_KEY("desk.revisions.field.kind")},
    {"label", VIEW_KEY("desk.revisions.field.label")},
    {"lat", VIEW_KEY("desk.revisions.field.lat")},
    {"licence", VIEW_KEY("desk.revisions.field.licence")},
    {"lon", VIEW_KEY("desk.revisions.field.lon")},
    {"media", VIEW_KEY("desk.revisions.field.media")},
    {"names", VIEW_KEY("desk.revisions.field.names")},
    {"number", VIEW_KEY("desk.revisions.field.number")},
    {"old_slugs", VIEW_KEY("desk.revisions.field.old_slugs")},
    {"on", VIEW_KEY("desk.revisions.field.on")},
    {"origin", VIEW_KEY("desk.revisions.field.origin")},
    {"original", VIEW_KEY("desk.revisions.field.original")},
    {"periods", VIEW_KEY("desk.revisions.field.period")},
    {"position", VIEW_KEY("desk.revisions.field.position")},
    {"publish_at", VIEW_KEY("desk.revisions.field.publish_at")},
    {"publisher", VIEW_KEY("desk.revisions.field.publisher")},
    {"rank", VIEW_KEY("desk.revisions.field.rank")},
    {"sha256", VIEW_KEY("desk.revisions.field.content")},
    {"slug", VIEW_KEY("desk.revisions.field.slug")},
    {"sources", VIEW_KEY("desk.revisions.field.source")},
    {"stale", VIEW_KEY("desk.revisions.field.stale")},
    {"state", VIEW_KEY("desk.revisions.field.state")},
    {"summary", VIEW_KEY("desk.revisions.field.summary")},
    {"taken", VIEW_KEY("desk.revisions.field.taken")},
    {"text", VIEW_KEY("desk.revisions.field.text")},
    {"texts", VIEW_KEY("desk.revisions.field.text")},
    {"title", VIEW_KEY("desk.revisions.field.title")},
    {"transcript", VIEW_KEY("desk.revisions.field.transcript")},
    {"until", VIEW_KEY("desk.revisions.field.until")},
    {"url", VIEW_KEY("desk.revisions.field.url")},
    {"value", VIEW_KEY("desk.revisions.field.value")},
    {"when", VIEW_KEY("desk.revisions.field.when")},
    {"words", VIEW_KEY("desk.revisions.field.words")},
};

static const char *segment_words(struct screen *screen, const char *segment)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(members[i].member, segment) == 0)
            return screen_words(screen, members[i].key, NULL);
    return locale_language_name(segment);
}

// "addresses[1].words.vi" -> "Địa chỉ 2 · nội dung · Tiếng Việt"
static const char *path_words(struct screen *screen, const char *path)
{
    cleanup_buf struct buf out = BUF_INIT;
    while (*path) {
        size_t len = strcspn(path, ".[");
        const char *segment = arena_strndup(screen->arena, path, len);
        buf_append_str(&out, out.len ? " · " : "");
        buf_append_str(&out, segment ? segment_words(screen, segment) : "");
        for (path += len; *path == '['; path += strcspn(path, "]") + (strchr(path, ']') != NULL))
            buf_printf(&out, " %ld", strtol(path + 1, NULL, 10) + 1);
        path += *path == '.';
    }
    const char *words = out.failed ? NULL : arena_strdup(screen->arena, out.data);
    screen->context.failed |= !words;
    return words ? words : "";
}

// --- values

static enum err term_words(struct screen *screen, const char *scheme, const char **value, struct problem *p)
{
    struct terms terms;
    if (!*value)
        return ERR_NONE;
    enum err e = term_list(screen->db, screen->arena, scheme, &terms, p);
    for (size_t i = 0; !e && i < terms.count; i++)
        if (strcmp(terms.items[i].key, *value) == 0) {
            const char *label = screen_label(screen, terms.items[i].labels);
            *value = label ? label : *value;
            break;
        }
    return e;
}

static void state_words(struct screen *screen, const char **value)
{
    static const struct {
        const char *state, *key;
    } states[] = {
        {"draft", VIEW_KEY("desk.revisions.state.draft")},
        {"in-review", VIEW_KEY("desk.revisions.state.in_review")},
        {"published", VIEW_KEY("desk.revisions.state.published")},
        {"withdrawn", VIEW_KEY("desk.revisions.state.withdrawn")},
        {"binned", VIEW_KEY("desk.revisions.state.binned")},
    };
    for (size_t i = 0; *value && i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].state, *value) == 0) {
            *value = screen_words(screen, states[i].key, NULL);
            return;
        }
}

// Dates as people write them; "texts.en.from" is a language.
static void date_words(struct screen *screen, const char *path, const char **value)
{
    static const char *const dates[] = {"accessed", "date", "from", "on", "taken", "until", "when"};
    const char *dot = strrchr(path, '.');
    if (!*value || !dot || strncmp(path, "text", 4) == 0)
        return;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
        if (strcmp(dot + 1, dates[i]) == 0)
            *value = plain_date_show(screen->arena, *value);
}

static void language_words(const char **value)
{
    if (*value)
        *value = locale_language_name(*value);
}

static enum err value_words(struct screen *screen, const char *path, const char **value, struct problem *p)
{
    for (size_t i = 0; term_schemes[i]; i++)
        if (strcmp(path, term_schemes[i]) == 0)
            return term_words(screen, term_schemes[i], value, p);
    if (strcmp(path, "state") == 0)
        state_words(screen, value);
    date_words(screen, path, value);
    const char *part = strrchr(path, '.');
    if (*value && part && strcmp(part, ".stale") == 0)
        *value = screen_words(screen, VIEW_KEY("desk.revisions.yes"), NULL);
    if (strcmp(path, "original") == 0)
        language_words(value);
    return ERR_NONE;
}

// --- putting

static void put_piece(struct context *c, json_t *list, enum worddiff_kind kind, const char *text)
{
    static const char *const names[] = {
        [WORDDIFF_SAME] = "same", [WORDDIFF_REMOVED] = "removed", [WORDDIFF_ADDED] = "added"};
    json_t *item = context_item(c, list);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        context_flag(c, item, names[i], i == kind);
    context_text(c, item, "text", text);
}

// Texts are compared by words; short values that have nothing in common read better as a whole.
static bool is_prose(const char *before, const char *after)
{
    return before && after && strchr(before, ' ') && strchr(after, ' ');
}

static enum err put_change(struct screen *screen, const struct revision_change *change,
                           struct worddiff_budget *budget, json_t *list, struct problem *p)
{
    struct context *c = &screen->context;
    const char *before = change->before, *after = change->after;
    struct worddiff_piece *pieces = NULL;
    size_t count = 0;
    enum err e = value_words(screen, change->path, &before, p);
    if (!e)
        e = value_words(screen, change->path, &after, p);
    if (!e && is_prose(before, after))
        e = worddiff(before, after, budget, screen->arena, &pieces, &count, p);
    if (e)
        return e;
    json_t *item = context_item(c, list), *parts = context_list(c, item, "pieces");
    context_text(c, item, "label", path_words(screen, change->path));
    for (size_t i = 0; i < count; i++)
        put_piece(c, parts, pieces[i].kind, pieces[i].text);
    if (!count && before && *before)
        put_piece(c, parts, WORDDIFF_REMOVED, before);
    if (!count && before && *before && after && *after)
        put_piece(c, parts, WORDDIFF_SAME, " ");
    if (!count && after && *after)
        put_piece(c, parts, WORDDIFF_ADDED, after);
    return ERR_NONE;
}

enum err revision_words_put(struct screen *screen, json_t *object, const json_t *before, const json_t *after,
                            struct problem *p)
{
    struct revision_changes changes;
    struct worddiff_budget budget = WORDDIFF_BUDGET;
    enum err e = revision_compare(before, after, screen->arena, &changes, p);
    if (e)
        return e;
    struct context *c = &screen->context;
    json_t *list = context_list(c, object, "changes");
    context_flag(c, object, "has_changes", changes.count > 0);
    for (size_t i = 0; !e && i < changes.count; i++)
        e = put_change(screen, &changes.items[i], &budget, list, p);
    context_flag(c, object, "is_short", budget.is_short);
    return e;
}
