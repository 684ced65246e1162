#include "server/desk/frame/multipart.h"

#include <string.h>
#include <strings.h>

#include "common/fold.h"

enum { BOUNDARY_MAX = 70, NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 120 }; // RFC 2046 section 5.1.1; form.h

static enum err broken(struct problem *p, const char *what)
{
    return problem_set(p, ERR_INVALID, "file", "the form was not sent whole: %s", what);
}

// --- parameters of a header: name=value or name="value", where \" and \\ stand for themselves

static const char *parameter_value(struct arena *a, const char *at, size_t len)
{
    char *out = arena_alloc(a, len + 1);
    size_t n = 0;
    bool quoted = len && *at == '"';
    for (size_t i = quoted; out && i < len; i++) {
        if (quoted ? at[i] == '"' : strchr("; \t", at[i]) != NULL)
            break;
        if (quoted && at[i] == '\\' && i + 1 < len && strchr("\"\\", at[i + 1]))
            i++;
        out[n++] = at[i];
    }
    if (out)
        out[n] = '\0';
    return out;
}

// Where the parameter behind `at` ends: its ';' or the header's end.
static size_t parameter_end(const char *at, size_t len)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < len && (quoted || at[i] != ';'); i++) {
        if (at[i] == '\\' && quoted && i + 1 < len)
            i++;
        else if (at[i] == '"')
            quoted = !quoted;
    }
    return i < len ? i : len;
}

// NULL when the header has no such parameter.
static const char *parameter(struct arena *a, const char *header, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    size_t at = parameter_end(header, len);
    while (at < len) {
        at++;
        while (at < len && (header[at] == ' ' || header[at] == '\t'))
            at++;
        size_t end = at + parameter_end(header + at, len - at);
        if (end - at > name_len && header[at + name_len] == '=' &&
            strncasecmp(header + at, name, name_len) == 0)
            return parameter_value(a, header + at + name_len + 1, end - at - name_len - 1);
        at = end;
    }
    return NULL;
}

// --- one part

static bool is_name(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= NAME_MAX_BYTES &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-.[]") == len;
}

// What the browser calls the file, without folders, as a name that is safe to write.
const char *multipart_file_name(struct arena *a, const char *given)
{
    for (const char *at = given; *at; at++)
        if (*at == '/' || *at == '\\')
            given = at + 1;
    given += strspn(given, ". ");
    size_t len = strlen(given);
    if (!fold_utf8_valid(given, len))
        return arena_strdup(a, "file");
    char *copy = arena_strndup(a, *given ? given : "file", fold_utf8_cut(given, len, FILE_MAX_BYTES));
    if (copy && !*copy)
        return "file";
    for (char *at = copy; at && *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '_';
    return copy;
}

static enum err read_disposition(struct arena *a, const char *value, size_t len, struct multipart_part *part,
                                 struct problem *p)
{
    const char *name = parameter(a, value, len, "name"), *file = parameter(a, value, len, "filename");
    if (!name || !is_name(name))
        return broken(p, "a part has no name");
    part->name = name;
    part->file = file ? multipart_file_name(a, file) : NULL;
    return file && !part->file ? problem_set(p, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}

static enum err read_head(struct arena *a, const char *head, size_t len, struct multipart_part *part,
                          struct problem *p)
{
    static const char disposition[] = "content-disposition:";
    size_t skip = sizeof disposition - 1;
    while (len > 0) {
        const char *line_end = memmem(head, len, "\r\n", 2);
        size_t line = line_end ? (size_t)(line_end - head) : len;
        if (line > skip && strncasecmp(head, disposition, skip) == 0)
            return read_disposition(a, head + skip, line - skip, part, p);
        size_t step = line_end ? line + 2 : line;
        head += step;
        len -= step;
    }
    return broken(p, "a part has no name");
}

// --- the parts

struct walk {
    const char *at, *end;
    const char *mark; // "\r\n--BOUNDARY"
    size_t mark_len;
};

static const char *find_mark(const struct walk *w, const char *from)
{
    return memmem(from, (size_t)(w->end - from), w->mark, w->mark_len);
}

// *ret_last: there was none any more. w->at stands behind a boundary.
static enum err next_part(struct walk *w, struct arena *a, struct multipart_part *part, bool *ret_last,
                          struct problem *p)
{
    size_t left = (size_t)(w->end - w->at);
    if (left >= 2 && memcmp(w->at, "--", 2) == 0) {
        *ret_last = true;
        return ERR_NONE;
    }
    if (left < 2 || memcmp(w->at, "\r\n", 2) != 0)
        return broken(p, "a boundary is damaged");
    w->at += 2;
    const char *head = w->at, *blank = memmem(head, (size_t)(w->end - head), "\r\n\r\n", 4);
    if (!blank)
        return broken(p, "a part does not begin");
    if (blank - head > MULTIPART_HEAD_MAX)
        return problem_set(p, ERR_TOO_LARGE, "file", "a part of the form has too long a head");
    const char *data = blank + 4,
               *data_end = find_mark(w, blank + 2); // an empty part: the mark's own line end
    if (!data_end)
        return broken(p, "a part does not end");
    *part = (struct multipart_part){.data = data, .len = data_end > data ? (size_t)(data_end - data) : 0};
    w->at = data_end + w->mark_len;
    *ret_last = false;
    return read_head(a, head, (size_t)(blank - head), part, p);
}

static enum err begin(struct walk *w, struct arena *a, const char *content_type, const char *body, size_t len,
                      struct problem *p)
{
    static const char type[] = "multipart/form-data";
    if (!content_type || strncasecmp(content_type, type, sizeof type - 1) != 0)
        return broken(p, "it is no form with files");
    const char *boundary = parameter(a, content_type, strlen(content_type), "boundary");
    if (!boundary || !*boundary || strlen(boundary) > BOUNDARY_MAX)
        return broken(p, "it names no boundary");
    w->mark = arena_printf(a, "\r\n--%s", boundary);
    if (!w->mark)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    w->mark_len = strlen(w->mark);
    w->end = body + len;
    size_t first = w->mark_len - 2; // the body begins with the mark without its line end
    if (len < first || memcmp(body, w->mark + 2, first) != 0)
        return broken(p, "it does not begin with its boundary");
    w->at = body + first;
    return ERR_NONE;
}

enum err multipart_read(struct arena *a, const char *content_type, const char *body, size_t len,
                        struct multipart *ret, struct problem *p)
{
    struct walk w = {0};
    struct multipart m = {.items = arena_array(a, MULTIPART_PARTS_MAX, sizeof *m.items)};
    if (!m.items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = begin(&w, a, content_type, body, len, p);
    for (bool last = false; !e && !last;) {
        struct multipart_part part;
        e = next_part(&w, a, &part, &last, p);
        if (e || last)
            break;
        if (m.count == MULTIPART_PARTS_MAX)
            e = problem_set(p, ERR_TOO_LARGE, "file", "the form has more than %d parts", MULTIPART_PARTS_MAX);
        else
            m.items[m.count++] = part;
    }
    if (!e)
        *ret = m;
    return e;
}

// --- asking

const struct multipart_part *multipart_find(const struct multipart *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->items[i].name, name) == 0)
            return &m->items[i];
    return NULL;
}

const char *multipart_text(struct arena *a, const struct multipart *m, const char *name, size_t max)
{
    const struct multipart_part *part = multipart_find(m, name);
    if (!part || part->file || part->len > max || !fold_utf8_valid(part->data, part->len))
        return "";
    for (size_t i = 0; i < part->len; i++)
        if ((unsigned char)part->data[i] < 0x20)
            return "";
    const char *text = arena_strndup(a, part->data, part->len);
    return text ? text : "";
}

enum err multipart_form(struct arena *a, const struct multipart *m, struct form *ret, struct problem *p)
{
    struct form form = form_empty(a);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < m->count; i++)
        if (!m->items[i].file)
            e = form_take_field(&form, m->items[i].name, m->items[i].data, m->items[i].len, p);
    if (!e)
        *ret = form;
    return e;
}
