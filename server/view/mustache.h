// Mustache templates as the official specification 1.x describes them: interpolation, sections, inverted
// sections, partials, comments and delimiters. (Of the specification's optional parts there is none.)
//
// A template is compiled once to a flat array of operations, is immutable, and may be rendered by any number
// of threads at once. The context is a jansson value that no other thread touches meanwhile.
//
// False values, for sections: missing, null, false, the empty list and the empty string; every number is
// true. Numbers are written in the shortest form that reads back the same (85, 1.21); lists and objects
// interpolate as nothing, true and false as "true" and "false".
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

#define MUSTACHE_SIZE_MAX    (1 << 20)  // bytes of one template
#define MUSTACHE_NESTING_MAX 64         // sections within sections in one template
#define MUSTACHE_DEPTH_MAX   100        // sections and partials open at once while rendering
#define MUSTACHE_STEPS_MAX   2000000    // operations of one rendering
#define MUSTACHE_OUTPUT_MAX  (16 << 20) // bytes of one rendering

struct mustache;
struct mustache_scope; // the values that names are looked up in, while a template is being rendered

// Compiles `len` bytes of `text`, which is copied. `name` is used in problems. ERR_INVALID with the line and
// column (in bytes, from 1) for: a tag or section that is not closed, a section closed by another name, an
// empty or impossible name, bad delimiters; ERR_TOO_LARGE beyond the limits above; ERR_MEMORY.
enum err mustache_compile(const char *name, const char *text, size_t len, struct mustache **ret,
                          struct problem *p);
void mustache_free(struct mustache *m); // NULL is fine

// What the template language leaves to its surroundings. Every member may be NULL.
struct mustache_env {
    // The template for {{>name}}; NULL when there is none, which renders as nothing (the specification).
    const struct mustache *(*partial)(void *arg, const char *name);

    // Asked before the context for a name of the form "prefix:rest". Appends *plain text*, which is escaped
    // afterwards as any value is, and returns true; or returns false, and the name is looked up as usual.
    bool (*hook)(void *arg, const char *prefix, const char *rest, const struct mustache_scope *scope,
                 struct buf *out);
    void *arg;
};

// Renders into *out, after what it holds already. ERR_TOO_LARGE with a problem beyond the limits above (as
// with a partial that includes itself for ever); ERR_MEMORY. On failure *out is as it was before.
enum err mustache_render(const struct mustache *m, const json_t *context, const struct mustache_env *env,
                         struct buf *out, struct problem *p);

// For hooks: what a name, dotted or not, stands for just now; NULL when nothing. Borrowed from the context.
const json_t *mustache_lookup(const struct mustache_scope *scope, const char *name);

// Appends a value as interpolation writes it, without escaping. NULL appends nothing.
void mustache_value(struct buf *out, const json_t *value);

// For checks of templates: calls `each` for every tag with a name, in turn. `kind` is the tag's sigil ('#',
// '^',
// '>', '{' or '&'), or 'v' for a plain variable; closing tags are not reported.
void mustache_tags(const struct mustache *m,
                   void (*each)(void *arg, char kind, const char *name, unsigned long line), void *arg);

static inline void cleanup_mustache_fn(struct mustache **m)
{
    mustache_free(*m);
}
#define cleanup_mustache CLEANUP(cleanup_mustache_fn)
