#include "server/visitor/address.h"

#include <inttypes.h>
#include <string.h>

#include "common/buf.h"
#include "common/url.h"

enum { POSITION_DECIMALS = 6 }; // of degrees: 0.1 m

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
    return arena_concat(a, "/sites/", slug, NULL);
}

const char *address_tour(struct arena *a, const char *slug)
{
    return arena_concat(a, "/tours/", slug, NULL);
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
    return arena_concat(a, "/media/", sha256, "/", variant, NULL);
}

// "10.069444,105.750000"
static void position(struct buf *b, double lat, const char *between, double lon)
{
    buf_append_fixed(b, lat, POSITION_DECIMALS);
    buf_append_str(b, between);
    buf_append_fixed(b, lon, POSITION_DECIMALS);
}

const char *address_geo(struct arena *a, double lat, double lon)
{
    cleanup_buf struct buf b = BUF_INIT;
    buf_append_str(&b, "geo:");
    position(&b, lat, ",", lon);
    return keep(a, &b);
}

const char *address_map(struct arena *a, double lat, double lon)
{
    cleanup_buf struct buf b = BUF_INIT;
    buf_append_str(&b, "https://www.openstreetmap.org/?mlat=");
    position(&b, lat, "&mlon=", lon);
    buf_append_str(&b, "#map=17/");
    position(&b, lat, "/", lon);
    return keep(a, &b);
}
