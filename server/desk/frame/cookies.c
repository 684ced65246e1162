#include "server/desk/frame/cookies.h"

// Seconds; 0: until the browser is closed. The session's own limits are the store's
// (content/staff/session.h).
static const struct {
    const char *name;
    long life;
    const char *same_site; // Lax lets a link in a mail open the desk signed in
} cookies[COOKIES_COUNT] = {
    [COOKIES_SESSION] = {"stele", 30L * 24 * 3600, "Lax"},
    [COOKIES_START] = {"stele-start", 0, "Strict"},
    [COOKIES_FLASH] = {"stele-flash", 60, "Lax"},
    [COOKIES_LANGUAGE] = {"stele-language", 365L * 24 * 3600, "Lax"},
};

static const char *full_name(const struct http_request *req, enum cookies_name name)
{
    return arena_printf(req->arena, "%s%s", req->is_https ? "__Host-" : "", cookies[name].name);
}

const char *cookies_get(const struct http_request *req, enum cookies_name name)
{
    const char *full = full_name(req, name);
    const char *value = full ? request_cookie(req, full) : NULL;
    return value && *value ? value : NULL;
}

enum err cookies_set(const struct http_request *req, struct http_response *res, enum cookies_name name,
                     const char *value, struct problem *p)
{
    const char *full = full_name(req, name), *age = "";
    if (!value || !*value)
        age = "; Max-Age=0";
    else if (cookies[name].life)
        age = arena_printf(req->arena, "; Max-Age=%ld", cookies[name].life);
    const char *header = full && age ? arena_printf(req->arena, "%s=%s; Path=/%s; SameSite=%s; HttpOnly%s",
                                                    full, value ? value : "", age, cookies[name].same_site,
                                                    req->is_https ? "; Secure" : "")
                                     : NULL;
    if (!header)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return response_header(res, "Set-Cookie", header, p);
}
