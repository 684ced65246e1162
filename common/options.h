// One typed table of a program's options gives everything that is said about them: defaults, the settings
// file, the environment, flags, --help, the manual and the shell's completion. Flags win over the
// environment, the environment over the file, the file over defaults.
//
//     struct settings { const char *data; int64_t threads; bool force; int level; };
//     enum { SERVE, IMPORT };
//     static const struct options_command commands[] = {
//         [SERVE] = {"serve", "show the sites to visitors and staff"},
//         [IMPORT] = {"import", "read sites from files", .arguments = "BUNDLE|FILE.csv", .arguments_min = 1,
//                     .arguments_max = 1, .arguments_help = "What to read."},
//     };
//     static const struct options_row rows[] = {
//         {"data", OPTIONS_FOLDER, offsetof(struct settings, data), .required = OPTIONS_ALL,
//          .help = "The folder that holds the sites."},
//         {"threads", OPTIONS_INTEGER, offsetof(struct settings, threads), .fallback = "2", .least = 1, .most
//         = 64,
//          .commands = OPTIONS_OF(SERVE), .help = "HTTP threads."},
//         {"force", OPTIONS_BOOL, offsetof(struct settings, force), .flag_only = true, .commands =
//         OPTIONS_OF(IMPORT),
//          .help = "Replace what is there."},
//     };
//     static const struct options_program program = {.name = "stele", .version = STELE_VERSION, .summary =
//     "…",
//         .env_prefix = "STELE_", .commands = commands, .command_count = 2, .rows = rows, .row_count = 3};
//
//     int main(int argc, char **argv)
//     {
//         struct settings settings = {0};
//         struct problem p = PROBLEM_INIT;
//         cleanup_options struct options_given given = OPTIONS_GIVEN_INIT;
//         if (options_read(&program, argc, argv, &settings, &given, &p) != ERR_NONE) {
//             fprintf(stderr, "stele: %s\n", p.text);
//             return 2;
//         }
//         if (given.print.len > 0) // --help, --version, --man, --completion
//             return fputs(given.print.data, stdout) < 0;
//         switch (given.command) …
//
// Every program has --help (-h), --version (-V) and --config FILE, and, not shown in the help, --man (the
// manual in roff) and --completion bash|zsh|fish. Flags may stand anywhere; "--" ends them; "--name value"
// and "--name=value" are the same. Reading happens once, at start, from one thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

enum options_type {
    OPTIONS_STRING,   // const char *; NULL when nothing gives it a value
    OPTIONS_FOLDER,   // const char *; a path, not looked at here
    OPTIONS_FILE,     // const char *; likewise
    OPTIONS_INTEGER,  // int64_t
    OPTIONS_SIZE,     // int64_t, bytes: "8M", "512K", "1G" in powers of 1024, or plain bytes
    OPTIONS_DURATION, // int64_t, milliseconds: "250ms", "10s", "5m", "2h", "30d", "0"
    OPTIONS_NUMBER,   // double: "2.032"
    OPTIONS_BOOL, // bool: --name and --no-name; in file and environment yes, no, true, false, on, off, 1, 0
    OPTIONS_ENUM, // int: the index into `choices`
    OPTIONS_LIST, // struct options_list: separated by commas; a repeated flag adds to it
    OPTIONS_TYPE_COUNT,
};

struct options_list {
    const char *const *items; // trimmed, none empty
    size_t count;
};

#define OPTIONS_OF(command) (1u << (command))
#define OPTIONS_ALL         (~0u)

// One option. Called --NAME as a flag, PREFIX_NAME in the environment, NAME in the file. What is left out of
// an initialiser is off.
struct options_row {
    const char *name; // lower case, words joined by "-"
    enum options_type type;
    size_t offset;        // of the member in the caller's struct, whose type is the one named above
    const char *value;    // what stands for the value in the help ("ADDR:PORT"); NULL: what fits the type
    const char *fallback; // the default, as a person would write it; NULL: NULL, 0, false, empty
    const char *choices;  // ENUM, LIST: "png|svg|pdf"; NULL for a LIST of anything
    double least, most;   // INTEGER, SIZE (bytes), DURATION (ms), NUMBER: the range, both 0 for any from 0 up
    unsigned commands;    // bits of the commands that take it (OPTIONS_OF); 0: all
    unsigned required;    // bits of the commands that cannot do without it
    bool flag_only;       // one run's business: neither in the file nor in the environment
    const char *help;     // one or two sentences
};

// One command. A program without commands has one, whose name is NULL.
struct options_command {
    const char *name;      // one word or two ("user add")
    const char *summary;   // after "stele import: ", without a capital or full stop
    const char *arguments; // what stands for its arguments in the usage line; NULL: it takes none
    unsigned arguments_min, arguments_max;
    const char *arguments_help; // a sentence about them
};

struct options_program {
    const char *name;
    const char *version;
    const char *summary;
    const char *description; // paragraphs for the manual, separated by empty lines; NULL for none
    const struct options_command *commands;
    size_t command_count; // at most 32
    const struct options_row *rows;
    size_t row_count;
    const char *env_prefix; // "STELE_"
    const char *file;       // settings file that is read when it exists and --config names no other; or NULL
    const char *folder; // the option that names the folder where `file` stands, by flag or environment: where
                        // it names none, no file is read. NULL: `file` is a path
    bool shared_file;   // another program reads the file too: keys that are not in this table are passed over
};

enum options_source { OPTIONS_DEFAULT, OPTIONS_FROM_FILE, OPTIONS_FROM_ENVIRONMENT, OPTIONS_FROM_FLAG };

// What was asked for besides the settings. Owns the texts that settings point to: keep it as long as them.
struct options_given {
    int command; // index into program->commands
    const char *const *arguments;
    size_t argument_count;
    const enum options_source *sources; // of each row's value
    const char *file;                   // the settings file that was read; NULL: none
    struct buf print; // what --help and the like ask for; not empty: print it and do nothing else
    struct arena arena;
};

#define OPTIONS_GIVEN_INIT ((struct options_given){.command = -1, .print = BUF_INIT})

// Reads defaults, file, environment and flags into `settings` (zeroed by the caller), checks them and fills
// *given. The environment's empty values count as not set. In the file, sections are none or the program's
// name; ";" and "#" begin comments. ERR_INVALID for wrong use, with a sentence that names the flag, variable
// or line, its value and what is allowed, `field` the option's name, `line` the file's line; ERR_NOT_FOUND,
// ERR_DENIED, ERR_IO when the file that --config names cannot be read; ERR_MEMORY. After a failure `settings`
// is partly filled and must not be used.
enum err options_read(const struct options_program *program, int argc, char **argv, void *settings,
                      struct options_given *given, struct problem *p);

void options_given_clear(struct options_given *given);

#define cleanup_options CLEANUP(options_given_clear)

// Appends a row's value in the form that a settings file has; nothing for none.
void options_write_value(const struct options_row *row, const void *settings, struct buf *out);
