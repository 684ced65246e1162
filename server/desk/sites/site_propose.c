// Proposals that a site's form sends, and what is left of one once the form was saved.
#include "common/clock.h"
#include "content/editing/proposal.h"
#include "content/editing/revision.h"
#include "content/history.h"
#include "content/store/store.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_saving.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

enum err saving_finish(struct connection *writer, void *arg, struct problem *p)
{
    struct saving *s = arg;
    struct arena *a = s->screen->arena;
    const struct form *form = &s->f->form;
    struct proposal proposal;
    int64_t account_id, at;
    const char *subject = s->stored ? arena_printf(a, "site:%lld", (long long)s->id) : SITE_NEW_DRAFT;
    enum err e = drafts_drop(writer, s->screen->req, subject, form, p);
    if (e || !s->stored || !form_int(form, "proposal", &account_id) || !form_int(form, "proposal_at", &at) ||
        !desk_may_publish(s->screen->user))
        return e;
    e = proposal_load(writer, a, s->id, account_id, &proposal, p);
    if (e || proposal.at != at)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    struct actor actor = desk_actor(s->screen->req);
    json_t *detail = json_pack("{s:s}", "to", proposal.account);
    e = account_id == actor.account_id ? proposal_delete(writer, s->id, account_id, at, p)
                                       : proposal_take(writer, s->id, account_id, at, actor.name, p);
    if (!e)
        e = history_audit(writer, &actor, "site.proposal-taken", subject, detail, p);
    json_decref(detail);
    return e;
}

enum err saving_propose(struct connection *writer, void *arg, struct problem *p)
{
    struct saving *s = arg;
    struct arena *a = s->screen->arena;
    cleanup_site struct site site = {0};
    cleanup_free char *document = json_dumps(s->after, JSON_COMPACT);
    struct actor actor = desk_actor(s->screen->req);
    int64_t was_at = 0;
    s->id = s->stored->id;
    enum err e = document ? revision_to_site(s->after, a, &site, p)
                          : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = site_check(&site, p);
    if (e)
        return e;
    const struct site_text *text = site_text(&site, site.original);
    struct proposal proposal = {
        .site_id = s->id,
        .account_id = s->screen->user->account.id,
        .base_version = s->f->version,
        .title = text->title,
        .document = document,
        .at = clock_now(),
    };
    form_int(&s->f->form, "proposal_at", &was_at);
    e = proposal_save(writer, &proposal, was_at, p);
    if (!e)
        e = history_audit(writer, &actor, "site.propose", arena_printf(a, "site:%lld", (long long)s->id),
                          NULL, p);
    return e ? e : saving_finish(writer, s, p);
}

// The same person sent another proposal for the site, from another page. Sending once more takes its place.
enum err saving_sent_elsewhere(struct saving *s, struct problem *problem)
{
    struct proposal now;
    store_read_end(s->screen->db);
    enum err e = store_read_begin(s->screen->db, problem);
    if (!e)
        e = proposal_load(s->screen->db, s->screen->arena, s->stored->id, s->screen->user->account.id, &now,
                          problem);
    if (e)
        return e;
    form_set_int(&s->f->form, "proposal_at", now.at);
    form_problem(&s->f->form, "", VIEW_KEY("desk.proposals.sent_elsewhere"));
    return saving_again(s, false, problem);
}
