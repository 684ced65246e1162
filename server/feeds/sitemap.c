#include "server/feeds/sitemap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "content/site.h"
#include "content/store/store.h"
#include "content/tour.h"
#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SCHEMA   "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""

struct writing {
    const struct app *app;
    struct connection *db;
    struct arena *arena;
    struct buf *out;
    int64_t skip; // sites still to be passed over
    int64_t left; // sites still to be written
};

// `languages` is "en vi"; NULL is every language.
static bool is_among(const char *languages, const char *tag)
{
    size_t len = strlen(tag);
    if (!languages)
        return true;
    for (const char *at = languages; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strncmp(at, tag, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

// Languages, slugs and the base URL hold nothing that XML would need escaped (url_base, fold_is_slug).
static void write_page(struct writing *w, const char *folder, const char *slug, int64_t updated_at,
                       const char *languages)
{
    const struct app *app = w->app;
    char when[CLOCK_RFC3339_SIZE];
    clock_rfc3339(updated_at, when);
    for (size_t i = 0; i < app->language_count; i++) {
        if (!is_among(languages, app->languages[i]))
            continue;
        buf_printf(w->out, "<url><loc>%s/%s/%s%s</loc>", app->base_url, app->languages[i], folder, slug);
        if (updated_at)
            buf_printf(w->out, "<lastmod>%s</lastmod>", when);
        for (size_t k = 0; app->language_count > 1 && k < app->language_count; k++)
            if (is_among(languages, app->languages[k]))
                buf_printf(w->out, "<xhtml:link rel=\"alternate\" hreflang=\"%s\" href=\"%s/%s/%s%s\"/>",
                           app->languages[k], app->base_url, app->languages[k], folder, slug);
        buf_append_str(w->out, "</url>\n");
    }
}

static enum err write_site(void *data, const struct site_link *link)
{
    struct writing *w = data;
    if (w->skip > 0) {
        w->skip--;
        return ERR_NONE;
    }
    if (w->left == 0)
        return ERR_CANCELLED;
    w->left--;
    write_page(w, "sites/", link->slug, link->updated_at, link->languages);
    return w->out->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err write_first_pages(struct writing *w, struct problem *problem)
{
    struct tours tours;
    write_page(w, "", "", 0, NULL);
    write_page(w, "sites", "", 0, NULL);
    enum err e = tour_list(w->db, w->arena, "published", &tours, problem);
    for (size_t i = 0; e == ERR_NONE && i < tours.count; i++)
        write_page(w, "tours/", tours.items[i].slug, tours.items[i].updated_at, NULL);
    return e;
}

static enum err write_set(struct writing *w, bool first, struct problem *problem)
{
    enum err e = ERR_NONE;
    buf_append_str(w->out, XML_HEAD "<urlset " SCHEMA " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n");
    if (first)
        e = write_first_pages(w, problem);
    if (e == ERR_NONE)
        e = site_each_link(w->db, write_site, w, problem);
    buf_append_str(w->out, "</urlset>\n");
    if (e == ERR_CANCELLED)
        e = ERR_NONE;
    return e == ERR_NONE && w->out->failed ? ERR_MEMORY : e;
}

static enum err write_index(struct writing *w, int64_t parts)
{
    buf_append_str(w->out, XML_HEAD "<sitemapindex " SCHEMA ">\n");
    for (int64_t i = 1; i <= parts; i++)
        buf_printf(w->out, "<sitemap><loc>%s/sitemap/%" PRId64 ".xml</loc></sitemap>\n", w->app->base_url, i);
    buf_append_str(w->out, "</sitemapindex>\n");
    return w->out->failed ? ERR_MEMORY : ERR_NONE;
}

// Begins an answer: the reader, the content version, how many sites there are. The version is read first: a
// change while the list is written makes the answer old, so that it is not kept.
static enum err begin(struct writing *w, struct http_request *req, struct http_response *res,
                      int64_t *ret_sites, struct problem *problem)
{
    *w = (struct writing){.app = req->app, .arena = req->arena, .out = &res->body};
    res->content_type = "application/xml; charset=utf-8";
    enum err e = store_reader(w->app->store, &w->db, problem);
    if (e == ERR_NONE)
        e = store_content_version(w->db, &res->version, problem);
    return e == ERR_NONE ? site_count(w->db, &(struct site_filter){.kind = NULL}, ret_sites, problem) : e;
}

// Home pages, lists and as many tours as anybody makes leave this room below the protocol's limit.
#define FIRST_PAGES_MAX 1000

static bool needs_index(const struct app *app, int64_t sites)
{
    return (sites + FIRST_PAGES_MAX) * (int64_t)app->language_count > SITEMAP_URLS_MAX;
}

static int64_t part_count(int64_t sites)
{
    return (sites + SITEMAP_PART_SITES - 1) / SITEMAP_PART_SITES;
}

enum err sitemap_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct writing w;
    int64_t sites = 0;
    enum err e = begin(&w, req, res, &sites, problem);
    if (e != ERR_NONE)
        return e;
    if (needs_index(w.app, sites))
        return write_index(&w, part_count(sites));
    w.left = sites;
    return write_set(&w, true, problem);
}

// "3.xml" -> 3; 0 for anything else.
static int64_t part_of(const char *name)
{
    char *end = NULL;
    size_t digits = strspn(name, "0123456789");
    if (digits < 1 || digits > 6 || name[0] == '0')
        return 0;
    int64_t part = strtoll(name, &end, 10);
    return strcmp(end, ".xml") == 0 ? part : 0;
}

enum err sitemap_part_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct writing w;
    int64_t sites = 0, part = part_of(request_value(req, "part"));
    enum err e = begin(&w, req, res, &sites, problem);
    if (e != ERR_NONE)
        return e;
    if (!part || !needs_index(w.app, sites) || part > part_count(sites))
        return response_error(res, 404, NULL);
    w.skip = (part - 1) * SITEMAP_PART_SITES;
    w.left = SITEMAP_PART_SITES;
    return write_set(&w, part == 1, problem);
}
