#include <string.h>

#include "server/view/view_private.h"

// Each appends plain text for what follows the prefix.
typedef void hook(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                  struct buf *out);

static const json_t *lookup_in_scope(const void *scope, const char *name)
{
    return mustache_lookup(scope, name);
}

static void hook_message(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                         struct buf *out)
{
    locale_message(r->locale, rest, lookup_in_scope, scope, out);
}

static void hook_asset(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                       struct buf *out)
{
    (void)scope;
    (void)assets_address(r->set->assets, rest, out);
}

static void hook_date(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                      struct buf *out)
{
    const json_t *value = mustache_lookup(scope, rest);
    if (json_is_string(value))
        locale_date_text(r->locale, json_string_value(value), out);
    else
        mustache_value(out, value);
}

static void hook_number(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                        struct buf *out)
{
    const json_t *value = mustache_lookup(scope, rest);
    if (json_is_integer(value))
        locale_number(r->locale, json_integer_value(value), out);
    else if (json_is_real(value))
        locale_shortest(r->locale, json_real_value(value), out);
    else
        mustache_value(out, value);
}

static void hook_language(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                          struct buf *out)
{
    (void)r;
    const json_t *value = mustache_lookup(scope, rest);
    if (json_is_string(value))
        buf_append_str(out, locale_language_name(json_string_value(value)));
}

static void hook_view(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                      struct buf *out)
{
    (void)scope;
    if (strcmp(rest, "lang") == 0)
        buf_append_str(out, locales_spoken(r->set->locales, r->lang));
    else if (strcmp(rest, "dir") == 0)
        buf_append_str(out, locale_direction(locales_spoken(r->set->locales, r->lang)));
}

static void hook_direction(const struct rendering *r, const char *rest, const struct mustache_scope *scope,
                           struct buf *out)
{
    (void)r;
    const json_t *value = mustache_lookup(scope, rest);
    if (json_is_string(value))
        buf_append_str(out, locale_direction(json_string_value(value)));
}

static const struct {
    const char *prefix;
    hook *hook;
} hooks[] = {
    {"t", hook_message},         {"asset", hook_asset}, {"date", hook_date},     {"number", hook_number},
    {"language", hook_language}, {"view", hook_view},   {"dir", hook_direction},
};

bool view_hook(void *arg, const char *prefix, const char *rest, const struct mustache_scope *scope,
               struct buf *out)
{
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++)
        if (strcmp(prefix, hooks[i].prefix) == 0) {
            hooks[i].hook(arg, rest, scope, out);
            return true;
        }
    return false;
}

bool view_hook_knows(const char *prefix)
{
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++)
        if (strcmp(prefix, hooks[i].prefix) == 0)
            return true;
    return false;
}

const struct mustache *view_partial(void *arg, const char *name)
{
    const struct rendering *r = arg;
    return r->page && strcmp(name, VIEW_PAGE_PARTIAL) == 0 ? r->page : view_set_find(r->set, name);
}
