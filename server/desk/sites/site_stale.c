// Translations whose original has changed since, and differences as templates show them.
#include <string.h>

#include "content/editing/revision.h"
#include "content/editing/worddiff.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_screen.h"

enum err site_put_difference(struct screen *screen, struct worddiff_budget *budget, json_t *object,
                             const char *before, const char *after, struct problem *problem)
{
    struct context *c = &screen->context;
    struct worddiff_piece *pieces;
    size_t count;
    enum err e =
        worddiff(before ? before : "", after ? after : "", budget, screen->arena, &pieces, &count, problem);
    if (e)
        return e;
    json_t *list = context_list(c, object, "pieces");
    for (size_t i = 0; i < count; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "text", pieces[i].text);
        context_flag(c, item, "is_added", pieces[i].kind == WORDDIFF_ADDED);
        context_flag(c, item, "is_removed", pieces[i].kind == WORDDIFF_REMOVED);
    }
    return ERR_NONE;
}

static const char *whole(struct arena *a, const char *title, const char *summary, const char *body)
{
    return arena_printf(a, "%s\n\n%s\n\n%s", title ? title : "", summary ? summary : "", body ? body : "");
}

static const char *whole_of(struct arena *a, const json_t *document, const char *lang)
{
    const json_t *text = json_object_get(json_object_get(document, "text"), lang);
    return whole(a, json_string_value(json_object_get(text, "title")),
                 json_string_value(json_object_get(text, "summary")),
                 json_string_value(json_object_get(text, "body")));
}

// When the version was saved; 0 when it is not among the newest 200.
static int64_t saved_at(struct screen *screen, int64_t site_id, int64_t version)
{
    struct revisions revisions;
    if (revision_list(screen->db, screen->arena, site_id, version + 1, 1, &revisions, NULL) != ERR_NONE)
        return 0;
    return revisions.count && revisions.items[0].version == version ? revisions.items[0].at : 0;
}

enum err site_put_since(struct screen *screen, const struct site *stored, const struct site_text *text,
                        struct worddiff_budget *budget, json_t *object, struct problem *problem)
{
    const char *lang = text->translated_from ? text->translated_from : stored->original;
    const struct site_text *now = site_text(stored, lang);
    json_t *document;
    if (text->source_version <= 0 || !now)
        return ERR_NONE;
    enum err e = revision_load(screen->db, stored->id, text->source_version, &document, problem);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    const char *before = whole_of(screen->arena, document, lang);
    json_decref(document);
    screen_time(screen, object, "since", saved_at(screen, stored->id, text->source_version));
    return site_put_difference(screen, budget, object, before,
                               whole(screen->arena, now->title, now->summary, now->body), problem);
}
