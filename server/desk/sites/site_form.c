// `/desk/sites/new` and `/desk/sites/{id}`: one form for a site.
#include "server/desk/sites/site_form.h"

#include <string.h>

#include "content/editing/proposal.h"
#include "content/editing/review.h"
#include "content/setting.h"
#include "server/desk/frame/map.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"
#include "server/visitor/address.h"

// --- what can be done

struct step {
    const char *name, *label;
};

// By the state that the site is in: what leads on first. `publisher` steps need the right to publish.
static const struct {
    const char *state;
    bool publisher;
    struct step steps[3];
} steps[] = {
    {"",
     true,
     {{"save", VIEW_KEY("desk.site.do_save_draft")}, {"publish", VIEW_KEY("desk.site.do_publish")}}},
    {"", false, {{"save", VIEW_KEY("desk.site.do_save_draft")}, {"submit", VIEW_KEY("desk.site.do_submit")}}},
    {"draft",
     true,
     {{"publish", VIEW_KEY("desk.site.do_publish")}, {"save", VIEW_KEY("desk.site.do_save_draft")}}},
    {"draft",
     false,
     {{"submit", VIEW_KEY("desk.site.do_submit")}, {"save", VIEW_KEY("desk.site.do_save_draft")}}},
    {"in-review",
     true,
     {{"publish", VIEW_KEY("desk.site.do_publish")},
      {"save", VIEW_KEY("desk.site.do_save")},
      {"return", VIEW_KEY("desk.site.do_return")}}},
    {"in-review",
     false,
     {{"save", VIEW_KEY("desk.site.do_save")}, {"return", VIEW_KEY("desk.site.do_return")}}},
    {"published",
     true,
     {{"save", VIEW_KEY("desk.site.do_save")}, {"withdraw", VIEW_KEY("desk.site.do_withdraw")}}},
    {"published", false, {{"propose", VIEW_KEY("desk.proposals.do_send")}}},
    {"binned", true, {{"restore", VIEW_KEY("desk.site.do_restore")}}},
    {"binned", false, {{"restore", VIEW_KEY("desk.site.do_restore")}}},
    {"withdrawn",
     true,
     {{"save", VIEW_KEY("desk.site.do_save")}, {"publish", VIEW_KEY("desk.site.do_publish_again")}}},
    {"withdrawn", false, {{"submit", VIEW_KEY("desk.site.do_submit")}}},
};

static void put_steps(struct screen *screen, const char *state)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "steps");
    bool publisher = desk_may_publish(screen->user);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(steps[i].state, state) != 0 || steps[i].publisher != publisher)
            continue;
        for (size_t j = 0; j < 3 && steps[i].steps[j].name; j++) {
            json_t *item = context_item(c, list);
            context_text(c, item, "step", steps[i].steps[j].name);
            screen_message(screen, item, "step_label", steps[i].steps[j].label, NULL);
            context_flag(c, item, "main", j == 0);
        }
    }
    bool waits = strcmp(state, "") == 0 || strcmp(state, "draft") == 0 || strcmp(state, "in-review") == 0;
    context_flag(c, c->root, "may_schedule", publisher && waits);
    context_flag(c, c->root, "may_return", publisher && strcmp(state, "in-review") == 0);
}

static void put_stored(struct screen *screen, const struct site *stored)
{
    struct context *c = &screen->context;
    bool is_binned = strcmp(stored->state, "binned") == 0;
    context_number(c, c->root, "id", stored->id);
    context_text(c, c->root, "state", stored->state);
    screen_message(screen, c->root, "state_words", sites_state_key(stored->state), NULL);
    context_flag(c, c->root, "is_binned", is_binned);
    context_flag(c, c->root, "shows_form", !is_binned || screen->req->method == HTTP_POST);
    context_flag(c, c->root, "proposes", sites_only_proposes(screen->user, stored->state));
    context_flag(c, c->root, "may_bin", sites_may_change(screen->user, stored->state, NULL) == ERR_NONE);
    context_flag(c, c->root, "holds", stored->publish_at && !desk_may_publish(screen->user));
    context_flag(c, c->root, "is_published", strcmp(stored->state, "published") == 0);
    context_text(c, c->root, "slug", stored->slug);
    context_flag(c, c->root, "map_link", false);
    if (stored->has_position)
        context_text(c, c->root, "map_link", address_map(screen->arena, stored->lat, stored->lon));
    context_text(c, c->root, "site_original", stored->original);
    context_number(c, c->root, "site_version", stored->version);
    screen_ago(screen, c->root, "changed", stored->updated_at);
    screen_time(screen, c->root, "publish", stored->publish_at);
}

// Who sent it for review, or gave it back.
static enum err put_review(struct screen *screen, const struct site *stored, struct problem *problem)
{
    struct context *c = &screen->context;
    struct review_step step = {.action = ""};
    enum err e = review_last_step(screen->db, screen->arena, stored->id, &step, problem);
    bool sent = review_is_sent(&step) && strcmp(stored->state, "in-review") == 0;
    bool returned = strcmp(step.action, "site.return") == 0 && strcmp(stored->state, "draft") == 0;
    context_flag(c, c->root, "sent", sent);
    context_flag(c, c->root, "returned", returned);
    context_text(c, c->root, "step_by", step.by ? step.by : "");
    context_text(c, c->root, "step_word", step.word ? step.word : "");
    screen_ago(screen, c->root, "step", step.at);
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err put_missing(struct screen *screen, struct site_form *f, const struct site_screen *what,
                            struct problem *problem)
{
    bool asks;
    json_t *own = what->document || !what->stored ? NULL : site_to_json(what->stored, true);
    const json_t *document = what->document ? what->document : own;
    enum err e = document ? site_put_missing(screen, f, document, what->stored, &asks, problem) : ERR_NONE;
    json_decref(own);
    return e;
}

static struct drafts_of drafts_of(struct screen *screen, const struct site *stored)
{
    if (!stored)
        return (struct drafts_of){.subject = SITE_NEW_DRAFT, .address = "/desk/sites/new"};
    const struct site_text *text = site_text(stored, stored->original);
    return (struct drafts_of){
        .subject = arena_printf(screen->arena, "site:%lld", (long long)stored->id),
        .version = stored->version,
        .address = arena_printf(screen->arena, "/desk/sites/%lld", (long long)stored->id),
        .title = text ? text->title : stored->slug,
    };
}

// The account's draft instead of what is saved, where the address asks for it.
static enum err open_draft(struct screen *screen, const struct site *stored, struct site_form *f,
                           struct problem *problem)
{
    struct drafts_of draft = drafts_of(screen, stored);
    bool opened = false;
    enum err e = drafts_open(screen, &draft, &f->form, &opened, problem);
    return e || !opened ? e : site_form_adopt(f, problem);
}

// Which proposal the form came from, if any.
static void put_from(struct screen *screen, const struct form *form)
{
    static const char *const names[] = {"proposal", "proposal_at"};
    struct context *c = &screen->context;
    int64_t number;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *member = arena_printf(screen->arena, "from_%s", names[i]);
        context_flag(c, c->root, member, false);
        if (form_int(form, names[i], &number))
            context_number(c, c->root, member, number);
    }
}

enum err site_screen_send(struct screen *screen, struct site_form *f, const struct site_screen *what,
                          struct problem *problem)
{
    struct context *c = &screen->context;
    const struct site *stored = what->stored;
    enum err e = site_put_fields(screen, f, what, problem);
    if (!e)
        e = put_missing(screen, f, what, problem);
    if (!e && stored)
        e = site_put_pictures(screen, stored, problem);
    if (!e && stored)
        e = proposals_put_at(screen, stored, problem);
    if (!e && stored)
        e = put_review(screen, stored, problem);
    if (!e)
        e = map_put_stored(screen, problem);
    if (e)
        return e;
    put_from(screen, &f->form);
    context_text(c, c->root, "languages", form_line(&f->form, "languages"));
    context_number(c, c->root, "version", f->version);
    context_flag(c, c->root, "stored", stored != NULL);
    context_flag(c, c->root, "ask", false);
    context_text(c, c->root, "ask", what->ask);
    context_flag(c, c->root, "ask_schedule", what->ask && strcmp(what->ask, "schedule") == 0);
    context_flag(c, c->root, "publish", false);
    context_flag(c, c->root, "shows_form", true);
    context_flag(c, c->root, "is_binned", false);
    context_flag(c, c->root, "proposes", false);
    context_flag(c, c->root, "may_bin", false);
    if (!stored)
        context_flag(c, c->root, "proposal", false);
    context_text(c, c->root, "action",
                 stored ? arena_printf(screen->arena, "/desk/sites/%lld", (long long)stored->id)
                        : "/desk/sites/new");
    const char *publish_date = form_line(&f->form, "publish_date");
    context_text(c, c->root, "publish_date", publish_date);
    context_text(c, c->root, "publish_time", form_line(&f->form, "publish_time"));
    context_text(c, c->root, "return_word", form_text(&f->form, "return_word"));
    if (stored)
        put_stored(screen, stored);
    site_put_map(screen, stored);
    put_steps(screen, stored ? stored->state : "");
    const struct site_text *text = stored ? site_text(stored, stored->original) : NULL;
    struct drafts_of draft = drafts_of(screen, stored);
    e = drafts_put(screen, &draft, &f->form, problem);
    if (e)
        return e;
    screen->title = VIEW_KEY("desk.site.new");
    screen->title_text = text ? text->title : NULL;
    screen->menu = "/desk/sites";
    screen->wide = true;
    field_answer(screen, &f->form);
    return screen_send(screen, "desk/site", problem);
}

enum err site_form_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct site_form f = {.id = 0};
    struct languages languages;
    const char *focus;
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = setting_languages(screen.db, screen.arena, &languages, problem);
    if (e)
        return e;
    json_t *document = json_pack("{s:s}", "original", languages.tags[0]);
    site_form_fill(&f, screen.arena, document, languages.tags, languages.count);
    json_decref(document);
    site_form_rows(&f, "add:addresses", &focus);
    e = open_draft(&screen, NULL, &f, problem);
    if (e)
        return e;
    return site_screen_send(&screen, &f, &(struct site_screen){.stored = NULL}, problem);
}

// What the account proposes for a page that it cannot change itself; ERR_NOT_FOUND: nothing.
static enum err load_own(struct screen *screen, const struct site *site, struct proposal *ret,
                         struct problem *problem)
{
    if (!sites_only_proposes(screen->user, site->state))
        return ERR_NOT_FOUND;
    return proposal_load(screen->db, screen->arena, site->id, screen->user->account.id, ret, problem);
}

static enum err fill(struct screen *screen, const struct site *site, struct site_form *f,
                     struct problem *problem)
{
    struct languages languages;
    struct proposal own = {.at = 0};
    enum err e = load_own(screen, site, &own, problem);
    if (!e || e == ERR_NOT_FOUND)
        e = setting_languages(screen->db, screen->arena, &languages, problem);
    if (e)
        return e;
    json_t *document = own.at ? json_loads(own.document, 0, NULL) : site_to_json(site, true);
    if (!document)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    f->id = site->id;
    f->version = own.at ? own.base_version : site->version;
    site_form_fill(f, screen->arena, document, languages.tags, languages.count);
    if (own.at)
        form_set_int(&f->form, "proposal_at", own.at);
    json_decref(document);
    return ERR_NONE;
}

enum err site_form_edit(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_site struct site site = {0};
    struct site_form f = {.id = 0};
    enum err e = sites_open(&screen, req, res, &site, problem);
    if (!e)
        e = fill(&screen, &site, &f, problem);
    if (!e)
        e = open_draft(&screen, &site, &f, problem);
    return e ? e : site_screen_send(&screen, &f, &(struct site_screen){.stored = &site}, problem);
}
