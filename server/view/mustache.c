#include "server/view/mustache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/view/mustache_private.h"

#define DELIMITER_MAX 15

struct compiler {
    struct mustache *m;
    const char *text; // the copy that the template keeps
    size_t len;
    size_t pos;    // everything before is dealt with
    uint32_t line; // line of the text at `counted`
    size_t counted;
    char open[DELIMITER_MAX + 1];
    char close[DELIMITER_MAX + 1];
    size_t sections[MUSTACHE_NESTING_MAX]; // indexes of the operations that opened those that are open
    size_t depth;
    struct problem *p;
};

struct tag {
    size_t at;  // of its opening delimiter
    size_t end; // behind its closing delimiter
    char sigil; // 'v' for a plain variable
    const char *content;
    size_t len;
};

static enum err out_of_memory(struct compiler *c)
{
    return problem_set(c->p, ERR_MEMORY, c->m->name, "Memory is out.");
}

static enum err invalid_at(struct compiler *c, size_t at, const char *what, const char *name, size_t len)
{
    unsigned long line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        column = c->text[i] == '\n' ? 1 : column + 1;
        line += c->text[i] == '\n';
    }
    return problem_at(c->p, ERR_INVALID, line, column, c->m->name, "%s, line %lu, column %lu: %s%s%.*s%s",
                      c->m->name, line, column, what, name ? ": \"" : "", (int)(len < 80 ? len : 80),
                      name ? name : "", name ? "\"." : ".");
}

static uint32_t line_of(struct compiler *c, size_t at)
{
    for (; c->counted < at; c->counted++)
        c->line += c->text[c->counted] == '\n';
    return c->line;
}

static struct op *add_op(struct compiler *c, enum op_kind kind, size_t at)
{
    struct mustache *m = c->m;
    if (m->count == m->capacity) {
        size_t capacity = m->capacity ? m->capacity * 2 : 32;
        struct op *ops = realloc(m->ops, capacity * sizeof *ops);
        if (!ops)
            return NULL;
        m->ops = ops;
        m->capacity = capacity;
    }
    struct op *op = &m->ops[m->count++];
    *op = (struct op){.kind = kind, .line = line_of(c, at)};
    return op;
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

static bool is_space(char ch)
{
    return is_blank(ch) || ch == '\n' || ch == '\r' || ch == '\v' || ch == '\f';
}

static bool at_line_start(const struct compiler *c, size_t at)
{
    return at == 0 || c->text[at - 1] == '\n';
}

static enum err add_text(struct compiler *c, size_t from, size_t to)
{
    if (from == to)
        return ERR_NONE;
    struct op *op = add_op(c, OP_TEXT, from);
    if (!op)
        return out_of_memory(c);
    op->line_start = at_line_start(c, from);
    op->text = c->text + from;
    op->len = to - from;
    return ERR_NONE;
}

// True when nothing but blanks shares the tag's line or lines. *ret_begin is where the first of these lines
// begins, *ret_after where the next one does.
static bool is_alone(const struct compiler *c, const struct tag *tag, size_t *ret_begin, size_t *ret_after)
{
    size_t begin = tag->at, after = tag->end;
    while (begin > 0 && is_blank(c->text[begin - 1]))
        begin--;
    while (after < c->len && is_blank(c->text[after]))
        after++;
    if (!at_line_start(c, begin))
        return false;
    if (after + 1 < c->len && c->text[after] == '\r' && c->text[after + 1] == '\n')
        after++;
    if (after < c->len && c->text[after++] != '\n')
        return false;
    *ret_begin = begin;
    *ret_after = after;
    return true;
}

static const char *find(const struct compiler *c, size_t from, const char *what)
{
    return memmem(c->text + from, c->len - from, what, strlen(what));
}

// Reads the tag that opens at tag->at.
static enum err read_tag(struct compiler *c, struct tag *tag)
{
    size_t at = tag->at + strlen(c->open);
    char closing[DELIMITER_MAX + 2];
    const char *before = ""; // what stands before the closing delimiter
    tag->sigil = 'v';
    if (at < c->len && c->text[at] == '{') {
        tag->sigil = c->text[at++];
        before = "}";
    } else {
        while (at < c->len && is_space(c->text[at]))
            at++;
        if (at < c->len && c->text[at] && strchr("#^/>&!=", c->text[at]))
            tag->sigil = c->text[at++];
        if (tag->sigil == '=')
            before = "=";
    }
    snprintf(closing, sizeof closing, "%s%s", before, c->close);
    const char *end = find(c, at, closing);
    if (!end)
        return invalid_at(c, tag->at, "The tag is not closed, it lacks", closing, strlen(closing));
    tag->content = c->text + at;
    tag->len = (size_t)(end - tag->content);
    tag->end = at + tag->len + strlen(closing);
    while (tag->len && is_space(tag->content[0])) {
        tag->content++;
        tag->len--;
    }
    while (tag->len && is_space(tag->content[tag->len - 1]))
        tag->len--;
    return ERR_NONE;
}

size_t name_split(const char *text, struct name_part *parts, size_t room)
{
    for (size_t count = 0; count < room; text++) {
        size_t len = strcspn(text, ".");
        parts[count++] = (struct name_part){text, len};
        text += len;
        if (!*text)
            return count;
    }
    return 0;
}

// Names with a colon may have any shape: their hook knows.
static bool split_name(struct arena *memory, struct name *name)
{
    size_t dots = 0;
    for (const char *s = name->text; *s; s++)
        dots += *s == '.';
    name->parts = arena_array(memory, dots + 1, sizeof *name->parts);
    if (name->parts)
        name->count = name_split(name->text, name->parts, dots + 1);
    return name->parts;
}

static bool has_empty_part(const struct name *name)
{
    for (size_t i = 0; i < name->count; i++)
        if (!name->parts[i].len)
            return true;
    return false;
}

static enum err make_name(struct compiler *c, const struct tag *tag, struct name *ret)
{
    if (!tag->len)
        return invalid_at(c, tag->at, "The tag has no name", NULL, 0);
    for (size_t i = 0; i < tag->len; i++)
        if (is_space(tag->content[i]) || !tag->content[i])
            return invalid_at(c, tag->at, "A name cannot have blanks in it", tag->content, tag->len);
    if (strchr("<$%*", tag->content[0]))
        return invalid_at(c, tag->at, "This kind of tag is not known here", tag->content, tag->len);
    struct name name = {.text = arena_strndup(&c->m->memory, tag->content, tag->len)};
    if (!name.text)
        return out_of_memory(c);
    const char *colon = tag->sigil == '>' ? NULL : strchr(name.text, ':');
    if (colon) {
        name.prefix = arena_strndup(&c->m->memory, name.text, (size_t)(colon - name.text));
        name.rest = colon + 1;
    }
    if ((colon && !name.prefix) || (strcmp(name.text, ".") != 0 && !split_name(&c->m->memory, &name)))
        return out_of_memory(c);
    if (!colon && tag->sigil != '>' && has_empty_part(&name))
        return invalid_at(c, tag->at, "A dotted name has an empty part", tag->content, tag->len);
    *ret = name;
    return ERR_NONE;
}

static enum err set_delimiters(struct compiler *c, const struct tag *tag)
{
    size_t first = 0, second = tag->len;
    while (first < tag->len && !is_space(tag->content[first]))
        first++;
    while (second > first && !is_space(tag->content[second - 1]))
        second--;
    size_t last = tag->len - second;
    bool fine = first && last && first <= DELIMITER_MAX && last <= DELIMITER_MAX;
    for (size_t i = first; i < second; i++)
        fine = fine && is_space(tag->content[i]);
    if (!fine || memchr(tag->content, '=', tag->len) || memchr(tag->content, '\0', tag->len))
        return invalid_at(c, tag->at, "Delimiters are two short words without \"=\"", tag->content, tag->len);
    memcpy(c->open, tag->content, first);
    c->open[first] = '\0';
    memcpy(c->close, tag->content + second, last);
    c->close[last] = '\0';
    return ERR_NONE;
}

static enum err close_section(struct compiler *c, const struct tag *tag)
{
    if (!c->depth)
        return invalid_at(c, tag->at, "No section is open that this could close", tag->content, tag->len);
    struct op *op = &c->m->ops[c->sections[c->depth - 1]];
    if (strlen(op->name.text) != tag->len || memcmp(op->name.text, tag->content, tag->len) != 0)
        return invalid_at(c, tag->at, "The section that is open here has another name", op->name.text,
                          strlen(op->name.text));
    op->end = (uint32_t)c->m->count;
    c->depth--;
    return ERR_NONE;
}

static const enum op_kind kinds[128] = {
    ['v'] = OP_VALUE,   ['{'] = OP_RAW,      ['&'] = OP_RAW_AMP,
    ['#'] = OP_SECTION, ['^'] = OP_INVERTED, ['>'] = OP_PARTIAL,
};

// A tag that becomes an operation. `begin` is where its indentation begins when it stands alone on its line.
static enum err add_tag(struct compiler *c, const struct tag *tag, size_t begin)
{
    struct name name;
    enum err e = make_name(c, tag, &name);
    if (e != ERR_NONE)
        return e;
    bool section = tag->sigil == '#' || tag->sigil == '^';
    if (section && c->depth == MUSTACHE_NESTING_MAX)
        return problem_at(c->p, ERR_TOO_LARGE, line_of(c, tag->at), 0, c->m->name,
                          "%s: more than %d sections within each other.", c->m->name, MUSTACHE_NESTING_MAX);
    struct op *op = add_op(c, kinds[(unsigned char)tag->sigil], tag->at);
    if (!op)
        return out_of_memory(c);
    op->name = name;
    if (section)
        c->sections[c->depth++] = c->m->count - 1;
    if (tag->sigil == '>') {
        op->text = c->text + begin;
        op->len = tag->at - begin;
    }
    return ERR_NONE;
}

static enum err compile_tag(struct compiler *c, const struct tag *tag)
{
    size_t begin = tag->at, after = tag->end;
    bool alone = strchr("#^/>!=", tag->sigil) && is_alone(c, tag, &begin, &after);
    enum err e = add_text(c, c->pos, begin);
    if (e == ERR_NONE && !alone && at_line_start(c, tag->at) && !add_op(c, OP_INDENT, tag->at))
        e = out_of_memory(c);
    if (e != ERR_NONE)
        return e;
    c->pos = after;
    if (tag->sigil == '!')
        return ERR_NONE;
    if (tag->sigil == '=')
        return set_delimiters(c, tag);
    return tag->sigil == '/' ? close_section(c, tag) : add_tag(c, tag, begin);
}

static enum err compile_all(struct compiler *c)
{
    const char *at;
    enum err e = ERR_NONE;
    while ((at = find(c, c->pos, c->open))) {
        struct tag tag = {.at = (size_t)(at - c->text)};
        e = read_tag(c, &tag);
        if (e == ERR_NONE)
            e = compile_tag(c, &tag);
        if (e != ERR_NONE)
            return e;
    }
    if (c->depth) {
        const struct op *op = &c->m->ops[c->sections[c->depth - 1]];
        return problem_at(c->p, ERR_INVALID, op->line, 0, c->m->name,
                          "%s, line %u: the section \"%.80s\" is never closed.", c->m->name, op->line,
                          op->name.text);
    }
    return add_text(c, c->pos, c->len);
}

enum err mustache_compile(const char *name, const char *text, size_t len, struct mustache **ret,
                          struct problem *p)
{
    if (len > MUSTACHE_SIZE_MAX)
        return problem_set(p, ERR_TOO_LARGE, name, "%s: a template may have %d bytes, this one has %zu.",
                           name, MUSTACHE_SIZE_MAX, len);
    cleanup_mustache struct mustache *m = calloc(1, sizeof *m);
    if (!m)
        return problem_set(p, ERR_MEMORY, name, "Memory is out.");
    struct compiler c = {.m = m, .len = len, .line = 1, .open = "{{", .close = "}}", .p = p};
    c.text = arena_strndup(&m->memory, len ? text : "", len);
    m->name = arena_strdup(&m->memory, name);
    if (!c.text || !m->name)
        return problem_set(p, ERR_MEMORY, name, "Memory is out.");
    enum err e = compile_all(&c);
    if (e == ERR_NONE)
        *ret = steal_pointer(&m);
    return e;
}

void mustache_free(struct mustache *m)
{
    if (!m)
        return;
    arena_clear(&m->memory);
    free(m->ops);
    free(m);
}

void mustache_tags(const struct mustache *m,
                   void (*each)(void *arg, char kind, const char *name, unsigned long line), void *arg)
{
    static const char sigils[] = {
        [OP_VALUE] = 'v',   [OP_RAW] = '{',      [OP_RAW_AMP] = '&',
        [OP_SECTION] = '#', [OP_INVERTED] = '^', [OP_PARTIAL] = '>',
    };
    for (size_t i = 0; i < m->count; i++)
        if (m->ops[i].name.text)
            each(arg, sigils[m->ops[i].kind], m->ops[i].name.text, m->ops[i].line);
}
