#include "common/options_parts.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/fold.h"
#include "common/ini_text.h"

#define FILE_LIMIT ((size_t)1 << 20)

static enum err unknown_key(struct ini_text *t, const struct options_program *program, const char *name)
{
    const char *nearest = options_nearest_row(program, -1, name, strlen(name));
    if (nearest)
        return ini_text_refuse(t, name, "there is no setting \"%.60s\"; did you mean %s?", name, nearest);
    return ini_text_refuse(t, name, "there is no setting \"%.60s\"; %s --help lists them.", name,
                           program->name);
}

static enum err set_key(struct ini_text *t, const char *section, const char *name, const char *value)
{
    const struct options_file *file = t->user;
    const struct options_program *program = file->program;
    bool own = !*section || strcmp(section, program->name) == 0 || strcmp(section, "stele") == 0;
    const struct options_row *row = options_find_row(program, name, strlen(name));
    if (program->shared_file && (!own || !row))
        return ERR_NONE;
    if (!own)
        return ini_text_refuse(t, NULL, "there is no section [%.60s]; leave the section out.", section);
    if (!row)
        return unknown_key(t, program, name);
    if (row->flag_only)
        return ini_text_refuse(t, row->name, "\"%s\" is no setting for a file; give it as the flag --%s.",
                               row->name, row->name);
    char label[200];
    snprintf(label, sizeof label, "%.120s, line %lu: %s", file->path, t->line, row->name);
    const char *text = arena_strdup(file->arena, value);
    if (!text)
        return problem_set(t->p, ERR_MEMORY, row->name, "Memory is out while reading the settings.");
    enum err e = options_parse_value(row, label, text, false, file->settings, file->arena, t->p);
    if (e && t->p)
        t->p->line = t->line;
    file->sources[row - program->rows] = OPTIONS_FROM_FILE;
    return e;
}

static enum err parse(const struct options_file *file, const struct buf *text, struct problem *p)
{
    struct ini_text t = {
        .pair = set_key,
        .user = (void *)file,
        .path = file->path,
        .malformed = "it is neither a comment nor NAME = VALUE.",
        .p = p,
    };
    size_t good = fold_utf8_check(text->data, text->len);
    const char *nul = memchr(text->data, 0, text->len);
    if (good < text->len || nul)
        return problem_set(p, ERR_INVALID, NULL, "%.200s is not a UTF-8 text file; save it as one.",
                           file->path);
    return ini_text_read(&t, text->data, text->len);
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
