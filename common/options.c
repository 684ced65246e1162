#include "common/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/options_parts.h"

const struct options_row options_builtin_rows[OPTIONS_BUILTIN_COUNT] = {
    {"config", OPTIONS_FILE, offsetof(struct options_builtin, config),
     .help = "The settings file: lines of NAME = VALUE, named as the flags are."},
    {"help", OPTIONS_BOOL, offsetof(struct options_builtin, help), .help = "Show this help."},
    {"version", OPTIONS_BOOL, offsetof(struct options_builtin, version), .help = "Show the version."},
    {"man", OPTIONS_BOOL, offsetof(struct options_builtin, man), .help = "Write the manual in roff."},
    {"completion", OPTIONS_ENUM, offsetof(struct options_builtin, completion), .choices = OPTIONS_SHELLS,
     .help = "Write the shell's completion."},
};

// A flag as given. Its value is read only after the file and the environment, which it wins over.
struct flag {
    const struct options_row *row;
    const char *text; // as typed
    const char *value;
};

struct reader {
    const struct options_program *program;
    int argc;
    char **argv;
    void *settings;
    struct options_given *given;
    struct options_builtin builtin;
    enum options_source *sources;
    struct flag *flags;
    size_t flag_count;
    const char **words; // what is no flag
    size_t word_count;
    struct problem *p;
};

static bool same_name(const char *name, const char *typed, size_t len)
{
    if (strlen(name) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (name[i] != (typed[i] == '_' ? '-' : typed[i]))
            return false;
    return true;
}

static const struct options_row *find_row(const struct options_row *rows, size_t count, const char *name,
                                          size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (same_name(rows[i].name, name, len))
            return &rows[i];
    return NULL;
}

const struct options_row *options_find_row(const struct options_program *program, const char *name,
                                           size_t len)
{
    return find_row(program->rows, program->row_count, name, len);
}

bool options_takes(const struct options_row *row, int command)
{
    return command < 0 || row->commands == 0 || (row->commands & OPTIONS_OF(command));
}

bool options_requires(const struct options_row *row, int command)
{
    return command >= 0 && options_takes(row, command) && (row->required & OPTIONS_OF(command));
}

void options_env_name(const struct options_program *program, const struct options_row *row, struct buf *out)
{
    buf_append_str(out, program->env_prefix);
    for (const char *c = row->name; *c; c++)
        buf_append_char(out, *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
}

static bool is_builtin(const struct options_row *row)
{
    return row >= options_builtin_rows && row < options_builtin_rows + OPTIONS_BUILTIN_COUNT;
}

// The row of a flag's name, with *ret_no for "no-" before a bool's.
static const struct options_row *find_flag(const struct options_program *program, const char *name,
                                           size_t len, bool *ret_no)
{
    *ret_no = false;
    const struct options_row *row = options_find_row(program, name, len);
    if (!row)
        row = find_row(options_builtin_rows, OPTIONS_BUILTIN_COUNT, name, len);
    if (row || len <= 3 || strncmp(name, "no-", 3) != 0)
        return row;
    row = options_find_row(program, name + 3, len - 3);
    *ret_no = true;
    return row && row->type == OPTIONS_BOOL ? row : NULL;
}

static enum err unknown_flag(struct reader *r, const char *text)
{
    const char *name = text + strspn(text, "-");
    const char *nearest = options_nearest_row(r->program, -1, name, strcspn(name, "="));
    if (nearest)
        return problem_set(r->p, ERR_INVALID, name, "There is no flag %.80s; did you mean --%s?", text,
                           nearest);
    return problem_set(r->p, ERR_INVALID, name, "There is no flag %.80s; %s --help lists them.", text,
                       r->program->name);
}

static bool is_known_flag(const struct reader *r, const char *text)
{
    bool no;
    return strncmp(text, "--", 2) == 0 &&
           (!text[2] || find_flag(r->program, text + 2, strcspn(text + 2, "="), &no));
}

static enum err no_value(struct reader *r, const struct options_row *row)
{
    cleanup_buf struct buf allowed = BUF_INIT;
    options_describe(row, &allowed);
    return problem_set(r->p, ERR_INVALID, row->name, "--%s needs a value behind it: %s.", row->name,
                       allowed.data);
}

// Takes the flag at argv[*at], and its value, which may be the next word.
static enum err take_flag(struct reader *r, int *at)
{
    const char *text = r->argv[*at], *value = NULL;
    if (strcmp(text, "-h") == 0 || strcmp(text, "-V") == 0)
        text = text[1] == 'h' ? "--help" : "--version";
    bool no = false;
    size_t len = text[0] == '-' && text[1] == '-' ? strcspn(text + 2, "=") : 0;
    const struct options_row *row = len ? find_flag(r->program, text + 2, len, &no) : NULL;
    if (!row)
        return unknown_flag(r, text);
    if (text[2 + len] == '=')
        value = text + 2 + len + 1;
    if (no && value)
        return problem_set(r->p, ERR_INVALID, row->name, "--no-%s takes no value; write --%s or --no-%s.",
                           row->name, row->name, row->name);
    if (row->type == OPTIONS_BOOL) {
        value = no ? "no" : value ? value : "yes";
    } else if (!value) {
        if (*at + 1 >= r->argc || is_known_flag(r, r->argv[*at + 1]))
            return no_value(r, row);
        value = r->argv[++*at];
    }
    r->flags[r->flag_count++] = (struct flag){.row = row, .text = text, .value = value};
    return ERR_NONE;
}

static enum err sort_words(struct reader *r)
{
    bool only_words = false;
    for (int i = 1; i < r->argc; i++) {
        const char *text = r->argv[i];
        bool flag = !only_words && text[0] == '-' && text[1];
        if (flag && strcmp(text, "--") == 0) {
            only_words = true;
        } else if (flag) {
            enum err e = take_flag(r, &i);
            if (e != ERR_NONE)
                return e;
        } else {
            r->words[r->word_count++] = text;
        }
    }
    return ERR_NONE;
}

// How many of the given words make up a command's name: 0 when they do not.
static size_t matches_command(const struct reader *r, const char *name)
{
    const char *space = strchr(name, ' ');
    size_t first = space ? (size_t)(space - name) : strlen(name);
    if (r->word_count < 1 || strlen(r->words[0]) != first || strncmp(r->words[0], name, first) != 0)
        return 0;
    if (!space)
        return 1;
    return r->word_count > 1 && strcmp(r->words[1], space + 1) == 0 ? 2 : 0;
}

static enum err unknown_command(struct reader *r)
{
    const char *first = r->words[0];
    for (size_t i = 0; i < r->program->command_count; i++) {
        const char *name = r->program->commands[i].name;
        size_t len = strlen(first);
        if (strncmp(name, first, len) == 0 && name[len] == ' ')
            return problem_set(r->p, ERR_INVALID, NULL, "%s %s is not a whole command; did you mean %s %s?",
                               r->program->name, first, r->program->name, name);
    }
    const char *nearest = options_nearest_command(r->program, first);
    if (nearest)
        return problem_set(r->p, ERR_INVALID, NULL, "There is no command \"%.60s\"; did you mean %s %s?",
                           first, r->program->name, nearest);
    return problem_set(r->p, ERR_INVALID, NULL, "There is no command \"%.60s\"; %s --help lists them.", first,
                       r->program->name);
}

static enum err no_command(struct reader *r)
{
    cleanup_buf struct buf names = BUF_INIT;
    for (size_t i = 0; i < r->program->command_count; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", r->program->commands[i].name);
    return problem_set(r->p, ERR_INVALID, NULL, "Say what %s shall do: %s (%s --help explains them).",
                       r->program->name, names.data, r->program->name);
}

// Which command the words name; the words behind its name are its arguments.
static enum err choose_command(struct reader *r)
{
    size_t used = 0;
    r->given->command = -1;
    for (size_t i = 0; i < r->program->command_count && !used; i++) {
        const char *name = r->program->commands[i].name;
        used = name ? matches_command(r, name) : 0;
        if (used || !name)
            r->given->command = (int)i;
    }
    r->given->arguments = r->words + used;
    r->given->argument_count = r->word_count - used;
    return r->given->command < 0 && r->word_count > 0 ? unknown_command(r) : ERR_NONE;
}

static void command_names(const struct reader *r, const struct options_row *row, struct buf *out)
{
    for (size_t i = 0; i < r->program->command_count; i++)
        if (options_takes(row, (int)i))
            buf_printf(out, "%s%s %s", out->len ? ", " : "", r->program->name, r->program->commands[i].name);
}

static enum err check_flags(struct reader *r)
{
    for (size_t i = 0; i < r->flag_count; i++) {
        const struct options_row *row = r->flags[i].row;
        if (options_takes(row, r->given->command))
            continue;
        cleanup_buf struct buf names = BUF_INIT;
        command_names(r, row, &names);
        return problem_set(r->p, ERR_INVALID, row->name, "%s %s takes no --%s; that is for %s.",
                           r->program->name, r->program->commands[r->given->command].name, row->name,
                           names.data);
    }
    return ERR_NONE;
}

static enum err read_builtins(struct reader *r)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < r->flag_count && e == ERR_NONE; i++) {
        const struct flag *f = &r->flags[i];
        cleanup_buf struct buf label = BUF_INIT;
        buf_printf(&label, "--%s", f->row->name);
        if (is_builtin(f->row))
            e = options_parse_value(f->row, label.data, f->value, false, &r->builtin, &r->given->arena, r->p);
    }
    return e;
}

static bool print_what_is_asked(struct reader *r)
{
    struct buf *out = &r->given->print;
    if (r->builtin.help)
        options_help(r->program, r->given->command, out);
    else if (r->builtin.version)
        buf_printf(out, "%s %s\n", r->program->name, r->program->version);
    else if (r->builtin.man)
        options_man(r->program, out);
    else if (r->builtin.completion != OPTIONS_SHELL_NONE)
        options_completion(r->program, r->builtin.completion, out);
    return out->len > 0 || out->failed;
}

static enum err read_defaults(struct reader *r)
{
    for (size_t i = 0; i < r->program->row_count; i++) {
        const struct options_row *row = &r->program->rows[i];
        cleanup_buf struct buf label = BUF_INIT;
        buf_printf(&label, "default of --%s", row->name);
        enum err e = row->fallback ? options_parse_value(row, label.data, row->fallback, false, r->settings,
                                                         &r->given->arena, r->p)
                                   : ERR_NONE;
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

// The settings file in the folder that a flag (the last one counts) or the environment names; NULL for none.
static const char *file_in_folder(struct reader *r)
{
    const struct options_row *row =
        options_find_row(r->program, r->program->folder, strlen(r->program->folder));
    cleanup_buf struct buf variable = BUF_INIT;
    options_env_name(r->program, row, &variable);
    const char *folder = r->program->env_prefix ? getenv(variable.data) : NULL;
    for (size_t i = 0; i < r->flag_count; i++)
        if (r->flags[i].row == row)
            folder = r->flags[i].value;
    const char *path =
        folder && *folder ? arena_concat(&r->given->arena, folder, "/", r->program->file, NULL) : NULL;
    // What the folder is, whoever uses it will say.
    return path && (access(path, F_OK) == 0 || errno == EACCES) ? path : NULL;
}

static const char *usual_file(struct reader *r)
{
    return r->program->file && r->program->folder ? file_in_folder(r) : r->program->file;
}

static enum err read_file(struct reader *r)
{
    cleanup_buf struct buf variable = BUF_INIT;
    options_env_name(r->program, &options_builtin_rows[0], &variable);
    const char *env = r->program->env_prefix ? getenv(variable.data) : NULL;
    const char *named = r->builtin.config ? r->builtin.config : env && *env ? env : NULL;
    struct options_file file = {
        .program = r->program,
        .path = named ? named : usual_file(r),
        .must_exist = named != NULL,
        .settings = r->settings,
        .sources = r->sources,
        .arena = &r->given->arena,
    };
    if (!file.path)
        return ERR_NONE;
    bool exists = false;
    enum err e = options_read_file(&file, &exists, r->p);
    r->given->file = exists ? file.path : NULL;
    return e;
}

static enum err read_environment(struct reader *r)
{
    for (size_t i = 0; i < r->program->row_count && r->program->env_prefix; i++) {
        const struct options_row *row = &r->program->rows[i];
        cleanup_buf struct buf variable = BUF_INIT;
        options_env_name(r->program, row, &variable);
        const char *text = row->flag_only ? NULL : getenv(variable.data);
        if (!text || !*text)
            continue;
        enum err e =
            options_parse_value(row, variable.data, text, false, r->settings, &r->given->arena, r->p);
        if (e != ERR_NONE)
            return e;
        r->sources[i] = OPTIONS_FROM_ENVIRONMENT;
    }
    return ERR_NONE;
}

static enum err read_flags(struct reader *r)
{
    for (size_t i = 0; i < r->flag_count; i++) {
        const struct flag *f = &r->flags[i];
        if (is_builtin(f->row))
            continue;
        enum options_source *source = &r->sources[f->row - r->program->rows];
        cleanup_buf struct buf label = BUF_INIT;
        buf_printf(&label, "--%s", f->row->name);
        enum err e = options_parse_value(f->row, label.data, f->value, *source == OPTIONS_FROM_FLAG,
                                         r->settings, &r->given->arena, r->p);
        if (e != ERR_NONE)
            return e;
        *source = OPTIONS_FROM_FLAG;
    }
    return ERR_NONE;
}

static enum err check_required(struct reader *r)
{
    for (size_t i = 0; i < r->program->row_count; i++) {
        const struct options_row *row = &r->program->rows[i];
        if (!options_requires(row, r->given->command) || r->sources[i] != OPTIONS_DEFAULT || row->fallback)
            continue;
        const char *name = r->program->commands[r->given->command].name;
        cleanup_buf struct buf variable = BUF_INIT;
        if (!row->flag_only && r->program->env_prefix) {
            buf_append_str(&variable, " (or ");
            options_env_name(r->program, row, &variable);
            buf_append_str(&variable, ")");
        }
        return problem_set(r->p, ERR_INVALID, row->name, "%s%s%s needs --%s %s%s.", r->program->name,
                           name ? " " : "", name ? name : "", row->name, options_placeholder(row),
                           variable.data);
    }
    return ERR_NONE;
}

static enum err check_arguments(struct reader *r)
{
    const struct options_command *command = &r->program->commands[r->given->command];
    const char *name = command->name ? command->name : "", *space = command->name ? " " : "";
    size_t count = r->given->argument_count;
    if (count < command->arguments_min)
        return problem_set(r->p, ERR_INVALID, NULL, "%s%s%s needs %s: %s", r->program->name, space, name,
                           command->arguments, command->arguments_help ? command->arguments_help : "");
    if (count > command->arguments_max && command->arguments_max == 0)
        return problem_set(r->p, ERR_INVALID, NULL, "%s%s%s takes no argument, but was given \"%.80s\".",
                           r->program->name, space, name, r->given->arguments[0]);
    if (count > command->arguments_max)
        return problem_set(r->p, ERR_INVALID, NULL,
                           "%s%s%s takes only %s, but was also given \"%.80s\"; quote a name with spaces.",
                           r->program->name, space, name, command->arguments,
                           r->given->arguments[command->arguments_max]);
    return ERR_NONE;
}

static enum err prepare(struct reader *r)
{
    struct arena *arena = &r->given->arena;
    size_t argc = r->argc > 0 ? (size_t)r->argc : 0;
    r->flags = arena_array(arena, argc + 1, sizeof *r->flags);
    r->words = arena_array(arena, argc + 1, sizeof *r->words);
    r->sources = arena_array(arena, r->program->row_count, sizeof *r->sources);
    if (!r->flags || !r->words || !r->sources)
        return problem_set(r->p, ERR_MEMORY, NULL, "Memory is out while reading the settings.");
    r->given->sources = r->sources;
    return ERR_NONE;
}

enum err options_read(const struct options_program *program, int argc, char **argv, void *settings,
                      struct options_given *given, struct problem *p)
{
    struct reader r = {
        .program = program, .argc = argc, .argv = argv, .settings = settings, .given = given, .p = p};
    static enum err (*const before[])(struct reader *) = {prepare, sort_words, read_builtins, choose_command};
    static enum err (*const after[])(struct reader *) = {
        check_flags, read_defaults, read_file, read_environment, read_flags, check_required, check_arguments};
    enum err e = ERR_NONE;
    for (size_t i = 0; i < sizeof before / sizeof before[0] && e == ERR_NONE; i++)
        e = before[i](&r);
    if (e != ERR_NONE)
        return e;
    if (print_what_is_asked(&r))
        return given->print.failed ? problem_set(p, ERR_MEMORY, NULL, "Memory is out while writing the help.")
                                   : ERR_NONE;
    if (given->command < 0)
        return no_command(&r);
    for (size_t i = 0; i < sizeof after / sizeof after[0] && e == ERR_NONE; i++)
        e = after[i](&r);
    return e;
}

void options_given_clear(struct options_given *given)
{
    buf_free(&given->print);
    arena_clear(&given->arena);
    *given = OPTIONS_GIVEN_INIT;
}
