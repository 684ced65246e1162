// The print shop's pages: plain, in Vietnamese and English, of one batch and nothing else.
#include <stdio.h>
#include <string.h>

#include "content/code/code.h"
#include "content/print/batch_file.h"
#include "content/words.h"
#include "server/app.h"
#include "server/desk/frame/list.h"
#include "server/parcel/parcel_parts.h"
#include "server/view/view.h"

// The language as a filter of the list, so that pages keep it.
static const struct field_option spoken[] = {
    {.value = "vi", .label_text = "Tiếng Việt"},
    {.value = "en", .label_text = "English"},
    {.value = NULL},
};
static const struct list_filter filters[] = {
    {.name = "lang", .label = VIEW_KEY("parcel.languages"), .options = spoken}};

static const char *speaks(const char *tag)
{
    for (const struct field_option *o = spoken; o->value; o++)
        if (tag && strcmp(o->value, tag) == 0)
            return o->value;
    return NULL;
}

// --- around every page

static void put_languages(struct screen *screen)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "languages");
    for (const struct field_option *o = spoken; o->value; o++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "tag", o->value);
        context_text(c, item, "label", o->label_text);
        context_text(c, item, "href", arena_printf(screen->arena, "?lang=%s", o->value));
        context_flag(c, item, "current", strcmp(o->value, screen->lang) == 0);
    }
}

static enum err open_page(struct screen *screen, struct http_request *req, struct http_response *res,
                          struct problem *p)
{
    const char *asked = speaks(request_param(req, "lang"));
    enum err e = screen_open(screen, req, res, p);
    if (e)
        return e;
    screen->lang = asked ? asked : speaks(req->lang) ? speaks(req->lang) : spoken[0].value;
    put_languages(screen);
    return response_header(res, "X-Robots-Tag", "noindex, nofollow", p);
}

// A form must say where it comes from, to us alone; other pages say nothing to anybody.
static enum err send_page(struct screen *screen, const char *template, const char *title, bool has_form,
                          struct problem *p)
{
    struct context *c = &screen->context;
    bool guarded = screen->req->route && screen->req->route->who; // the guard has said "same-origin"
    enum err e = guarded ? ERR_NONE
                         : response_header(screen->res, "Referrer-Policy",
                                           has_form ? "same-origin" : "no-referrer", p);
    if (!e && has_form)
        e = screen_put_token(screen, p);
    if (e)
        return e;
    if (!json_object_get(c->root, "title"))
        screen_message(screen, c->root, "title", title, NULL);
    if (c->failed)
        return problem_set(p, ERR_MEMORY, NULL, "the page %s could not be put together", template);
    screen->res->cache_control = "private, no-store";
    screen->res->content_language = screen->lang;
    return view_render(screen->app->view, template, screen->lang, c->root, &screen->res->body, p);
}

// --- what is no parcel

static enum err send_no_parcel(struct http_request *req, struct http_response *res, enum parcel_answer answer,
                               struct problem *p)
{
    static const struct {
        int status;
        const char *title, *text;
    } answers[] = {
        [PARCEL_UNKNOWN] = {404, VIEW_KEY("parcel.unknown.title"), VIEW_KEY("parcel.unknown.text")},
        [PARCEL_OVER] = {410, VIEW_KEY("parcel.over.title"), VIEW_KEY("parcel.over.text")},
        [PARCEL_LATER] = {503, VIEW_KEY("parcel.later.title"), VIEW_KEY("parcel.later.text")},
    };
    cleanup_screen struct screen screen = {.req = req};
    enum err e = open_page(&screen, req, res, p);
    if (!e && answer == PARCEL_LATER)
        e = response_header(res, "Retry-After", "120", p);
    if (e)
        return e;
    res->status = answers[answer].status;
    screen_message(&screen, screen.context.root, "text", answers[answer].text, NULL);
    return send_page(&screen, "parcel/none", answers[answer].title, false, p);
}

enum err parcel_send_form(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                          const struct parcel_try *said, struct problem *p)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = open_page(&screen, req, res, p);
    struct context *c = &screen.context;
    if (!e && said->wait)
        e = response_header(res, "Retry-After", arena_printf(req->arena, "%lld", (long long)said->wait), p);
    if (e)
        return e;
    if (said->wait)
        res->status = 429;
    else if (said->wrong)
        res->status = 403;
    context_text(c, c->root, "action", arena_printf(req->arena, "%s?lang=%s", parcel->path, screen.lang));
    context_flag(c, c->root, "wrong", said->wrong);
    context_flag(c, c->root, "wait", said->wait > 0);
    context_number(c, c->root, "count", said->wait);
    return send_page(&screen, "parcel/password", VIEW_KEY("parcel.password.title"), true, p);
}

// --- the parcel

static const char *words_of(const struct screen *screen, const json_t *document, const char *member)
{
    const char *text = words_pick(json_object_get(document, member), screen->lang, "vi", NULL);
    return text ? text : "";
}

static void put_plate(struct screen *screen, json_t *items, const struct batch_plate *plate)
{
    struct context *c = &screen->context;
    char words[CODE_WORDS_SIZE];
    json_t *item = context_item(c, items), *document = json_loads(plate->document, 0, NULL);
    const char *place = json_string_value(json_object_get(document, "place"));
    code_words(plate->code, words);
    context_number(c, item, "sequence", plate->sequence);
    context_text(c, item, "code", words);
    context_text(c, item, "label", words_of(screen, document, "titles"));
    context_text(c, item, "address", words_of(screen, document, "address"));
    context_text(c, item, "place", place ? place : "");
    context_number(c, item, "copies", plate->copies);
    json_decref(document);
}

static enum err put_plates(struct screen *screen, const struct parcel *parcel, struct problem *p)
{
    const struct list list = {
        .path = parcel->path, .filters = filters, .filter_count = 1, .count = VIEW_KEY("parcel.plates")};
    struct list_query q;
    struct batch_plates plates = {.count = 0};
    list_read(&list, screen->req, &q);
    list_put(screen, &list, &q, parcel->batch.plates);
    enum err e = batch_plate_list(screen->db, screen->arena, parcel->batch.id, q.limit, q.offset, &plates, p);
    json_t *items = context_list(&screen->context, screen->context.root, "items");
    for (size_t i = 0; !e && i < plates.count; i++)
        put_plate(screen, items, &plates.items[i]);
    return e;
}

static void put_pictures(struct screen *screen, const struct parcel *parcel)
{
    struct context *c = &screen->context;
    json_t *list = context_section(c, c->root, "pictures");
    bool any = false;
    for (int64_t i = 1; i <= BATCH_PICTURES; i++) {
        if (!batch_file_is_there(screen->app->store, batch_file_picture(screen->arena, parcel->batch.id, i)))
            continue;
        json_t *item = context_item(c, list);
        any = true;
        context_text(c, item, "src",
                     arena_printf(screen->arena, "%s/pictures/%lld", parcel->path, (long long)i));
        context_number(c, item, "number", i);
    }
    context_flag(c, c->root, "drawn", any);
}

static enum err put_parcel(struct screen *screen, const struct parcel *parcel, struct problem *p)
{
    struct context *c = &screen->context;
    const struct batch *batch = &parcel->batch;
    context_text(c, c->root, "title", batch->name);
    context_text(c, c->root, "path", parcel->path);
    context_text(c, c->root, "sha256", batch->sha256);
    context_text(c, c->root, "material", batch->options.material);
    context_number(c, c->root, "count", batch->plates);
    context_number(c, c->root, "files", batch->files);
    context_flag(c, c->root, "has_pdf", batch->options.pdf);
    context_flag(c, c->root, "has_sheets", batch->options.paper != NULL);
    screen_size(screen, c->root, "size", batch->bytes);
    screen_time(screen, c->root, "made", batch->finished_at);
    screen_time(screen, c->root, "until", parcel->link.expires_at);
    put_pictures(screen, parcel);
    return put_plates(screen, parcel, p);
}

enum err parcel_send(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                     enum parcel_answer answer, struct problem *p)
{
    static const struct parcel_try nothing = {.wrong = false};
    if (answer == PARCEL_CLOSED)
        return parcel_send_form(req, res, parcel, &nothing, p);
    if (answer != PARCEL_OPEN)
        return send_no_parcel(req, res, answer, p);
    cleanup_screen struct screen screen = {.req = req};
    enum err e = open_page(&screen, req, res, p);
    if (!e)
        e = put_parcel(&screen, parcel, p);
    return e ? e : send_page(&screen, "parcel/parcel", NULL, false, p);
}
