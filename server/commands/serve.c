// `stele serve`: puts the rooms of the server together and runs them until it is told to stop.
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "assets/assets.h"
#include "common/arena.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/url.h"
#include "content/print/parcel_count.h"
#include "content/scan.h"
#include "content/setting.h"
#include "content/site.h"
#include "content/starter.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/batches/generator.h"
#include "server/batches/runner.h"
#include "server/commands/commands.h"
#include "server/commands/rooms.h"
#include "server/commands/say.h"
#include "server/desk/desk.h"
#include "server/desk/frame/jobs.h"
#include "server/http/http.h"
#include "server/keeper.h"
#include "server/notify.h"
#include "server/pictures/intake.h"
#include "server/pictures/pictures.h"
#include "server/publisher.h"
#include "server/view/view.h"
#include "server/visitor/visitor.h"

enum {
    RESTART_AFTER_MS = 2000, // from a change of languages to the new start
    TICK_MS = 100,           // how soon a change by another process is seen
    MALLOC_ARENAS = 2,       // glibc would make eight a core, each keeping what it once used
    MALLOC_MMAP_FROM = 65536 // bytes: larger blocks go back to the system at once
};

struct serving {
    struct app app; // first: http_options.app points here, and the tick gets that
    const struct settings *settings;
    struct arena arena;
    struct keeper *keeper;
    struct publisher *publisher;
    bool inherited;      // the sockets are the service manager's
    bool poll_failed;    // said once
    bool must_restart;   // the languages set up have changed
    uint64_t looked_at;  // the content version that the languages were compared at
    int64_t restart_at;  // monotonic milliseconds; 0: no need
    const char **listen; // of HTTP_MAX_LISTEN + 1
};

// --- the parts
// ------------------------------------------------------------------------------------------------------

_Static_assert(LANGUAGES_MAX == HTTP_MAX_LANGUAGES, "what can be set up can be served");

static void content_changed(void *data, uint64_t version)
{
    struct serving *s = data;
    if (s->app.http)
        http_set_version(s->app.http, version);
}

static enum err begin_collection(struct store *store, const char *folder, struct problem *p)
{
    struct connection *writer = NULL;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    if ((e = starter_fill(writer, p)))
        store_rollback(store);
    else
        e = store_commit(store, p);
    if (!e) // a mistyped --data must not look like a collection whose sites are gone
        say("made a new, empty data folder at %s", folder);
    return e;
}

static enum err open_store(struct serving *s, struct problem *p)
{
    struct store_options options = {
        .folder = s->settings->data,
        .create = true,
        .changed = content_changed,
        .changed_data = s,
    };
    cleanup_buf struct buf database = BUF_INIT;
    buf_printf(&database, "%s/stele.db", options.folder);
    bool is_new = !database.failed && access(database.data, F_OK) < 0;
    enum err e = store_open(&options, &s->app.store, p);
    return !e && is_new ? begin_collection(s->app.store, options.folder, p) : e;
}

static enum err read_base_url(struct serving *s, struct problem *p)
{
    if (!s->settings->base_url)
        return ERR_NONE;
    struct buf url = BUF_INIT;
    enum err e = url_base(s->settings->base_url, &url, p);
    if (!e) {
        s->app.base_url = arena_strdup(&s->arena, url.data);
        s->app.base_url_given = true;
    }
    buf_free(&url);
    return e;
}

// In an empty store nobody has set languages up yet: then all that pages can speak are offered, so that what
// is imported while the server runs is shown without another start.
static enum err list_languages(struct serving *s, struct arena *a, struct languages *ret, struct problem *p)
{
    static const char *const spoken[] = {"vi", "en"};
    struct connection *reader = NULL;
    int64_t sites = 0;
    enum err e = store_reader(s->app.store, &reader, p);
    if (!e)
        e = setting_languages(reader, a, ret, p);
    if (!e)
        e = site_count(reader, &(struct site_filter){.kind = NULL}, &sites, p);
    if (!e && sites == 0 && ret->count == 1 && strcmp(ret->tags[0], spoken[0]) == 0)
        *ret = (struct languages){.tags = (const char **)spoken, .count = sizeof spoken / sizeof spoken[0]};
    return e;
}

static enum err take_languages(struct serving *s, struct problem *p)
{
    struct languages languages;
    enum err e = list_languages(s, &s->arena, &languages, p);
    if (e)
        return e;
    const char **list = arena_array(&s->arena, languages.count + 1, sizeof *list);
    if (!list)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    memcpy(list, languages.tags, languages.count * sizeof *list);
    s->app.languages = list;
    s->app.language_count = languages.count;
    return ERR_NONE;
}

// Without the helper everything works but taking in photos. Only a helper that was named must be there.
static enum err open_pictures(struct serving *s, struct problem *p)
{
    struct pictures_options options = {.helper = s->settings->media_helper};
    struct problem why = PROBLEM_INIT;
    enum err e = pictures_open(&options, &s->app.pictures, &why);
    if (!e)
        return intake_start(s->app.pictures, s->app.store, &s->app.intake, p);
    if (p && (s->settings->media_helper || e != ERR_NOT_FOUND))
        *p = why;
    else
        say("photos cannot be taken in: %s", why.text);
    return s->settings->media_helper || e != ERR_NOT_FOUND ? e : ERR_NONE;
}

static void tell(const char *text)
{
    say("%s", text);
}

// As with photos: without the generator everything works but making batches.
static enum err open_batches(struct serving *s, struct problem *p)
{
    const struct settings *set = s->settings;
    const char *media = arena_printf(&s->arena, "%s/media", store_folder(s->app.store));
    struct generator_options options = {
        .program = set->batch_helper, .designs = set->designs, .logo = set->logo, .media = media};
    struct problem why = PROBLEM_INIT;
    enum err e = generator_open(&options, &s->app.generator, &why);
    if (e == ERR_NOT_FOUND && !set->batch_helper) {
        say("batches cannot be made: %s", why.text);
        return ERR_NONE;
    }
    if (e && p)
        *p = why;
    struct runner_options runner = {.store = s->app.store, .generator = s->app.generator, .tell = tell};
    return e ? e : runner_start(&runner, &s->app.runner, p);
}

static enum err open_parts(struct serving *s, struct problem *p)
{
    enum err e = assets_open(s->settings->assets, &s->app.assets, p); // first: it leaves nothing behind
    if (!e)
        e = open_store(s, p);
    if (!e)
        e = take_languages(s, p);
    if (!e)
        e = view_open(s->app.assets, "vi", &s->app.view, p);
    if (!e && (!(s->app.scans = scan_counter_new()) || !(s->app.downloads = parcel_count_new())))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = open_pictures(s, p);
    if (!e)
        e = open_batches(s, p);
    if (!e)
        e = keeper_start(s->app.scans, s->app.downloads, s->app.store, &s->keeper, p);
    if (!e)
        e = publisher_start(s->app.store, &s->publisher, p);
    return e ? e : jobs_open(&s->app.jobs, p);
}

static void close_parts(struct serving *s)
{
    pictures_stop(s->app.pictures);
    jobs_close(s->app.jobs); // before those who may be waiting for the store that an import holds
    runner_stop(s->app.runner);
    generator_close(s->app.generator);
    publisher_stop(s->publisher);
    keeper_stop(s->keeper);
    intake_stop(s->app.intake);
    pictures_close(s->app.pictures);
    scan_counter_free(s->app.scans);
    parcel_count_free(s->app.downloads);
    view_close(s->app.view);
    assets_close(s->app.assets);
    store_close(s->app.store);
    arena_clear(&s->arena);
}

// --- watching the store
// ---------------------------------------------------------------------------------------------

static bool languages_changed(struct serving *s)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct languages now;
    if (list_languages(s, &a, &now, NULL))
        return false;
    bool same = now.count == s->app.language_count;
    for (size_t i = 0; i < now.count && same; i++)
        same = strcmp(now.tags[i], s->app.languages[i]) == 0;
    return !same;
}

// Another process may have changed the content: an import, a second server. Languages may have changed at the
// desk too; whoever changed them sees the next page before the new start.
static bool look_at_store(void *arg)
{
    struct serving *s = arg;
    struct connection *reader = NULL;
    struct problem p = PROBLEM_INIT;
    uint64_t version = 0;
    bool failed = store_reader(s->app.store, &reader, &p) || store_content_version(reader, &version, &p);
    if (failed && !s->poll_failed)
        say("%s", p.text);
    s->poll_failed = failed;
    if (failed)
        return true;
    if (version != s->looked_at) {
        s->looked_at = version;
        s->restart_at = languages_changed(s) ? clock_monotonic_ms() + RESTART_AFTER_MS : 0;
    }
    if (version != http_version(s->app.http))
        http_set_version(s->app.http, version);
    s->must_restart = s->restart_at && clock_monotonic_ms() >= s->restart_at;
    return !s->must_restart;
}

static enum err take_version(struct serving *s, struct problem *p)
{
    struct connection *reader = NULL;
    uint64_t version = 0;
    enum err e = store_reader(s->app.store, &reader, p);
    if (!e)
        e = store_content_version(reader, &version, p);
    if (!e)
        http_set_version(s->app.http, version);
    return e;
}

// --- listening
// ------------------------------------------------------------------------------------------------------

static enum err error_page(struct http_request *req, const struct problem *problem, struct http_response *res)
{
    static const char desk[] = "/desk";
    bool is_desk = strncmp(req->path, desk, strlen(desk)) == 0 && strchr("/", req->path[strlen(desk)]);
    return (is_desk ? desk_error_page : visitor_error_page)(req, problem, res);
}

static enum err open_http(struct serving *s, struct problem *p)
{
    const struct settings *set = s->settings;
    struct route_table *tables = arena_array(&s->arena, ROOMS_MAX, sizeof *tables);
    if (!tables)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct http_options o = http_options_default();
    o.app = &s->app;
    o.tables = tables;
    o.table_count = rooms_tables(tables);
    o.languages = s->app.languages;
    o.error_page = error_page;
    o.guard = desk_guard;
    o.admit = desk_admit;
    o.listen = s->listen;
    o.https = s->app.base_url_given && strncmp(s->app.base_url, "https:", 6) == 0;
    o.trust_proxy = set->trust_proxy;
    o.threads = (unsigned)set->threads;
    o.workers = (unsigned)set->workers;
    o.connections = (unsigned)set->connections;
    o.connections_per_ip = (unsigned)set->connections_per_address;
    o.cache_bytes = assets_is_live(s->app.assets) ? 0 : (size_t)set->cache_bytes;
    o.log_fd = set->log ? STDERR_FILENO : -1;
    o.log_sample = (unsigned)set->log_sample;
    o.log_addresses = (enum http_log_addresses)set->log_addresses;
    return http_open(&o, &s->app.http, p);
}

static enum err list_addresses(struct serving *s, struct problem *p)
{
    const struct options_list *given = &s->settings->listen;
    if (given->count > HTTP_MAX_LISTEN)
        return problem_set(p, ERR_INVALID, "listen", "--listen can be given %d addresses at most",
                           HTTP_MAX_LISTEN);
    s->listen = arena_array(&s->arena, HTTP_MAX_LISTEN + 1, sizeof *s->listen);
    if (!s->listen)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    memcpy(s->listen, given->items, given->count * sizeof *s->listen);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && !s->inherited && s->listen[i]; i++)
        e = http_check_listen(s->listen[i], p);
    return e;
}

// Whoever reads what the server says at its start may make the first admin account.
static enum err tell_first_admin(struct serving *s, struct problem *p)
{
    char path[DESK_FIRST_SIZE];
    enum err e = desk_first_link(s->app.store, path, p);
    if (!e && path[0])
        say("make the first admin account at %s%s", s->app.base_url, path);
    return e;
}

static void tell_addresses(struct serving *s)
{
    for (size_t i = 0; http_address(s->app.http, i); i++)
        say("listening on %s", http_address(s->app.http, i));
}

// Without one that was set, the base URL is where the server listens.
static enum err take_base_url(struct serving *s, struct problem *p)
{
    if (s->app.base_url_given)
        return ERR_NONE;
    const char *first = http_address(s->app.http, 0);
    s->app.base_url = arena_strndup(&s->arena, first, strlen(first) - 1); // without the last slash
    return s->app.base_url ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// Where any free port was asked for, a second start takes the port that the first one got.
static void keep_ports(struct serving *s)
{
    for (size_t i = 0; s->listen[i] && http_address(s->app.http, i); i++) {
        size_t len = strlen(s->listen[i]);
        const char *host = http_address(s->app.http, i) + strlen("http://");
        char *found = arena_strndup(&s->arena, host, strlen(host) - 1); // without the last slash
        if (len > 2 && strcmp(s->listen[i] + len - 2, ":0") == 0 && found)
            s->listen[i] = found;
    }
}

// One life of the HTTP room. It ends for good by a signal, or to begin again with other languages.
static enum err run_once(struct serving *s, struct problem *p)
{
    s->must_restart = false;
    s->restart_at = 0;
    enum err e = open_http(s, p);
    if (!e)
        e = take_base_url(s, p);
    if (!e)
        e = take_version(s, p);
    if (!e)
        e = http_begin(s->app.http, p); // from here on what s->app holds stays as it is
    if (!e) {
        tell_addresses(s);
        keep_ports(s);
        e = tell_first_admin(s, p);
    }
    if (!e) {
        notify_manager("READY=1");
        http_run(s->app.http, TICK_MS, look_at_store);
        if (!s->must_restart)
            notify_manager("STOPPING=1");
    }
    http_stop(s->app.http, (unsigned)s->settings->grace_ms);
    s->app.http = NULL;
    return e;
}

static enum err run(struct serving *s, struct problem *p)
{
    enum err e = run_once(s, p);
    while (!e && s->must_restart && !s->inherited) {
        say("the languages set up have changed: starting again with them");
        e = take_languages(s, p);
        if (!e)
            e = run_once(s, p);
    }
    if (!e && s->must_restart)
        say("the languages set up have changed: ending, so that the service manager starts again");
    return e;
}

int serve_command(const struct settings *settings, const char *const *arguments)
{
    (void)arguments;
    struct problem p = PROBLEM_INIT;
    struct serving s = {.app.import_bytes = settings->import_bytes,
                        .settings = settings,
                        .inherited = getenv("LISTEN_FDS") != NULL};
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    mallopt(M_MMAP_THRESHOLD, MALLOC_MMAP_FROM);
    if (read_base_url(&s, &p) || list_addresses(&s, &p)) {
        say("%s", p.text);
        arena_clear(&s.arena);
        return STATUS_WRONG_USE;
    }
    http_block_signals();
    int status = open_parts(&s, &p) || run(&s, &p) ? say_failed(&p) : STATUS_DONE;
    close_parts(&s);
    return status;
}
