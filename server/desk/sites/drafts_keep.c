// Where drafts are kept and done away with, and where a page asks who else is editing.
#include <string.h>

#include "common/clock.h"
#include "server/desk/routes.h"
#include "server/desk/sites/draft_fields.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_form.h"
#include "server/view/view.h"

struct keeping {
    struct arena *arena;
    int64_t account_id, version, at;
    const char *subject, *id;
    const char *writer, *mark; // of the page that sends
    const char *document;      // NULL: the draft is to be dropped
    bool is_apart; // afterwards: another page had written to the draft; this is one more, or it stays
};

// Whether the draft is as the page knows it: its own, or what it was opened from. What is gone may be begun
// again.
static enum err may_go_on(struct connection *writer, const struct keeping *k, bool *ret, struct problem *p)
{
    struct draft draft;
    enum err e =
        draft_load(writer, k->arena, k->account_id, draft_key(k->arena, k->subject, k->id), &draft, p);
    *ret = true;
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    json_t *document = json_loads(draft.document, 0, NULL);
    *ret = strcmp(draft_member(document, "writer"), k->writer) == 0 ||
           strcmp(draft_member(document, "mark"), k->mark) == 0;
    json_decref(document);
    return ERR_NONE;
}

static enum err keep(struct connection *writer, void *arg, struct problem *p)
{
    struct keeping *k = arg;
    bool may = true;
    enum err e = may_go_on(writer, k, &may, p);
    if (e)
        return e;
    k->is_apart = !may;
    if (!k->document)
        return may ? draft_delete(writer, k->account_id, draft_key(k->arena, k->subject, k->id), p)
                   : ERR_NONE;
    if (k->is_apart && !(k->id = draft_new_id(k->arena)))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return draft_save(writer, k->account_id, draft_key(k->arena, k->subject, k->id), k->version, k->document,
                      k->at, p);
}

// What the form's page says of its draft.
static struct keeping keeping_of(const struct http_request *req, const char *subject, const struct form *form)
{
    return (struct keeping){.arena = req->arena,
                            .account_id = desk_user(req)->account.id,
                            .at = clock_now(),
                            .subject = subject,
                            .id = draft_id_of(form, "draft_id"),
                            .writer = draft_id_of(form, "draft_writer"),
                            .mark = draft_id_of(form, "draft_mark")};
}

enum err drafts_drop(struct connection *writer, const struct http_request *req, const char *subject,
                     const struct form *form, struct problem *p)
{
    struct keeping k = keeping_of(req, subject, form);
    return keep(writer, &k, p);
}

static enum err read_keeping(struct http_request *req, struct form *ret_form, struct keeping *ret,
                             struct problem *p)
{
    enum err e = form_read_many(req->arena, req->body, req->body_len, SITE_FIELDS_MAX, ret_form, p);
    if (e)
        return e;
    *ret = keeping_of(req, form_line(ret_form, "draft_subject"), ret_form);
    if (!draft_is_subject(ret->subject))
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
        e = drafts_find_others(&screen, subject, &others, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    json_t *answer = json_object(), *names = context_list(c, answer, "others");
    context_number(c, answer, "saved", kept ? kept->at : 0);
    if (kept) {
        context_text(c, answer, "id", *kept->id ? kept->id : DRAFT_NO_ID);
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
    const char *mark = draft_new_id(req->arena);
    if (!e && (!mark || !(keeping.document = draft_make_document(&form, mark))))
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
    return e ? e : desk_see_other(res, draft_address(req->arena, address, keeping.id), problem);
}

static enum err drop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct keeping keeping;
    enum err e = read_keeping(req, &form, &keeping, problem);
    if (!e)
        e = desk_write(req, keep, &keeping, problem);
    if (!e)
        e = keeping.is_apart
                ? desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.drafts.went_on"), NULL, problem)
                : desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.drafts.dropped"), NULL, problem);
    return e ? e : desk_see_other(res, desk_local(form_value(&form, "draft_address")), problem);
}

static enum err others(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const char *subject = request_param(req, "subject");
    if (!subject || !draft_is_subject(subject))
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
     .body_limit = SITE_BODY_LIMIT},
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
