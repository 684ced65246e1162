// Activity: who did what, when. Read only; editors see what they did themselves.
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "content/editing/desk_list.h"
#include "content/plate.h"
#include "content/print/batch.h"
#include "content/staff/account.h"
#include "content/words.h"
#include "server/desk/frame/list.h"
#include "server/desk/plates/plates_parts.h"
#include "server/desk/routes.h"
#include "server/view/view.h"

enum { DAY_SECONDS = 24 * 3600 };

// Every action that is ever written; a test compares this table with the code. In a message {what} is the
// subject, {reason} and {to} what the event says more.
static const struct {
    const char *action, *key;
} actions[] = {
    {"site.add", VIEW_KEY("desk.activity.site_add")},
    {"site.change", VIEW_KEY("desk.activity.site_change")},
    {"site.submit", VIEW_KEY("desk.activity.site_submit")},
    {"site.return", VIEW_KEY("desk.activity.site_return")},
    {"site.publish", VIEW_KEY("desk.activity.site_publish")},
    {"site.withdraw", VIEW_KEY("desk.activity.site_withdraw")},
    {"site.schedule", VIEW_KEY("desk.activity.site_schedule")},
    {"site.unschedule", VIEW_KEY("desk.activity.site_unschedule")},
    {"site.bin", VIEW_KEY("desk.activity.site_bin")},
    {"site.unbin", VIEW_KEY("desk.activity.site_unbin")},
    {"site.propose", VIEW_KEY("desk.activity.site_propose")},
    {"site.proposal-taken", VIEW_KEY("desk.activity.site_proposal_taken")},
    {"site.proposal-returned", VIEW_KEY("desk.activity.site_proposal_returned")},
    {"site.not-published", VIEW_KEY("desk.activity.site_not_published")},
    {"tour.add", VIEW_KEY("desk.activity.tour_add")},
    {"tour.change", VIEW_KEY("desk.activity.tour_change")},
    {"plate.made", VIEW_KEY("desk.activity.plate_made")},
    {"plate.state", VIEW_KEY("desk.activity.plate_state")},
    {"plate.re-pointed", VIEW_KEY("desk.activity.plate_pointed")},
    {"plate.moved", VIEW_KEY("desk.activity.plate_moved")},
    {"import.land", VIEW_KEY("desk.activity.import_land")},
    {"import.bulk", VIEW_KEY("desk.activity.import_bulk")},
    {"import.undo", VIEW_KEY("desk.activity.import_undo")},
    {"account.add", VIEW_KEY("desk.activity.account_add")},
    {"account.change", VIEW_KEY("desk.activity.account_change")},
    {"account.password", VIEW_KEY("desk.activity.account_password")},
    {"account.areas", VIEW_KEY("desk.activity.account_areas")},
    {"account.totp-on", VIEW_KEY("desk.activity.account_totp_on")},
    {"account.totp-off", VIEW_KEY("desk.activity.account_totp_off")},
    {"account.sign-in", VIEW_KEY("desk.activity.account_sign_in")},
    {"backup.make", VIEW_KEY("desk.activity.backup_make")},
    {"backup.download", VIEW_KEY("desk.activity.backup_download")},
    {"backup.delete", VIEW_KEY("desk.activity.backup_delete")},
    {"batch.make", VIEW_KEY("desk.activity.batch_make")},
    {"batch.stop", VIEW_KEY("desk.activity.batch_stop")},
    {"batch.again", VIEW_KEY("desk.activity.batch_again")},
    {"batch.print", VIEW_KEY("desk.activity.batch_print")},
    {"batch.made", VIEW_KEY("desk.activity.batch_made")},
    {"batch.failed", VIEW_KEY("desk.activity.batch_failed")},
    {"batch.download", VIEW_KEY("desk.activity.batch_download")},
    {"batch.link", VIEW_KEY("desk.activity.batch_link")},
    {"batch.link-end", VIEW_KEY("desk.activity.batch_link_end")},
    {"setting.change", VIEW_KEY("desk.activity.setting_change")},
    {"setting.languages", VIEW_KEY("desk.activity.language_change")},
    {"term.change", VIEW_KEY("desk.activity.term_change")},
    {"term.merge", VIEW_KEY("desk.activity.term_merge")},
    {"term.delete", VIEW_KEY("desk.activity.term_delete")},
};

static const struct {
    const char *subject, *key;
} settings[] = {
    {"setting:name", VIEW_KEY("desk.settings.name")},
    {"setting:logo", VIEW_KEY("desk.settings.logo")},
    {"setting:map", VIEW_KEY("desk.settings.map")},
    {"setting:publish", VIEW_KEY("desk.settings.who")},
};

// What acts without an account, as it calls itself; a test compares this table with the code.
static const struct {
    const char *actor, *key;
} programs[] = {
    {"the clock", VIEW_KEY("desk.activity.by_clock")},
    {"the desk", VIEW_KEY("desk.activity.by_desk")},
    {"stele import", VIEW_KEY("desk.activity.by_import")},
    {"stele user", VIEW_KEY("desk.activity.by_user")},
    {"stele-qrgen", VIEW_KEY("desk.activity.by_generator")},
};
#define BY_PROGRAMS "0"

enum { WHO, WHAT, FROM, TO };
static const struct field_option kinds[] = {
    {.value = "site.", .label = VIEW_KEY("desk.activity.kind_site")},
    {.value = "tour.", .label = VIEW_KEY("desk.activity.kind_tour")},
    {.value = "plate.", .label = VIEW_KEY("desk.activity.kind_plate")},
    {.value = "batch.", .label = VIEW_KEY("desk.activity.kind_batch")},
    {.value = "import.", .label = VIEW_KEY("desk.activity.kind_import")},
    {.value = "account.sign-in", .label = VIEW_KEY("desk.activity.kind_sign_in")},
    {.value = "account.", .label = VIEW_KEY("desk.activity.kind_account")},
    {.value = "backup.", .label = VIEW_KEY("desk.activity.kind_backup")},
    {.value = "setting.", .label = VIEW_KEY("desk.activity.kind_setting")},
    {.value = "term.", .label = VIEW_KEY("desk.activity.kind_term")},
    {.value = NULL},
};
static const struct list_filter filters[] = {
    [WHO] = {.name = "who", .label = VIEW_KEY("desk.activity.who")},
    [WHAT] = {.name = "what", .label = VIEW_KEY("desk.activity.what"), .options = kinds},
    [FROM] = {.name = "from", .label = VIEW_KEY("desk.activity.from"), .type = "date"},
    [TO] = {.name = "to", .label = VIEW_KEY("desk.activity.to"), .type = "date"},
};
static const struct list list = {
    .path = "/desk/activity",
    .search = VIEW_KEY("desk.activity.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.activity.count"),
    .empty = VIEW_KEY("desk.activity.empty"),
};
static const char *const params[] = {LIST_PARAMS, "who", "what", "from", "to", NULL};

// --- what is asked for

// Seconds since 1970 at the day's beginning in Việt Nam; 0 for what is no day.
static int64_t day_begin(const char *text)
{
    int64_t when = 0;
    clock_read_local(text, "00:00", &when);
    return when;
}

static enum err list_people(struct screen *screen, const struct field_option **ret, struct problem *p)
{
    struct accounts accounts;
    enum err e = account_list(screen->db, screen->arena, &accounts, p);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, accounts.count + 2, sizeof *options);
    if (!options)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < accounts.count; i++) {
        const char *id = arena_printf(screen->arena, "%lld", (long long)accounts.items[i].id);
        if (!id)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
        options[i] = (struct field_option){.value = id, .label_text = accounts.items[i].name};
    }
    options[accounts.count] =
        (struct field_option){.value = BY_PROGRAMS, .label = VIEW_KEY("desk.activity.by_programs")};
    *ret = options;
    return ERR_NONE;
}

// By the account and not by its name: names change, and another may have this one now.
static struct desk_event_filter filter_of(const struct screen *screen, const struct list_query *q)
{
    int64_t until = day_begin(q->values[TO]), own = screen->user->account.id;
    bool admin = screen->user->account.role == ROLE_ADMIN;
    return (struct desk_event_filter){.of_account = !admin || q->values[WHO],
                                      .account_id = !admin           ? own
                                                    : q->values[WHO] ? strtoll(q->values[WHO], NULL, 10)
                                                                     : 0,
                                      .query = q->search,
                                      .action = q->values[WHAT],
                                      .since = day_begin(q->values[FROM]),
                                      .until = until ? until + DAY_SECONDS - 1 : 0,
                                      .offset = q->offset};
}

// --- sentences

struct subject {
    const char *words;
    const char *href; // or NULL
};

static struct subject target_subject(struct screen *screen, int64_t site_id, int64_t tour_id,
                                     const char *otherwise)
{
    struct plate_target target;
    if (plate_target_load(screen->db, screen->arena, site_id, tour_id, &target, NULL))
        return (struct subject){otherwise, NULL};
    const char *href =
        target.is_tour ? NULL : arena_printf(screen->arena, "/desk/sites/%lld", (long long)site_id);
    return (struct subject){plates_title(screen->req, &target), href};
}

static struct subject batch_subject(struct screen *screen, const char *id)
{
    struct batch batch;
    if (batch_load(screen->db, screen->arena, strtoll(id, NULL, 10), &batch, NULL))
        return (struct subject){id, NULL};
    return (struct subject){batch.name, arena_printf(screen->arena, "/desk/batches/%s", id)};
}

static struct subject subject_of(struct screen *screen, const char *subject)
{
    const char *colon = strchr(subject, ':');
    const char *rest = colon ? colon + 1 : "";
    struct account account;
    char words[CODE_WORDS_SIZE];
    if (strncmp(subject, "site:", 5) == 0)
        return target_subject(screen, strtoll(rest, NULL, 10), 0, rest);
    if (strncmp(subject, "tour:", 5) == 0)
        return target_subject(screen, 0, strtoll(rest, NULL, 10), rest);
    if (strncmp(subject, "batch:", 6) == 0)
        return batch_subject(screen, rest);
    if (strncmp(subject, "plate:", 6) == 0 && code_is_valid(rest)) {
        code_words(rest, words);
        return (struct subject){arena_strdup(screen->arena, words),
                                arena_printf(screen->arena, "/desk/plates/%s", rest)};
    }
    if (strncmp(subject, "account:", 8) == 0 &&
        account_load(screen->db, screen->arena, strtoll(rest, NULL, 10), &account, NULL) == ERR_NONE)
        return (struct subject){account.name, NULL};
    if (strncmp(subject, "import:", 7) == 0)
        return (struct subject){rest, arena_printf(screen->arena, "/desk/imports/%s", rest)};
    return (struct subject){rest, NULL};
}

static const char *said(const json_t *detail, const char *name)
{
    const char *text = json_string_value(json_object_get(detail, name));
    return text ? text : "";
}

static void put_sentence(struct screen *screen, json_t *item, const struct desk_event *event)
{
    struct subject subject = subject_of(screen, event->subject);
    json_t *detail = json_loads(event->detail, 0, NULL);
    const char *to = said(detail, "to"), *key = NULL;
    if (strcmp(event->action, "plate.state") == 0)
        to = screen_words(screen, plates_state_key(to), NULL);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].action, event->action) == 0)
            key = actions[i].key;
    const char *what = said(detail, "what");
    if (!*what && strncmp(event->action, "import.", 7) == 0)
        what = said(detail, "file");
    for (size_t i = 0; !*what && i < sizeof settings / sizeof settings[0]; i++)
        if (strcmp(event->subject, settings[i].subject) == 0)
            what = screen_words(screen, settings[i].key, NULL);
    if (!*what)
        what = subject.words && *subject.words ? subject.words : said(detail, "file");
    json_t *values = json_pack("{s:s, s:s, s:s}", "what", what, "to", to, "reason", said(detail, "reason"));
    if (key)
        screen_message(screen, item, "words", key, values);
    else
        context_text(&screen->context, item, "words", event->action);
    context_text(&screen->context, item, "href", subject.href ? subject.href : "");
    json_decref(values);
    json_decref(detail);
}

static void put_actor(struct screen *screen, json_t *item, const struct desk_event *event)
{
    struct context *c = &screen->context;
    const char *who = event->account ? event->account : event->actor;
    for (size_t i = 0; !event->account && i < sizeof programs / sizeof programs[0]; i++)
        if (strcmp(programs[i].actor, event->actor) == 0)
            who = screen_words(screen, programs[i].key, NULL);
    context_text(c, item, "who", who);
    context_flag(c, item, "was", false);
    if (event->account && strcmp(event->account, event->actor) != 0)
        context_text(c, item, "was", event->actor);
}

// --- the page

static bool has_value(const struct field_option *options, const char *value)
{
    for (; options->value; options++)
        if (strcmp(options->value, value) == 0)
            return true;
    return false;
}

static enum err put_events(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct list_query q;
    struct desk_events events = {.count = 0};
    const struct field_option *people = NULL;
    int64_t total = 0;
    enum err e = list_people(screen, &people, problem);
    if (e)
        return e;
    list_read(&list, screen->req, &q);
    q.options[WHO] = people;
    if (q.values[WHO] && !has_value(people, q.values[WHO]))
        q.values[WHO] = NULL;
    struct desk_event_filter filter = filter_of(screen, &q);
    e = desk_event_count(screen->db, &filter, &total, problem);
    list_put(screen, &list, &q, total);
    filter.offset = q.offset;
    if (!e && total > 0)
        e = desk_event_list(screen->db, screen->arena, &filter, 0, q.limit, &events, problem);
    json_t *items = context_list(c, c->root, "items");
    for (size_t i = 0; !e && i < events.count; i++) {
        json_t *item = context_item(c, items);
        put_actor(screen, item, &events.items[i]);
        screen_time(screen, item, "when", events.items[i].at);
        put_sentence(screen, item, &events.items[i]);
    }
    context_flag(c, c->root, "own", screen->user->account.role != ROLE_ADMIN);
    return e;
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_events(&screen, problem);
    if (e)
        return e;
    screen.title = VIEW_KEY("desk.activity.title");
    screen.menu = "/desk/activity";
    return screen_send(&screen, "desk/activity", problem);
}

static const struct route rows[] = {
    {.pattern = "/desk/activity", .handler = show, .who = DESK_WRITERS, .flags = DESK_GET, .params = params},
};

const struct route_table desk_activity_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
