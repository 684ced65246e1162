// What the buttons of a site's form do: one more row, save, submit, publish, withdraw, publish at a time.
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/number.h"
#include "content/editing/proposal.h"
#include "content/editing/revision.h"
#include "content/history.h"
#include "content/store/store.h"
#include "server/desk/frame/frame.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

#define LOCAL_SECONDS (7 * 3600) // Việt Nam's time is UTC+7, without summer time

// --- the buttons that save

#define ANYWAY "anyway:" // before a button's name: pressed again below the checklist

static const struct button {
    const char *name;
    const char *state; // afterwards; NULL: as it is
    const char *flash; // message key
    bool publisher;    // only for who may publish
    bool is_checked;   // asks for what is missing
} buttons[] = {
    {"save", NULL, VIEW_KEY("desk.site.saved"), false, false},
    {"submit", "in-review", VIEW_KEY("desk.site.submitted"), false, false},
    {"return", "draft", VIEW_KEY("desk.site.returned"), false, false},
    {"publish", "published", VIEW_KEY("desk.site.published"), true, true},
    {"schedule", NULL, VIEW_KEY("desk.site.scheduled"), true, true},
    {"unschedule", NULL, VIEW_KEY("desk.site.unscheduled"), true, false},
    {"withdraw", "withdrawn", VIEW_KEY("desk.site.withdrawn"), true, false},
    {"restore", NULL, VIEW_KEY("desk.site.restored_saved"), false, false}, // out of the bin, and saved
    {"propose", NULL, VIEW_KEY("desk.proposals.sent"), false, false},      // what a publisher may take over
};

static const struct button *button_of(const char *name)
{
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++)
        if (strcmp(buttons[i].name, name) == 0)
            return &buttons[i];
    return &buttons[0];
}

static bool is_button(const struct button *button, const char *name)
{
    return strcmp(button->name, name) == 0;
}

// --- one request

struct saving {
    struct screen *screen;
    struct site_form *f;
    const struct button *button;
    bool anyway;               // the checklist was seen
    const struct site *stored; // NULL: new
    json_t *before, *after;    // documents; before NULL: new
    int64_t publish_at;
    bool is_held; // who may not publish changed what was to be published at a time
    int64_t id;   // afterwards
};

static void saving_clear(struct saving *s)
{
    json_decref(s->before);
    json_decref(s->after);
}
#define cleanup_saving CLEANUP(saving_clear)

static bool is_binned(const struct saving *s)
{
    return s->stored && strcmp(s->stored->state, "binned") == 0;
}

static bool is_published(const struct saving *s)
{
    return s->stored && strcmp(s->stored->state, "published") == 0;
}

static enum err check_right(const struct saving *s, struct problem *p)
{
    if (s->button->publisher && !desk_may_publish(s->screen->user))
        return problem_set(p, ERR_DENIED, "state", "this account may not publish");
    return ERR_NONE;
}

// What cannot be done with a site in this state was possible when the form was opened: the form comes back,
// with the way on.
static void check_state(struct saving *s)
{
    struct form *form = &s->f->form;
    if (is_binned(s) && !is_button(s->button, "restore"))
        form_problem(form, "", VIEW_KEY("desk.site.went_to_bin"));
    else if (is_published(s) && !is_button(s->button, "propose") && !desk_may_publish(s->screen->user))
        form_problem(form, "", VIEW_KEY("desk.site.went_public"));
}

// Buttons of a state that the site is no longer in save as it is.
static const struct button *fitting(const struct saving *s, const struct button *button)
{
    bool fits = is_button(button, "restore")   ? is_binned(s)
                : is_button(button, "propose") ? is_published(s)
                                               : true;
    return fits ? button : &buttons[0];
}

// "2026-11-22" and "14:05" of Việt Nam's clock; 0 for what is no time.
static int64_t read_local(const char *date, const char *clock)
{
    int64_t year, month, day, hour, minute;
    if (!number_take(&date, 4, 4, &year) || *date++ != '-' || !number_take(&date, 1, 2, &month) ||
        *date++ != '-' || !number_take(&date, 1, 2, &day) || *date)
        return 0;
    if (!number_take(&clock, 1, 2, &hour) || *clock++ != ':' || !number_take(&clock, 1, 2, &minute) || *clock)
        return 0;
    struct tm tm = {
        .tm_year = (int)year - 1900,
        .tm_mon = (int)month - 1,
        .tm_mday = (int)day,
        .tm_hour = (int)hour,
        .tm_min = (int)minute,
    };
    struct tm given = tm;
    int64_t when = timegm(&tm);
    bool same = tm.tm_mday == given.tm_mday && tm.tm_hour == given.tm_hour && tm.tm_min == given.tm_min;
    return same ? when - LOCAL_SECONDS : 0;
}

static void read_time(struct saving *s)
{
    struct form *form = &s->f->form;
    s->publish_at = s->stored ? s->stored->publish_at : 0;
    if (s->button->state || is_button(s->button, "unschedule") || s->is_held)
        s->publish_at = 0;
    if (!is_button(s->button, "schedule"))
        return;
    const char *clock = form_line(form, "publish_time");
    s->publish_at = read_local(form_line(form, "publish_date"), *clock ? clock : "08:00");
    if (s->publish_at <= clock_now())
        form_problem(form, "publish_date", VIEW_KEY("desk.site.bad_time"));
}

// --- translations

static bool is_said(const void *data, const char *lang)
{
    const struct saving *s = data;
    return form_has(&s->f->form, arena_printf(s->screen->arena, "text.%s.current", lang));
}

// A translation is up to date when its editor says so; otherwise by what has changed.
static enum err mark_stale(struct saving *s, struct problem *p)
{
    for (size_t i = 0; i < s->f->lang_count; i++)
        if (is_said(s, s->f->langs[i]))
            site_path_remove(s->after, arena_printf(s->screen->arena, "texts.%s.stale", s->f->langs[i]));
    return site_mark_stale(s->after, s->before, is_said, s)
               ? ERR_NONE
               : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- writing

// The form's draft, and the proposal that the form came from, have done their work.
static enum err finish(struct connection *writer, void *arg, struct problem *p)
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

static enum err write_site(struct connection *writer, void *arg, struct problem *p)
{
    struct saving *s = arg;
    struct arena *a = s->screen->arena;
    cleanup_site struct site site = {0};
    struct actor actor = desk_actor(s->screen->req);
    if (!s->stored && !json_object_get(s->after, "slug")) {
        char *slug = NULL;
        const char *path =
            arena_printf(a, "text.%s.title", json_string_value(json_object_get(s->after, "original")));
        enum err e = site_free_slug(writer, a, json_string_value(site_path_get(s->after, path)), &slug, p);
        if (e)
            return e;
        json_object_set_new(s->after, "slug", json_string(slug));
    }
    enum err e = revision_to_site(s->after, a, &site, p);
    if (e)
        return e;
    site.id = s->stored ? s->stored->id : 0;
    site.version = s->stored ? s->stored->version : 0;
    site.created_at = s->stored ? s->stored->created_at : 0;
    site.publish_at = s->publish_at;
    site_set_source_versions(&site, s->stored);
    e = site_save(writer, &site, &actor, &s->id, p);
    return e ? e : finish(writer, s, p);
}

static enum err see_site(struct saving *s, const char *flash, struct problem *problem)
{
    struct screen *screen = s->screen;
    json_t *values = json_object();
    const char *path = arena_printf(screen->arena, "text.%s.title",
                                    json_string_value(json_object_get(s->after, "original")));
    json_object_set(values, "title", site_path_get(s->after, path));
    enum err e = desk_flash(screen->req, screen->res, DESK_DONE, flash, values, problem);
    json_decref(values);
    if (e)
        return e;
    return desk_see_other(screen->res, arena_printf(screen->arena, "/desk/sites/%lld", (long long)s->id),
                          problem);
}

static enum err again(struct saving *s, bool ask, struct problem *problem)
{
    struct site_screen what = {
        .stored = s->stored, .document = s->after, .ask = ask ? s->button->name : NULL};
    return site_screen_send(s->screen, s->f, &what, problem);
}

// The state that somebody else saved while this one was being written.
static enum err conflict(struct saving *s, struct problem *problem)
{
    cleanup_site struct site newest = {0};
    store_read_end(s->screen->db);
    enum err e = store_read_begin(s->screen->db, problem);
    if (!e)
        e = site_load(s->screen->db, s->screen->arena, s->stored->id, &newest, problem);
    return e ? e : site_conflict_send(s->screen, s->f, &newest, s->after, problem);
}

// --- proposing

static enum err write_proposal(struct connection *writer, void *arg, struct problem *p)
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
    return e ? e : finish(writer, s, p);
}

// The same person sent another proposal for the site, from another page. Sending once more takes its place.
static enum err sent_elsewhere(struct saving *s, struct problem *problem)
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
    return again(s, false, problem);
}

// --- saving

static bool is_same(const struct saving *s)
{
    return s->before && json_equal(s->before, s->after) && s->publish_at == s->stored->publish_at;
}

static const char *flash_of(const struct saving *s)
{
    return s->is_held ? VIEW_KEY("desk.site.held") : s->button->flash;
}

static enum err save(struct saving *s, desk_change *write, struct problem *problem)
{
    bool same = is_same(s);
    if (same)
        s->id = s->stored->id;
    enum err e = desk_write(s->screen->req, same ? finish : write, s, problem);
    if (e == ERR_CONFLICT && is_button(s->button, "propose"))
        return sent_elsewhere(s, problem);
    if (e == ERR_CONFLICT)
        return conflict(s, problem);
    if (e == ERR_INVALID || e == ERR_EXISTS || e == ERR_TOO_LARGE) {
        site_form_take(s->f, problem);
        return again(s, false, problem);
    }
    if (e == ERR_BUSY) {
        form_problem(&s->f->form, "", VIEW_KEY("desk.site.busy"));
        return again(s, false, problem);
    }
    return e ? e : see_site(s, same ? VIEW_KEY("desk.site.unchanged") : flash_of(s), problem);
}

static enum err check_area(struct saving *s, struct problem *problem)
{
    bool may = false;
    const char *area = json_string_value(json_object_get(s->after, "area"));
    enum err e = desk_may_work_in(s->screen->db, s->screen->user, area, &may, problem);
    if (!e && !may)
        form_problem(&s->f->form, "area", VIEW_KEY("desk.site.bad_area"));
    return e;
}

// Publishing asks once for what a visitor would miss.
static enum err must_ask(struct saving *s, bool *ret, struct problem *problem)
{
    *ret = false;
    if (!s->button->is_checked || s->anyway)
        return ERR_NONE;
    return site_put_missing(s->screen, s->f, s->after, s->stored, ret, problem);
}

// In what the form has no field for: media, and with `binned` that the site went into the bin.
static bool differs_outside_alone(const json_t *a, const json_t *b, bool binned)
{
    json_t *one = json_copy((json_t *)a), *other = json_copy((json_t *)b);
    json_object_del(one, "media");
    json_object_del(other, "media");
    if (binned) {
        json_object_del(one, "state");
        json_object_del(other, "state");
    }
    bool same = one && other && json_equal(one, other);
    json_decref(one);
    json_decref(other);
    return same;
}

// The state that the form was read at. Pictures come in by themselves while texts are written, and the form
// has no field for them: where nothing else was changed, it is as if it had been read just now.
static enum err read_before(struct saving *s, struct problem *problem)
{
    json_t *now = site_to_json(s->stored, true);
    enum err e = now ? ERR_NONE : problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e && s->f->version != s->stored->version)
        e = revision_load(s->screen->db, s->stored->id, s->f->version, &s->before, problem);
    if (!e && s->before && differs_outside_alone(s->before, now, is_binned(s))) {
        json_decref(s->before);
        s->before = NULL;
        s->f->version = s->stored->version;
    }
    if (!e && !s->before)
        s->before = json_incref(now);
    json_decref(now);
    return e;
}

// A set time holds only for what was seen by who set it: what somebody changes who may not publish waits for
// a look instead.
static void hold(struct saving *s)
{
    bool waits = s->stored && s->stored->publish_at && !desk_may_publish(s->screen->user);
    if (!waits || is_button(s->button, "return") || json_equal(s->before, s->after))
        return;
    json_object_set_new(s->after, "state", json_string("in-review"));
    s->is_held = true;
}

static enum err read_documents(struct saving *s, struct problem *problem)
{
    enum err e = s->stored ? read_before(s, problem) : ERR_NONE;
    if (e)
        return e;
    s->after = site_form_document(s->f, s->before);
    if (!s->after)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    const char *state = s->button->state;
    if (is_button(s->button, "restore"))
        e = sites_state_before_bin(s->screen->db, s->screen->req, s->stored, &state, problem);
    if (!e && state)
        json_object_set_new(s->after, "state", json_string(state));
    if (!e)
        e = mark_stale(s, problem);
    if (!e)
        hold(s);
    return e;
}

static enum err decide(struct saving *s, struct problem *problem)
{
    bool ask = false;
    enum err e = check_right(s, problem);
    if (!e)
        e = read_documents(s, problem);
    if (!e)
        e = check_area(s, problem);
    if (e)
        return e;
    read_time(s);
    check_state(s);
    if (s->f->form.failed)
        return again(s, false, problem);
    if (is_button(s->button, "propose"))
        return save(s, write_proposal, problem);
    if (s->stored && s->f->version != s->stored->version)
        return site_conflict_send(s->screen, s->f, s->stored, s->after, problem);
    e = must_ask(s, &ask, problem);
    if (e)
        return e;
    return ask ? again(s, true, problem) : save(s, write_site, problem);
}

static enum err answer(struct screen *screen, struct site_form *f, const struct site *stored,
                       struct problem *problem)
{
    cleanup_saving struct saving s = {.screen = screen, .f = f, .stored = stored};
    const char *focus = NULL, *name = form_line(&f->form, "do");
    if (site_form_rows(f, name, &focus) || strcmp(name, "edit") == 0)
        return site_screen_send(screen, f, &(struct site_screen){.stored = stored, .focus = focus}, problem);
    s.anyway = strncmp(name, ANYWAY, strlen(ANYWAY)) == 0;
    s.button = fitting(&s, button_of(s.anyway ? name + strlen(ANYWAY) : name));
    return decide(&s, problem);
}

enum err site_save_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    cleanup_site struct site stored = {0};
    struct site_form f = {.id = 0};
    int64_t id = 0;
    enum err e = sites_id(req, &id);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    if (!e)
        e = site_form_read(&f, screen.arena, req->body, req->body_len, problem);
    if (!e && id)
        e = sites_load(screen.db, req, screen.arena, id, &stored, problem);
    if (e)
        return e;
    f.id = id;
    return answer(&screen, &f, id ? &stored : NULL, problem);
}
