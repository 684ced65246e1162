#include "server/visitor/site.h"

#include <string.h>

#include "content/site.h"
#include "server/visitor/address.h"
#include "server/visitor/site_around.h"
#include "server/visitor/site_details.h"
#include "server/visitor/site_story.h"

void site_put_plate(struct page *page, const struct plate *plate)
{
    struct context *c = &page->context;
    char words[CODE_WORDS_SIZE];
    if (!plate)
        return;
    json_t *object = context_object(c, c->root, "plate");
    code_words(plate->code, words);
    context_text(c, object, "code_words", words);
    if (plate->place && *plate->place)
        context_text(c, object, "place", plate->place);
}

static enum err show_gone(struct page *page, struct problem *problem)
{
    page->res->status = 410;
    page_message(page, page->context.root, "heading", "gone.title", NULL);
    page->title = json_string_value(json_object_get(page->context.root, "heading"));
    return page_send(page, "gone", problem);
}

static enum err show_as(struct page *page, const struct site *site, const struct plate *plate,
                        struct problem *problem)
{
    enum err e = site_story_put(page, site, problem);
    if (e != ERR_NONE)
        return e;
    site_details_put(page, site);
    site_put_plate(page, plate);
    page->site = site;
    page->rest = address_site(page->arena, site->slug);
    e = site_around_put(page, site, problem);
    return e == ERR_NONE ? page_send(page, "site", problem) : e;
}

enum err site_show_as(struct page *page, const struct site *site, struct problem *problem)
{
    return show_as(page, site, NULL, problem);
}

static enum err show(struct page *page, const struct site *site, const struct plate *plate,
                     struct problem *problem)
{
    if (strcmp(site->state, "withdrawn") == 0)
        return show_gone(page, problem);
    if (strcmp(site->state, "published") != 0)
        return ERR_NOT_FOUND;
    return show_as(page, site, plate, problem);
}

enum err site_show(struct page *page, int64_t id, const struct plate *plate, struct problem *problem)
{
    cleanup_site struct site site = {.id = 0};
    enum err e = site_load(page->db, page->arena, id, &site, problem);
    return e == ERR_NONE ? show(page, &site, plate, problem) : e;
}

// An address that the site had before sends to the one it has now.
static enum err send_on(struct page *page, const char *slug, struct problem *problem)
{
    cleanup_site struct site site = {.id = 0};
    int64_t id = 0;
    enum err e = site_find_by_old_slug(page->db, slug, &id, NULL);
    if (e == ERR_NONE)
        e = site_load(page->db, page->arena, id, &site, problem);
    if (e != ERR_NONE)
        return e;
    bool visible = strcmp(site.state, "published") == 0 || strcmp(site.state, "withdrawn") == 0;
    const char *location = page_link(page, address_site(page->arena, site.slug));
    if (!visible)
        return ERR_NOT_FOUND;
    return location ? response_redirect(page->res, 301, location, problem) : ERR_MEMORY;
}

static enum err answer(struct page *page, const char *slug, struct problem *problem)
{
    cleanup_site struct site site = {.id = 0};
    enum err e = site_load_by_slug(page->db, page->arena, slug, &site, problem);
    if (e == ERR_NOT_FOUND)
        return send_on(page, slug, problem);
    return e == ERR_NONE ? show(page, &site, NULL, problem) : e;
}

enum err site_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    enum err e = page_open(&page, req, res, problem);
    if (e == ERR_NONE)
        e = answer(&page, request_value(req, "slug"), problem);
    return e == ERR_NOT_FOUND ? response_error(res, 404, NULL) : e;
}
