// `/desk/sites/{id}/preview`: exactly the page that visitors would get, of the saved state or of what stands
// in a form that is not saved.
#include <string.h>

#include "common/clock.h"
#include "content/editing/revision.h"
#include "content/term.h"
#include "server/desk/frame/frame.h"
#include "server/desk/sites/site_form.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/sites.h"
#include "server/view/view.h"
#include "server/visitor/page.h"
#include "server/visitor/site.h"

// The language asked for where it is one of the site's or of those set up, else the site's original.
static const char *language(struct page *page, const struct site *site, const char *asked)
{
    for (size_t i = 0; asked && i < page->app->language_count; i++)
        if (strcmp(page->app->languages[i], asked) == 0)
            return page->app->languages[i];
    return site->original;
}

static enum err send(struct page *page, const struct site *site, const char *asked, struct problem *problem)
{
    page->lang = language(page, site, asked);
    page->noindex = true;
    page->media = sites_address(page->arena, site->id, "/media/file"); // also of sites that are not published
    return site_show_as(page, site, problem);
}

// Loading gives terms their labels; a form has only their keys.
static enum err label_term(struct connection *c, struct arena *a, const char *scheme, struct site_term *term,
                           const char **ret_picture, struct problem *problem)
{
    struct terms terms;
    enum err e = term->key ? term_list(c, a, scheme, &terms, problem) : ERR_NOT_FOUND;
    for (size_t i = 0; !e && i < terms.count; i++)
        if (strcmp(terms.items[i].key, term->key) == 0) {
            term->labels = terms.items[i].labels;
            *ret_picture = terms.items[i].picture;
            return ERR_NONE;
        }
    *term = (struct site_term){.key = NULL};
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err label_terms(struct page *page, struct site *site, struct problem *problem)
{
    struct site_term *terms[] = {&site->kind, &site->category, &site->rank, &site->area};
    const char *picture = NULL;
    enum err e = ERR_NONE;
    for (int i = 0; !e && i < 4; i++) {
        picture = NULL;
        e = label_term(page->db, page->arena, term_schemes[i], terms[i], &picture, problem);
        if (i == 0)
            site->kind_picture = picture;
    }
    return e;
}

// What the form cannot say yet is as if it had been left out.
static void complete(struct site_form *f, json_t *document)
{
    struct arena *a = f->form.arena;
    for (size_t i = 0; i < f->lang_count; i++) {
        const char *text = arena_printf(a, "text.%s", f->langs[i]),
                   *title = arena_printf(a, "%s.title", text);
        if (site_path_get(document, text) && !site_path_get(document, title))
            site_path_set(document, title, json_string("…"));
    }
    const char *original = json_string_value(json_object_get(document, "original"));
    const char *title = arena_printf(a, "text.%s.title", original ? original : f->langs[0]);
    if (!site_path_get(document, title))
        site_path_set(document, title, json_string("…"));
    if (!json_object_get(document, "kind"))
        json_object_set_new(document, "kind", json_string("site"));
    if (!json_object_get(document, "slug"))
        json_object_set_new(document, "slug", json_string("site"));
    for (size_t i = 0; i < f->form.problem_count; i++) {
        size_t len = strcspn(f->form.problems[i].field, ".[");
        const char *member = arena_strndup(a, f->form.problems[i].field, len);
        if (member && strcmp(member, "text") != 0 && strcmp(member, "kind") != 0 &&
            strcmp(member, "slug") != 0)
            json_object_del(document, member);
    }
}

static void keep_media(const struct site *stored, struct site *site)
{
    site->id = stored->id;
    site->updated_at = stored->updated_at;
    site->media = stored->media;
    site->media_count = stored->media_count;
}

static enum err preview_form(struct page *page, struct site_form *f, const struct site *stored,
                             struct problem *problem)
{
    cleanup_site struct site site = {0};
    json_t *before = stored ? site_to_json(stored, true) : NULL;
    json_t *document = site_form_document(f, before);
    enum err e = document ? ERR_NONE : problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e) {
        complete(f, document);
        e = revision_to_site(document, page->arena, &site, problem);
    }
    json_decref(before);
    json_decref(document);
    site.updated_at = clock_now();
    if (!e && stored)
        keep_media(stored, &site);
    if (!e)
        e = label_terms(page, &site, problem);
    return e ? e : send(page, &site, form_line(&f->form, "preview"), problem);
}

enum err site_preview_post(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    cleanup_site struct site stored = {0};
    struct site_form f = {.id = 0};
    int64_t id = 0;
    enum err e = sites_id(req, &id);
    if (!e)
        e = page_open(&page, req, res, problem);
    if (!e)
        e = site_form_read(&f, page.arena, req->body, req->body_len, problem);
    if (!e && id)
        e = sites_load(page.db, req, page.arena, id, &stored, problem);
    return e ? e : preview_form(&page, &f, id ? &stored : NULL, problem);
}

enum err site_preview_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    cleanup_site struct site site = {0};
    int64_t id = 0;
    enum err e = sites_id(req, &id);
    if (!e)
        e = page_open(&page, req, res, problem);
    if (!e)
        e = sites_load(page.db, req, page.arena, id, &site, problem);
    return e ? e : send(&page, &site, request_param(req, "lang"), problem);
}
