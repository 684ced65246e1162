// The commands that look after a data folder: check, backup, restore, export.
#include <inttypes.h>
#include <stdio.h>

#include "common/cleanup.h"
#include "content/backup/backup.h"
#include "content/backup/inspect.h"
#include "content/backup/restore.h"
#include "content/exchange/exchange.h"
#include "content/print/batch_file.h"
#include "content/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/say.h"
#include "server/pictures/pictures.h"

static void close_store(struct store **store)
{
    store_close(*store);
}
#define cleanup_store CLEANUP(close_store)

static enum err open_to_read(const struct settings *s, bool skip_check, struct store **ret, struct problem *p)
{
    struct store_options options = {.folder = s->data, .read_only = true, .skip_check = skip_check};
    return store_open(&options, ret, p);
}

// Problems of media carry their file as the field.
static void say_media(const struct problem_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        say("%s: %s", list->items[i].field, list->items[i].text);
    if (list->dropped)
        say("… and %zu more", list->dropped);
}

// Parcels of batches are no part of the data that cannot be made again: those that are missing are only told.
static enum err check_parcels(struct store *store)
{
    struct problem_list findings = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    size_t files = 0, missing = 0;
    enum err e = batch_file_check(store, &findings, &files, &missing, &p);
    say_media(&findings);
    problem_list_clear(&findings);
    if (e)
        say_failed(&p);
    else if (missing)
        say("%zu %s of batches %s not here; the desk makes them again, bit for bit", missing,
            missing == 1 ? "parcel" : "parcels", missing == 1 ? "is" : "are");
    return e;
}

int check_command(const struct settings *s, const char *const *arguments)
{
    (void)arguments;
    cleanup_store struct store *store = NULL;
    struct connection *reader = NULL;
    struct problem p = PROBLEM_INIT;
    if (open_to_read(s, true, &store, &p) || store_reader(store, &reader, &p))
        return say_failed(&p);
    struct problem_list findings = PROBLEM_LIST_INIT;
    enum err database = store_check(reader, &findings);
    say_list(&findings);
    problem_list_clear(&findings);

    struct inspect_result result = {.files = 0};
    enum err media = inspect_media(store, s->sweep, &findings, &result, &p);
    say_media(&findings);
    problem_list_clear(&findings);
    if (media)
        say_failed(&p);
    if (result.unused > result.removed)
        say("%" PRId64
            " files in the media folder belong to nothing; `stele check --sweep` removes those older than a "
            "day",
            result.unused - result.removed);
    if (result.removed)
        say("%" PRId64 " files that belonged to nothing were removed from the media folder", result.removed);
    size_t recordings = 0, unmade = database ? 0 : pictures_missing(store, &recordings);
    if (unmade)
        say("%zu photos have no sizes for visitors yet and are not shown: `stele media` makes them", unmade);
    if (recordings)
        say("%zu sounds and films are shown as they came, with the place that they may tell: `stele media` "
            "mends that",
            recordings);
    enum err parcels = database ? ERR_NONE : check_parcels(store);
    if (database || media || parcels)
        return STATUS_FAILED;
    if (!s->quiet)
        printf("%s is whole: the database and %" PRId64 " media files\n", s->data, result.files);
    return STATUS_DONE;
}

static void tell_backup(const struct settings *s, const char *done, const char *path,
                        const struct backup_total *total)
{
    if (!s->quiet)
        printf("%s %s: a database of %" PRId64 " bytes and %" PRId64 " media files of %" PRId64 " bytes\n",
               done, path, total->database_bytes, total->media_files, total->media_bytes);
}

int backup_command(const struct settings *s, const char *const *arguments)
{
    cleanup_store struct store *store = NULL;
    struct problem p = PROBLEM_INIT;
    struct backup_total total;
    if (open_to_read(s, false, &store, &p) || backup_write(store, arguments[0], &total, &p))
        return say_failed(&p);
    tell_backup(s, "Backed up to", arguments[0], &total);
    return STATUS_DONE;
}

int restore_command(const struct settings *s, const char *const *arguments)
{
    struct problem p = PROBLEM_INIT;
    struct backup_total total;
    if (restore_read(arguments[0], s->data, &total, &p))
        return say_failed(&p);
    tell_backup(s, "Restored into", s->data, &total);
    return STATUS_DONE;
}

int export_command(const struct settings *s, const char *const *arguments)
{
    cleanup_store struct store *store = NULL;
    struct problem p = PROBLEM_INIT;
    size_t left_out = 0;
    if (open_to_read(s, false, &store, &p) || exchange_export(store, arguments[0], &left_out, &p))
        return say_failed(&p);
    if (left_out)
        say("%zu plates lead to something in the bin and were left out", left_out);
    if (!s->quiet)
        printf("Exported to %s\n", arguments[0]);
    return STATUS_DONE;
}
