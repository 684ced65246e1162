#include "common/options_parts.h"

#include <string.h>

#include "common/fold.h"

#define WIDTH  80 // columns of a terminal at its narrowest
#define INDENT 26 // where explanations begin

// The width of what stands on the last line so far.
static size_t column_of(const struct buf *out)
{
    size_t start = out->len;
    while (start > 0 && out->data[start - 1] != '\n')
        start--;
    return fold_utf8_count(out->data + start, out->len - start);
}

static void pad_to(struct buf *out, size_t column)
{
    for (size_t at = column_of(out); at < column; at++)
        buf_append_char(out, ' ');
}

// Words from the present column on, wrapped to `indent`; ends the line.
static void append_wrapped(struct buf *out, const char *text, size_t indent)
{
    for (size_t at = column_of(out); *text;) {
        size_t len = strcspn(text, " "), width = fold_utf8_count(text, len);
        if (at + 1 + width > WIDTH && at > indent) {
            buf_append_char(out, '\n');
            pad_to(out, indent);
            at = indent;
        } else if (at > indent) {
            buf_append_char(out, ' ');
            at++;
        }
        buf_append(out, text, len);
        at += width;
        text += len;
        text += strspn(text, " ");
    }
    buf_append_char(out, '\n');
}

static void append_entry(struct buf *out, const char *left, const char *text)
{
    buf_printf(out, "  %s", left);
    if (column_of(out) + 2 > INDENT)
        buf_append_char(out, '\n');
    pad_to(out, INDENT);
    append_wrapped(out, text, INDENT);
}

static void append_flag(const struct options_row *row, struct buf *out)
{
    const char *placeholder = options_placeholder(row);
    bool on = row->type == OPTIONS_BOOL && row->fallback && strcmp(row->fallback, "yes") == 0;
    buf_printf(out, "--%s%s", on ? "[no-]" : "", row->name);
    if (placeholder)
        buf_printf(out, " %s", placeholder);
}

// The help, what is allowed, the default and whether it is needed, as one paragraph.
static void append_explanation(const struct options_row *row, int command, struct buf *out)
{
    cleanup_buf struct buf range = BUF_INIT;
    buf_append_str(out, row->help);
    options_describe_range(row, &range);
    if (range.len > 0)
        buf_printf(out, " F%s.", range.data + 1);
    if (row->type == OPTIONS_LIST && row->choices) {
        buf_append_str(out, " Of ");
        for (const char *c = row->choices; *c; c++)
            buf_append(out, *c == '|' ? ", " : c, *c == '|' ? 2 : 1);
        buf_append_char(out, '.');
    }
    if (options_requires(row, command) && !row->fallback)
        buf_append_str(out, " Required.");
    else if (row->fallback && *row->fallback)
        buf_printf(out, " Default: %s.", row->fallback);
}

static void append_rows(const struct options_row *rows, size_t count, int command, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!options_takes(&rows[i], command))
            continue;
        cleanup_buf struct buf left = BUF_INIT, text = BUF_INIT;
        append_flag(&rows[i], &left);
        append_explanation(&rows[i], command, &text);
        append_entry(out, left.data, text.data);
    }
}

// "stele import --data DIR [options] BUNDLE": what cannot be left out is shown.
static void append_usage(const struct options_program *program, int command, struct buf *out)
{
    const struct options_command *c = &program->commands[command];
    buf_printf(out, "%s%s%s", program->name, c->name ? " " : "", c->name ? c->name : "");
    for (size_t i = 0; i < program->row_count; i++) {
        const struct options_row *row = &program->rows[i];
        if (options_requires(row, command) && !row->fallback)
            buf_printf(out, " --%s %s", row->name, options_placeholder(row));
    }
    buf_append_str(out, " [options]");
    if (c->arguments)
        buf_printf(out, c->arguments_min ? " %s" : " [%s]", c->arguments);
}

// Where else options can be set, shown with the first that can.
static void append_sources(const struct options_program *program, struct buf *out)
{
    const struct options_row *row = program->rows, *end = row + program->row_count;
    while (row < end && row->flag_only)
        row++;
    if (row == end || !program->env_prefix)
        return;
    cleanup_buf struct buf text = BUF_INIT, name = BUF_INIT;
    options_env_name(program, row, &name);
    buf_printf(
        &text,
        "Options can also be set in the environment (%s for --%s) and in the settings file (%s = …), but "
        "for those that concern one run alone.",
        name.data, row->name, row->name);
    if (program->file && program->folder)
        buf_printf(&text, " %s is read when it exists in the folder of --%s.", program->file,
                   program->folder);
    else if (program->file)
        buf_printf(&text, " %s is read when it exists.", program->file);
    buf_append_char(out, '\n');
    append_wrapped(out, text.data, 0);
}

static void help_of_program(const struct options_program *program, struct buf *out)
{
    buf_printf(out, "%s: %s\n\nusage: %s COMMAND [options]\n\n", program->name, program->summary,
               program->name);
    for (size_t i = 0; i < program->command_count; i++)
        append_entry(out, program->commands[i].name, program->commands[i].summary);
    buf_append_char(out, '\n');
    append_rows(options_builtin_rows, OPTIONS_BUILTIN_SHOWN, -1, out);
    buf_printf(out, "\n%s COMMAND --help explains one command and its options.\n", program->name);
}

void options_help(const struct options_program *program, int command, struct buf *out)
{
    if (command < 0) {
        help_of_program(program, out);
        return;
    }
    const struct options_command *c = &program->commands[command];
    buf_printf(out, "%s%s%s: %s\n\nusage: ", program->name, c->name ? " " : "", c->name ? c->name : "",
               c->summary ? c->summary : program->summary);
    append_usage(program, command, out);
    buf_append_str(out, "\n\n");
    if (c->arguments) {
        append_entry(out, c->arguments, c->arguments_help ? c->arguments_help : "");
        buf_append_char(out, '\n');
    }
    append_rows(program->rows, program->row_count, command, out);
    append_rows(options_builtin_rows, OPTIONS_BUILTIN_SHOWN, -1, out);
    append_sources(program, out);
}

// Text for roff: a backslash is written out, a hyphen stays one, and no line begins with a control character.
static void roff_text(struct buf *out, const char *text)
{
    bool line_start = out->len == 0 || out->data[out->len - 1] == '\n';
    for (const char *c = text; *c; c++) {
        if (line_start && (*c == '.' || *c == '\''))
            buf_append_str(out, "\\&");
        line_start = *c == '\n';
        if (*c == '\\')
            buf_append_str(out, "\\e");
        else if (*c == '-')
            buf_append_str(out, "\\-");
        else
            buf_append_char(out, *c);
    }
}

static void roff_bold(struct buf *out, const char *text)
{
    buf_append_str(out, "\\fB");
    roff_text(out, text);
    buf_append_str(out, "\\fR");
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void roff_section(struct buf *out, const char *title)
{
    buf_printf(out, ".SH %s\n", title);
}

static void roff_entry(struct buf *out, const char *left, const char *text)
{
    buf_append_str(out, ".TP\n");
    roff_bold(out, left);
    buf_append_char(out, '\n');
    roff_text(out, text);
    buf_append_char(out, '\n');
}

static void man_synopsis(const struct options_program *program, struct buf *out)
{
    roff_section(out, "SYNOPSIS");
    for (size_t i = 0; i < program->command_count; i++) {
        cleanup_buf struct buf usage = BUF_INIT;
        append_usage(program, (int)i, &usage);
        buf_append_str(out, i ? ".br\n" : "");
        roff_text(out, usage.data);
        buf_append_char(out, '\n');
    }
}

static void man_description(const struct options_program *program, struct buf *out)
{
    roff_section(out, "DESCRIPTION");
    for (const char *text = program->description ? program->description : program->summary; *text;) {
        const char *end = strstr(text, "\n\n");
        size_t len = end ? (size_t)(end - text) : strlen(text);
        cleanup_buf struct buf paragraph = BUF_INIT;
        buf_append(&paragraph, text, len);
        roff_text(out, paragraph.data);
        buf_append_str(out, end ? "\n.PP\n" : "\n");
        text += end ? len + 2 : len;
    }
}

static void man_commands(const struct options_program *program, struct buf *out)
{
    if (!program->commands[0].name)
        return;
    roff_section(out, "COMMANDS");
    for (size_t i = 0; i < program->command_count; i++) {
        const struct options_command *c = &program->commands[i];
        cleanup_buf struct buf left = BUF_INIT, text = BUF_INIT;
        buf_printf(&left, "%s%s%s", c->name, c->arguments ? " " : "", c->arguments ? c->arguments : "");
        buf_printf(&text, "%s.", c->summary);
        text.data[0] = upper(text.data[0]);
        if (c->arguments_help)
            buf_printf(&text, " %s", c->arguments_help);
        roff_entry(out, left.data, text.data);
    }
}

static void man_row(const struct options_program *program, const struct options_row *row, struct buf *out)
{
    cleanup_buf struct buf left = BUF_INIT, text = BUF_INIT;
    append_flag(row, &left);
    append_explanation(row, row->required == OPTIONS_ALL ? 0 : -1, &text);
    if (row->commands != 0 && program->commands[0].name) {
        buf_append_str(&text, " For ");
        for (size_t i = 0, n = 0; i < program->command_count; i++)
            if (options_takes(row, (int)i))
                buf_printf(&text, "%s%s", n++ ? ", " : "", program->commands[i].name);
        buf_append_char(&text, '.');
    }
    roff_entry(out, left.data, text.data);
}

static void man_options(const struct options_program *program, struct buf *out)
{
    roff_section(out, "OPTIONS");
    for (size_t i = 0; i < program->row_count; i++)
        man_row(program, &program->rows[i], out);
    for (size_t i = 0; i < OPTIONS_BUILTIN_SHOWN; i++)
        man_row(program, &options_builtin_rows[i], out);
}

static void man_environment(const struct options_program *program, struct buf *out)
{
    if (!program->env_prefix)
        return;
    roff_section(out, "ENVIRONMENT");
    for (size_t i = 0; i < program->row_count; i++) {
        if (program->rows[i].flag_only)
            continue;
        cleanup_buf struct buf name = BUF_INIT, text = BUF_INIT;
        options_env_name(program, &program->rows[i], &name);
        buf_printf(&text, "As --%s, which wins over it.", program->rows[i].name);
        roff_entry(out, name.data, text.data);
    }
}

void options_man(const struct options_program *program, struct buf *out)
{
    cleanup_buf struct buf title = BUF_INIT;
    for (const char *c = program->name; *c; c++)
        buf_append_char(&title, upper(*c));
    buf_append_str(out, ".TH ");
    roff_text(out, title.data);
    buf_printf(out, " 1 \"\" \"%s %s\"\n", program->name, program->version);
    roff_section(out, "NAME");
    roff_text(out, program->name);
    buf_append_str(out, " \\- ");
    roff_text(out, program->summary);
    buf_append_char(out, '\n');
    man_synopsis(program, out);
    man_description(program, out);
    man_commands(program, out);
    man_options(program, out);
    man_environment(program, out);
    if (program->file) {
        cleanup_buf struct buf name = BUF_INIT;
        if (program->folder)
            buf_printf(&name, "%s/", program->folder);
        for (char *c = name.data; *c; c++)
            *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        buf_append_str(&name, program->file);
        roff_section(out, "FILES");
        roff_entry(out, name.data,
                   "The settings file, unless --config names another: lines of NAME = VALUE.");
    }
    roff_section(out, "EXIT STATUS");
    roff_entry(out, "0", "The work is done.");
    roff_entry(out, "1", "The work could not be done; standard error says why, one line for each problem.");
    roff_entry(out, "2", "Wrong use; standard error says what is right.");
}
