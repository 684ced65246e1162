// `/desk/sites/{id}/proposals/{account}`: what somebody would change on a published page, beside the page as
// it is.
#include "server/desk/sites/proposals.h"

#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "content/editing/proposal.h"
#include "content/editing/revision.h"
#include "content/history.h"
#include "content/setting.h"
#include "server/desk/routes.h"
#include "server/desk/sites/revision_words.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum { HOME_SHOWN = 5, WORD_MAX = 1000 }; // WORD_MAX: characters

static const char *address_of(struct arena *a, const struct proposal *proposal)
{
    return arena_printf(a, "/desk/sites/%lld/proposals/%lld", (long long)proposal->site_id,
                        (long long)proposal->account_id);
}

static void put_proposal(struct screen *screen, json_t *item, const struct proposal *proposal)
{
    struct context *c = &screen->context;
    context_text(c, item, "href",
                 proposal->taken_by ? sites_address(screen->arena, proposal->site_id, "")
                                    : address_of(screen->arena, proposal));
    context_text(c, item, "account", proposal->account);
    context_text(c, item, "site_title", proposal->title ? proposal->title : "");
    context_text(c, item, "taken_by", proposal->taken_by ? proposal->taken_by : "");
    context_flag(c, item, "returned", proposal->returned_by != NULL);
    context_text(c, item, "returned_by", proposal->returned_by ? proposal->returned_by : "");
    context_text(c, item, "word", proposal->word ? proposal->word : "");
    context_number(c, item, "at", proposal->at);
    screen_ago(screen, item, "since", proposal->at);
}

// --- at other pages

enum err proposals_put_at(struct screen *screen, const struct site *stored, struct problem *problem)
{
    struct context *c = &screen->context;
    struct proposals all = {.count = 0};
    struct proposal own;
    json_t *list = context_list(c, c->root, "proposals");
    context_flag(c, c->root, "proposal", false);
    if (desk_may_publish(screen->user)) {
        enum err e = proposal_list_at(screen->db, screen->arena, stored->id, &all, problem);
        for (size_t i = 0; !e && i < all.count; i++)
            put_proposal(screen, context_item(c, list), &all.items[i]);
        return e;
    }
    enum err e =
        proposal_load(screen->db, screen->arena, stored->id, screen->user->account.id, &own, problem);
    if (!e)
        put_proposal(screen, context_object(c, c->root, "proposal"), &own);
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err proposals_put_home(struct screen *screen, struct problem *p)
{
    struct context *c = &screen->context;
    struct proposals all = {.count = 0};
    bool publishes = desk_may_publish(screen->user);
    enum err e = publishes ? proposal_list_waiting(screen->db, screen->arena, &all, p)
                           : proposal_list_of(screen->db, screen->arena, screen->user->account.id, &all, p);
    json_t *list = context_list(c, c->root, "proposals");
    size_t count = 0;
    for (size_t i = 0; !e && i < all.count && count < HOME_SHOWN; i++) {
        bool may = false;
        e = desk_may_work_in(screen->db, screen->user, all.items[i].area, &may, p);
        if (e || !may)
            continue;
        put_proposal(screen, context_item(c, list), &all.items[i]);
        count++;
    }
    context_flag(c, c->root, "proposing", count > 0);
    context_flag(c, c->root, "waiting", publishes);
    return e;
}

// --- one of them

struct looking {
    struct screen screen;
    struct site site;
    struct proposal proposal;
};

static void looking_clear(struct looking *l)
{
    site_clear(&l->site);
    screen_close(&l->screen);
}
#define cleanup_looking CLEANUP(looking_clear)

static int64_t account_of(const struct http_request *req)
{
    const char *text = request_value(req, "account");
    size_t len = text ? strlen(text) : 0;
    return len && len <= 15 && strspn(text, "0123456789") == len ? strtoll(text, NULL, 10) : 0;
}

static bool is_own(const struct http_request *req)
{
    return account_of(req) == desk_user(req)->account.id;
}

static enum err open_one(struct looking *l, struct http_request *req, struct http_response *res,
                         struct problem *problem)
{
    enum err e = sites_open(&l->screen, req, res, &l->site, problem);
    if (!e)
        e = proposal_load(l->screen.db, req->arena, l->site.id, account_of(req), &l->proposal, problem);
    if (!e && !is_own(req) && !desk_may_publish(l->screen.user))
        e = problem_set(problem, ERR_DENIED, "account", "this is somebody else's proposal");
    return e;
}

// The page with the proposal in it, as it would be saved, in the form's fields.
static enum err put_taken(struct looking *l, const json_t *merged, struct problem *problem)
{
    struct screen *screen = &l->screen;
    struct languages languages;
    struct site_form f = {.form = form_empty(screen->arena), .id = l->site.id, .version = l->site.version};
    enum err e = setting_languages(screen->db, screen->arena, &languages, problem);
    if (e)
        return e;
    for (size_t i = 0; i < languages.count && i < SITE_LANGS_MAX; i++)
        f.langs[f.lang_count++] = languages.tags[i];
    form_set_int(&f.form, "proposal", l->proposal.account_id);
    form_set_int(&f.form, "proposal_at", l->proposal.at);
    site_put_kept(screen, &f, merged);
    return ERR_NONE;
}

static enum err put_difference(struct looking *l, struct problem *problem)
{
    struct screen *screen = &l->screen;
    json_t *base = NULL, *now = site_to_json(&l->site, true);
    json_t *proposed = json_loads(l->proposal.document, 0, NULL), *merged = NULL;
    enum err e = revision_load(screen->db, l->site.id, l->proposal.base_version, &base, problem);
    if (e == ERR_NOT_FOUND)
        e = ERR_NONE;
    if (!e && (!now || !proposed || !(merged = site_merge(base, now, proposed))))
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = revision_words_put(screen, screen->context.root, now, merged, problem);
    if (!e)
        e = put_taken(l, merged, problem);
    json_decref(base);
    json_decref(now);
    json_decref(proposed);
    json_decref(merged);
    return e;
}

// `form`: what was typed to give it back with.
static enum err send(struct looking *l, const struct form *form, struct problem *problem)
{
    static const struct field fields[] = {{.name = "word",
                                           .kind = FIELD_AREA,
                                           .label = VIEW_KEY("desk.proposals.word"),
                                           .rows = 3,
                                           .max = WORD_MAX,
                                           .required = true}};
    struct screen *screen = &l->screen;
    struct context *c = &screen->context;
    enum err e = put_difference(l, problem);
    if (e)
        return e;
    const struct site_text *text = site_text(&l->site, l->site.original);
    json_t *item = context_object(c, c->root, "proposal");
    put_proposal(screen, item, &l->proposal);
    context_flag(c, item, "moved", l->site.version != l->proposal.base_version);
    field_put(screen, form, fields, 1);
    context_number(c, c->root, "id", l->site.id);
    context_text(c, c->root, "site_title", text ? text->title : l->site.slug);
    context_flag(c, c->root, "is_own", is_own(screen->req));
    context_flag(c, c->root, "may_take",
                 desk_may_publish(screen->user) && !l->proposal.returned_by &&
                     strcmp(l->site.state, "binned") != 0);
    screen->title_text = screen_words(screen, VIEW_KEY("desk.proposals.title"), c->root);
    screen->menu = "/desk/sites";
    field_answer(screen, form);
    return screen_send(screen, "desk/proposal", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_looking struct looking l = {.screen = {.req = req}};
    struct form form = form_empty(req->arena);
    enum err e = open_one(&l, req, res, problem);
    return e ? e : send(&l, &form, problem);
}

// --- given back, taken back

struct giving {
    const struct http_request *req;
    const struct proposal *proposal;
    const char *word; // NULL: its author takes it back
};

static enum err give_back(struct connection *writer, void *arg, struct problem *p)
{
    const struct giving *g = arg;
    struct actor actor = desk_actor(g->req);
    const char *subject = arena_printf(g->req->arena, "site:%lld", (long long)g->proposal->site_id);
    enum err e = proposal_return(writer, g->proposal->site_id, g->proposal->account_id, g->proposal->at,
                                 actor.name, g->word, p);
    json_t *detail = json_pack("{s:s}", "to", g->proposal->account);
    if (!e)
        e = history_audit(writer, &actor, "site.proposal-returned", subject, detail, p);
    json_decref(detail);
    return e;
}

static enum err see(struct http_request *req, struct http_response *res, const char *key,
                    const struct proposal *proposal, struct problem *problem)
{
    json_t *values = json_pack("{s:s}", "account", proposal->account);
    enum err e = desk_flash(req, res, DESK_DONE, key, values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, sites_address(req->arena, proposal->site_id, ""), problem);
}

// What was typed stays when the proposal turns out to be another one than the one that was read.
static enum err return_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_looking struct looking l = {.screen = {.req = req}};
    struct form form;
    int64_t at = 0;
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = open_one(&l, req, res, problem);
    if (!e && !desk_may_publish(l.screen.user))
        e = problem_set(problem, ERR_DENIED, "state", "this account may not publish");
    if (e)
        return e;
    struct giving g = {.req = req, .proposal = &l.proposal, .word = form_text(&form, "word")};
    if (!*g.word)
        form_problem(&form, "word", VIEW_KEY("desk.proposals.no_word"));
    if (fold_utf8_count(g.word, strlen(g.word)) > WORD_MAX)
        form_problem(&form, "word", VIEW_KEY("desk.proposals.long_word"));
    if (!form_int(&form, "at", &at) || at != l.proposal.at || l.proposal.returned_by)
        form_problem(&form, "", VIEW_KEY("desk.proposals.changed"));
    if (form.failed)
        return send(&l, &form, problem);
    e = desk_write(req, give_back, &g, problem);
    return e ? e : see(req, res, VIEW_KEY("desk.proposals.done_return"), &l.proposal, problem);
}

static enum err take_back(struct connection *writer, void *arg, struct problem *p)
{
    const struct giving *g = arg;
    return proposal_delete(writer, g->proposal->site_id, g->proposal->account_id, 0, p);
}

static enum err withdraw_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_looking struct looking l = {.screen = {.req = req}};
    enum err e = open_one(&l, req, res, problem);
    if (!e && !is_own(req))
        e = problem_set(problem, ERR_DENIED, "account", "this is somebody else's proposal");
    struct giving g = {.req = req, .proposal = &l.proposal};
    if (!e)
        e = desk_write(req, take_back, &g, problem);
    return e ? e : see(req, res, VIEW_KEY("desk.proposals.withdrawn"), &l.proposal, problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/sites/{id}/proposals/{account}",
     .handler = show,
     .who = DESK_WRITERS,
     .flags = DESK_GET},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/proposals/{account}/return",
     .handler = return_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
    {.methods = ROUTE_POST,
     .pattern = "/desk/sites/{id}/proposals/{account}/withdraw",
     .handler = withdraw_post,
     .who = DESK_WRITERS,
     .flags = DESK_POST,
     .body_limit = DESK_FORM_LIMIT},
};

const struct route_table desk_proposals_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
