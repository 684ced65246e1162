// `stele import`: a bundle, a table or GeoJSON into the store, all of it or nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "content/exchange/exchange.h"
#include "content/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/say.h"
#include "server/pictures/pictures.h"

// Where the import goes: the data folder, or for a dry run without one a folder that is thrown away.
struct place {
    struct arena arena;
    const char *folder;
    bool made;   // by this command: goes again when nothing was imported
    bool landed; // stays
    struct store *store;
};

static void leave_place(struct place *place)
{
    store_close(place->store);
    if (place->made && !place->landed)
        file_remove_tree(place->folder, NULL);
    arena_clear(&place->arena);
}

static enum err find_folder(struct place *place, const struct settings *s, struct problem *p)
{
    const char *database = arena_printf(&place->arena, "%s/stele.db", s->data);
    if (!database)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    bool is_there = access(database, F_OK) == 0;
    place->folder = s->data;
    if (is_there)
        return ERR_NONE;
    if (!s->dry_run) {
        place->made = access(s->data, F_OK) < 0;
        return ERR_NONE;
    }
    const char *temporary = getenv("TMPDIR");
    char *folder =
        arena_printf(&place->arena, "%s/stele-XXXXXX", temporary && temporary[0] ? temporary : "/tmp");
    if (!folder || !mkdtemp(folder))
        return problem_errno(p, NULL, "cannot make a temporary folder for the dry run");
    place->folder = folder;
    place->made = true;
    return ERR_NONE;
}

static enum err enter_place(struct place *place, const struct settings *s, struct problem *p)
{
    enum err e = find_folder(place, s, p);
    struct store_options options = {.folder = place->folder, .create = true};
    return e ? e : store_open(&options, &place->store, p);
}

static enum err read_delimiter(const char *text, char *ret, struct problem *p)
{
    if (!text)
        *ret = 0;
    else if (strcmp(text, "tab") == 0)
        *ret = '\t';
    else if (strlen(text) == 1 && strchr(",;|\t", text[0]))
        *ret = text[0];
    else
        return problem_set(
            p, ERR_INVALID, "delimiter",
            "--delimiter \"%.40s\" is none: it must be a comma, a semicolon, | or the word tab", text);
    return ERR_NONE;
}

static void tell_count(const char *what, const struct exchange_count *c)
{
    if (c->read + c->bad > 0)
        printf("  %-7s %6zu read, %zu new, %zu changed, %zu unchanged, %zu bad\n", what, c->read, c->added,
               c->changed, c->unchanged, c->bad);
    if (c->returned)
        printf("          %6zu of them taken back out of the bin\n", c->returned);
}

static void tell_report(const struct settings *s, const char *path, const struct exchange_report *r)
{
    if (s->quiet)
        return;
    printf("%s %s as %s%s%s\n",
           s->dry_run  ? "Looked through"
           : r->landed ? "Imported"
                       : "Nothing to change from",
           path, r->format ? r->format : "nothing", r->encoding ? ", " : "", r->encoding ? r->encoding : "");
    tell_count("sites", &r->sites);
    tell_count("tours", &r->tours);
    tell_count("plates", &r->plates);
    if (r->media)
        printf("  media   %6zu files\n", r->media);
    if (r->columns_unused.len)
        printf("  columns not used: %s\n", r->columns_unused.data);
}

// Without the helper the import goes on: photos are kept, and shown once `stele media` has been run.
static struct pictures *open_pictures(const struct settings *s)
{
    struct pictures *pictures = NULL;
    struct pictures_options options = {.helper = s->media_helper};
    struct problem p = PROBLEM_INIT;
    if (pictures_open(&options, &pictures, &p) == ERR_NONE)
        return pictures;
    if (s->media_helper)
        say("%s", p.text);
    return NULL;
}

struct looking {
    struct pictures *pictures;
    struct store *store; // NULL: a dry run
};

static enum err look(void *data, int fd, double focus_x, double focus_y, struct arena *a,
                     struct media_facts *ret, struct problem *p)
{
    struct looking *l = data;
    return pictures_make(l->pictures, l->store, fd, focus_x, focus_y, a, ret, p);
}

static void tell_unmade(struct store *store)
{
    size_t recordings, count = pictures_missing(store, &recordings);
    if (count)
        say("%zu photos are kept but not shown yet: install stele-media beside this program and run `stele "
            "media`",
            count);
    if (recordings)
        say("%zu sounds and films are shown as they came, with the place that they may tell: install "
            "stele-media "
            "beside this program and run `stele media`",
            recordings);
}

static void close_pictures(struct pictures **pictures)
{
    pictures_close(*pictures);
}

int import_command(const struct settings *s, const char *const *arguments)
{
    struct problem p = PROBLEM_INIT;
    struct exchange_options options = {
        .actor = {.name = "stele import"},
        .dry_run = s->dry_run,
        .skip_bad = s->skip_bad,
        .add_language = s->add_language,
        .lang = s->lang,
        .state = s->state,
        .key_prefix = s->key_prefix,
        .mapping = s->map,
        .encoding = s->encoding,
    };
    if (read_delimiter(s->delimiter, &options.delimiter, &p) || exchange_check_options(&options, &p)) {
        say("%s", p.text);
        return STATUS_WRONG_USE;
    }
    CLEANUP(leave_place) struct place place = {.arena = ARENA_INIT};
    if (access(arguments[0], R_OK) < 0) {
        problem_errno(&p, arguments[0], "cannot read %s", arguments[0]);
        return say_failed(&p);
    }
    if (enter_place(&place, s, &p))
        return say_failed(&p);
    CLEANUP(close_pictures) struct pictures *pictures = open_pictures(s);
    struct looking looking = {.pictures = pictures, .store = s->dry_run ? NULL : place.store};
    options.look = pictures ? look : NULL;
    options.look_data = &looking;
    cleanup_exchange_report struct exchange_report report = EXCHANGE_REPORT_INIT;
    enum err e = exchange_import(place.store, arguments[0], &options, &report);
    place.landed = !e && !s->dry_run;
    say_list(&report.problems);
    if (!s->quiet)
        say_list(&report.notes);
    if (e) {
        size_t count = report.problems.count + report.problems.dropped;
        say("nothing was imported from %s: %zu problem%s", arguments[0], count, count == 1 ? "" : "s");
        return STATUS_FAILED;
    }
    tell_report(s, arguments[0], &report);
    if (!pictures && report.media && !s->dry_run)
        tell_unmade(place.store);
    return STATUS_DONE;
}
