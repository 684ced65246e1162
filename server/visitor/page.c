#include "server/visitor/page.h"

#include <string.h>

#include "assets/assets.h"
#include "content/setting.h"
#include "content/site.h"
#include "content/store/store.h"
#include "content/words.h"
#include "server/view/locale.h"
#include "server/view/view.h"
#include "server/visitor/address.h"
#include "server/visitor/logo.h"

#define REMEMBER_SECONDS "31536000" // a year

enum err page_open_bare(struct page *page, struct http_request *req, struct http_response *res)
{
    const struct app *app = req->app;
    *page = (struct page){
        .req = req,
        .res = res,
        .app = app,
        .arena = req->arena,
        .lang = req->lang,
        .context.root = json_object(),
        .context.around = view_spoken(app->view, req->lang),
    };
    return page->context.root ? ERR_NONE : ERR_MEMORY;
}

static enum err read_name(struct page *page, struct problem *problem)
{
    json_t *name = NULL;
    enum err e = setting_get(page->db, SETTING_NAME, &name, problem);
    if (e != ERR_NONE)
        return e;
    const char *text_lang = NULL;
    const char *text = json_is_object(name)
                           ? words_pick(name, page->lang, page->app->languages[0], &text_lang)
                           : json_string_value(name);
    context_text_in(&page->context, page->context.root, "name", text, "name_lang", text_lang, page->lang);
    json_decref(name);
    return logo_put(&page->context, page->arena, page->db, problem);
}

enum err page_open(struct page *page, struct http_request *req, struct http_response *res,
                   struct problem *problem)
{
    enum err e = page_open_bare(page, req, res);
    if (e == ERR_NONE)
        e = store_reader(page->app->store, &page->db, problem);
    if (e == ERR_NONE)
        e = store_read_begin(page->db, problem);
    if (e != ERR_NONE)
        return e;
    page->reading = true;
    e = store_content_version(page->db, &res->version, problem);
    return e == ERR_NONE ? read_name(page, problem) : e;
}

static void end_reading(struct page *page)
{
    if (page->reading)
        store_read_end(page->db);
    page->reading = false;
}

void page_close(struct page *page)
{
    end_reading(page);
    json_decref(page->context.root);
    page->context.root = NULL;
}

static const char *link_in(struct page *page, const char *lang, const char *rest)
{
    return rest ? arena_concat(page->arena, "/", lang, rest, NULL) : NULL;
}

const char *page_link(struct page *page, const char *rest)
{
    return link_in(page, page->lang, rest);
}

const char *page_url(struct page *page, const char *path)
{
    const char *url = path ? arena_concat(page->arena, page->app->base_url, path, NULL) : NULL;
    page->context.failed |= !url;
    return url;
}

static void put_text(struct page *page, json_t *object, const char *key, const struct buf *text)
{
    page->context.failed |= text->failed;
    context_text(&page->context, object, key, text->data);
}

// Copies what a buffer holds into the arena.
static const char *keep_text(struct page *page, const struct buf *text)
{
    const char *copy = text->failed ? NULL : arena_strndup(page->arena, text->data, text->len);
    page->context.failed |= !copy;
    return copy;
}

void page_message(struct page *page, json_t *object, const char *key, const char *message,
                  const json_t *values)
{
    cleanup_buf struct buf text = BUF_INIT;
    view_text(page->app->view, page->lang, message, values, &text);
    put_text(page, object, key, &text);
}

void page_date(struct page *page, json_t *object, const char *key, const char *edtf)
{
    if (!edtf)
        return;
    cleanup_buf struct buf text = BUF_INIT;
    view_date(page->app->view, page->lang, edtf, &text);
    put_text(page, object, key, &text);
}

const char *page_words(struct page *page, const char *words, const char **ret_lang)
{
    return words_pick_text(page->arena, words, page->lang, page->app->languages[0], ret_lang);
}

const char *page_language(struct page *page, const char *tag)
{
    cleanup_buf struct buf text = BUF_INIT;
    const char *key = arena_concat(page->arena, "language.", tag, NULL);
    if (!key)
        return tag;
    view_text(page->app->view, page->lang, key, NULL, &text);
    return strcmp(text.data, key) != 0 ? keep_text(page, &text) : locale_language_name(tag);
}

const char *page_media(struct page *page, const char *sha256, const char *variant)
{
    return page->media ? arena_printf(page->arena, "%s/%s/%s", page->media, sha256, variant)
                       : address_media(page->arena, sha256, variant);
}

const char *page_asset(struct page *page, const char *name)
{
    cleanup_buf struct buf address = BUF_INIT;
    if (assets_address(page->app->assets, name, &address) != ERR_NONE)
        return NULL;
    return keep_text(page, &address);
}

static bool has_text(const struct site *site, const char *lang)
{
    for (size_t i = 0; i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return true;
    return false;
}

// "/vi/sites?page=2" -> the link that also remembers the choice.
static const char *choice_link(struct page *page, const char *lang)
{
    return arena_concat(page->arena, "/", lang, page->rest, strchr(page->rest, '?') ? "&" : "?", "remember=1",
                        NULL);
}

static void put_languages(struct page *page)
{
    struct context *c = &page->context;
    json_t *choices = context_list(c, c->root, "languages");
    json_t *alternates = context_list(c, c->root, "alternates");
    for (size_t i = 0; i < page->app->language_count; i++) {
        const char *tag = page->app->languages[i];
        json_t *choice = context_item(c, choices);
        context_text(c, choice, "tag", tag);
        context_flag(c, choice, "current", strcmp(tag, page->lang) == 0);
        context_text(c, choice, "href", choice_link(page, tag));
        if (page->noindex || (page->site && !has_text(page->site, tag)))
            continue;
        json_t *alternate = context_item(c, alternates);
        context_text(c, alternate, "tag", tag);
        context_text(c, alternate, "url", page_url(page, link_in(page, tag, page->rest)));
    }
}

static void put_head(struct page *page)
{
    struct context *c = &page->context;
    const char *icon = page->picture ? NULL : page_asset(page, "pictures/icon.svg");
    context_text(c, c->root, "base", page_link(page, ""));
    context_text(c, c->root, "page_title", page->title);
    context_text(c, c->root, "description", page->description);
    if (page->picture || icon)
        context_text(c, c->root, "preview", page_url(page, page->picture ? page->picture : icon));
    context_flag(c, c->root, "noindex", page->noindex || !page->rest);
    if (!page->rest)
        return;
    const char *address = page_link(page, page->rest);
    context_text(c, c->root, "address", address);
    const char *lang = page->canonical_lang ? page->canonical_lang : page->lang;
    context_text(c, c->root, "canonical", page_url(page, link_in(page, lang, page->rest)));
    page->res->content_location = address;
    put_languages(page);
}

static enum err remember_language(struct page *page, struct problem *problem)
{
    if (!page->rest || page->req->lang_from != REQUEST_LANG_PATH || !request_param(page->req, "remember"))
        return ERR_NONE;
    const char *cookie =
        arena_printf(page->arena, "lang=%s; Path=/; Max-Age=" REMEMBER_SECONDS "; SameSite=Lax; HttpOnly%s",
                     page->lang, page->req->is_https ? "; Secure" : "");
    page->res->uncached = true;
    return cookie ? response_header(page->res, "Set-Cookie", cookie, problem) : ERR_MEMORY;
}

enum err page_send(struct page *page, const char *template, struct problem *problem)
{
    end_reading(page);
    put_head(page);
    if (page->context.failed)
        return problem_set(problem, ERR_MEMORY, NULL, "the page %s could not be put together", template);
    page->res->content_language = page->lang;
    enum err e = remember_language(page, problem);
    if (e != ERR_NONE)
        return e;
    return view_render(page->app->view, template, page->lang, page->context.root, &page->res->body, problem);
}
