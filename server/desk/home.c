// The first page of the desk: what waits, how much there is, and the one obvious next step.
#include <stddef.h>
#include <string.h>

#include "content/backup/kept.h"
#include "content/editing/desk_list.h"
#include "content/editing/review.h"
#include "server/desk/frame/jobs.h"
#include "server/desk/frame/screen.h"
#include "server/desk/frame/told.h"
#include "server/desk/routes.h"
#include "server/desk/sites/drafts.h"
#include "server/desk/sites/proposals.h"
#include "server/desk/upkeep/backup_age.h"
#include "server/view/view.h"

// --- how much there is

struct tile {
    const char *state, *label;
};
// As desk_site_states and desk_plate_states order them
static const struct tile site_tiles[] = {
    {"draft", VIEW_KEY("desk.home.state_draft")},
    {"in-review", VIEW_KEY("desk.home.state_in_review")},
    {"published", VIEW_KEY("desk.home.state_published")},
    {"withdrawn", VIEW_KEY("desk.home.state_withdrawn")},
};
static const struct tile plate_tiles[DESK_PLATE_STATES] = {
    {"planned", VIEW_KEY("desk.home.plate_planned")},
    {"printed", VIEW_KEY("desk.home.plate_printed")},
    {"installed", VIEW_KEY("desk.home.plate_installed")},
    {"damaged", VIEW_KEY("desk.home.plate_damaged")},
};
enum { IN_REVIEW = 1, BINNED = 4 };

static void put_tiles(struct screen *screen, const char *path, const struct tile *tiles, size_t count,
                      const int64_t *counts)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "states");
    for (size_t i = 0; i < count; i++) {
        json_t *item = context_item(c, list);
        context_number(c, item, "count", counts[i]);
        screen_message(screen, item, "label", tiles[i].label, NULL);
        context_text(c, item, "href", arena_printf(screen->arena, "%s?state=%s", path, tiles[i].state));
    }
}

// Who limits what is counted; 0: nothing does.
static int64_t limited(const struct screen *screen)
{
    return screen->user->area_count ? screen->user->account.id : 0;
}

enum { REVIEW_SHOWN = 5 };

// Those that were sent last; the rest is behind the link.
static enum err put_review(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct desk_site_filter filter = {.state = "in-review", .account_id = limited(screen)};
    struct desk_sites sites;
    int64_t count = 0;
    enum err e = desk_site_count(screen->db, &filter, &count, problem);
    filter.counted = (struct desk_counted){.known = true, .total = count};
    if (!e)
        e = desk_site_list(screen->db, screen->arena, &filter, DESK_SITE_BY_CHANGE, REVIEW_SHOWN, 0, &sites,
                           problem);
    if (e || !count)
        return e;
    json_t *review = context_object(c, c->root, "review");
    json_t *list = context_list(c, review, "sites");
    context_number(c, review, "count", count);
    for (size_t i = 0; i < sites.count; i++) {
        json_t *item = context_item(c, list);
        context_number(c, item, "id", sites.items[i].id);
        context_text(c, item, "site_title", sites.items[i].title);
        screen_ago(screen, item, "changed", sites.items[i].updated_at);
        struct review_step step;
        e = review_last_step(screen->db, screen->arena, sites.items[i].id, &step, problem);
        if (e && e != ERR_NOT_FOUND)
            return e;
        context_text(c, item, "by", !e && review_is_sent(&step) ? step.by : "");
    }
    return ERR_NONE;
}

// --- what the account writes itself

enum { OWN_SHOWN = 6 };

static enum err put_own(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct review_owns owns;
    int64_t me = screen->user->account.id;
    enum err e = review_list_own(screen->db, screen->arena, me, OWN_SHOWN, &owns, problem);
    json_t *list = context_list(c, c->root, "own");
    for (size_t i = 0; !e && i < owns.count; i++) {
        const struct review_own *own = &owns.items[i];
        const struct review_step *last = &own->last;
        bool returned = last->action && strcmp(last->action, "site.return") == 0 && last->account_id != me &&
                        strcmp(own->state, "draft") == 0;
        json_t *item = context_item(c, list);
        context_number(c, item, "id", own->id);
        context_text(c, item, "site_title", own->title);
        context_text(c, item, "returned_by", returned ? last->by : "");
        context_text(c, item, "word", returned && last->word ? last->word : "");
        context_flag(c, item, "waits", strcmp(own->state, "in-review") == 0);
        screen_ago(screen, item, "changed", own->updated_at);
    }
    context_flag(c, c->root, "has_own", !e && owns.count > 0);
    return e;
}

// --- what waits

enum { ONLY_WRITERS = 1, ONLY_ADMINS = 2 };

static bool is_for(const struct screen *screen, int who)
{
    enum role role = screen->user->account.role;
    return role == ROLE_ADMIN || (role == ROLE_EDITOR ? who != ONLY_ADMINS : !who);
}

static json_t *add_matter(struct screen *screen, json_t *matters, bool is_red, const char *sentence,
                          const char *go, const char *href)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, matters);
    context_flag(c, item, "is_red", is_red);
    context_text(c, item, "sentence", sentence);
    screen_message(screen, item, "go", go, NULL);
    context_text(c, item, "href", href);
    return item;
}

// "16", or "hơn 1.000" where counting stopped.
static void put_counted(struct screen *screen, json_t *matters, int64_t count, bool is_red,
                        const char *sentence, const char *go, const char *href)
{
    bool more = count > DESK_WAITING_MAX;
    json_t *number = json_pack("{s:I}", "count", (json_int_t)(more ? DESK_WAITING_MAX : count));
    const char *words =
        screen_words(screen, more ? VIEW_KEY("desk.home.more_than") : VIEW_KEY("desk.home.as_many"), number);
    json_object_set_new(number, "number", json_string(words));
    add_matter(screen, matters, is_red, screen_words(screen, sentence, number), go, href);
    json_decref(number);
}

static enum err put_backup(struct screen *screen, json_t *matters, struct problem *problem)
{
    struct kept_list list;
    enum err e = kept_read(screen->app->store, screen->arena, &list, problem);
    if (e)
        return e;
    json_t *age = json_object();
    backup_age_put(screen, age, &list);
    bool never = json_is_true(json_object_get(age, "never"));
    if (json_is_true(json_object_get(age, "old")))
        add_matter(screen, matters, true,
                   screen_words(screen,
                                never ? VIEW_KEY("desk.backups.never") : VIEW_KEY("desk.home.backup_old"),
                                age),
                   VIEW_KEY("desk.home.backup_go"), "/desk/backups");
    json_decref(age);
    return ERR_NONE;
}

// The last long job came to nothing: told to whom it belongs, and to admins.
static void put_failed_job(struct screen *screen, json_t *matters)
{
    struct job_state state;
    jobs_look(screen->app->jobs, &state);
    bool mine = strcmp(state.who, screen->user->account.name) == 0;
    if (state.running || !state.failure.code || !(mine || is_for(screen, ONLY_ADMINS)))
        return;
    json_t *values = json_pack("{s:s, s:s}", "file", state.title, "why", told_words(screen, &state.failure));
    add_matter(screen, matters, true, screen_words(screen, VIEW_KEY("desk.home.job_failed"), values),
               VIEW_KEY("desk.home.job_go"), "/desk/imports");
    json_decref(values);
}

static enum err put_matters(struct screen *screen, struct problem *problem)
{
    static const struct {
        size_t at; // in struct desk_waiting
        int who;
        bool is_red;
        const char *sentence, *go, *href;
    } kinds[] = {
        {offsetof(struct desk_waiting, failed_batches), ONLY_WRITERS, true,
         VIEW_KEY("desk.home.failed_batches"), VIEW_KEY("desk.home.failed_batches_go"),
         "/desk/batches?state=failed"},
        {offsetof(struct desk_waiting, damaged), 0, false, VIEW_KEY("desk.home.damaged"),
         VIEW_KEY("desk.home.damaged_go"), "/desk/plates?state=damaged"},
        {offsetof(struct desk_waiting, printed), 0, false, VIEW_KEY("desk.home.printed"),
         VIEW_KEY("desk.home.printed_go"), "/desk/plates?state=printed"},
        {offsetof(struct desk_waiting, stale), ONLY_WRITERS, false, VIEW_KEY("desk.home.stale"),
         VIEW_KEY("desk.home.stale_go"), "/desk/sites?missing=stale"},
    };
    struct desk_waiting waiting;
    json_t *matters = context_list(&screen->context, screen->context.root, "matters");
    enum err e = is_for(screen, ONLY_ADMINS) ? put_backup(screen, matters, problem) : ERR_NONE;
    if (is_for(screen, ONLY_WRITERS))
        put_failed_job(screen, matters);
    if (!e)
        e = desk_waiting(screen->db, limited(screen), &waiting, problem);
    for (size_t i = 0; !e && i < sizeof kinds / sizeof kinds[0]; i++) {
        int64_t count;
        memcpy(&count, (const char *)&waiting + kinds[i].at, sizeof count);
        if (count && is_for(screen, kinds[i].who))
            put_counted(screen, matters, count, kinds[i].is_red, kinds[i].sentence, kinds[i].go,
                        kinds[i].href);
    }
    context_flag(&screen->context, screen->context.root, "has_matters", json_array_size(matters) > 0);
    return e;
}

// --- the page

static enum err fill(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    int64_t counts[DESK_SITE_STATES], plates[DESK_PLATE_STATES], total = 0;
    bool publishes = desk_may_publish(screen->user), writes = screen->user->account.role != ROLE_FIELD;
    enum err e = desk_site_states(screen->db, limited(screen), counts, problem);
    if (!e && !writes)
        e = desk_plate_states(screen->db, limited(screen), plates, problem);
    if (!e && writes)
        e = put_own(screen, problem);
    if (!e)
        e = drafts_put_mine(screen, problem);
    if (!e)
        e = proposals_put_home(screen, problem);
    if (!e)
        e = put_matters(screen, problem);
    if (e)
        return e;
    for (size_t i = 0; i < BINNED; i++)
        total += counts[i];
    if (writes)
        put_tiles(screen, "/desk/sites", site_tiles, sizeof site_tiles / sizeof site_tiles[0], counts);
    else
        put_tiles(screen, "/desk/plates", plate_tiles, DESK_PLATE_STATES, plates);
    if (publishes && counts[IN_REVIEW])
        e = put_review(screen, problem);
    if (e)
        return e;
    bool waits = json_object_get(c->root, "review") || json_is_true(json_object_get(c->root, "has_drafts")) ||
                 json_is_true(json_object_get(c->root, "has_matters")) ||
                 json_is_true(json_object_get(c->root, "has_own")) ||
                 json_is_true(json_object_get(c->root, "proposing"));
    context_flag(c, c->root, "calm", total > 0 && !waits);
    context_flag(c, c->root, "no_sites", total == 0);
    context_flag(c, c->root, "writes", writes);
    context_flag(c, c->root, "is_admin", screen->user->account.role == ROLE_ADMIN);
    context_flag(c, c->root, "no_totp",
                 screen->user->account.role == ROLE_ADMIN && !screen->user->account.has_totp);
    return ERR_NONE;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = fill(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.home.title");
    screen.menu = "/desk/";
    return screen_send(&screen, "desk/home", problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET | ROUTE_EITHER_SLASH},
};

const struct route_table desk_home_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
