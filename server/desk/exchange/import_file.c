// The file of an import comes to the server.
#include <string.h>

#include "content/setting.h"
#include "content/store/store.h"
#include "server/desk/exchange/imports.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/field.h"
#include "server/view/locale.h"
#include "server/view/view.h"

enum { VALUE_MAX = 40 };

static const struct field_option encodings[] = {
    {.value = "", .label = VIEW_KEY("desk.imports.encoding_auto")},
    {.value = "utf-8", .label_text = "UTF-8"},
    {.value = "utf-16", .label_text = "UTF-16 (Excel: Unicode Text)"},
    {.value = "windows-1258", .label_text = "Windows-1258"},
    {.value = "windows-1252", .label_text = "Windows-1252"},
    {.value = "tcvn3", .label_text = "TCVN3 (ABC, .VnTime)"},
    {.value = NULL},
};

static enum err language_options(struct screen *screen, const struct field_option **ret, struct problem *p)
{
    struct languages languages;
    enum err e = setting_languages(screen->db, screen->arena, &languages, p);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, languages.count + 1, sizeof *options);
    if (!options)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < languages.count; i++)
        options[i] = (struct field_option){.value = languages.tags[i],
                                           .label_text = locale_language_name(languages.tags[i])};
    *ret = options;
    return ERR_NONE;
}

static enum err send(struct screen *screen, struct form *form, struct problem *problem)
{
    const struct field_option *languages = NULL;
    enum err e = language_options(screen, &languages, problem);
    if (e)
        return e;
    const struct field fields[] = {
        {.name = "lang",
         .kind = FIELD_CHOICE,
         .label = VIEW_KEY("desk.imports.lang"),
         .hint = VIEW_KEY("desk.imports.lang_hint"),
         .options = languages},
        {.name = "encoding",
         .kind = FIELD_CHOICE,
         .label = VIEW_KEY("desk.imports.encoding"),
         .hint = VIEW_KEY("desk.imports.encoding_hint"),
         .options = encodings},
    };
    static const struct field file = {.name = "file", .label = VIEW_KEY("desk.imports.file")};
    field_put(screen, form, &file, 1);
    field_put(screen, form, fields, sizeof fields / sizeof fields[0]);
    field_answer(screen, form);
    e = import_send_put(screen, problem);
    if (e)
        return e;
    screen->title = VIEW_KEY("desk.imports.new_title");
    screen->menu = "/desk/imports";
    return screen_send(screen, "desk/import-new", problem);
}

enum err import_file_new(struct http_request *req, struct http_response *res, struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    struct form form = form_empty(req->arena);
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = screen_open(&screen, req, res, problem);
    return e ? e : send(&screen, &form, problem);
}

enum err import_file_is_language(const struct http_request *req, const char *tag, bool *ret,
                                 struct problem *p)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct languages languages;
    enum err e = store_reader(app->store, &reader, p);
    if (!e)
        e = setting_languages(reader, req->arena, &languages, p);
    for (size_t i = 0; !e && i < languages.count; i++)
        *ret |= strcmp(languages.tags[i], tag) == 0;
    return e;
}

static void tell(struct form *form, const struct problem *p)
{
    if (strcmp(p->field, "workbook") == 0)
        form_problem(form, "file", VIEW_KEY("desk.imports.workbook"));
    else if (p->code == ERR_UNSUPPORTED)
        form_problem(form, "file", VIEW_KEY("desk.imports.no_table"));
    else if (p->code == ERR_TOO_LARGE)
        form_problem(form, "file", VIEW_KEY("desk.imports.plain_too_large"));
    else if (p->code == ERR_INVALID)
        form_problem(form, "file", VIEW_KEY("desk.imports.no_file"));
    else
        form_take_as(form, "file", p);
}

enum err import_file_upload(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct multipart parts;
    struct upload upload;
    struct form form = form_empty(req->arena);
    bool known = false;
    enum err e = imports_allowed(desk_user(req), problem);
    if (!e)
        e = multipart_read(req->arena, request_header(req, "Content-Type"), req->body, req->body_len, &parts,
                           problem);
    if (e)
        return e;
    const char *lang = multipart_text(req->arena, &parts, "lang", VALUE_MAX);
    const char *encoding = multipart_text(req->arena, &parts, "encoding", VALUE_MAX);
    e = import_file_is_language(req, lang, &known, problem);
    if (e)
        return e;
    if (!known)
        form_problem(&form, "lang", VIEW_KEY("desk.imports.no_lang"));
    else
        e = upload_keep(req, multipart_find(&parts, "file"), lang, encoding, &upload, problem);
    if (known && !e && upload.kind == UPLOAD_BUNDLE) // it says all about itself
        return import_file_start(req, res, &upload, &form, &(struct look){0}, problem);
    if (known && !e)
        return desk_see_other(res, arena_printf(req->arena, "/desk/imports/file/%s", upload.token), problem);
    if (e && e != ERR_INVALID && e != ERR_UNSUPPORTED && e != ERR_TOO_LARGE)
        return e;
    if (e)
        tell(&form, problem);
    form_set(&form, "lang", lang);
    form_set(&form, "encoding", encoding);
    cleanup_screen struct screen screen = {.req = req};
    e = screen_open(&screen, req, res, problem);
    return e ? e : send(&screen, &form, problem);
}
