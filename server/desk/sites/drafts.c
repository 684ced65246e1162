#include "server/desk/sites/drafts.h"

#include <string.h>

#include "common/clock.h"
#include "server/desk/sites/draft_fields.h"
#include "server/view/view.h"

enum {
    EDITING_SECONDS = 120, // somebody whose draft is younger is editing
    MINE_SHOWN = 20,
};

// --- for forms

// In an arena of its own, where many are looked at one after the other: each may be large.
static enum err find(struct screen *screen, struct arena *a, const char *key, struct draft *ret,
                     struct problem *p)
{
    return draft_load(screen->db, a, screen->user->account.id, key, ret, p);
}

// The draft that the address asks for; NULL: none.
static const char *wanted(const struct screen *screen)
{
    const char *id = request_param(screen->req, DRAFTS_PARAM);
    if (id && strcmp(id, DRAFT_NO_ID) == 0)
        return "";
    return id && draft_is_id(id) ? id : NULL;
}

enum err drafts_open(struct screen *screen, const struct drafts_of *of, struct form *form, bool *ret_opened,
                     struct problem *p)
{
    struct draft draft;
    const char *id = wanted(screen);
    if (!id)
        return ERR_NONE;
    enum err e = find(screen, screen->arena, draft_key(screen->arena, of->subject, id), &draft, p);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *document = json_loads(draft.document, 0, NULL);
    draft_fill_form(form, document);
    form_set(form, "draft_id", *id ? id : DRAFT_NO_ID);
    form_set(form, "draft_mark", arena_strdup(screen->arena, draft_member(document, "mark")));
    form_set_int(form, "draft_since", draft.updated_at);
    json_decref(document);
    *ret_opened = true;
    return ERR_NONE;
}

static const char *names_of(struct arena *a, const struct drafts *drafts)
{
    const char *names = "";
    for (size_t i = 0; i < drafts->count && names; i++)
        names = arena_printf(a, "%s%s%s", names, i ? ", " : "", drafts->items[i].account);
    return names;
}

enum err drafts_find_others(struct screen *screen, const char *subject, struct drafts *ret, struct problem *p)
{
    *ret = (struct drafts){.count = 0};
    if (draft_is_new(subject))
        return ERR_NONE;
    return draft_others(screen->db, screen->arena, screen->user->account.id, subject,
                        clock_now() - EDITING_SECONDS, ret, p);
}

static enum err put_others(struct screen *screen, const char *subject, json_t *object, struct problem *p)
{
    struct context *c = &screen->context;
    struct drafts others;
    enum err e = drafts_find_others(screen, subject, &others, p);
    if (e)
        return e;
    context_flag(c, object, "others", others.count > 0);
    if (others.count > 0)
        context_text(c, object, "others", names_of(screen->arena, &others));
    return ERR_NONE;
}

static enum err put_offer(struct screen *screen, const struct drafts_of *of, const struct draft *row,
                          json_t *list, struct problem *p)
{
    struct context *c = &screen->context;
    cleanup_arena struct arena a = ARENA_INIT;
    struct draft draft;
    enum err e = find(screen, &a, row->subject, &draft, p);
    if (e)
        return e;
    const char *id = draft_id_in(row->subject, of->subject);
    json_t *document = json_loads(draft.document, 0, NULL), *item = context_item(c, list);
    const char *title = draft_is_new(of->subject) ? draft_title(document) : "";
    context_text(c, item, "id", *id ? id : DRAFT_NO_ID);
    context_text(c, item, "mark", draft_member(document, "mark"));
    context_text(c, item, "open", draft_address(screen->arena, of->address, id));
    context_flag(c, item, "titled", *title);
    if (*title)
        context_text(c, item, "titled", title);
    context_flag(c, item, "older", draft.base_version != of->version);
    context_number(c, item, "at", draft.updated_at);
    screen_time(screen, item, "since", draft.updated_at);
    json_decref(document);
    return ERR_NONE;
}

// Every draft of the thing that is not the one in the form.
static enum err put_offers(struct screen *screen, const struct drafts_of *of, const char *own, json_t *object,
                           struct problem *p)
{
    struct drafts drafts;
    enum err e = draft_list_of(screen->db, screen->arena, screen->user->account.id, of->subject, &drafts, p);
    json_t *list = e ? NULL : context_list(&screen->context, object, "offers");
    size_t count = 0;
    for (size_t i = 0; !e && i < drafts.count && count < MINE_SHOWN; i++) {
        if (strcmp(drafts.items[i].subject, draft_key(screen->arena, of->subject, own)) == 0)
            continue;
        e = put_offer(screen, of, &drafts.items[i], list, p);
        count++;
    }
    context_flag(&screen->context, object, "offered", count > 0);
    return e;
}

enum err drafts_put(struct screen *screen, const struct drafts_of *of, const struct form *form,
                    struct problem *p)
{
    struct context *c = &screen->context;
    struct arena *a = screen->arena;
    json_t *object = context_object(c, c->root, "draft");
    bool get = screen->req->method == HTTP_GET || screen->req->method == HTTP_HEAD;
    bool bare = strcmp(form_line(form, "draft_id"), DRAFT_NO_ID) == 0;
    const char *id = bare ? DRAFT_NO_ID : draft_id_of(form, "draft_id"),
               *writer = draft_id_of(form, "draft_writer");
    int64_t since = 0;
    context_text(c, object, "subject", of->subject);
    context_text(c, object, "id", *id ? id : draft_new_id(a));
    context_text(c, object, "writer", *writer ? writer : draft_new_id(a));
    context_text(c, object, "mark", draft_id_of(form, "draft_mark"));
    context_number(c, object, "version", of->version);
    context_text(c, object, "address", of->address);
    context_text(c, object, "title", of->title ? of->title : "");
    context_flag(c, object, "unsaved", !get);
    if (get)
        form_int(form, "draft_since", &since);
    context_number(c, object, "at", since);
    context_flag(c, object, "offered", false);
    enum err e = get ? put_offers(screen, of, bare ? "" : id, object, p) : ERR_NONE;
    return e ? e : put_others(screen, of->subject, object, p);
}

void drafts_carry(const struct form *from, struct form *to)
{
    static const char *const names[] = {"draft_subject", "draft_id", "draft_writer", "draft_mark"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (form_has(from, names[i]))
            form_set(to, names[i], form_line(from, names[i]));
}

// --- on the first page

static enum err put_one_of_mine(struct screen *screen, const struct draft *row, json_t *list,
                                struct problem *p)
{
    struct context *c = &screen->context;
    cleanup_arena struct arena a = ARENA_INIT;
    struct draft draft;
    enum err e = find(screen, &a, row->subject, &draft, p);
    if (e)
        return e;
    json_t *document = json_loads(draft.document, 0, NULL), *item = context_item(c, list);
    const char *title = draft_title(document),
               *id = draft_id_in(draft.subject, draft_member(document, "subject"));
    context_text(c, item, "open",
                 draft_address(screen->arena, desk_local(draft_member(document, "address")), id));
    context_text(c, item, "title",
                 *title ? title : screen_words(screen, VIEW_KEY("desk.drafts.untitled"), NULL));
    screen_ago(screen, item, "since", draft.updated_at);
    json_decref(document);
    return ERR_NONE;
}

enum err drafts_put_mine(struct screen *screen, struct problem *p)
{
    struct drafts drafts;
    enum err e = draft_list(screen->db, screen->arena, screen->user->account.id, &drafts, p);
    json_t *list = e ? NULL : context_list(&screen->context, screen->context.root, "drafts");
    for (size_t i = 0; !e && i < drafts.count && i < MINE_SHOWN; i++)
        e = put_one_of_mine(screen, &drafts.items[i], list, p);
    if (!e)
        context_flag(&screen->context, screen->context.root, "has_drafts", drafts.count > 0);
    return e;
}
