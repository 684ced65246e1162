#include "server/http/target.h"

#include <string.h>
#include <strings.h>

#include "common/url.h"
#include "server/http/syntax.h"

void target_init(struct target *t)
{
    *t = (struct target){
        .raw = BUF_INIT, .path = "/", .query = "", .decoded = BUF_INIT, .name = BUF_INIT, .value = BUF_INIT};
}

void target_free(struct target *t)
{
    buf_free(&t->raw);
    buf_free(&t->decoded);
    buf_free(&t->name);
    buf_free(&t->value);
}

void target_keep(struct target *t, const char *raw, size_t limit)
{
    buf_reset(&t->raw);
    buf_append(&t->raw, raw, strnlen(raw, limit + 1));
    t->path = "/";
    t->query = "";
}

// RFC 3986 allows visible ASCII but for a few; bytes above 127 are let through to the check for UTF-8, as
// some programs send them. A fragment is never sent.
static bool has_only_target_bytes(const struct buf *raw)
{
    for (size_t i = 0; i < raw->len; i++) {
        unsigned char c = (unsigned char)raw->data[i];
        if (c <= ' ' || c == 0x7F || c == '#')
            return false;
    }
    return true;
}

// "http://host/path" -> "/path"; NULL when it is neither form.
static char *skip_authority(char *raw)
{
    static char root[] = "/";
    if (*raw == '/')
        return raw;
    size_t scheme = strncasecmp(raw, "http://", 7) == 0 ? 7 : strncasecmp(raw, "https://", 8) == 0 ? 8 : 0;
    if (scheme == 0)
        return NULL;
    char *path = raw + scheme + strcspn(raw + scheme, "/?");
    return *path == '?' ? path : *path ? path : root;
}

static enum target_state decode_failed(enum err e)
{
    return e == ERR_MEMORY ? TARGET_NO_MEMORY : TARGET_BAD;
}

static enum target_state add_segment(struct target *t, const char *text, size_t len)
{
    if (t->count == TARGET_MAX_SEGMENTS || len == 0)
        return TARGET_UNMATCHABLE;
    size_t start = t->decoded.len;
    enum err e = url_decode(text, len, &t->decoded, NULL);
    if (e != ERR_NONE)
        return decode_failed(e);
    const char *plain = t->decoded.data + start;
    size_t plain_len = t->decoded.len - start;
    if (syntax_has_control(plain, plain_len, ""))
        return TARGET_BAD;
    if (memchr(plain, '/', plain_len) || strcmp(plain, ".") == 0 || strcmp(plain, "..") == 0)
        return TARGET_UNMATCHABLE;
    t->segment[t->count++] = start;
    buf_append_char(&t->decoded, '\0');
    return t->decoded.failed ? TARGET_NO_MEMORY : TARGET_OK;
}

static enum target_state split_path(struct target *t)
{
    const char *at = t->path + 1;
    t->final_slash = true;
    while (*at) {
        size_t len = strcspn(at, "/");
        enum target_state state = add_segment(t, at, len);
        if (state != TARGET_OK)
            return state;
        at += len;
        t->final_slash = *at == '/';
        at += t->final_slash;
    }
    t->path_end = t->decoded.len;
    return TARGET_OK;
}

enum target_state target_parse(struct target *t, size_t limit)
{
    static const char *const root = "/";
    buf_reset(&t->decoded);
    t->count = 0;
    t->path_end = 0;
    memset(t->params, 0, sizeof t->params);
    if (t->raw.failed)
        return TARGET_NO_MEMORY;
    if (t->raw.len > limit)
        return TARGET_TOO_LONG;
    if (!has_only_target_bytes(&t->raw))
        return TARGET_BAD;
    if (strcmp(t->raw.data, "*") == 0)
        return TARGET_ASTERISK;
    char *path = skip_authority(t->raw.data);
    if (!path)
        return TARGET_BAD;
    char *mark = strchr(path, '?');
    if (mark) {
        *mark = '\0';
        t->query = mark + 1;
    }
    t->path = *path ? path : root;
    if (strchr(t->path, '\\'))
        return TARGET_BAD; // browsers read it as a slash: sent back in a Location it would leave this host
    return split_path(t);
}

static size_t declared_index(const char *const *declared, const char *name)
{
    size_t i = 0;
    while (declared[i] && strcmp(declared[i], name) != 0)
        i++;
    return i;
}

// Values are collected behind the path in `decoded`; offsets become pointers when nothing moves any more.
static enum target_state collect_params(struct target *t, const char *const *declared,
                                        size_t at[ROUTE_MAX_PARAMS])
{
    struct url_query walk = url_query_over(t->query, strlen(t->query));
    for (;;) {
        enum err e = url_query_next(&walk, &t->name, &t->value, NULL);
        if (e == ERR_NOT_FOUND)
            return TARGET_OK;
        if (e != ERR_NONE && e != ERR_INVALID)
            return decode_failed(e);
        size_t i = declared_index(declared, t->name.data);
        if (!declared[i] || at[i])
            continue; // what the row does not read may be anything
        if (e != ERR_NONE)
            return TARGET_BAD;
        if (syntax_has_control(t->value.data, t->value.len, "\t\n\r"))
            return TARGET_BAD;
        at[i] = t->decoded.len;
        buf_append(&t->decoded, t->value.data, t->value.len);
        buf_append_char(&t->decoded, '\0');
    }
}

enum target_state target_read_params(struct target *t, const char *const *declared)
{
    size_t at[ROUTE_MAX_PARAMS] = {0};
    if (!declared || !*t->query)
        return TARGET_OK;
    buf_append_char(&t->decoded, '\0'); // so that no offset is 0
    enum target_state state = collect_params(t, declared, at);
    if (state != TARGET_OK)
        return state;
    if (t->decoded.failed || t->name.failed || t->value.failed)
        return TARGET_NO_MEMORY;
    for (size_t i = 0; i < ROUTE_MAX_PARAMS; i++)
        t->params[i] = at[i] ? t->decoded.data + at[i] : NULL;
    return TARGET_OK;
}

const char *target_segment(const struct target *t, size_t index)
{
    return t->decoded.data + t->segment[index];
}
