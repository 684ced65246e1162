#include "common/ini_text.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

enum err ini_text_refuse(struct ini_text *t, const char *field, const char *fmt, ...)
{
    char reason[360];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    return t->code = problem_at(t->p, ERR_INVALID, t->line, 0, field, "%.120s%sline %lu: %s",
                                t->path ? t->path : "", t->path ? ", " : "", t->line, reason);
}

// inih's reader: the next line without the space before it, which inih would take for a continued value.
static char *next_line(char *out, int size, void *arg)
{
    struct ini_text *t = arg;
    if (t->at == t->end || t->code)
        return NULL;
    const char *newline = memchr(t->at, '\n', (size_t)(t->end - t->at));
    const char *start = t->at, *end = newline ? newline + 1 : t->end;
    t->at = end;
    t->line++;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    if (start < end && (*start == '#' || *start == ';'))
        start = end; // a comment may be as long as it likes
    if (start < end && *start == '[')
        t->section_line = t->line;
    if (end - start >= size) {
        ini_text_refuse(t, NULL, "it is longer than %d bytes: shorten it", size - 2);
        return NULL;
    }
    memcpy(out, start, (size_t)(end - start));
    out[end - start] = '\0';
    return out;
}

static int on_pair(void *arg, const char *section, const char *name, const char *value)
{
    struct ini_text *t = arg;
    if (!t->code)
        t->code = t->pair(t, section, name, value);
    return !t->code;
}

enum err ini_text_read(struct ini_text *t, const char *text, size_t len)
{
    t->at = text;
    t->end = text + len;
    int wrong = ini_parse_stream(next_line, t, on_pair, t);
    if (t->code || wrong == 0)
        return t->code;
    t->line = wrong > 0 ? (unsigned long)wrong : t->line;
    return ini_text_refuse(t, NULL, "%s", t->malformed);
}
