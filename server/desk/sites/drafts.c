#include "server/desk/sites/drafts.h"

#include <string.h>

#include "common/clock.h"
#include "content/editing/draft.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum {
    DRAFT_BODY_LIMIT = 4 << 20, // bytes: DRAFT_MAX, percent-encoded
    EDITING_SECONDS = 120,      // somebody whose draft is younger is editing
    MINE_SHOWN = 20,
};

// Fields of the draft itself; all others are what was typed.
static const char own_prefix[] = "draft_";

// --- as it is kept: {"address": "…", "title": "…", "fields": [["name", "value"], …]}

static bool is_kept(const char *name)
{
    return strcmp(name, "csrf") != 0 && strncmp(name, own_prefix, sizeof own_prefix - 1) != 0;
}

// In the arena; NULL when memory is out.
static const char *make_document(const struct form *form)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->count; i++)
        if (is_kept(form->items[i].name))
            json_array_append_new(fields, json_pack("[s, s]", form->items[i].name, form->items[i].value));
    json_t *document = json_pack("{s:s, s:s, s:o}", "address", desk_local(form_value(form, "draft_address")),
                                 "title", form_line(form, "draft_title"), "fields", fields);
    cleanup_free char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text ? arena_strdup(form->arena, text) : NULL;
}

static void fill_form(struct form *form, const json_t *document)
{
    size_t i;
    json_t *pair;
    struct form filled = form_empty(form->arena);
    json_array_foreach(json_object_get(document, "fields"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0)),
                   *value = json_string_value(json_array_get(pair, 1));
        if (name && value)
            form_add(&filled, name, value);
    }
    *form = filled;
}

static bool is_subject(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= DRAFT_SUBJECT_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789:-") == len;
}

// --- for forms

static enum err find(struct screen *screen, const char *subject, struct draft *ret, struct problem *p)
{
    return draft_load(screen->db, screen->arena, screen->user->account.id, subject, ret, p);
}

static bool is_open(const struct screen *screen)
{
    const char *wanted = request_param(screen->req, DRAFTS_PARAM);
    return wanted && strcmp(wanted, "open") == 0;
}

enum err drafts_open(struct screen *screen, const struct drafts_of *of, struct form *form, bool *ret_opened,
                     struct problem *p)
{
    struct draft draft;
    if (!is_open(screen))
        return ERR_NONE;
    enum err e = find(screen, of->subject, &draft, p);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *document = json_loads(draft.document, 0, NULL);
    fill_form(form, document);
    json_decref(document);
    *ret_opened = true;
    return ERR_NONE;
}

static const char *opening_address(struct arena *a, const char *address)
{
    return arena_printf(a, "%s%c" DRAFTS_PARAM "=open", address, strchr(address, '?') ? '&' : '?');
}

static const char *names_of(struct arena *a, const struct drafts *drafts)
{
    const char *names = "";
    for (size_t i = 0; i < drafts->count && names; i++)
        names = arena_printf(a, "%s%s%s", names, i ? ", " : "", drafts->items[i].account);
    return names;
}

static enum err put_others(struct screen *screen, const char *subject, json_t *object, struct problem *p)
{
    struct context *c = &screen->context;
    struct drafts others;
    enum err e = draft_others(screen->db, screen->arena, screen->user->account.id, subject,
                              clock_now() - EDITING_SECONDS, &others, p);
    if (e)
        return e;
    context_flag(c, object, "others", others.count > 0);
    if (others.count > 0)
        context_text(c, object, "others", names_of(screen->arena, &others));
    return ERR_NONE;
}

enum err drafts_put(struct screen *screen, const struct drafts_of *of, struct problem *p)
{
    struct context *c = &screen->context;
    struct draft draft;
    json_t *object = context_object(c, c->root, "draft");
    context_text(c, object, "subject", of->subject);
    context_number(c, object, "version", of->version);
    context_text(c, object, "address", of->address);
    context_text(c, object, "title", of->title ? of->title : "");
    context_text(c, object, "open", opening_address(screen->arena, of->address));
    enum err e = find(screen, of->subject, &draft, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    bool get = screen->req->method == HTTP_GET || screen->req->method == HTTP_HEAD;
    context_flag(c, object, "offered", !e && get && !is_open(screen));
    context_flag(c, object, "unsaved", !get);
    context_flag(c, object, "opened", !e && is_open(screen));
    context_flag(c, object, "older", !e && draft.base_version != of->version);
    screen_time(screen, object, "since", e ? 0 : draft.updated_at);
    return put_others(screen, of->subject, object, p);
}

enum err drafts_drop(struct connection *writer, const struct http_request *req, const char *subject,
                     struct problem *p)
{
    return draft_delete(writer, desk_user(req)->account.id, subject, p);
}

static enum err put_one_of_mine(struct screen *screen, const struct draft *row, json_t *list,
                                struct problem *p)
{
    struct context *c = &screen->context;
    struct draft draft;
    enum err e = find(screen, row->subject, &draft, p);
    if (e)
        return e;
    json_t *document = json_loads(draft.document, 0, NULL), *item = context_item(c, list);
    const char *address = json_string_value(json_object_get(document, "address")),
               *title = json_string_value(json_object_get(document, "title"));
    context_text(c, item, "subject", draft.subject);
    context_text(c, item, "open", opening_address(screen->arena, desk_local(address)));
    context_text(c, item, "title",
                 title && *title ? title : screen_words(screen, VIEW_KEY("desk.drafts.untitled"), NULL));
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

// --- the addresses

struct keeping {
    int64_t account_id, version, at;
    const char *subject, *document; // no document: the draft is to be dropped
};

static enum err keep(struct connection *writer, void *arg, struct problem *p)
{
    const struct keeping *k = arg;
    if (!k->document)
        return draft_delete(writer, k->account_id, k->subject, p);
    return draft_save(writer, k->account_id, k->subject, k->version, k->document, k->at, p);
}

static enum err read_keeping(struct http_request *req, struct form *ret_form, struct keeping *ret,
                             struct problem *p)
{
    enum err e = form_read(req->arena, req->body, req->body_len, ret_form, p);
    if (e)
        return e;
    *ret = (struct keeping){.account_id = desk_user(req)->account.id,
                            .at = clock_now(),
                            .subject = form_line(ret_form, "draft_subject")};
    if (!is_subject(ret->subject))
        return problem_set(p, ERR_INVALID, "draft_subject", "the draft does not say what it is a draft of");
    if (!form_int(ret_form, "draft_version", &ret->version) || ret->version < 0)
        ret->version = 0;
    return ERR_NONE;
}

// {"saved": 1763795100, "others": ["Lan"]}
static enum err tell(struct http_request *req, struct http_response *res, const char *subject, int64_t saved,
                     struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct drafts others;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = draft_others(screen.db, req->arena, screen.user->account.id, subject,
                         clock_now() - EDITING_SECONDS, &others, problem);
    if (e)
        return e;
    json_t *answer = json_object(), *names = context_list(&screen.context, answer, "others");
    context_number(&screen.context, answer, "saved", saved);
    for (size_t i = 0; i < others.count; i++)
        json_array_append_new(names, json_string(others.items[i].account));
    e = answer ? desk_json(res, 200, answer) : ERR_MEMORY;
    json_decref(answer);
    return e;
}

static enum err save(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct keeping keeping;
    enum err e = read_keeping(req, &form, &keeping, problem);
    if (!e && !(keeping.document = make_document(&form)))
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = desk_write(req, keep, &keeping, problem);
    if (e)
        return e;
    if (desk_wants_json(req))
        return tell(req, res, keeping.subject, keeping.at, problem);
    e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.drafts.saved"), NULL, problem);
    return e ? e
             : desk_see_other(
                   res, opening_address(req->arena, desk_local(form_value(&form, "draft_address"))), problem);
}

static enum err drop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct keeping keeping;
    enum err e = read_keeping(req, &form, &keeping, problem);
    if (!e)
        e = desk_write(req, keep, &keeping, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.drafts.dropped"), NULL, problem);
    return e ? e : desk_see_other(res, desk_local(form_value(&form, "draft_address")), problem);
}

static enum err others(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const char *subject = request_param(req, "subject");
    if (!subject || !is_subject(subject))
        return problem_set(problem, ERR_INVALID, "subject", "the subject is missing");
    return tell(req, res, subject, 0, problem);
}

static const char *const params[] = {"subject", NULL};

static const struct route rows[] = {
    {.methods = ROUTE_POST,
     .pattern = "/desk/drafts",
     .handler = save,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DRAFT_BODY_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/drafts/drop",
     .handler = drop,
     .who = DESK_SIGNED_IN,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.pattern = "/desk/drafts/others",
     .handler = others,
     .who = DESK_SIGNED_IN,
     .flags = DESK_GET,
     .params = params},
};

const struct route_table desk_drafts_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
