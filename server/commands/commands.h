// The commands of `stele`: one function each, one row each in the tables of server/main.c.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/options.h"

// What the option table of server/main.c fills.
struct settings {
    const char *data;

    // serve
    struct options_list listen;
    const char *base_url; // NULL: none
    const char *assets;   // NULL: the embedded ones
    int64_t cache_bytes;
    int64_t threads;
    int64_t workers;
    int64_t connections;
    int64_t connections_per_address;
    bool trust_proxy;
    bool log;
    int64_t log_sample;
    int log_addresses; // enum http_log_addresses
    int64_t grace_ms;
    int64_t import_bytes;

    // serve, import, media
    const char *media_helper; // NULL: looked for beside the program

    // serve
    const char *batch_helper; // NULL: looked for beside the program
    const char *designs;      // NULL: the generator's own
    const char *logo;         // NULL: none

    // import
    bool dry_run;
    bool skip_bad;
    bool add_language;
    const char *lang;
    const char *state;
    const char *key_prefix;
    const char *map;
    const char *encoding;
    const char *delimiter;

    // check
    bool sweep;

    // user
    int role; // 0 admin, 1 editor, 2 field

    bool quiet;
};

// Exit statuses: the work is done, could not be done, was not understood.
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_WRONG_USE = 2 };

// A command. Says on standard error what could not be done, a line each, and returns the exit status.
typedef int command_function(const struct settings *settings, const char *const *arguments);

command_function serve_command;
command_function import_command;
command_function export_command;
command_function check_command;
command_function media_command;
command_function backup_command;
command_function restore_command;
command_function user_add_command;
command_function user_list_command;
command_function user_password_command;
command_function user_disable_command;
command_function user_second_factor_off_command;
command_function routes_command;
