#include "server/desk/frame/guard.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/url.h"

static const unsigned who_of_role[ROLE_COUNT] = {
    [ROLE_FIELD] = DESK_FIELD,
    [ROLE_EDITOR] = DESK_EDITOR,
    [ROLE_ADMIN] = DESK_ADMIN,
};

bool guard_may(unsigned who, const struct desk_user *user)
{
    return (who & DESK_ANYBODY) || (user && (who & who_of_role[user->account.role]));
}

// "https://ditich.example.vn:8443" -> "ditich.example.vn:8443"; NULL for what is no such origin ("null").
static const char *origin_host(const char *origin)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(origin, schemes[i], strlen(schemes[i])) == 0)
            return origin + strlen(schemes[i]);
    return NULL;
}

bool guard_same_origin(const char *site, const char *origin, const char *host, const char *base_url)
{
    if (site)
        return strcmp(site, "same-origin") == 0;
    const char *from = origin ? origin_host(origin) : NULL;
    if (!from || !*from)
        return false;
    size_t len;
    const char *own = base_url ? url_host(base_url, &len) : NULL;
    return (host && strcasecmp(from, host) == 0) ||
           (own && strlen(from) == len && strncasecmp(from, own, len) == 0);
}

static bool take_token(const char *text, size_t len, char ret[SESSION_CSRF_SIZE])
{
    if (len == 0 || len >= SESSION_CSRF_SIZE)
        return false;
    memcpy(ret, text, len);
    ret[len] = '\0';
    return true;
}

static bool token_of_urlencoded(const char *body, size_t len, char ret[SESSION_CSRF_SIZE])
{
    cleanup_buf struct buf name = BUF_INIT, value = BUF_INIT;
    struct url_query walk = url_query_over(body, len);
    enum err e;
    while ((e = url_query_next(&walk, &name, &value, NULL)) == ERR_NONE || e == ERR_INVALID)
        if (e == ERR_NONE && strcmp(name.data, "csrf") == 0)
            return take_token(value.data, value.len, ret);
    return false;
}

// RFC 7578: the first part, its name in the one header that browsers write for a plain field.
static bool token_of_multipart(const char *body, size_t len, char ret[SESSION_CSRF_SIZE])
{
    static const char head[] = "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n";
    const char *at = memmem(body, len, "\r\n", 2);
    size_t left = at ? len - (size_t)(at - body) : 0;
    if (left < sizeof head || strncasecmp(at, head, sizeof head - 1) != 0)
        return false;
    at += sizeof head - 1;
    const char *end = memmem(at, left - (sizeof head - 1), "\r\n", 2);
    return end && take_token(at, (size_t)(end - at), ret);
}

bool guard_form_token(const char *content_type, const char *body, size_t len, char ret[SESSION_CSRF_SIZE])
{
    static const struct {
        const char *type;
        bool (*find)(const char *body, size_t len, char ret[SESSION_CSRF_SIZE]);
    } forms[] = {
        {"application/x-www-form-urlencoded", token_of_urlencoded},
        {"multipart/form-data", token_of_multipart},
    };
    for (size_t i = 0; content_type && i < sizeof forms / sizeof forms[0]; i++)
        if (strncasecmp(content_type, forms[i].type, strlen(forms[i].type)) == 0)
            return forms[i].find(body, len, ret);
    return false;
}

bool guard_token_fits(const char *have, const char *want)
{
    size_t len = have ? strlen(have) : 0;
    return len > 0 && want && strlen(want) == len && sodium_memcmp(have, want, len) == 0;
}

void guard_make_token(char ret[SESSION_CSRF_SIZE])
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(ret, SESSION_CSRF_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
