#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/view/html.h"
#include "server/view/mustache.h"
#include "server/view/mustache_private.h"

struct mustache_scope {
    const json_t *stack[MUSTACHE_DEPTH_MAX + 1]; // the innermost context last
    size_t count;
    size_t depth; // sections and partials open
    size_t steps;
    const struct mustache_env *env;
    struct buf *out;
    size_t before; // length of `out` at the start
    struct buf scratch;
    struct buf indent; // the indentation of the partial being rendered
    struct problem *p;
};

enum { NAME_PARTS_MAX = 32 }; // of a name that a hook looks up

static const struct mustache_env empty_env;

static enum err render_range(struct mustache_scope *s, const struct mustache *m, size_t from, size_t to);

static const json_t *descend(const json_t *value, const struct name *name)
{
    for (size_t i = 1; value && i < name->count; i++)
        value =
            json_object_getn(value, name->parts[i].text, name->parts[i].len); // NULL for what is no object
    return value;
}

static const json_t *lookup(const struct mustache_scope *s, const struct name *name)
{
    if (!name->count)
        return s->stack[s->count - 1];
    for (size_t i = s->count; i-- > 0;) {
        const json_t *value = json_object_getn(s->stack[i], name->parts[0].text, name->parts[0].len);
        if (value)
            return descend(value, name);
    }
    return NULL;
}

const json_t *mustache_lookup(const struct mustache_scope *scope, const char *name)
{
    struct name_part parts[NAME_PARTS_MAX];
    struct name split = {.text = name, .parts = parts};
    if (strcmp(name, ".") != 0) {
        split.count = name_split(name, parts, NAME_PARTS_MAX);
        if (!split.count)
            return NULL;
    }
    return lookup(scope, &split);
}

static void append_real(struct buf *out, double value)
{
    char text[32] = "";
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buf_append_str(out, text);
}

void mustache_value(struct buf *out, const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        buf_append(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_append_int(out, json_integer_value(value));
        break;
    case JSON_REAL:
        append_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        buf_append_str(out, json_is_true(value) ? "true" : "false");
        break;
    default: // lists, objects and null have no text
        break;
    }
}

static bool is_false(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

static void render_value(struct mustache_scope *s, const struct op *op)
{
    const json_t *value = NULL;
    const struct name *name = &op->name;
    buf_reset(&s->scratch);
    bool hooked =
        name->prefix && s->env->hook && s->env->hook(s->env->arg, name->prefix, name->rest, s, &s->scratch);
    if (!hooked)
        value = lookup(s, name);
    if (op->kind != OP_VALUE) {
        mustache_value(&s->scratch, value);
        buf_append(s->out, s->scratch.data, s->scratch.len);
    } else if (json_is_string(value)) {
        html_escape(s->out, json_string_value(value), json_string_length(value));
    } else {
        mustache_value(&s->scratch, value);
        html_escape(s->out, s->scratch.data, s->scratch.len);
    }
}

// Text of a partial that stands indented: the blanks go before each line that is not empty.
static void render_indented(struct mustache_scope *s, const struct op *op)
{
    const char *at = op->text, *end = op->text + op->len;
    bool line_start = op->line_start;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline ? newline + 1 : end;
        if (line_start && *at != '\n' && !(*at == '\r' && next == at + 2))
            buf_append(s->out, s->indent.data, s->indent.len);
        buf_append(s->out, at, (size_t)(next - at));
        at = next;
        line_start = true;
    }
}

static enum err too_large(struct mustache_scope *s, const struct mustache *m, const struct op *op,
                          const char *what)
{
    return problem_at(s->p, ERR_TOO_LARGE, op->line, 0, m->name, "%s, line %u: %s.", m->name, op->line, what);
}

// Asked whenever a section or partial begins: what lies between is no longer than a template.
static enum err check_limits(struct mustache_scope *s, const struct mustache *m, const struct op *op)
{
    if (s->out->failed || s->scratch.failed)
        return problem_set(s->p, ERR_MEMORY, m->name, "Memory is out.");
    if (s->steps > MUSTACHE_STEPS_MAX)
        return too_large(s, m, op, "this takes too many steps to write");
    if (s->out->len - s->before > MUSTACHE_OUTPUT_MAX)
        return too_large(s, m, op, "the page becomes too large");
    return ERR_NONE;
}

static enum err enter(struct mustache_scope *s, const struct mustache *m, const struct op *op)
{
    if (s->depth == MUSTACHE_DEPTH_MAX)
        return too_large(s, m, op,
                         "sections and partials lie too deep within each other; does one include itself?");
    s->depth++;
    s->steps++; // an empty section counts, too
    return check_limits(s, m, op);
}

static enum err render_with(struct mustache_scope *s, const struct mustache *m, size_t op,
                            const json_t *value)
{
    enum err e = enter(s, m, &m->ops[op]);
    if (e != ERR_NONE)
        return e;
    s->stack[s->count++] = value;
    e = render_range(s, m, op + 1, m->ops[op].end);
    s->count--;
    s->depth--;
    return e;
}

static enum err render_section(struct mustache_scope *s, const struct mustache *m, size_t at)
{
    const struct op *op = &m->ops[at];
    const json_t *value = lookup(s, &op->name);
    bool wanted = is_false(value) == (op->kind == OP_INVERTED);
    if (!wanted)
        return ERR_NONE;
    if (op->kind == OP_INVERTED)
        return render_with(s, m, at, s->stack[s->count - 1]);
    if (!json_is_array(value))
        return render_with(s, m, at, value);
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < json_array_size(value); i++)
        e = render_with(s, m, at, json_array_get(value, i));
    return e;
}

static enum err render_partial(struct mustache_scope *s, const struct mustache *m, const struct op *op)
{
    const struct mustache *partial = s->env->partial ? s->env->partial(s->env->arg, op->name.text) : NULL;
    if (!partial)
        return ERR_NONE;
    enum err e = enter(s, m, op);
    if (e != ERR_NONE)
        return e;
    struct buf outer = s->indent;
    s->indent = BUF_INIT;
    if (op->len)
        buf_append(&s->indent, outer.data, outer.len);
    buf_append(&s->indent, op->text, op->len);
    e = s->indent.failed ? problem_set(s->p, ERR_MEMORY, m->name, "Memory is out.")
                         : render_range(s, partial, 0, partial->count);
    buf_free(&s->indent);
    s->indent = outer;
    s->depth--;
    return e;
}

static enum err render_range(struct mustache_scope *s, const struct mustache *m, size_t from, size_t to)
{
    enum err e = ERR_NONE;
    for (size_t i = from; e == ERR_NONE && i < to; i++) {
        const struct op *op = &m->ops[i];
        s->steps++;
        switch (op->kind) {
        case OP_TEXT:
            if (s->indent.len)
                render_indented(s, op);
            else
                buf_append(s->out, op->text, op->len);
            break;
        case OP_INDENT:
            buf_append(s->out, s->indent.data, s->indent.len);
            break;
        case OP_VALUE:
        case OP_RAW:
        case OP_RAW_AMP:
            render_value(s, op);
            break;
        case OP_PARTIAL:
            e = render_partial(s, m, op);
            break;
        case OP_SECTION:
        case OP_INVERTED:
            e = render_section(s, m, i);
            i = op->end - 1;
            break;
        }
    }
    return e;
}

enum err mustache_render(const struct mustache *m, const json_t *context, const struct mustache_env *env,
                         struct buf *out, struct problem *p)
{
    struct mustache_scope s = {
        .stack = {context},
        .count = 1,
        .env = env ? env : &empty_env,
        .out = out,
        .before = out->len,
        .scratch = BUF_INIT,
        .indent = BUF_INIT,
        .p = p,
    };
    enum err e = render_range(&s, m, 0, m->count);
    if (e == ERR_NONE && m->count)
        e = check_limits(&s, m, &m->ops[m->count - 1]);
    if (e != ERR_NONE)
        buf_truncate(out, s.before);
    buf_free(&s.scratch);
    return e;
}
