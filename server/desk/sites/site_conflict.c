// Two people saved the same site: theirs, mine, and what differs; never an overwrite.
#include <stdlib.h>
#include <string.h>

#include "content/editing/revision.h"
#include "content/editing/worddiff.h"
#include "content/setting.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

// --- merging

static bool equal(const json_t *a, const json_t *b)
{
    return a == b || (a && b && json_equal((json_t *)a, (json_t *)b));
}

static json_t *merge(const json_t *base, const json_t *theirs, const json_t *mine, int depth)
{
    if (equal(theirs, mine) || equal(base, theirs))
        return json_incref((json_t *)mine);
    if (equal(base, mine))
        return json_incref((json_t *)theirs);
    if (depth == 0 || !json_is_object(theirs) || !json_is_object(mine))
        return json_incref((json_t *)mine);
    json_t *merged = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)mine, name, value)
    {
        json_t *one = merge(json_object_get(base, name), json_object_get(theirs, name), value, depth - 1);
        if (one)
            json_object_set_new(merged, name, one);
    }
    json_object_foreach((json_t *)theirs, name, value) if (!json_object_get(mine, name))
    {
        json_t *one = merge(json_object_get(base, name), value, NULL, depth - 1);
        if (one)
            json_object_set_new(merged, name, one);
    }
    return merged;
}

json_t *site_merge(const json_t *base, const json_t *theirs, const json_t *mine)
{
    return merge(base, theirs, mine, 3);
}

// --- words for paths

static const struct {
    const char *path, *key;
} names[] = {
    {"slug", VIEW_KEY("desk.site.slug")},
    {"key", VIEW_KEY("desk.site.key")},
    {"kind", VIEW_KEY("desk.site.kind")},
    {"category", VIEW_KEY("desk.site.category")},
    {"rank", VIEW_KEY("desk.site.rank")},
    {"area", VIEW_KEY("desk.site.area")},
    {"state", VIEW_KEY("desk.sites.state")},
    {"original", VIEW_KEY("desk.site.original")},
    {"position", VIEW_KEY("desk.site.position")},
    {"names", VIEW_KEY("desk.site.names")},
    {"hours", VIEW_KEY("desk.site.hours")},
    {"decision", VIEW_KEY("desk.site.part_decision")},
    {"addresses", VIEW_KEY("desk.site.part_addresses")},
    {"periods", VIEW_KEY("desk.site.part_periods")},
    {"facts", VIEW_KEY("desk.site.part_facts")},
    {"sources", VIEW_KEY("desk.site.part_sources")},
    {"checked", VIEW_KEY("desk.site.part_checked")},
    {"media", VIEW_KEY("desk.site.part_media")},
    {"texts", VIEW_KEY("desk.site.text_origin")},
    {"title", VIEW_KEY("desk.site.text_title")},
    {"summary", VIEW_KEY("desk.site.text_summary")},
    {"body", VIEW_KEY("desk.site.text_body")},
};

static const char *name_of(struct screen *screen, const char *path, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].path) == len && strncmp(names[i].path, path, len) == 0)
            return screen_words(screen, names[i].key, NULL);
    return arena_strndup(screen->arena, path, len);
}

// "text.vi.body" -> "Nội dung (Tiếng Việt)"; "facts[1].value.en" -> "Thông tin (2, English)".
static const char *words_of(struct screen *screen, const char *path)
{
    struct arena *a = screen->arena;
    size_t len = strcspn(path, ".[");
    const char *last = strrchr(path, '.');
    if (strncmp(path, "text.", 5) == 0 && last && last > path + 5) {
        const char *lang = arena_strndup(a, path + 5, (size_t)(last - path - 5));
        return arena_printf(a, "%s (%s)", name_of(screen, last + 1, strlen(last + 1)),
                            lang ? sites_language(screen, lang) : "");
    }
    if (path[len] == '[')
        return arena_printf(a, "%s (%ld)", name_of(screen, path, len), strtol(path + len + 1, NULL, 10) + 1);
    return name_of(screen, path, len);
}

// --- the page

// Fields beside the document's that go on with it; of texts, what their editor says of the translation.
static const char *const carried[] = {"proposal", "proposal_at", "publish_date", "publish_time"};

static void carry(const struct form *from, struct form *to, const char *name)
{
    if (name && form_has(from, name))
        form_set(to, name, form_line(from, name));
}

static enum err put_changes(struct screen *screen, const json_t *theirs, const json_t *mine,
                            struct problem *problem)
{
    struct context *c = &screen->context;
    struct revision_changes changes;
    struct worddiff_budget budget = WORDDIFF_BUDGET;
    enum err e = revision_compare(theirs, mine, screen->arena, &changes, problem);
    json_t *list = context_list(c, c->root, "changes");
    for (size_t i = 0; !e && i < changes.count; i++) {
        const struct revision_change *change = &changes.items[i];
        json_t *item = context_item(c, list);
        context_text(c, item, "what", words_of(screen, change->path));
        context_text(c, item, "theirs", change->before ? change->before : "");
        context_text(c, item, "mine", change->after ? change->after : "");
        e = site_put_difference(screen, &budget, item, change->before, change->after, problem);
    }
    context_flag(c, c->root, "is_short", budget.is_short);
    return e;
}

static enum err put_who(struct screen *screen, const struct site *stored, struct problem *problem)
{
    struct context *c = &screen->context;
    struct revisions revisions;
    enum err e = revision_list(screen->db, screen->arena, stored->id, 0, 1, &revisions, problem);
    if (e)
        return e;
    const char *who = revisions.count ? revisions.items[0].account : NULL;
    context_text(c, c->root, "who",
                 who ? who : screen_words(screen, VIEW_KEY("desk.conflict.somebody"), NULL));
    screen_ago(screen, c->root, "saved", stored->updated_at);
    return ERR_NONE;
}

void site_put_kept(struct screen *screen, const struct site_form *f, const json_t *merged)
{
    struct context *c = &screen->context;
    struct site_form kept = {.id = f->id, .version = f->version};
    const char *langs[SITE_LANGS_MAX];
    for (size_t i = 0; i < f->lang_count; i++)
        langs[i] = f->langs[i];
    site_form_fill(&kept, screen->arena, merged, langs, f->lang_count);
    drafts_carry(&f->form, &kept.form);
    for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++)
        carry(&f->form, &kept.form, carried[i]);
    for (size_t i = 0; i < f->lang_count; i++)
        carry(&f->form, &kept.form, arena_printf(screen->arena, "text.%s.current", f->langs[i]));
    json_t *list = context_list(c, c->root, "kept");
    for (size_t i = 0; i < kept.form.count; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "name", kept.form.items[i].name);
        context_text(c, item, "value", kept.form.items[i].value);
    }
}

enum err site_conflict_send(struct screen *screen, struct site_form *f, const struct site *stored,
                            const json_t *mine, struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *base = NULL, *theirs = site_to_json(stored, true), *merged = NULL;
    enum err e = revision_load(screen->db, stored->id, f->version, &base, problem);
    if (e == ERR_NOT_FOUND)
        e = ERR_NONE;
    f->version = stored->version;
    if (!e && !(merged = site_merge(base, theirs, mine)))
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = put_changes(screen, theirs, merged, problem);
    if (!e)
        e = put_who(screen, stored, problem);
    if (!e)
        site_put_kept(screen, f, merged);
    json_decref(base);
    json_decref(theirs);
    json_decref(merged);
    if (e)
        return e;
    const char *button = form_line(&f->form, "do");
    context_text(c, c->root, "button", *button ? button : "save");
    context_number(c, c->root, "id", stored->id);
    screen->title = VIEW_KEY("desk.conflict.title");
    screen->menu = "/desk/sites";
    screen->res->status = 409;
    return screen_send(screen, "desk/site-conflict", problem);
}
