// What the buttons of a site's form do: one more row, save, submit, publish, withdraw, publish at a time.
#include <string.h>

#include "common/clock.h"
#include "common/fold.h"
#include "content/editing/revision.h"
#include "content/store/store.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_saving.h"
#include "server/desk/sites/site_screen.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"

// --- the buttons that save

#define ANYWAY "anyway:" // before a button's name: pressed again below the checklist

static const struct saving_button buttons[] = {
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

static const struct saving_button *button_of(const char *name)
{
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++)
        if (strcmp(buttons[i].name, name) == 0)
            return &buttons[i];
    return &buttons[0];
}

// --- one request

static void saving_clear(struct saving *s)
{
    json_decref(s->before);
    json_decref(s->after);
}
#define cleanup_saving CLEANUP(saving_clear)

bool saving_is(const struct saving *s, const char *button)
{
    return strcmp(s->button->name, button) == 0;
}

bool saving_is_binned(const struct saving *s)
{
    return s->stored && strcmp(s->stored->state, "binned") == 0;
}

bool saving_is_published(const struct saving *s)
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
    if (saving_is_binned(s) && !saving_is(s, "restore"))
        form_problem(form, "", VIEW_KEY("desk.site.went_to_bin"));
    else if (saving_is_published(s) && !saving_is(s, "propose") && !desk_may_publish(s->screen->user))
        form_problem(form, "", VIEW_KEY("desk.site.went_public"));
}

// Buttons of a state that the site is no longer in save as it is.
static const struct saving_button *fitting(const struct saving *s, const struct saving_button *button)
{
    bool fits = strcmp(button->name, "restore") == 0   ? saving_is_binned(s)
                : strcmp(button->name, "propose") == 0 ? saving_is_published(s)
                                                       : true;
    return fits ? button : &buttons[0];
}

enum { WORD_MAX = 1000 }; // characters

static void check_word(struct saving *s)
{
    const char *word = form_text(&s->f->form, "return_word");
    if (saving_is(s, "return") && fold_utf8_count(word, strlen(word)) > WORD_MAX)
        form_problem(&s->f->form, "return_word", VIEW_KEY("desk.proposals.long_word"));
}

static void read_time(struct saving *s)
{
    struct form *form = &s->f->form;
    s->publish_at = s->stored ? s->stored->publish_at : 0;
    if (s->before_bin.state)
        s->publish_at = s->before_bin.publish_at;
    if (s->button->state || saving_is(s, "unschedule") || s->is_held)
        s->publish_at = 0;
    if (!saving_is(s, "schedule"))
        return;
    const char *clock = form_line(form, "publish_time");
    bool is_time =
        clock_read_local(form_line(form, "publish_date"), *clock ? clock : "08:00", &s->publish_at);
    if (!is_time || s->publish_at <= clock_now())
        form_problem(form, "publish_date", VIEW_KEY("desk.site.bad_time"));
}

// --- writing

static enum err write_site(struct connection *writer, void *arg, struct problem *p)
{
    struct saving *s = arg;
    struct arena *a = s->screen->arena;
    cleanup_site struct site site = {0};
    struct actor actor = desk_actor(s->screen->req);
    const char *word = form_text(&s->f->form, "return_word");
    actor.word = saving_is(s, "return") && *word ? word : NULL;
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
    return e ? e : saving_finish(writer, s, p);
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

enum err saving_again(struct saving *s, bool ask, struct problem *problem)
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

// --- saving

static bool is_same(const struct saving *s)
{
    return s->before && json_equal(s->before, s->after) && s->publish_at == s->stored->publish_at;
}

static const char *flash_of(const struct saving *s)
{
    return s->is_held              ? VIEW_KEY("desk.site.held")
           : s->before_bin.is_late ? VIEW_KEY("desk.site.restored_late")
                                   : s->button->flash;
}

static enum err save(struct saving *s, desk_change *write, struct problem *problem)
{
    bool same = is_same(s);
    if (same)
        s->id = s->stored->id;
    enum err e = desk_write(s->screen->req, same ? saving_finish : write, s, problem);
    if (e == ERR_CONFLICT && saving_is(s, "propose"))
        return saving_sent_elsewhere(s, problem);
    if (e == ERR_CONFLICT)
        return conflict(s, problem);
    if (e == ERR_INVALID || e == ERR_EXISTS || e == ERR_TOO_LARGE) {
        site_form_take(s->f, problem);
        return saving_again(s, false, problem);
    }
    if (e == ERR_BUSY) {
        form_problem(&s->f->form, "", VIEW_KEY("desk.site.busy"));
        return saving_again(s, false, problem);
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

static enum err decide(struct saving *s, struct problem *problem)
{
    bool ask = false;
    enum err e = check_right(s, problem);
    if (!e)
        e = saving_read_documents(s, problem);
    if (!e)
        e = check_area(s, problem);
    if (e)
        return e;
    read_time(s);
    check_word(s);
    check_state(s);
    if (s->f->form.failed)
        return saving_again(s, false, problem);
    if (saving_is(s, "propose"))
        return save(s, saving_propose, problem);
    if (s->stored && s->f->version != s->stored->version)
        return site_conflict_send(s->screen, s->f, s->stored, s->after, problem);
    e = must_ask(s, &ask, problem);
    if (e)
        return e;
    return ask ? saving_again(s, true, problem) : save(s, write_site, problem);
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
