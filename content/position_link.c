#include "content/position_link.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/cleanup.h"
#include "common/url.h"
#include "content/position.h"

// An address in its parts, which point into the text.
struct part {
    const char *text;
    size_t len;
};
struct link {
    struct part host, path, query, fragment;
};

static bool is(struct part part, const char *word)
{
    return part.len == strlen(word) && strncasecmp(part.text, word, part.len) == 0;
}

static bool begins(struct part part, const char *word)
{
    return part.len >= strlen(word) && strncmp(part.text, word, strlen(word)) == 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip(const char *text)
{
    while (is_space(*text))
        text++;
    return text;
}

// Takes everything before the first of `ends` off *rest; what follows begins with it.
static struct part take(struct part *rest, const char *ends)
{
    struct part taken = {rest->text, 0};
    while (taken.len < rest->len && !strchr(ends, taken.text[taken.len]))
        taken.len++;
    rest->text += taken.len;
    rest->len -= taken.len;
    return taken;
}

// The same where *rest begins with `mark`, without it; else nothing.
static struct part take_behind(struct part *rest, char mark, const char *ends)
{
    if (rest->len == 0 || *rest->text != mark)
        return (struct part){rest->text, 0};
    rest->text++;
    rest->len--;
    return take(rest, ends);
}

static struct link split(struct part rest)
{
    struct link link = {.host = take(&rest, ":/?#")};
    if (rest.len && *rest.text == ':')
        take(&rest, "/?#");
    link.path = take(&rest, "?#");
    link.query = take_behind(&rest, '?', "#");
    link.fragment = take_behind(&rest, '#', "");
    return link;
}

// --- numbers

static size_t digits_at(const char *at)
{
    size_t n = 0;
    while (at[n] >= '0' && at[n] <= '9')
        n++;
    return n;
}

// The length of a decimal number, "-10.07", or 0.
static size_t number_at(const char *at)
{
    size_t sign = *at == '-';
    size_t whole = digits_at(at + sign);
    if (whole == 0 || whole > 3)
        return 0;
    size_t len = sign + whole;
    size_t fraction = at[len] == '.' ? digits_at(at + len + 1) : 0;
    return fraction > 20 ? 0 : len + (fraction ? 1 + fraction : 0);
}

// Two numbers with `between` between them, and one of `ends` or the end behind: replaces *out.
static bool take_pair(const char *at, const char *between, const char *ends, struct buf *out)
{
    size_t lat = number_at(at);
    if (lat == 0 || strncmp(at + lat, between, strlen(between)) != 0)
        return false;
    const char *second = at + lat + strlen(between);
    while (*second == ' ')
        second++;
    size_t lon = number_at(second);
    if (lon == 0 || !strchr(ends, second[lon])) // which finds the end of the text as well
        return false;
    buf_reset(out);
    buf_printf(out, "%.*s, %.*s", (int)lat, at, (int)lon, second);
    return !out->failed;
}

static bool decode(struct part part, struct buf *out)
{
    buf_reset(out);
    return url_decode(part.text, part.len, out, NULL) == ERR_NONE;
}

// The value of the first parameter of the name: replaces *ret, also where there is none.
static bool parameter(struct part query, const char *name, struct buf *ret)
{
    cleanup_buf struct buf met = BUF_INIT;
    struct url_query walk = url_query_over(query.text, query.len);
    enum err e;
    while ((e = url_query_next(&walk, &met, ret, NULL)) == ERR_NONE || e == ERR_INVALID)
        if (!e && strcmp(met.data, name) == 0)
            return true;
    return false;
}

static bool pair_of(struct part query, const char *const *names, struct buf *out)
{
    cleanup_buf struct buf value = BUF_INIT;
    for (; *names; names++) {
        if (!parameter(query, *names, &value))
            continue;
        const char *at = value.data + (strncmp(value.data, "loc:", 4) == 0 ? 4 : 0);
        if (take_pair(at, ",", "(", out)) // a label may follow in brackets
            return true;
    }
    return false;
}

// --- Google Maps

// "!3d10.07!4d105.74": the place itself. False when there are two that differ, as on a way from one to
// another.
static bool google_place(struct part part, struct buf *out)
{
    cleanup_buf struct buf text = BUF_INIT, other = BUF_INIT;
    bool found = false;
    if (!decode(part, &text))
        return false;
    for (const char *at = strstr(text.data, "!3d"); at; at = strstr(at + 3, "!3d")) {
        if (!take_pair(at + 3, "!4d", "!/&", &other))
            continue;
        if (found && strcmp(other.data, out->data) != 0)
            return false;
        buf_reset(out);
        buf_append(out, other.data, other.len);
        found = true;
    }
    return found;
}

// ".../place/10.07,105.74/...", also in degrees: read on as it stands. A name is none.
static bool google_named(struct part path, struct buf *out)
{
    static const char *const before[] = {"/maps/place/", "/maps/search/"};
    cleanup_buf struct buf text = BUF_INIT;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        if (!begins(path, before[i]))
            continue;
        struct part rest = {path.text + strlen(before[i]), path.len - strlen(before[i])};
        if (!decode(take(&rest, "/"), &text))
            return false;
        for (char *at = text.data; *at; at++)
            if (*at == '+')
                *at = ' ';
        if (take_pair(text.data, ",", "", out))
            return true;
        if (!strstr(text.data, "\u00b0"))
            return false;
        buf_reset(out);
        buf_append(out, text.data, text.len);
        return true;
    }
    return false;
}

// "/@10.07,105.74,17z": the middle of the view.
static bool google_view(struct part path, struct buf *out)
{
    cleanup_buf struct buf text = BUF_INIT;
    if (!decode(path, &text))
        return false;
    const char *at = strstr(text.data, "/@");
    return at && take_pair(at + 2, ",", ",/", out);
}

// "google.com", "google.com.vn", "google.de": whatever the country.
static bool is_google_domain(struct part host)
{
    if (host.len < 7 || strncasecmp(host.text, "google.", 7) != 0)
        return false;
    struct part rest = {host.text + 7, host.len - 7};
    struct part first = take(&rest, "."), second = take_behind(&rest, '.', ".");
    return first.len >= 2 && first.len <= 3 && (second.len == 0 || second.len == 2) && rest.len == 0;
}

static bool is_google(const struct link *link)
{
    struct part host = link->host;
    struct part name = take(&host, ".");
    if (is(name, "google"))
        return is_google_domain(link->host) && begins(link->path, "/maps");
    struct part domain = {host.text + (host.len > 0), host.len - (host.len > 0)};
    return is_google_domain(domain) && (is(name, "maps") || (is(name, "www") && begins(link->path, "/maps")));
}

static bool find_google(const struct link *link, struct buf *out)
{
    static const char *const names[] = {"q", "query", "ll", NULL};
    return google_place(link->path, out) || google_place(link->query, out) ||
           pair_of(link->query, names, out) || google_named(link->path, out) || google_view(link->path, out);
}

// --- OpenStreetMap, Apple

static bool is_osm(const struct link *link)
{
    return is(link->host, "www.openstreetmap.org") || is(link->host, "openstreetmap.org") ||
           is(link->host, "osm.org") || is(link->host, "www.osm.org");
}

static bool find_osm(const struct link *link, struct buf *out)
{
    cleanup_buf struct buf lat = BUF_INIT, lon = BUF_INIT;
    if (parameter(link->query, "mlat", &lat) && parameter(link->query, "mlon", &lon)) {
        buf_printf(&lat, ",%s", lon.data);
        return !lat.failed && take_pair(lat.data, ",", "", out);
    }
    if (!parameter(link->fragment, "map", &lat))
        return false;
    const char *at = strchr(lat.data, '/');
    return at && take_pair(at + 1, "/", "", out);
}

static bool is_apple(const struct link *link)
{
    return is(link->host, "maps.apple.com");
}

static bool find_apple(const struct link *link, struct buf *out)
{
    static const char *const names[] = {"coordinate", "ll", "q", NULL};
    return pair_of(link->query, names, out);
}

// --- geo: (RFC 5870), and with "?q=" as Android writes it, which is the place then

static bool find_geo(struct part rest, struct buf *out)
{
    static const char *const names[] = {"q", NULL};
    cleanup_buf struct buf text = BUF_INIT;
    struct part at = take(&rest, "?");
    if (pair_of(take_behind(&rest, '?', "#"), names, out))
        return true;
    while (at.len && is_space(at.text[at.len - 1]))
        at.len--;
    return decode(at, &text) && take_pair(skip(text.data), ",", ",;", out);
}

// --- all of them

// What only its owner can look up.
static bool is_short(const struct link *link)
{
    return is(link->host, "maps.app.goo.gl") || is(link->host, "maps.apple") || is(link->host, "g.co") ||
           (is(link->host, "goo.gl") && begins(link->path, "/maps")) ||
           (is_osm(link) && begins(link->path, "/go/"));
}

static const struct {
    bool (*is)(const struct link *link);
    bool (*find)(const struct link *link, struct buf *out);
} maps[] = {
    {is_google, find_google},
    {is_osm, find_osm},
    {is_apple, find_apple},
};

static bool is_map(const struct link *link)
{
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (maps[i].is(link))
            return true;
    return is_short(link);
}

// From `at` to the next space.
static struct part word(const char *at)
{
    struct part part = {at, 0};
    while (at[part.len] && !is_space(at[part.len]))
        part.len++;
    return part;
}

static bool is_geo(const char *text)
{
    return strncasecmp(text, "geo:", 4) == 0;
}

bool position_is_link(const char *text)
{
    text = skip(text);
    if (is_geo(text) || strstr(text, "://"))
        return true;
    struct link link = split(word(text));
    return is_map(&link);
}

static bool find(const struct link *link, struct buf *out)
{
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (maps[i].is(link))
            return maps[i].find(link, out);
    return false;
}

// What stands before the address, as the name that a phone puts there, is passed over.
static struct link link_in(const char *text)
{
    const char *colon = strstr(text, "://");
    if (!colon)
        return split(word(text));
    const char *begin = colon;
    while (begin > text && !is_space(begin[-1]))
        begin--;
    struct part scheme = {begin, (size_t)(colon - begin)};
    if (!is(scheme, "https") && !is(scheme, "http"))
        return (struct link){.host = {text, 0}, .path = {text, 0}, .query = {text, 0}, .fragment = {text, 0}};
    return split(word(colon + 3));
}

enum err position_link_read(const char *text, const char *field, struct buf *out, struct problem *p)
{
    cleanup_buf struct buf pair = BUF_INIT;
    if (strnlen(text, POSITION_TEXT_MAX + 1) > POSITION_TEXT_MAX)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.long") "a position has at most %d characters",
                           POSITION_TEXT_MAX);
    text = skip(text);
    struct link link = link_in(text);
    bool found = is_geo(text) ? find_geo((struct part){text + 4, strlen(text + 4)}, &pair)
                              : !is_short(&link) && find(&link, &pair);
    if (!found && !is_geo(text) && is_short(&link))
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.short_link") "a short link does not hold the position itself: "
                                                          "open it, press and hold the place on the map, "
                                                          "and copy the two numbers");
    if (!found)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.link") "the address names no position: press and hold the "
                                                    "place on the map, and copy the two numbers, as in "
                                                    "10.0727, 105.7525");
    buf_append(out, pair.data, pair.len);
    return out->failed ? problem_set(p, ERR_MEMORY, field, "out of memory") : ERR_NONE;
}
