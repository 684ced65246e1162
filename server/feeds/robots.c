#include "server/feeds/robots.h"

#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"

// Plates' addresses stay open to robots: their pages name the lasting address as the canonical one.
enum err robots_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    (void)problem;
    res->content_type = "text/plain; charset=utf-8";
    buf_append_str(&res->body, "User-agent: *\nDisallow: /desk/\n");
    for (size_t i = 0; i < app->language_count; i++)
        buf_printf(&res->body, "Disallow: /%s/search\n", app->languages[i]);
    buf_printf(&res->body, "\nSitemap: %s/sitemap.xml\n", app->base_url);
    return res->body.failed ? ERR_MEMORY : ERR_NONE;
}
