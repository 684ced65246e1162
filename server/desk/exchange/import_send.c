// The file of an import in pieces (frame/sending.h): archives of any sensible size, and tables.
#include <string.h>

#include "content/store/store.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/multipart.h"
#include "server/desk/frame/sending.h"
#include "server/desk/frame/told.h"
#include "server/view/view.h"

static enum err judge(const struct arrival *arrival, const void *data, size_t len, struct problem *p)
{
    return upload_check(arrival->name, arrival->bytes, data, len, p);
}

static enum err open_place(struct sending *s, bool changes, struct problem *p)
{
    int64_t most = s->screen.app->import_bytes;
    (void)changes;
    s->site_id = ARRIVAL_OF_IMPORT;
    s->rules = (struct arrival_rules){.bytes_max = most, .account_bytes = most, .judge = judge};
    return imports_allowed(s->screen.user, p);
}

// Before a byte is sent: what the name, the size and the form tell.
static enum err check(struct sending *s, const struct form *form, const char *name, int64_t bytes,
                      struct problem *p)
{
    bool known = false;
    const char *plain = multipart_file_name(s->screen.arena, name);
    enum err e =
        plain ? upload_check(plain, bytes, NULL, 0, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = import_file_is_language(s->screen.req, form_line(form, "lang"), &known, p);
    if (!e && !known)
        e = problem_set(p, ERR_INVALID, "lang", "choose a language of the list");
    return e;
}

static enum err begun(struct sending *s, const struct form *form, struct problem *p)
{
    return upload_expect(s->screen.req, &s->arrival, form_line(form, "lang"), form_line(form, "encoding"), p);
}

// A bundle says all about itself: it is looked through at once.
static enum err take(struct sending *s, struct problem *p)
{
    struct upload upload;
    bool first = false;
    const struct form nothing = form_empty(s->screen.arena);
    enum err e = upload_arrived(s->screen.req, &s->arrival, &upload, &first, p);
    if (!e && first && upload.kind == UPLOAD_BUNDLE)
        e = import_file_begin(s->screen.req, s->screen.res, &upload, &nothing, &(struct look){0}, p);
    return e;
}

static bool is_under_way(const struct sending *s, const char *token)
{
    struct arrival arrival;
    return arrival_find(s->db, s->screen.arena, ARRIVAL_OF_IMPORT, s->screen.user->account.id, token,
                        &arrival, NULL) == ERR_NONE;
}

static enum err ask(struct sending *s, const char *token, struct sending_told *ret, struct problem *p)
{
    struct upload upload;
    enum err e = is_under_way(s, token) ? problem_set(p, ERR_NOT_FOUND, "upload", "it is on its way")
                                        : upload_of(s->screen.req, token, &upload, p);
    const char *to = e ? NULL : arena_printf(s->screen.arena, "/desk/imports/file/%s", upload.token);
    if (e)
        return e;
    *ret = (struct sending_told){.state = "done", .location = to};
    return to ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// What has come whole is the import's.
static void forget(struct sending *s, const char *token)
{
    struct upload upload;
    if (is_under_way(s, token) && upload_of(s->screen.req, token, &upload, NULL) == ERR_NONE)
        upload_drop(&upload);
}

static const char *words_with_most(struct screen *screen, const char *key)
{
    json_t *values = json_object();
    screen_size(screen, values, "most", screen->app->import_bytes);
    const char *words = screen_words(screen, key, values);
    json_decref(values);
    return words;
}

static const char *tell(struct screen *screen, const struct problem *problem)
{
    static const struct {
        enum err code;
        const char *field, *key;
    } sentences[] = {
        {ERR_UNSUPPORTED, "workbook", VIEW_KEY("desk.imports.workbook")},
        {ERR_UNSUPPORTED, "file", VIEW_KEY("desk.imports.no_table")},
        {ERR_INVALID, "file", VIEW_KEY("desk.imports.no_file")},
        {ERR_INVALID, "bytes", VIEW_KEY("desk.imports.no_file")},
        {ERR_INVALID, "lang", VIEW_KEY("desk.imports.no_lang")},
        {ERR_TOO_LARGE, "table", VIEW_KEY("desk.imports.table_too_large")},
        {ERR_TOO_LARGE, "piece", VIEW_KEY("desk.send.changed_on_the_way")},
        {ERR_BUSY, "count", VIEW_KEY("desk.imports.sending_other")},
        {ERR_NOT_FOUND, "upload", VIEW_KEY("desk.send.gone")},
        {ERR_NOT_FOUND, "file", VIEW_KEY("desk.send.gone")},
    };
    if (problem->code == ERR_TOO_LARGE && strcmp(problem->field, "bytes") == 0)
        return words_with_most(screen, VIEW_KEY("desk.imports.archive_too_large"));
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (sentences[i].code == problem->code && strcmp(sentences[i].field, problem->field) == 0)
            return screen_words(screen, sentences[i].key, NULL);
    return told_words(screen, problem);
}

static enum err see(struct sending *s, bool again, struct problem *p)
{
    (void)again;
    return desk_see_other(s->screen.res, "/desk/imports/new", p);
}

static const struct sending_kind kind = {
    .open = open_place,
    .check = check,
    .begun = begun,
    .take = take,
    .ask = ask,
    .forget = forget,
    .tell = tell,
    .see = see,
};

enum err import_send_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_new(&kind, req, res, problem);
}

enum err import_send_ask(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_ask(&kind, req, res, problem);
}

enum err import_send_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_add(&kind, req, res, problem);
}

enum err import_send_again(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_again(&kind, req, res, problem);
}

enum err import_send_drop(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return sending_drop(&kind, req, res, problem);
}

enum err import_send_put(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "coming");
    struct arrivals arrivals;
    enum err e = arrival_list(screen->db, screen->arena, ARRIVAL_OF_IMPORT, screen->user->account.id,
                              &arrivals, problem);
    for (size_t i = 0; !e && i < arrivals.count; i++)
        sending_put_partly(screen, list, &arrivals.items[i]);
    context_flag(c, c->root, "has_coming", json_array_size(list) > 0);
    context_flag(c, c->root, "has_making", false);
    context_text(c, c->root, "uploads", "/desk/imports/uploads");
    screen_size(screen, c->root, "most", screen->app->import_bytes);
    context_number(c, c->root, "most_bytes", screen->app->import_bytes);
    context_number(c, c->root, "table_bytes", UPLOAD_MAX);
    return e;
}
