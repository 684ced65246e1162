// The input: a template, and behind the first NUL, where there is one, the partial that every {{>name}}
// takes.
#include "tests/fuzz/fuzz.h"

#include "server/view/mustache.h"

static const struct mustache *give_partial(void *arg, const char *name)
{
    (void)name;
    return arg;
}

static bool echo(void *arg, const char *prefix, const char *rest, const struct mustache_scope *scope,
                 struct buf *out)
{
    (void)arg;
    buf_append_str(out, prefix);
    mustache_value(out, mustache_lookup(scope, rest));
    return *prefix != 'n';
}

static struct mustache *compile(const char *text, size_t len)
{
    struct mustache *m = NULL;
    struct problem p = PROBLEM_INIT;
    enum err e = mustache_compile("fuzz", text, len, &m, &p);
    REQUIRE((e == ERR_NONE) == (m != NULL));
    REQUIRE(m || (p.code == e && p.text[0] && p.line > 0));
    return m;
}

static json_t *make_context(void)
{
    return json_pack("{s:s, s:b, s:b, s:n, s:i, s:f, s:[i,s,[]], s:{s:{s:s}}, s:[]}", "s", "<&\">'", "t", 1,
                     "f", 0, "n", "i", 42, "d", 1.25, "l", 1, "x", "a", "b", "c", "deep", "e");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    const char *text = (const char *)data, *nul = size ? memchr(text, '\0', size) : NULL;
    size_t len = nul ? (size_t)(nul - text) : size;
    struct mustache *m = compile(text, len);
    struct mustache *partial = nul ? compile(nul + 1, size - len - 1) : NULL;
    const struct mustache_env env = {.partial = give_partial, .hook = echo, .arg = partial};
    json_t *context = make_context();
    cleanup_buf struct buf once = BUF_INIT, twice = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (m) {
        enum err e = mustache_render(m, context, &env, &once, &p);
        REQUIRE(e == ERR_NONE || (e == ERR_TOO_LARGE && p.text[0] && once.len == 0));
        REQUIRE(mustache_render(m, context, &env, &twice, NULL) == e);
        REQUIRE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
        if (!memmem(text, len, "{{", 2)) // without tags the text comes out as it is
            REQUIRE(once.len == len && memcmp(once.data, text, len) == 0);
    }
    json_decref(context);
    mustache_free(m);
    mustache_free(partial);
    return 0;
}
