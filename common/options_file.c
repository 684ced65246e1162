#include "common/options_parts.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/fold.h"

#define FILE_LIMIT ((size_t)1 << 20)

// A file being read: inih asks for lines and hands back pairs; the line number is kept here, because inih's
// handler is not told it.
struct reading {
    const struct options_file *file;
    const char *at, *end;
    unsigned long line;
    enum err code;
    struct problem *p;
};

__attribute__((format(printf, 3, 4))) static enum err refuse(struct reading *r, const char *field,
                                                             const char *fmt, ...)
{
    char reason[360];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    r->code = problem_at(r->p, ERR_INVALID, r->line, 0, field, "%.120s, line %lu: %s", r->file->path, r->line,
                         reason);
    return r->code;
}

// inih's reader: the next line without the space before it, which inih would take for a continued value.
static char *next_line(char *out, int size, void *user)
{
    struct reading *r = user;
    if (r->at == r->end || r->code != ERR_NONE)
        return NULL;
    const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *start = r->at, *end = newline ? newline + 1 : r->end;
    r->at = end;
    r->line++;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    if (start < end && (*start == '#' || *start == ';'))
        start = end; // a comment may be as long as it likes
    if (end - start >= size) {
        refuse(r, NULL, "it is longer than %d bytes; shorten it.", size - 2);
        return NULL;
    }
    memcpy(out, start, (size_t)(end - start));
    out[end - start] = '\0';
    return out;
}

static enum err unknown_key(struct reading *r, const char *name)
{
    const char *nearest = options_nearest_row(r->file->program, -1, name, strlen(name));
    if (nearest)
        return refuse(r, name, "there is no setting \"%.60s\"; did you mean %s?", name, nearest);
    return refuse(r, name, "there is no setting \"%.60s\"; %s --help lists them.", name,
                  r->file->program->name);
}

static enum err set_key(struct reading *r, const char *section, const char *name, const char *value)
{
    const struct options_program *program = r->file->program;
    bool own = !*section || strcmp(section, program->name) == 0 || strcmp(section, "stele") == 0;
    const struct options_row *row = options_find_row(program, name, strlen(name));
    if (program->shared_file && (!own || !row))
        return ERR_NONE;
    if (!own)
        return refuse(r, NULL, "there is no section [%.60s]; leave the section out.", section);
    if (!row)
        return unknown_key(r, name);
    if (row->flag_only)
        return refuse(r, row->name, "\"%s\" is no setting for a file; give it as the flag --%s.", row->name,
                      row->name);
    char label[200];
    snprintf(label, sizeof label, "%.120s, line %lu: %s", r->file->path, r->line, row->name);
    const char *text = arena_strdup(r->file->arena, value);
    if (!text)
        return r->code =
                   problem_set(r->p, ERR_MEMORY, row->name, "Memory is out while reading the settings.");
    r->code = options_parse_value(row, label, text, false, r->file->settings, r->file->arena, r->p);
    if (r->code != ERR_NONE && r->p)
        r->p->line = r->line;
    r->file->sources[row - program->rows] = OPTIONS_FROM_FILE;
    return r->code;
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    return r->code == ERR_NONE && set_key(r, section, name, value) == ERR_NONE;
}

static enum err parse(const struct options_file *file, const struct buf *text, struct problem *p)
{
    struct reading r = {.file = file, .at = text->data, .end = text->data + text->len, .p = p};
    size_t good = fold_utf8_check(text->data, text->len);
    const char *nul = memchr(text->data, 0, text->len);
    if (good < text->len || nul)
        return problem_set(p, ERR_INVALID, NULL, "%.200s is not a UTF-8 text file; save it as one.",
                           file->path);
    int wrong = ini_parse_stream(next_line, &r, on_pair, &r);
    if (r.code == ERR_NONE && wrong != 0) {
        r.line = wrong > 0 ? (unsigned long)wrong : 0;
        refuse(&r, NULL, "it is neither a comment nor NAME = VALUE.");
    }
    return r.code;
}

enum err options_read_file(const struct options_file *file, bool *ret_read, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    enum err e = file_read(file->path, FILE_LIMIT, &text, p);
    if (e == ERR_NOT_FOUND && !file->must_exist) {
        *ret_read = false;
        return ERR_NONE;
    }
    if (e == ERR_NONE)
        e = parse(file, &text, p);
    if (e == ERR_NONE)
        *ret_read = true;
    return e;
}
