#include "server/visitor/address.h"

#include <inttypes.h>
#include <string.h>

#include "common/buf.h"
#include "common/url.h"

static const char *keep(struct arena *a, const struct buf *b)
{
    return b->failed ? NULL : arena_strndup(a, b->data, b->len);
}

// Adds "?name=value" or "&name=value".
static void parameter(struct buf *b, char *mark, const char *name, const char *value)
{
    if (!value)
        return;
    buf_append_char(b, *mark);
    buf_append_str(b, name);
    buf_append_char(b, '=');
    url_encode(b, value, strlen(value));
    *mark = '&';
}

static void page_parameter(struct buf *b, char *mark, int64_t page)
{
    if (page > 1)
        buf_printf(b, "%cpage=%" PRId64, *mark, page);
}

const char *address_sites(struct arena *a, const char *kind, const char *area, int64_t page)
{
    cleanup_buf struct buf b = BUF_INIT;
    char mark = '?';
    buf_append_str(&b, "/sites");
    parameter(&b, &mark, "kind", kind);
    parameter(&b, &mark, "area", area);
    page_parameter(&b, &mark, page);
    return keep(a, &b);
}

const char *address_site(struct arena *a, const char *slug)
{
    return arena_printf(a, "/sites/%s", slug);
}

const char *address_tour(struct arena *a, const char *slug)
{
    return arena_printf(a, "/tours/%s", slug);
}

const char *address_search(struct arena *a, const char *query, int64_t page)
{
    cleanup_buf struct buf b = BUF_INIT;
    char mark = '?';
    buf_append_str(&b, "/search");
    parameter(&b, &mark, "q", query);
    page_parameter(&b, &mark, page);
    return keep(a, &b);
}

const char *address_media(struct arena *a, const char *sha256, const char *variant)
{
    return arena_printf(a, "/media/%s/%s", sha256, variant);
}

const char *address_geo(struct arena *a, double lat, double lon)
{
    return arena_printf(a, "geo:%.6f,%.6f", lat, lon);
}

const char *address_map(struct arena *a, double lat, double lon)
{
    return arena_printf(a, "https://www.openstreetmap.org/?mlat=%.6f&mlon=%.6f#map=17/%.6f/%.6f", lat, lon,
                        lat, lon);
}
