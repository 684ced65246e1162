// `stele`: the tables of its commands and options, and nothing else.
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "common/options.h"
#include "common/pool.h"
#include "server/commands/commands.h"
#include "server/commands/say.h"
#include "server/http/http.h"

enum command {
    SERVE,
    IMPORT,
    EXPORT,
    CHECK,
    MEDIA,
    BACKUP,
    RESTORE,
    USER_ADD,
    USER_LIST,
    USER_PASSWORD,
    USER_DISABLE,
    USER_SECOND_FACTOR_OFF,
    ROUTES,
    COMMAND_COUNT
};

static command_function *const functions[COMMAND_COUNT] = {
    [SERVE] = serve_command,
    [IMPORT] = import_command,
    [EXPORT] = export_command,
    [CHECK] = check_command,
    [MEDIA] = media_command,
    [BACKUP] = backup_command,
    [RESTORE] = restore_command,
    [USER_ADD] = user_add_command,
    [USER_LIST] = user_list_command,
    [USER_PASSWORD] = user_password_command,
    [USER_DISABLE] = user_disable_command,
    [USER_SECOND_FACTOR_OFF] = user_second_factor_off_command,
    [ROUTES] = routes_command,
};

static const struct options_command commands[COMMAND_COUNT] = {
    [SERVE] = {"serve", "show the sites to visitors"},
    [IMPORT] = {"import", "read sites from a bundle, a table or GeoJSON; all of it lands or nothing",
                .arguments = "BUNDLE|FILE.csv|FILE.geojson", .arguments_min = 1, .arguments_max = 1,
                .arguments_help = "The folder of a bundle, or a file."},
    [EXPORT] = {"export", "write everything as a bundle of plain files", .arguments = "OUT",
                .arguments_min = 1, .arguments_max = 1, .arguments_help = "A new or empty folder."},
    [CHECK] = {"check", "look whether the database and all media are whole"},
    [MEDIA] = {"media", "make the sizes of photos that are missing, so that visitors see them"},
    [BACKUP] = {"backup", "copy the database and all media into one tar file, also while the server runs",
                .arguments = "FILE", .arguments_min = 1, .arguments_max = 1, .arguments_help = "A new file."},
    [RESTORE] = {"restore", "make a new data folder from a backup", .arguments = "FILE", .arguments_min = 1,
                 .arguments_max = 1, .arguments_help = "What `stele backup` wrote."},
    [USER_ADD] = {"user add",
                  "make an account for the desk; the password comes as one line of standard input, or is "
                  "asked for",
                  .arguments = "NAME", .arguments_min = 1, .arguments_max = 1,
                  .arguments_help = "The name that the person signs in with."},
    [USER_LIST] = {"user list", "show all accounts: role, state, second factor, last seen, name"},
    [USER_PASSWORD] = {"user password", "set an account's password, as `user add` does, and end its sessions",
                       .arguments = "NAME", .arguments_min = 1, .arguments_max = 1,
                       .arguments_help = "The account."},
    [USER_DISABLE] = {"user disable", "let an account sign in no more, and end its sessions",
                      .arguments = "NAME", .arguments_min = 1, .arguments_max = 1,
                      .arguments_help = "The account."},
    [USER_SECOND_FACTOR_OFF] = {"user second-factor-off",
                                "turn off an account's second factor that was lost, and end its sessions",
                                .arguments = "NAME", .arguments_min = 1, .arguments_max = 1,
                                .arguments_help = "The account."},
    [ROUTES] = {"routes", "print every address that the server answers: methods, pattern, who may, flags"},
};

#define MEMBER(name) offsetof(struct settings, name)

static const struct options_row rows[] = {
    {"data", OPTIONS_FOLDER, MEMBER(data), .required = ~OPTIONS_OF(ROUTES), .commands = ~OPTIONS_OF(ROUTES),
     .help = "The data folder: database, media, settings file."},
    {"quiet", OPTIONS_BOOL, MEMBER(quiet), .flag_only = true,
     .commands = ~(OPTIONS_OF(SERVE) | OPTIONS_OF(ROUTES)), .help = "Say nothing but problems."},

    {"listen", OPTIONS_LIST, MEMBER(listen), .value = "ADDR:PORT", .fallback = "127.0.0.1:8080",
     .commands = OPTIONS_OF(SERVE),
     .help =
         "Where to listen; up to four. \"*:8080\" is every address of this machine. Not looked at when the "
         "service manager hands over sockets."},
    {"base-url", OPTIONS_STRING, MEMBER(base_url), .value = "URL", .commands = OPTIONS_OF(SERVE),
     .help =
         "The address under which the world reaches the server, https://host; for the sitemap and canonical "
         "addresses."},
    {"assets", OPTIONS_FOLDER, MEMBER(assets), .commands = OPTIONS_OF(SERVE),
     .help = "A folder laid out as assets/, whose templates, styles and locales win over the built-in ones "
             "and are "
             "read anew for every page. Turns the page cache off."},
    {"cache-bytes", OPTIONS_SIZE, MEMBER(cache_bytes), .fallback = "6M", .most = 1e12,
     .commands = OPTIONS_OF(SERVE), .help = "Memory for finished pages; 0 keeps none."},
    {"threads", OPTIONS_INTEGER, MEMBER(threads), .fallback = "0", .most = HTTP_THREADS_MOST,
     .commands = OPTIONS_OF(SERVE), .help = "Threads that answer; 0 is one for each processor."},
    {"workers", OPTIONS_INTEGER, MEMBER(workers), .fallback = "2", .least = HTTP_WORKERS_LEAST,
     .most = HTTP_WORKERS_MOST, .commands = OPTIONS_OF(SERVE), .help = "Threads for slow work."},
    {"connections", OPTIONS_INTEGER, MEMBER(connections), .fallback = "2048", .least = HTTP_CONNECTIONS_LEAST,
     .most = HTTP_CONNECTIONS_MOST, .commands = OPTIONS_OF(SERVE), .help = "Connections at once."},
    {"connections-per-address", OPTIONS_INTEGER, MEMBER(connections_per_address), .fallback = "0",
     .most = HTTP_CONNECTIONS_MOST, .commands = OPTIONS_OF(SERVE),
     .help = "Connections at once from one address; 0 sets no limit."},
    {"trust-proxy", OPTIONS_BOOL, MEMBER(trust_proxy), .commands = OPTIONS_OF(SERVE),
     .help = "Believe X-Forwarded-For and X-Forwarded-Proto of a proxy on this machine."},
    {"log", OPTIONS_BOOL, MEMBER(log), .fallback = "yes", .commands = OPTIONS_OF(SERVE),
     .help = "Write a line on standard error for each request."},
    {"log-sample", OPTIONS_INTEGER, MEMBER(log_sample), .fallback = "1", .least = HTTP_LOG_SAMPLE_LEAST,
     .most = HTTP_LOG_SAMPLE_MOST, .commands = OPTIONS_OF(SERVE),
     .help = "Write one line for so many requests; failures always."},
    {"log-addresses", OPTIONS_ENUM, MEMBER(log_addresses), .choices = "none|short|full", .fallback = "none",
     .commands = OPTIONS_OF(SERVE), .help = "What the log says of visitors' addresses."},
    {"grace", OPTIONS_DURATION, MEMBER(grace_ms), .fallback = "10s", .most = 3600000,
     .commands = OPTIONS_OF(SERVE),
     .help = "How long requests under way may take when the server is told to stop."},
    {"import-bytes", OPTIONS_SIZE, MEMBER(import_bytes), .fallback = "2G", .least = 1 << 20, .most = 1e12,
     .commands = OPTIONS_OF(SERVE),
     .help = "The largest archive that an import at the desk takes; on the disk it needs up to three times "
             "that."},

    {"media-helper", OPTIONS_FILE, MEMBER(media_helper),
     .commands = OPTIONS_OF(SERVE) | OPTIONS_OF(IMPORT) | OPTIONS_OF(MEDIA),
     .help = "The program that opens photos; otherwise stele-media beside this program."},

    {"batch-helper", OPTIONS_FILE, MEMBER(batch_helper), .commands = OPTIONS_OF(SERVE),
     .help = "The program that makes batches of plates; otherwise stele-qrgen beside this program."},
    {"designs", OPTIONS_FOLDER, MEMBER(designs), .commands = OPTIONS_OF(SERVE),
     .help = "A folder of plate designs of your own, used beside the built-in ones."},
    {"logo", OPTIONS_FILE, MEMBER(logo), .commands = OPTIONS_OF(SERVE),
     .help = "A picture for the plate designs that have room for one."},

    {"dry-run", OPTIONS_BOOL, MEMBER(dry_run), .flag_only = true, .commands = OPTIONS_OF(IMPORT),
     .help = "Find all problems and count what would change; nothing lands."},
    {"skip-bad", OPTIONS_BOOL, MEMBER(skip_bad), .flag_only = true, .commands = OPTIONS_OF(IMPORT),
     .help = "Let the good rows of a table land where some are bad."},
    {"lang", OPTIONS_STRING, MEMBER(lang), .value = "TAG", .flag_only = true, .commands = OPTIONS_OF(IMPORT),
     .help = "The language of a table's texts; otherwise the first that is set up."},
    {"add-language", OPTIONS_BOOL, MEMBER(add_language), .flag_only = true, .commands = OPTIONS_OF(IMPORT),
     .help = "Set the language of --lang up where the store has it not yet."},
    {"state", OPTIONS_STRING, MEMBER(state), .value = "STATE", .flag_only = true,
     .commands = OPTIONS_OF(IMPORT),
     .help = "The state of a table's new sites: draft, in-review, published or withdrawn; otherwise draft."},
    {"key-prefix", OPTIONS_STRING, MEMBER(key_prefix), .value = "TEXT", .flag_only = true,
     .commands = OPTIONS_OF(IMPORT), .help = "Put before every key, so that two registers cannot collide."},
    {"map", OPTIONS_STRING, MEMBER(map), .value = "NAME=COLUMN,…", .flag_only = true,
     .commands = OPTIONS_OF(IMPORT),
     .help = "Which column holds what, where the names do not tell: \"title=Tên di tích,lat=Vĩ độ\"."},
    {"encoding", OPTIONS_STRING, MEMBER(encoding), .value = "NAME", .flag_only = true,
     .commands = OPTIONS_OF(IMPORT),
     .help =
         "The encoding of a table, where it is not recognised: utf-8, utf-16, windows-1252, windows-1258."},
    {"delimiter", OPTIONS_STRING, MEMBER(delimiter), .value = "CHAR", .flag_only = true,
     .commands = OPTIONS_OF(IMPORT),
     .help = "What stands between a table's cells, where it is not recognised: a "
             "comma, a semicolon, | or the word tab."},

    {"sweep", OPTIONS_BOOL, MEMBER(sweep), .flag_only = true, .commands = OPTIONS_OF(CHECK),
     .help = "Remove files from the media folder that belong to nothing and are older than a day."},

    {"role", OPTIONS_ENUM, MEMBER(role), .choices = "admin|editor|field", .flag_only = true,
     .commands = OPTIONS_OF(USER_ADD), .required = OPTIONS_OF(USER_ADD),
     .help = "What the account may do: everything; write and publish; record plates on the spot."},
};

static const char description[] =
    "Stele shows historical sites to visitors who scan the QR plate at the place. The data folder holds "
    "everything: "
    "one database and a folder of media.\n\n"
    "Settings come from flags, from the environment (STELE_DATA for --data) and from the file stele.ini in "
    "the data "
    "folder; a flag wins over the environment, the environment over the file.\n\n"
    "The exit status is 0 when the work is done, 1 when it could not be done, 2 for wrong use.";

static const struct options_program program = {
    .name = "stele",
    .version = STELE_VERSION,
    .summary = "pages for historical sites, opened by scanning the plate at the place",
    .description = description,
    .commands = commands,
    .command_count = COMMAND_COUNT,
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .env_prefix = "STELE_",
    .file = "stele.ini",
    .folder = "data",
};

int main(int argc, char **argv)
{
    json_set_alloc_funcs(pool_alloc, pool_free); // before anything makes a JSON value
    struct settings settings = {.data = NULL};
    struct problem p = PROBLEM_INIT;
    cleanup_options struct options_given given = OPTIONS_GIVEN_INIT;
    if (options_read(&program, argc, argv, &settings, &given, &p)) {
        say("%s", p.text);
        return STATUS_WRONG_USE;
    }
    if (given.print.len > 0)
        return fputs(given.print.data, stdout) < 0 || fflush(stdout) != 0 ? STATUS_FAILED : STATUS_DONE;
    int status = functions[given.command](&settings, given.arguments);
    return fflush(stdout) != 0 ? STATUS_FAILED : status;
}
