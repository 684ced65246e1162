// One page being made: a read transaction, a context, and what every page has around its own part.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/visitor/context.h"

struct connection;
struct site;

struct page {
    struct http_request *req;
    struct http_response *res;
    const struct app *app;
    struct arena *arena; // the request's
    const char *lang;
    struct connection *db; // the thread's reader, inside one read transaction until page_send or page_close
    bool reading;
    struct context context;

    // To be set before page_send.
    const char *title;       // for <title>; NULL: the collection's name
    const char *description; // for search engines and previews; NULL: none
    const char *picture;     // address of a picture for previews; NULL: the icon
    const char *rest;        // the address behind "/{lang}": "/sites/dinh-binh-thuy"; NULL: the page has no
                             // address of its own (errors), and is not for search engines
    const char *canonical_lang; // language whose address search engines shall keep; NULL: the page's
    const struct site *site;    // alternates are the languages that it has a text in; NULL: all
    bool noindex;
    const char *media; // where the addresses of its media begin; NULL: "/media", which has published ones
};

// Begins: the context, the read transaction, the content version for the page cache, the collection's name.
// Close with page_close, on failure too.
enum err page_open(struct page *page, struct http_request *req, struct http_response *res,
                   struct problem *problem);

// As page_open without the store, for pages that tell that something is wrong.
enum err page_open_bare(struct page *page, struct http_request *req, struct http_response *res);

// Ends the read transaction and renders `template` into the answer; remembers the visitor's choice of
// language when the request asks for that (parameter "remember").
enum err page_send(struct page *page, const char *template, struct problem *problem);

void page_close(struct page *page);
#define cleanup_page CLEANUP(page_close)

// The address behind "/{lang}" as a path of the page's language ("/sites" -> "/vi/sites"), in the arena. NULL
// for NULL or when memory is out.
const char *page_link(struct page *page, const char *rest);

// A path as a URL in the arena. NULL (and the context failed) when memory is out.
const char *page_url(struct page *page, const char *path);

// A message of the page's language, its placeholders filled from `values` (may be NULL), as member `key`.
void page_message(struct page *page, json_t *object, const char *key, const char *message,
                  const json_t *values);

// An EDTF date in words, as member `key`. A NULL date sets nothing.
void page_date(struct page *page, json_t *object, const char *key, const char *edtf);

// The text of a words column in the page's language, else in the default one, in the arena; *ret_lang (may be
// NULL) gets the language taken. NULL when there is none.
const char *page_words(struct page *page, const char *words, const char **ret_lang);

// The name of a language in the page's language ("tiếng Anh"); its own name where the locale has none.
const char *page_language(struct page *page, const char *tag);

// The address of a variant of a file, in the arena: below page->media.
const char *page_media(struct page *page, const char *sha256, const char *variant);

// The address of asset `name`, in the arena; NULL when there is no such asset.
const char *page_asset(struct page *page, const char *name);
