#include "server/desk/sites/drafts.h"

#include <sodium.h>
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

// --- names

// What is edited ("site:12"), and which of the account's drafts of it. A draft without an id is the thing's
// alone, as it was before drafts had one.
enum { ID_MIN = 8, ID_MAX = 32, ID_BYTES = 8 };
#define NO_ID         "open"
#define ONLY_PROPOSED "proposal:" // content/editing/proposal.h keeps those

static bool is_subject(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len + 1 + ID_MAX <= DRAFT_SUBJECT_MAX &&
           strncmp(text, ONLY_PROPOSED, strlen(ONLY_PROPOSED)) != 0 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789:-") == len;
}

static bool is_id(const char *text)
{
    size_t len = strlen(text);
    return len >= ID_MIN && len <= ID_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

static const char *new_id(struct arena *a)
{
    unsigned char bytes[ID_BYTES];
    char text[2 * ID_BYTES + 1];
    randombytes_buf(bytes, sizeof bytes);
    return arena_strdup(a, sodium_bin2hex(text, sizeof text, bytes, sizeof bytes));
}

// The field when it is an id, else "".
static const char *id_of(const struct form *form, const char *name)
{
    const char *text = form_line(form, name);
    return is_id(text) ? text : "";
}

static const char *key_of(struct arena *a, const char *subject, const char *id)
{
    return *id ? arena_printf(a, "%s:%s", subject, id) : subject;
}

// The id of a draft of this thing; "" for none.
static const char *id_in(const char *key, const char *subject)
{
    size_t len = strlen(subject);
    return strncmp(key, subject, len) == 0 && key[len] == ':' && is_id(key + len + 1) ? key + len + 1 : "";
}

// Of new things each is another one: nobody else is editing it.
static bool is_new(const char *subject)
{
    static const char end[] = ":new";
    size_t len = strlen(subject);
    return len >= sizeof end - 1 && strcmp(subject + len - (sizeof end - 1), end) == 0;
}

static const char *opening_address(struct arena *a, const char *address, const char *id)
{
    return arena_printf(a, "%s%c" DRAFTS_PARAM "=%s", address, strchr(address, '?') ? '&' : '?',
                        *id ? id : NO_ID);
}

// --- as it is kept: {"address": "…", "title": "…", "subject": "site:12", "writer": "…", "mark": "…",
//                     "fields": [["name", "value"], …]}

static bool is_kept(const char *name)
{
    return strcmp(name, "csrf") != 0 && strncmp(name, own_prefix, sizeof own_prefix - 1) != 0;
}

// In the arena; NULL when memory is out.
static const char *make_document(const struct form *form, const char *mark)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->count; i++)
        if (is_kept(form->items[i].name))
            json_array_append_new(fields, json_pack("[s, s]", form->items[i].name, form->items[i].value));
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "address", desk_local(form_value(form, "draft_address")),
                  "title", form_line(form, "draft_title"), "subject", form_line(form, "draft_subject"),
                  "writer", id_of(form, "draft_writer"), "mark", mark, "fields", fields);
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

// A member of a draft's document; "" when it has none.
static const char *member_of(const json_t *document, const char *name)
{
    const char *text = json_string_value(json_object_get(document, name));
    return text ? text : "";
}

// What the draft calls itself: a thing that is new has no other title than the one that is typed.
static const char *title_in(const json_t *document)
{
    size_t i;
    json_t *pair;
    const char *title = member_of(document, "title");
    if (*title)
        return title;
    json_array_foreach(json_object_get(document, "fields"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0)),
                   *value = json_string_value(json_array_get(pair, 1));
        const char *end = name ? strrchr(name, '.') : NULL;
        if (end && value && *value && strncmp(name, "text.", 5) == 0 && strcmp(end, ".title") == 0)
            return value;
    }
    return "";
}

// --- for forms

static enum err find(struct screen *screen, const char *key, struct draft *ret, struct problem *p)
{
    return draft_load(screen->db, screen->arena, screen->user->account.id, key, ret, p);
}

// The draft that the address asks for; NULL: none.
static const char *wanted(const struct screen *screen)
{
    const char *id = request_param(screen->req, DRAFTS_PARAM);
    if (id && strcmp(id, NO_ID) == 0)
        return "";
    return id && is_id(id) ? id : NULL;
}

enum err drafts_open(struct screen *screen, const struct drafts_of *of, struct form *form, bool *ret_opened,
                     struct problem *p)
{
    struct draft draft;
    const char *id = wanted(screen);
    if (!id)
        return ERR_NONE;
    enum err e = find(screen, key_of(screen->arena, of->subject, id), &draft, p);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *document = json_loads(draft.document, 0, NULL);
    fill_form(form, document);
    form_set(form, "draft_id", *id ? id : NO_ID);
    form_set(form, "draft_mark", arena_strdup(screen->arena, member_of(document, "mark")));
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

static enum err find_others(struct screen *screen, const char *subject, struct drafts *ret, struct problem *p)
{
    *ret = (struct drafts){.count = 0};
    if (is_new(subject))
        return ERR_NONE;
    return draft_others(screen->db, screen->arena, screen->user->account.id, subject,
                        clock_now() - EDITING_SECONDS, ret, p);
}

static enum err put_others(struct screen *screen, const char *subject, json_t *object, struct problem *p)
{
    struct context *c = &screen->context;
    struct drafts others;
    enum err e = find_others(screen, subject, &others, p);
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
    struct draft draft;
    enum err e = find(screen, row->subject, &draft, p);
    if (e)
        return e;
    const char *id = id_in(row->subject, of->subject);
    json_t *document = json_loads(draft.document, 0, NULL), *item = context_item(c, list);
    const char *title = is_new(of->subject) ? title_in(document) : "";
    context_text(c, item, "id", *id ? id : NO_ID);
    context_text(c, item, "open", opening_address(screen->arena, of->address, id));
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
        if (strcmp(drafts.items[i].subject, key_of(screen->arena, of->subject, own)) == 0)
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
    bool bare = strcmp(form_line(form, "draft_id"), NO_ID) == 0;
    const char *id = bare ? NO_ID : id_of(form, "draft_id"), *writer = id_of(form, "draft_writer");
    int64_t since = 0;
    context_text(c, object, "subject", of->subject);
    context_text(c, object, "id", *id ? id : new_id(a));
    context_text(c, object, "writer", *writer ? writer : new_id(a));
    context_text(c, object, "mark", id_of(form, "draft_mark"));
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

enum err drafts_drop(struct connection *writer, const struct http_request *req, const char *subject,
                     const struct form *form, struct problem *p)
{
    return draft_delete(writer, desk_user(req)->account.id,
                        key_of(req->arena, subject, id_of(form, "draft_id")), p);
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
    const char *title = title_in(document), *id = id_in(draft.subject, member_of(document, "subject"));
    context_text(c, item, "open",
                 opening_address(screen->arena, desk_local(member_of(document, "address")), id));
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

// --- the addresses

struct keeping {
    struct arena *arena;
    int64_t account_id, version, at;
    const char *subject, *id;
    const char *writer, *mark; // of the page that sends
    const char *document;      // NULL: the draft is to be dropped
    bool is_apart;             // afterwards: another page had written to the draft, so this is one more
};

// Whether the draft is as the page knows it: its own, or what it was opened from. What is gone may be begun
// again.
static enum err may_go_on(struct connection *writer, const struct keeping *k, bool *ret, struct problem *p)
{
    struct draft draft;
    enum err e = draft_load(writer, k->arena, k->account_id, key_of(k->arena, k->subject, k->id), &draft, p);
    *ret = true;
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *document = json_loads(draft.document, 0, NULL);
    *ret = strcmp(member_of(document, "writer"), k->writer) == 0 ||
           strcmp(member_of(document, "mark"), k->mark) == 0;
    json_decref(document);
    return ERR_NONE;
}

static enum err keep(struct connection *writer, void *arg, struct problem *p)
{
    struct keeping *k = arg;
    bool may = true;
    if (!k->document)
        return draft_delete(writer, k->account_id, key_of(k->arena, k->subject, k->id), p);
    enum err e = may_go_on(writer, k, &may, p);
    if (e)
        return e;
    k->is_apart = !may;
    if (k->is_apart && !(k->id = new_id(k->arena)))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return draft_save(writer, k->account_id, key_of(k->arena, k->subject, k->id), k->version, k->document,
                      k->at, p);
}

static enum err read_keeping(struct http_request *req, struct form *ret_form, struct keeping *ret,
                             struct problem *p)
{
    enum err e = form_read(req->arena, req->body, req->body_len, ret_form, p);
    if (e)
        return e;
    *ret = (struct keeping){.arena = req->arena,
                            .account_id = desk_user(req)->account.id,
                            .at = clock_now(),
                            .subject = form_line(ret_form, "draft_subject"),
                            .id = id_of(ret_form, "draft_id"),
                            .writer = id_of(ret_form, "draft_writer"),
                            .mark = id_of(ret_form, "draft_mark")};
    if (!is_subject(ret->subject))
        return problem_set(p, ERR_INVALID, "draft_subject", "the draft does not say what it is a draft of");
    if (!form_int(ret_form, "draft_version", &ret->version) || ret->version < 0)
        ret->version = 0;
    return ERR_NONE;
}

// {"saved": 1763795100, "others": ["Lan"], "id": "5f…", "apart": false}
static enum err tell(struct http_request *req, struct http_response *res, const char *subject,
                     const struct keeping *kept, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct drafts others;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = find_others(&screen, subject, &others, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    json_t *answer = json_object(), *names = context_list(c, answer, "others");
    context_number(c, answer, "saved", kept ? kept->at : 0);
    if (kept) {
        context_text(c, answer, "id", *kept->id ? kept->id : NO_ID);
        context_flag(c, answer, "apart", kept->is_apart);
    }
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
    const char *mark = new_id(req->arena);
    if (!e && (!mark || !(keeping.document = make_document(&form, mark))))
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = desk_write(req, keep, &keeping, problem);
    if (e)
        return e;
    if (desk_wants_json(req))
        return tell(req, res, keeping.subject, &keeping, problem);
    e = keeping.is_apart ? desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.drafts.apart"), NULL, problem)
                         : desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.drafts.saved"), NULL, problem);
    const char *address = desk_local(form_value(&form, "draft_address"));
    return e ? e : desk_see_other(res, opening_address(req->arena, address, keeping.id), problem);
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
    return tell(req, res, subject, NULL, problem);
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
