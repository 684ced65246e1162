#include "server/http/router.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum part_kind {
    PART_LITERAL,
    PART_VALUE,
    PART_LANG,
    PART_REST,
};

struct part {
    enum part_kind kind;
    const char *text; // the literal, or the name
    size_t len;
};

struct row {
    const struct route *route;
    unsigned methods;
    bool final_slash;
    size_t count;
    struct part parts[TARGET_MAX_SEGMENTS];
};

struct router {
    const char *const *languages;
    size_t count;
    struct row rows[];
};

static enum err refuse(struct problem *p, const struct route *route, const char *why)
{
    return problem_set(p, ERR_INVALID, "routes", "The route \"%s\" %s.",
                       route->pattern ? route->pattern : "(without pattern)", why);
}

static bool take_part(const char *at, size_t len, struct part *part)
{
    *part = (struct part){.kind = PART_LITERAL, .text = at, .len = len};
    if (*at != '{')
        return len > 0 && !memchr(at, '}', len);
    if (len < 3 || at[len - 1] != '}')
        return false;
    bool rest = at[len - 2] == '*';
    part->text = at + 1;
    part->len = len - 2 - rest;
    bool lang = part->len == 4 && memcmp(part->text, "lang", 4) == 0;
    part->kind = rest ? PART_REST : lang ? PART_LANG : PART_VALUE;
    return part->len > 0;
}

static bool take_pattern(const char *pattern, struct row *row)
{
    size_t names = 0;
    if (!pattern || *pattern != '/')
        return false;
    row->final_slash = true;
    for (const char *at = pattern + 1; *at;) {
        size_t len = strcspn(at, "/");
        bool after_rest = row->count && row->parts[row->count - 1].kind == PART_REST;
        if (row->count == TARGET_MAX_SEGMENTS || after_rest || !take_part(at, len, &row->parts[row->count]))
            return false;
        names += row->parts[row->count++].kind != PART_LITERAL;
        at += len;
        row->final_slash = *at == '/';
        at += row->final_slash;
    }
    return names <= ROUTE_MAX_VALUES;
}

static size_t param_count(const struct route *route)
{
    size_t n = 0;
    while (route->params && route->params[n])
        n++;
    return n;
}

static enum err take_row(const struct route *route, bool has_guard, struct row *row, struct problem *p)
{
    row->route = route;
    row->methods = route->methods ? route->methods : ROUTE_GET;
    if (!take_pattern(route->pattern, row))
        return refuse(p, route, "has no pattern that can be read");
    if (!route->handler)
        return refuse(p, route, "has no handler");
    if ((route->flags & ROUTE_CACHE) && row->methods != ROUTE_GET)
        return refuse(p, route, "is marked for the page cache but answers to more than GET");
    if ((route->flags & ROUTE_BODY) && route->body_limit == 0)
        return refuse(p, route, "takes a body but states no limit for it");
    if ((route->who || (route->flags & ROUTE_CSRF)) && !has_guard)
        return refuse(p, route, "needs a guard, and there is none");
    if (param_count(route) > ROUTE_MAX_PARAMS)
        return refuse(p, route, "declares too many parameters");
    return ERR_NONE;
}

static enum err take_table(struct router *r, const struct route_table *table, bool has_guard,
                           struct problem *p)
{
    for (size_t i = 0; i < table->count; i++) {
        enum err e = take_row(&table->rows[i], has_guard, &r->rows[r->count++], p);
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

enum err router_make(const struct route_table *tables, size_t count, const char *const *languages,
                     bool has_guard, struct router **ret_router, struct problem *p)
{
    size_t rows = 0;
    for (size_t i = 0; i < count; i++)
        rows += tables[i].count;
    struct router *r = calloc(1, sizeof *r + rows * sizeof r->rows[0]);
    if (!r)
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory for the routes.");
    enum err e = ERR_NONE;
    r->languages = languages;
    for (size_t i = 0; i < count && e == ERR_NONE; i++)
        e = take_table(r, &tables[i], has_guard, p);
    if (e == ERR_NONE)
        *ret_router = r;
    else
        free(r);
    return e;
}

void router_free(struct router *r)
{
    free(r);
}

size_t router_count(const struct router *r)
{
    return r->count;
}

size_t router_shown(const struct router *r, const char *path)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct route *route = r->rows[i].route;
        size_t literal = strcspn(route->pattern, "{");
        if ((route->flags & ROUTE_SECRET) && strncasecmp(path, route->pattern, literal) == 0)
            return literal;
    }
    return strlen(path);
}

unsigned router_method_bit(enum http_method method)
{
    static const unsigned bits[] = {
        [HTTP_GET] = ROUTE_GET, [HTTP_HEAD] = ROUTE_GET,    [HTTP_POST] = ROUTE_POST,
        [HTTP_PUT] = ROUTE_PUT, [HTTP_PATCH] = ROUTE_PATCH, [HTTP_DELETE] = ROUTE_DELETE,
    };
    return (size_t)method < sizeof bits / sizeof bits[0] ? bits[method] : 0;
}

static int language_index(const struct router *r, const char *tag)
{
    for (int i = 0; r->languages[i]; i++)
        if (strcmp(r->languages[i], tag) == 0)
            return i;
    return -1;
}

static bool match_parts(const struct router *r, const struct row *row, const struct target *t,
                        struct router_match *m)
{
    bool rest = row->count && row->parts[row->count - 1].kind == PART_REST;
    if (rest ? t->count < row->count : t->count != row->count)
        return false;
    m->lang = -1;
    m->value_count = 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct part *part = &row->parts[i];
        const char *segment = target_segment(t, i);
        if (part->kind == PART_LITERAL) {
            if (strncmp(segment, part->text, part->len) != 0 || segment[part->len])
                return false;
            continue;
        }
        if (part->kind == PART_LANG && (m->lang = language_index(r, segment)) < 0)
            return false;
        m->values[m->value_count].name = part->text;
        m->values[m->value_count].name_len = part->len;
        m->values[m->value_count++].segment = i;
    }
    return true;
}

// "{name*}": what lies between the segments becomes the slash that was sent.
static void join_rest(const struct row *row, struct target *t)
{
    if (!row->count || row->parts[row->count - 1].kind != PART_REST)
        return;
    for (size_t i = row->count; i < t->count; i++)
        t->decoded.data[t->segment[i] - 1] = '/';
}

static bool slash_differs(const struct row *row, const struct target *t)
{
    return t->count && row->final_slash != t->final_slash && !(row->route->flags & ROUTE_EITHER_SLASH);
}

enum router_result router_find(const struct router *r, struct target *t, enum http_method method,
                               struct router_match *m)
{
    const struct row *first = NULL;
    unsigned bit = router_method_bit(method);
    *m = (struct router_match){.lang = -1};
    for (size_t i = 0; i < r->count; i++) {
        const struct row *row = &r->rows[i];
        bool same = first && strcmp(first->route->pattern, row->route->pattern) == 0;
        if (first ? !same : !match_parts(r, row, t, m))
            continue;
        first = first ? first : row;
        m->allowed |= row->methods;
        if (!m->route && (row->methods & bit)) {
            m->route = row->route;
            m->index = i;
        }
    }
    if (!first) {
        *m = (struct router_match){.lang = -1};
        return ROUTER_NOT_FOUND;
    }
    if (!m->route)
        return ROUTER_NO_METHOD;
    if (slash_differs(first, t)) {
        m->route = NULL;
        return ROUTER_REDIRECT;
    }
    join_rest(first, t);
    return ROUTER_FOUND;
}
