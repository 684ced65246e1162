#include "common/options_parts.h"

#include <string.h>

// A function's or variable's name from the program's: "stele-qrgen" -> "_stele_qrgen".
static void append_function(const struct options_program *program, struct buf *out)
{
    buf_append_char(out, '_');
    for (const char *c = program->name; *c; c++)
        buf_append_char(out, *c == '-' ? '_' : *c);
}

static void append_flags(const struct options_row *rows, size_t count, int command, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        if (options_takes(&rows[i], command))
            buf_printf(out, " --%s", rows[i].name);
}

static void append_spaced(const char *choices, struct buf *out)
{
    for (const char *c = choices; *c; c++)
        buf_append_char(out, *c == '|' ? ' ' : *c);
}

// What may follow a flag: choices, folders or files.
static void bash_values(const struct options_row *rows, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct options_row *row = &rows[i];
        if (row->type == OPTIONS_BOOL)
            continue;
        buf_printf(out, "    --%s) ", row->name);
        if (row->choices) {
            buf_append_str(out, "COMPREPLY=($(compgen -W \"");
            append_spaced(row->choices, out);
            buf_append_str(out, "\" -- \"$cur\")); return ;;\n");
        } else if (row->type == OPTIONS_FOLDER || row->type == OPTIONS_FILE) {
            buf_printf(out, "COMPREPLY=($(compgen -%c -- \"$cur\")); return ;;\n",
                       row->type == OPTIONS_FOLDER ? 'd' : 'f');
        } else {
            buf_append_str(out, "return ;;\n");
        }
    }
}

// The words that may come first, or second behind the first half of a command of two words.
static void bash_commands(const struct options_program *program, struct buf *out)
{
    cleanup_buf struct buf firsts = BUF_INIT;
    for (size_t i = 0; i < program->command_count; i++) {
        const char *name = program->commands[i].name;
        size_t len = strcspn(name, " ");
        bool repeated = i > 0 && strncmp(program->commands[i - 1].name, name, len) == 0 &&
                        program->commands[i - 1].name[len] == ' ';
        if (!repeated) {
            buf_append_str(&firsts, firsts.len ? " " : "");
            buf_append(&firsts, name, len);
        }
        if (name[len])
            buf_printf(out, "  [ \"$words\" = \" %.*s\" ] && COMPREPLY+=($(compgen -W \"%s\" -- \"$cur\"))\n",
                       (int)len, name, name + len + 1);
    }
    buf_printf(out, "  [ -z \"$words\" ] && COMPREPLY+=($(compgen -W \"%s\" -- \"$cur\"))\n", firsts.data);
}

static void bash_flags(const struct options_program *program, struct buf *out)
{
    bool named = program->commands[0].name != NULL;
    buf_append_str(out, "  local flags=\"");
    append_flags(options_builtin_rows, OPTIONS_BUILTIN_SHOWN, -1, out);
    buf_append_str(out, "\"\n  case \"$words \" in\n");
    for (size_t i = 0; i < program->command_count; i++) {
        buf_printf(out, "    %s%s%s*) flags+=\"", named ? "\" " : "", named ? program->commands[i].name : "",
                   named ? " \"" : "");
        append_flags(program->rows, program->row_count, (int)i, out);
        buf_append_str(out, "\" ;;\n");
    }
    buf_append_str(out, "  esac\n");
}

static void bash(const struct options_program *program, struct buf *out)
{
    cleanup_buf struct buf function = BUF_INIT;
    append_function(program, &function);
    buf_printf(out, "# Completion of %s for bash.\n%s() {\n", program->name, function.data);
    buf_append_str(
        out, "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\" i\n"
             "  COMPREPLY=()\n"
             "  case \"$prev\" in\n");
    bash_values(program->rows, program->row_count, out);
    bash_values(options_builtin_rows, OPTIONS_BUILTIN_COUNT, out);
    buf_append_str(out, "  esac\n"
                        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                        "    case \"${COMP_WORDS[i]}\" in -*) ;; *) words+=\" ${COMP_WORDS[i]}\" ;; esac\n"
                        "  done\n");
    bash_flags(program, out);
    buf_append_str(out, "  case \"$cur\" in\n"
                        "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\")); return ;;\n"
                        "  esac\n");
    if (program->commands[0].name)
        bash_commands(program, out);
    buf_append_str(out, "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n");
    buf_printf(out, "complete -o filenames -F %s %s\n", function.data, program->name);
}

// zsh reads bash's functions through its own layer for them.
static void zsh(const struct options_program *program, struct buf *out)
{
    buf_printf(out, "#compdef %s\nautoload -U +X bashcompinit && bashcompinit\n", program->name);
    bash(program, out);
}

// Text inside single quotes of fish.
static void fish_quoted(const char *text, struct buf *out)
{
    buf_append_char(out, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '\'' || *c == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *c);
    }
    buf_append_char(out, '\'');
}

static void fish_rows(const struct options_program *program, const struct options_row *rows, size_t count,
                      struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct options_row *row = &rows[i];
        buf_printf(out, "complete -c %s -l %s", program->name, row->name);
        if (row->commands != 0 && program->commands[0].name) {
            buf_append_str(out, " -n '__fish_seen_subcommand_from");
            for (size_t n = 0; n < program->command_count && program->commands[n].name; n++)
                if (options_takes(row, (int)n))
                    buf_printf(out, " %.*s", (int)strcspn(program->commands[n].name, " "),
                               program->commands[n].name);
            buf_append_char(out, '\'');
        }
        if (row->choices) {
            buf_append_str(out, " -x -a '");
            append_spaced(row->choices, out);
            buf_append_char(out, '\'');
        } else if (row->type == OPTIONS_FOLDER) {
            buf_append_str(out, " -x -a '(__fish_complete_directories)'");
        } else if (row->type != OPTIONS_BOOL) {
            buf_append_str(out, row->type == OPTIONS_FILE ? " -r" : " -x");
        }
        buf_append_str(out, " -d ");
        fish_quoted(row->help, out);
        buf_append_char(out, '\n');
    }
}

static void fish(const struct options_program *program, struct buf *out)
{
    buf_printf(out, "# Completion of %s for fish.\n", program->name);
    for (size_t i = 0; i < program->command_count && program->commands[i].name; i++) {
        const char *name = program->commands[i].name;
        size_t len = strcspn(name, " ");
        if (name[len])
            buf_printf(out, "complete -c %s -n '__fish_seen_subcommand_from %.*s' -f -a %s\n", program->name,
                       (int)len, name, name + len + 1);
        buf_printf(out, "complete -c %s -n __fish_use_subcommand -f -a %.*s -d ", program->name, (int)len,
                   name);
        fish_quoted(program->commands[i].summary, out);
        buf_append_char(out, '\n');
    }
    fish_rows(program, program->rows, program->row_count, out);
    fish_rows(program, options_builtin_rows, OPTIONS_BUILTIN_SHOWN, out);
}

void options_completion(const struct options_program *program, int shell, struct buf *out)
{
    static void (*const writers[])(const struct options_program *, struct buf *) = {
        [OPTIONS_SHELL_BASH] = bash, [OPTIONS_SHELL_ZSH] = zsh, [OPTIONS_SHELL_FISH] = fish};
    if (shell > OPTIONS_SHELL_NONE && shell <= OPTIONS_SHELL_FISH)
        writers[shell](program, out);
}
