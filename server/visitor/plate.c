#include "server/visitor/plate.h"

#include <string.h>

#include "common/clock.h"
#include "content/plate.h"
#include "content/scan.h"
#include "content/site.h"
#include "content/tour.h"
#include "server/visitor/address.h"
#include "server/visitor/page.h"
#include "server/visitor/site.h"
#include "server/visitor/tour.h"

// The page that helps on, told by a member of the context: "mistyped", "unknown", "waiting",
// "removed" or "retired".
static enum err show_help(struct page *page, int status, const char *why, const char *code,
                          struct problem *problem)
{
    struct context *c = &page->context;
    char words[CODE_WORDS_SIZE];
    code_words(code, words);
    page->res->status = status;
    context_flag(c, c->root, why, true);
    context_text(c, c->root, "code_words", words);
    // Within a sentence with a hyphen that does not break (U+2011), which code_read knows too.
    context_text(c, c->root, "code_unbroken", arena_printf(page->arena, "%.4s\u2011%s", words, words + 5));
    page_message(page, c->root, "heading", arena_printf(page->arena, "plate.%s_title", why), NULL);
    page->title = json_string_value(json_object_get(c->root, "heading"));
    return page_send(page, "plate", problem);
}

static bool is_open(const struct plate *plate)
{
    return plate->target_state && strcmp(plate->target_state, "published") == 0;
}

static enum err put_site_link(struct page *page, const struct plate *plate, struct problem *problem)
{
    struct context *c = &page->context;
    cleanup_site struct site site = {.id = 0};
    enum err e = site_load(page->db, page->arena, plate->site_id, &site, problem);
    const struct site_text *text = e == ERR_NONE ? site_text(&site, page->lang) : NULL;
    if (!text)
        return e;
    context_text_in(c, c->root, "target_title", text->title, "target_lang", text->lang, page->lang);
    context_text(c, c->root, "target_href", page_link(page, address_site(page->arena, site.slug)));
    return ERR_NONE;
}

static enum err put_tour_link(struct page *page, const struct plate *plate, struct problem *problem)
{
    struct context *c = &page->context;
    struct tour tour;
    const char *lang = NULL;
    enum err e = tour_load(page->db, page->arena, plate->tour_id, &tour, problem);
    if (e != ERR_NONE)
        return e;
    const char *title = page_words(page, tour.titles, &lang);
    context_text_in(c, c->root, "target_title", title, "target_lang", lang, page->lang);
    context_text(c, c->root, "target_href", page_link(page, address_tour(page->arena, tour.slug)));
    return ERR_NONE;
}

static enum err show_retired(struct page *page, const struct plate *plate, struct problem *problem)
{
    enum err e = ERR_NONE;
    if (plate->reason && *plate->reason)
        context_text(&page->context, page->context.root, "reason", plate->reason);
    if (is_open(plate))
        e = plate->site_id ? put_site_link(page, plate, problem) : put_tour_link(page, plate, problem);
    return e == ERR_NONE ? show_help(page, 410, "retired", plate->code, problem) : e;
}

static enum err show_plate(struct page *page, const struct plate *plate, struct problem *problem)
{
    enum err e = response_tag(page->res, plate->code, CODE_LENGTH);
    if (e != ERR_NONE)
        return e;
    if (strcmp(plate->state, "retired") == 0)
        return show_retired(page, plate, problem);
    e = plate->site_id ? site_show(page, plate->site_id, plate, problem)
                       : tour_show(page, plate->tour_id, plate, problem);
    if (e != ERR_NOT_FOUND)
        return e;
    bool removed = plate->target_state && strcmp(plate->target_state, "binned") == 0;
    return removed ? show_help(page, 410, "removed", plate->code, problem)
                   : show_help(page, 404, "waiting", plate->code, problem);
}

enum code_read plate_read_code(const char *typed, char ret_code[CODE_SIZE])
{
    char code[CODE_SIZE] = "";
    enum code_read read = code_read(typed, code);
    if (read == CODE_READ_NOT_CODE || (read == CODE_READ_BAD_CHECK && !strpbrk(typed, "0123456789")))
        return CODE_READ_NOT_CODE;
    memcpy(ret_code, code, sizeof code);
    return read;
}

enum err plate_answer(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_page struct page page = {.req = req};
    struct plate plate;
    char code[CODE_SIZE];
    enum code_read read = plate_read_code(request_value(req, "code"), code);
    if (read == CODE_READ_NOT_CODE)
        return response_error(res, 404, NULL);
    enum err e = page_open(&page, req, res, problem);
    if (e != ERR_NONE)
        return e;
    if (read == CODE_READ_BAD_CHECK)
        return show_help(&page, 404, "mistyped", code, problem);
    e = plate_load(page.db, page.arena, code, &plate, problem);
    if (e == ERR_NOT_FOUND)
        return show_help(&page, 404, "unknown", code, problem);
    return e == ERR_NONE ? show_plate(&page, &plate, problem) : e;
}

// A HEAD request and a 304 opened no page: whoever sent them read nothing, or what was counted before.
void plate_seen(void *arg, const struct route_seen *seen)
{
    const struct app *app = arg;
    char code[CODE_SIZE] = {0};
    if (seen->tag_len != CODE_LENGTH || seen->head || seen->status == 304)
        return;
    memcpy(code, seen->tag, CODE_LENGTH);
    scan_count(app->scans, code, seen->request->lang,
               scan_classify(request_header(seen->request, "User-Agent")), clock_now());
}
