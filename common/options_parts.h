// What the parts of common/options share among themselves; nobody else includes this.
#pragma once

#include "common/options.h"

// Reads a value as a person wrote it into its member. `label` names where it stands ("--dpi", "STELE_DPI",
// "stele.ini, line 3: dpi"). A list is added to when `add`. `settings` is untouched on failure.
enum err options_parse_value(const struct options_row *row, const char *label, const char *text, bool add,
                             void *settings, struct arena *arena, struct problem *p);

// Appends what the row allows: "a whole number from 1 to 64".
void options_describe(const struct options_row *row, struct buf *out);

// The range alone, "from 1 to 64"; nothing when there is none.
void options_describe_range(const struct options_row *row, struct buf *out);

// What stands for its value: "DIR", "N"; NULL for a bool.
const char *options_placeholder(const struct options_row *row);

// Reads the settings file, row by row of `sources` too. See options_read.
struct options_file {
    const struct options_program *program;
    const char *path;
    bool must_exist;
    void *settings;
    enum options_source *sources;
    struct arena *arena;
};

// *ret_read (set on success): whether the file exists.
enum err options_read_file(const struct options_file *file, bool *ret_read, struct problem *p);

// The row with a name as flags and files have it ("_" counts as "-"); NULL.
const struct options_row *options_find_row(const struct options_program *program, const char *name,
                                           size_t len);

// The row name nearest to a mistyped one, or NULL when none is near. `command` < 0: any command's.
const char *options_nearest_row(const struct options_program *program, int command, const char *name,
                                size_t len);

// As options_nearest_row, among the names of commands.
const char *options_nearest_command(const struct options_program *program, const char *name);

bool options_takes(const struct options_row *row, int command);
bool options_requires(const struct options_row *row, int command);

// "PREFIX_BASE_URL" for base-url.
void options_env_name(const struct options_program *program, const struct options_row *row, struct buf *out);

// The options that every program has, as rows; their members are of struct options_builtin.
struct options_builtin {
    bool help, version, man;
    const char *config;
    int completion; // index into the shells' names; 0: none asked for
};

#define OPTIONS_BUILTIN_COUNT 5
#define OPTIONS_BUILTIN_SHOWN 3 // the first three are for people
extern const struct options_row options_builtin_rows[OPTIONS_BUILTIN_COUNT];

// The texts; `command` -1 for the whole program.
void options_help(const struct options_program *program, int command, struct buf *out);
void options_man(const struct options_program *program, struct buf *out);

enum { OPTIONS_SHELL_NONE, OPTIONS_SHELL_BASH, OPTIONS_SHELL_ZSH, OPTIONS_SHELL_FISH };
#define OPTIONS_SHELLS "none|bash|zsh|fish"
void options_completion(const struct options_program *program, int shell, struct buf *out);
